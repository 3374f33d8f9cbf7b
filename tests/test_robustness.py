"""Choosing under uncertainty: measures by hand, and boxes that are known."""

import numpy as np
import pandas as pd
import pytest
from SALib.sample import latin

from experiments.factors import Factor, Problem, categorical
from experiments.robustness.boxes import find_box, finder_at_hand
from experiments.robustness.measures import best, measures, regret, tail_mean
from model.errors import InputError

VALUES = np.array([[0.0, 1.0, -1.0], [0.0, 3.0, 3.0], [0.0, -2.0, 5.0]])

PROBLEM = Problem(
    (
        Factor("rent", 100.0, 300.0, "EUR/m2/year"),
        categorical("vrt", ["stays", "leaves"]),
        Factor("nothing", 0.0, 1.0),
        Factor("little", 0.0, 1.0),
    )
)


def value(frame: pd.DataFrame, variant: str, measure: str) -> float:
    mine = (frame["variant"] == variant) & (frame["measure"] == measure)
    return float(frame.loc[mine, "value"].iloc[0])


def test_regret_and_the_best_by_hand():
    assert regret(VALUES).tolist() == [[1, 0, 2], [3, 0, 0], [5, 7, 0]]
    assert best(VALUES).tolist() == [[0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]]
    found = measures(VALUES, ["none", "some", "all"])
    assert value(found, "some", "regret") == pytest.approx(7 / 3)
    assert value(found, "some", "largest_regret") == 7.0
    assert value(found, "all", "probability_best") == pytest.approx(0.5)
    assert value(found, "none", "gain") == 0.0
    assert value(found, "all", "mean") == pytest.approx(7 / 3)
    share = found[found["measure"] == "probability_best"]
    assert share["value"].sum() == pytest.approx(1.0)


def test_the_worst_tenth_is_a_mean_of_a_tail():
    ladder = np.arange(1.0, 21.0)[:, None]
    # Of 20 futures the worst two; of 15 the worst one and half of the next.
    assert tail_mean(ladder) == pytest.approx([1.5])
    assert tail_mean(ladder[:15]) == pytest.approx([(1 + 0.5 * 2) / 1.5])
    assert tail_mean(ladder, 1.0) == pytest.approx(ladder.mean())
    # A normal: the mean below its tenth is -1.755; standard error 0.01.
    sample = np.random.default_rng(0).normal(size=(40_000, 1))
    assert tail_mean(sample) == pytest.approx([-1.755], abs=0.04)


def test_intervals_hold_the_value_and_shrink_with_more_futures():
    drawn = np.random.default_rng(0).normal([0.0, 0.5], 1.0, size=(400, 2))
    widths = []
    for futures in (100, 400):
        found = measures(drawn[:futures], ["a", "b"]).dropna()
        assert (
            (found["low"] <= found["value"]) & (found["value"] <= found["high"])
        ).all()
        mine = found[(found["measure"] == "regret") & (found["variant"] == "a")]
        widths.append(float((mine["high"] - mine["low"]).iloc[0]))
    assert widths[1] < 0.7 * widths[0]


def test_what_cannot_be_chosen_among_is_refused():
    with pytest.raises(InputError, match="nothing to choose"):
        measures(VALUES[:, :1], ["alone"])
    hole = VALUES.copy()
    hole[1, 2] = np.nan
    with pytest.raises(InputError, match="future 1, all: has no value"):
        measures(hole, ["none", "some", "all"])


def futures(count: int = 200):
    drawn = PROBLEM.decode(latin.sample(PROBLEM.salib(), count, seed=0))
    behind = (drawn[:, 0] > 220.0) & (drawn[:, 1] == 1.0)
    return drawn, behind


def test_a_tree_finds_the_box_that_is_there():
    drawn, behind = futures()
    found = find_box(PROBLEM, drawn, behind, "cart")
    assert found.is_told
    assert [one.factor for one in found.conditions] == ["rent", "vrt"]
    rent, vrt = found.conditions
    # Halfway between the last value inside and the first one outside, 1 EUR apart.
    assert rent.low == pytest.approx(220.0, abs=2.0) and rent.high == np.inf
    assert vrt.low == 0.5
    assert (found.coverage, found.density) == (1.0, 1.0)
    assert found.held_out > 0.8
    assert found.share == behind.mean()


def test_prim_finds_it_too_where_its_package_is_installed():
    pytest.importorskip("ema_workbench")
    drawn, behind = futures(400)
    found = find_box(PROBLEM, drawn, behind)
    assert (finder_at_hand(), found.finder) == ("prim", "prim")
    assert found.is_told
    assert {"rent"} <= {one.factor for one in found.conditions} <= {"rent", "vrt"}
    assert min(found.coverage, found.density) > 0.8


def test_noise_has_no_box():
    drawn, _ = futures()
    told = []
    for seed in range(20):
        behind = np.random.default_rng(seed).random(200) < 0.3
        told.append(find_box(PROBLEM, drawn, behind, "cart").is_told)
    # 5 % of 20 are one; four standard errors are four more.
    assert sum(told) <= 5


def test_always_and_never_are_no_box():
    drawn, _ = futures()
    for share in (0.0, 1.0):
        found = find_box(PROBLEM, drawn, np.full(200, bool(share)), "cart")
        assert found.conditions == () and not found.is_told and found.share == share
