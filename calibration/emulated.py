"""The posterior as the emulators of history matching have it.

Cheaper than ABC-SMC by an order, and as good as the surfaces are: their own error is
part of the likelihood.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from calibration.abc_smc import Sampled
from calibration.history_matching import Matched

_CANDIDATES: Final = 2**15


def emulated_posterior(matched: Matched) -> Sampled:
    """The posterior as the emulators have it: weighted points of the prior.

    Parameters
    ----------
    matched : Matched
    """
    problem = matched.problem
    points = problem.belief.spread_out(_CANDIDATES, problem.key, len(matched.waves) + 1)
    expected, error = matched.last.emulator(problem.belief.scaled(points))
    variance = problem.variance + error
    squares = (expected - problem.observed) ** 2 / variance + np.log(variance)
    chance = -0.5 * squares.sum(axis=1)
    weights = np.exp(chance - chance.max())
    return Sampled(points, weights / weights.sum(), ())


def evenly(sampled: Sampled, count: int) -> Sampled:
    """Draws of equal weight at even steps of the weights.

    Parameters
    ----------
    sampled : Sampled
    count : int
    """
    shares = (np.arange(count) + 0.5) / count
    rows = np.searchsorted(np.cumsum(sampled.weights), shares)
    points = sampled.points[np.minimum(rows, len(sampled.points) - 1)]
    return Sampled(points, np.full(count, 1.0 / count), sampled.generations)
