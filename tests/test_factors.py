"""Factors, and the way from a sampler's numbers to values."""

import numpy as np
import pytest

from experiments.factors import (
    Factor,
    Problem,
    categorical,
    factors_with_role,
    parameter_factor,
)
from model.errors import InputError
from model.simulation import CATALOGUE


def test_whole_numbers_and_categories_take_equal_parts_of_the_sampler_range():
    count = Factor("count", 1, 3, kind="integer")
    scenario = categorical("scenario", ["reference", "tram"])
    problem = Problem((count, scenario))
    assert problem.salib()["bounds"] == [[0.5, 3.5], [-0.5, 1.5]]
    steps = (np.arange(6000) + 0.5) / 6000
    drawn = np.column_stack([0.5 + 3 * steps, -0.5 + 2 * steps])
    values = problem.decode(drawn)
    assert np.unique(values[:, 0], return_counts=True)[1].tolist() == [2000] * 3
    assert np.unique(values[:, 1], return_counts=True)[1].tolist() == [3000] * 2
    assert scenario.label(values[-1, 1]) == "tram"


def test_halves_round_up_and_ends_stay_within():
    count = Factor("count", 1, 3, kind="integer")
    assert count.decode([0.5, 1.49, 1.5, 2.5, 3.5]).tolist() == [1, 1, 2, 3, 3]


def test_factors_come_from_the_declarations():
    found = factors_with_role()
    varied = [
        d.name
        for d in CATALOGUE.with_role("uncertain", "calibrated")
        if d.parameter.plausible[0] < d.parameter.plausible[1]
    ]
    assert [factor.name for factor in found] == varied
    one = parameter_factor("site.rent")
    declared = CATALOGUE["site.rent"]
    assert (one.low, one.high) == declared.plausible
    assert (one.unit, one.source) == (declared.unit, declared.source)
    assert one.group == "space"
    assert parameter_factor("site.rent", span=(-2, -1), group="mine").group == "mine"


def test_groups_keep_the_order_of_their_first_factor():
    factors = (
        Factor("a", 0, 1, group="late"), Factor("b", 0, 1, group="early"),
        Factor("c", 0, 1, group="late"), Factor("d", 0, 1),
    )  # fmt: skip
    problem = Problem(factors)
    assert problem.groups == ("late", "early", "d")
    assert problem.salib(grouped=True)["groups"] == ["late", "early", "late", "d"]


def test_all_that_cannot_be_varied_is_told_at_once():
    with pytest.raises(InputError) as told:
        Problem(
            (
                Factor("empty", 1, 1), Factor("endless", 0, float("inf")),
                Factor("half", 0.5, 2, kind="integer"),
                Factor("codes", 0, 3, kind="categorical", levels=("one", "two")),
                Factor("twice", 0, 1), Factor("twice", 0, 1),
            )
        )  # fmt: skip
    keys = [fault.key for fault in told.value.faults]
    assert keys == ["empty", "endless", "half", "codes", "twice"]
    with pytest.raises(InputError, match="nothing to vary"):
        Problem(())
    with pytest.raises(InputError, match=r"did you mean 'site\.rent'"):
        Problem((parameter_factor("site.rent"),))["site.rnt"]
