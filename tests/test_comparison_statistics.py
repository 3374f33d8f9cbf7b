"""Statistics of paired differences against answers that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from experiments.comparison import (
    band,
    chance,
    displaced_share,
    estimate,
    money_per,
    spread,
)


def test_band_of_a_ladder():
    found = band(range(11))
    assert (found.low, found.median, found.high, found.mean) == (1.0, 5.0, 9.0, 5.0)
    assert not found.covers_zero and band([-1, 0, 1]).covers_zero


def test_probability_is_that_of_jeffreys():
    found = chance([1.0] * 34 + [-1.0] * 6)
    assert (found.wins, found.ties, found.losses) == (34, 0, 6)
    assert found.probability == pytest.approx(34.5 / 41)
    assert found.low == pytest.approx(stats.beta.ppf(0.1, 34.5, 6.5))
    assert found.high == pytest.approx(stats.beta.ppf(0.9, 34.5, 6.5))


def test_all_ties_are_even_odds():
    found = chance([0.0] * 8)
    assert (found.ties, found.probability) == (8, 0.5)


def test_pairs_that_resemble_each_other_count_less():
    independent = estimate([1, -1, 1, -1, 1, 1, -1, 1], [0, 0, 1, 1, 2, 2, 3, 3])
    alike = estimate([1, 1, -1, -1, 1, 1, -1, -1.1], [0, 0, 1, 1, 2, 2, 3, 3])
    assert independent.chance.effective == 8.0
    assert alike.chance.effective == pytest.approx(4.0, rel=0.01)
    width = alike.chance.high - alike.chance.low
    assert width > independent.chance.high - independent.chance.low


@pytest.mark.parametrize("share", [0.0, 0.25, 0.75])
def test_share_of_parameters_comes_back(share):
    draws = 2000
    rng = np.random.default_rng(5)
    between = rng.normal(0.0, math.sqrt(share), (draws, 1))
    values = between + rng.normal(0.0, math.sqrt(1 - share), (draws, 2))
    found = spread(values.ravel(), np.repeat(np.arange(draws), 2))
    # Standard error of the intraclass correlation with two runs a draw.
    error = (1 - share**2) / math.sqrt(draws - 1)
    assert found.share == pytest.approx(share, abs=4 * error)
    assert found.low <= found.share <= found.high


def test_interval_of_the_share_covers_four_times_in_five():
    samples, draws, share = 400, 15, 0.5
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(samples):
        between = rng.normal(0.0, math.sqrt(share), (draws, 1))
        values = between + rng.normal(0.0, math.sqrt(1 - share), (draws, 2))
        found = spread(values.ravel(), np.repeat(np.arange(draws), 2))
        inside += found.low <= share <= found.high
    error = math.sqrt(0.8 * 0.2 / samples)
    assert inside / samples == pytest.approx(0.8, abs=4 * error)


@pytest.mark.parametrize(
    ("values", "draw", "reason"),
    [
        ([1, 2, 3], [-1, -1, -1], "one draw"),
        ([1, 2, 3], [0, 1, 2], "one run a draw"),
        ([2, 2, 2, 2], [0, 0, 1, 1], "no spread"),
    ],
)
def test_share_that_cannot_be_estimated_says_why(values, draw, reason):
    found = spread(values, draw)
    assert (found.share, found.reason) == (None, reason)


def test_displaced_share():
    found = displaced_share([100.0, 200.0, 100.0], [20.0, 40.0, 20.0])
    assert found.median == pytest.approx(0.8) == found.low == found.high
    assert found.mean == pytest.approx(0.8)
    assert displaced_share([-5.0, 3.0, 1.0], [1.0, 1.0, 1.0]) is None
    # A local loss: nine of ten jobs reappear in the Region.
    assert displaced_share([-100.0] * 3, [-10.0] * 3).median == pytest.approx(0.9)


def test_money_per_job():
    found = money_per([1e6] * 11, np.arange(10, 21))
    assert found.median == pytest.approx(1e6 / 15)
    assert (found.low, found.high) == (pytest.approx(1e6 / 19), pytest.approx(1e6 / 11))
    assert money_per([1e6] * 3, [-1.0, 2.0, 3.0]) is None
    assert money_per([0.0] * 3, [1.0, 2.0, 3.0]) is None
