"""When a difference is known well enough, and that its interval tells the truth."""

import itertools

import numpy as np
import pytest
from scipy import stats

from experiments.precision import (
    LEVEL,
    MIN_UNITS,
    Target,
    Units,
    precision_of,
    until_precise,
)
from model import streams


def normal(key: int, count: int, first: int = 0) -> np.ndarray:
    """Standard normal numbers that depend on the key and their own number."""
    address = np.arange(first, first + count, dtype=np.uint64)
    u = np.array(
        [streams.uniform(np.uint64(key), streams.PARAMETER, 0, a, 0) for a in address]
    )
    return stats.norm.ppf(u)


ANY = Target(1.0)


def known(values, target=ANY, size=1):
    gaps = np.atleast_2d(values)
    return precision_of("x", gaps, Units(size).of(gaps.shape[1]), target)


def test_half_width_is_students():
    values = normal(1, 12)
    error = values.std(ddof=1) / np.sqrt(12)
    found = known(values)
    assert found.difference == pytest.approx(values.mean())
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 11) * error)


def test_replicates_that_share_a_draw_are_one_unit():
    twice = np.repeat(normal(2, 10), 2)
    assert known(twice, size=2).half_width == pytest.approx(
        known(twice[::2]).half_width
    )
    assert Units(2, first=5).of(4).tolist() == [0, 1, 1, 2]
    assert Units(2, first=5).whole(10) == 11
    assert Units(2, first=4).whole(11) == 12


def test_a_missing_run_costs_its_unit_only():
    values = normal(3, 14)
    gone = values.copy()
    gone[3] = np.nan
    assert known(gone).half_width == known(np.delete(values, 3)).half_width
    assert not known(np.full(20, np.nan)).reached


def test_a_relative_target_is_a_share_of_the_true_difference():
    # Half-width h over an estimate d: the true value may be as small as d - h, so that
    # h <= p (d - h) is asked for, which is h <= d p / (1 + p).
    values = 10 + normal(4, 40)
    found = known(values)
    share = found.half_width / (found.difference - found.half_width)
    assert known(values, Target(share * 1.001)).reached
    assert not known(values, Target(share * 0.999)).reached
    assert known(values, Target(found.half_width * 1.001, absolute=True)).reached
    assert not known(values, Target(found.half_width * 0.999, absolute=True)).reached


def test_over_points_both_sides_are_root_mean_squares():
    gaps = np.array([5 + normal(5, 30), -3 + 2 * normal(6, 30)])
    one, two = (known(row) for row in gaps)
    found = known(gaps)
    assert found.half_width == pytest.approx(
        np.sqrt((one.half_width**2 + two.half_width**2) / 2)
    )
    assert found.difference == pytest.approx(
        np.sqrt((one.difference**2 + two.difference**2) / 2)
    )


def stopped(key, mean, target, per_unit=1):
    """What comes out when replicates are added until they are enough."""
    asked = []

    def run(count):
        asked.append(count)
        units = normal(key, -(-count // per_unit))
        return {"x": np.atleast_2d(mean + np.repeat(units, per_unit)[:count])}

    (found,) = until_precise(run, target, 2, Units(per_unit))
    return found, asked


def test_it_looks_late_and_seldom_and_ends_in_any_case():
    found, asked = stopped(7, 0.0, Target(0.5, most=100))
    assert not found.reached
    assert asked[0] == MIN_UNITS
    assert asked[-1] == found.replicates == 100
    looks = itertools.pairwise(asked[:-1])  # The last one is cut short.
    assert all(new >= 1.2 * old for old, new in looks)
    _, asked = stopped(7, 0.0, Target(0.01, most=60), per_unit=2)
    assert asked[0] == 2 * MIN_UNITS
    assert all(count % 2 == 0 for count in asked)
    found, asked = stopped(7, 100.0, Target(0.5))
    assert found.reached
    assert asked == [MIN_UNITS]


def test_each_variant_says_when_it_was_known_and_a_stop_says_nothing():
    def run(count):
        return {
            "calm": np.atleast_2d(10 + 0.1 * normal(8, count)),
            "wild": np.atleast_2d(10 + 9.0 * normal(9, count)),
        }

    calm, wild = until_precise(run, Target(0.3), 2)
    assert calm.reached
    assert wild.reached
    assert calm.replicates == MIN_UNITS < wild.replicates
    assert until_precise(lambda count: None, Target(0.3), 2) == []


@pytest.mark.parametrize(
    ("mean", "target"),
    [(5.0, Target(0.05)), (0.3, Target(0.25, absolute=True)), (1.0, Target(0.3))],
)
def test_the_interval_covers_as_often_as_it_says(mean, target):
    # 600 experiments that stop by themselves. Sequential stopping costs a little: the
    # theory gives 95 % in the limit only. 93 % less four standard errors of a share
    # from 600 (0.0104) is the least that is accepted.
    runs = [stopped(1000 + key, mean, target)[0] for key in range(600)]
    assert all(found.reached for found in runs)
    hit = [abs(found.difference - mean) <= found.half_width for found in runs]
    assert np.mean(hit) >= LEVEL - 0.02 - 4 * np.sqrt(0.93 * 0.07 / 600)
    close = [
        abs(found.difference - mean)
        <= target.half_width * (1 if target.absolute else abs(mean))
        for found in runs
    ]
    assert np.mean(close) >= LEVEL - 0.02 - 4 * np.sqrt(0.93 * 0.07 / 600)
