"""Drawn parameters: an address each, within the plausible range, given ones kept."""

import math

import numpy as np
import pytest

from experiments.draws import (
    Sampling,
    Variant,
    draw_parameters,
    requests_for,
    with_draw,
)
from mediapark.api import load_scenario
from model.errors import InputError
from model.parameters import Catalogue
from model.simulation import CATALOGUE

ROLES = ("uncertain", "calibrated")


def catalogue_without(block: str) -> Catalogue:
    blocks = {name: cls for name, cls in CATALOGUE.blocks.items() if name != block}
    return Catalogue(blocks)


def test_every_uncertain_parameter_is_drawn_and_no_other():
    drawn = draw_parameters(0)
    assert list(drawn) == [d.name for d in CATALOGUE.with_role(*ROLES)]


def test_a_draw_depends_on_its_number_and_the_name_alone():
    whole = draw_parameters(5)
    part = draw_parameters(5, catalogue_without("growth"))
    assert part == {k: v for k, v in whole.items() if not k.startswith("growth.")}
    assert draw_parameters(5) == whole
    assert draw_parameters(6) != whole


def test_draws_stay_in_the_plausible_range_and_have_the_triangular_mean():
    count = 400
    drawn = [draw_parameters(index) for index in range(count)]
    for declared in CATALOGUE.with_role(*ROLES):
        low, high = declared.parameter.plausible
        mode = declared.parameter.default
        values = np.array([one[declared.name] for one in drawn])
        assert values.min() >= low
        assert values.max() <= high
        variance = (
            low**2 + mode**2 + high**2 - low * mode - low * high - mode * high
        ) / 18
        # 5 standard errors: some 60 parameters are looked at.
        tolerance = 5 * math.sqrt(variance / count)
        if not declared.parameter.integer:
            assert values.mean() == pytest.approx(
                (low + mode + high) / 3, abs=tolerance
            )


def test_whole_numbers_stay_whole():
    whole = [d.name for d in CATALOGUE.with_role(*ROLES) if d.parameter.integer]
    drawn = draw_parameters(3)
    assert all(drawn[name] == int(drawn[name]) for name in whole)


def test_what_a_scenario_gives_is_kept():
    given = load_scenario("full-plan+telework-high")
    drawn = with_draw(given, 4)
    for name, value in given.given.items():
        assert drawn.given[name] == value
    assert drawn.given["site.rent"] == draw_parameters(4)["site.rent"]


def test_a_value_that_is_set_to_the_default_is_kept_as_well():
    default = CATALOGUE["site.rent"].default
    given = load_scenario("reference", settings={"site.rent": default})
    assert "site.rent" not in with_draw(given, 4).given


def test_scenarios_of_a_replicate_share_a_draw_and_two_replicates_do():
    variants = [load_scenario("reference"), load_scenario("committed")]
    requests = requests_for(variants, Sampling(4))
    assert [r.name for r in requests[:2]] == ["reference", "committed"]
    assert [r.replicate for r in requests] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [r.draw for r in requests] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert dict(requests[0].scenario.given) == dict(requests[1].scenario.given)
    assert dict(requests[0].scenario.given) == dict(requests[2].scenario.given)
    assert dict(requests[0].scenario.given) != dict(requests[4].scenario.given)


def test_fixed_leaves_all_at_their_defaults():
    requests = requests_for([load_scenario("reference")], Sampling(2, fixed=True))
    assert [dict(r.scenario.given) for r in requests] == [{}, {}]
    assert [r.draw for r in requests] == [-1, -1]


def test_more_replicates_keep_the_keys_of_fewer():
    few, many = (requests_for([load_scenario("tram")], Sampling(n)) for n in (2, 5))
    assert [r.key for r in many[:2]] == [r.key for r in few]
    assert len({r.key for r in many}) == 5


def test_a_key_says_everything_that_a_run_depends_on():
    scenario = load_scenario("reference")
    keys = {
        requests_for([scenario], sampling)[0].key
        for sampling in (
            Sampling(1),
            Sampling(1, 1),
            Sampling(1, fixed=True),
            Sampling(1, scale=0.5),
            Sampling(1, grid="500"),
        )
    }
    assert len(keys) == 5
    named = requests_for([Variant(scenario, label="other")], Sampling(1))[0]
    assert named.key in keys


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        (Sampling(0), "--replicates"),
        (Sampling(1, -1), "--key"),
        (Sampling(2, 2**64 - 1), "--key"),
        (Sampling(1, scale=0.0), "--scale"),
        (Sampling(1, scale=1.5), "--scale"),
        (Sampling(1, scale=math.nan), "--scale"),
    ],
)
def test_numbers_out_of_range_are_refused(sampling, words):
    with pytest.raises(InputError, match=words):
        requests_for([load_scenario("reference")], sampling)


def test_two_scenarios_of_one_name_are_refused():
    one = load_scenario("reference")
    other = one.with_parameters({"site.rent": -1.0})
    with pytest.raises(InputError, match="bear the same name"):
        requests_for([one, other], Sampling(1))
    assert len(requests_for([one, one], Sampling(1))) == 1
