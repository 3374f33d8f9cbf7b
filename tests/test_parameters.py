"""Parameters: declared once, checked, and each of them wired to something."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import pytest

from model.errors import ScenarioError
from model.parameters import Catalogue, declared_fields, fixed, uncertain
from model.simulation import CATALOGUE, MediaparkModel
from tests.replicates import digest

FACTS = {
    "unit": "-",
    "hard": (0.0, 1.0),
    "source": "a source",
    "confidence": "L",
    "means": "a meaning",
}


def test_every_parameter_tells_its_story():
    for name, _, _, parameter in CATALOGUE:
        assert parameter.unit and parameter.source and parameter.means, name
        low, high = parameter.hard
        assert low < high, name
        if parameter.role in ("uncertain", "calibrated"):
            assert parameter.plausible[0] < parameter.plausible[1], name


def test_at_most_ten_parameters_are_calibrated():
    assert len(CATALOGUE.with_role("calibrated")) <= 10


def test_bounds_must_be_in_order():
    with pytest.raises(ValueError, match="not in order"):
        uncertain(2.0, plausible=(0.2, 0.8), **FACTS)


def test_a_field_without_a_parameter_is_refused():
    class Bare(NamedTuple):
        rate: float

    with pytest.raises(TypeError, match="rate"):
        declared_fields(Bare)


def test_all_faults_come_at_once_with_the_nearest_name():
    with pytest.raises(ScenarioError) as caught:
        CATALOGUE.values({"site.rnt": -1.0, "site.rent": 3.0, "growth.trend": math.nan})
    text = str(caught.value)
    assert "did you mean 'site.rent'?" in text
    assert "number from -8 to 0" in text and "found: 3.0" in text
    assert "not a finite number" in text
    assert len(caught.value.faults) == 3


def test_whole_numbers_and_truth_values():
    class Block(NamedTuple):
        count: Annotated[float, fixed(1, integer=True, **FACTS | {"hard": (0, 9)})]

    catalogue = Catalogue({"block": Block})
    assert catalogue.values({"block.count": 3})["block"].count == 3.0
    for wrong in (1.5, True, "2"):
        with pytest.raises(ScenarioError):
            catalogue.values({"block.count": wrong})


# Plausible ends move no firm within a year, or are met by nobody on a small region.
AT_HARD_ENDS = (
    "travel.", "surroundings.student_weight", "surroundings.density_km",
    "projects.most_ties",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", [d.name for d in CATALOGUE])
def test_every_parameter_changes_an_outcome(name):
    parameter = CATALOGUE[name]
    low, high = parameter.plausible
    weak = name.startswith(AT_HARD_ENDS)
    ends = parameter.hard if weak or low == high else (low, high)
    plain = digest(((name, parameter.default),) if weak else ())
    others = (value for value in reversed(ends) if value != parameter.default)
    changes = any(digest(((name, value),)) != plain for value in others)
    assert changes, f"{name} is wired to nothing"


def test_the_model_takes_parameters_from_the_scenario(scenario, small_grid):
    changed = scenario("reference", {"relocation.rate": 0.3})
    model = MediaparkModel(changed, rng=0, grid=small_grid)
    plain = MediaparkModel(scenario("reference"), rng=0, grid=small_grid)
    assert model.state.base.move_constant > plain.state.base.move_constant
