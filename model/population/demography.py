r"""Expected path of all jobs: the demography of firms as a Markov chain over sizes.

Growth noise, rounding to whole jobs, the smallest size and closure that spares the
large all push the sum of jobs away from the growth of a single firm. This chain
carries the expected number of firms by size from month to month, with the same laws as
the processes (growth in lumps, closure and departure by size, births, arrivals), and
finds the drift of continuing firms at which all jobs outside the anchors follow
``growth.trend`` over the horizon. Space plays no part in it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.processes import closure, entry, growth

Floats = NDArray[np.float64]

STEP = 0.05  # of ln size
LARGEST = 4000.0  # FTE
HORIZON = 276  # months
PRECISION = 1e-5  # of growth per year
SECANT_STEPS = 8


class Demography(NamedTuple):
    """What the chain needs to know.

    Attributes
    ----------
    jobs : float64[firms]
        Jobs of the firms of the base year, without anchors.
    leaving : float, /month
        Chance that a firm of one job leaves the Region.
    leaving_exponent : float
        It falls as jobs to this power.
    spin_offs_per_job : float, firms/job/month
    steady_births, arrivals : float, firms/month
        Firms begun by freelancers and by staff of the anchors, and firms that come.
    """

    jobs: Floats
    leaving: float
    leaving_exponent: float
    spin_offs_per_job: float
    steady_births: float
    arrivals: float


class Chain(NamedTuple):
    """The chain's grid of sizes and everything that the drift does not change."""

    size: Floats
    jobs: Floats
    start: Floats
    loss: Floats
    newborn: Floats
    arriving: Floats


def drift_for_trend(
    d: Demography, g: growth.Parameters, c: closure.Parameters
) -> float:
    """Drift of continuing firms at which all jobs follow the trend, per year."""
    chain = make_chain(d, c)
    before, guess = g.trend - 0.01, g.trend
    missed_before = mean_growth(before, chain, d, g) - g.trend
    for _ in range(SECANT_STEPS):
        missed = mean_growth(guess, chain, d, g) - g.trend
        if abs(missed) < PRECISION:
            break
        slope = (guess - before) / (missed - missed_before)
        before, missed_before = guess, missed
        guess -= missed * slope
    return guess


def make_chain(d: Demography, c: closure.Parameters) -> Chain:
    """Grid of sizes, the base year's firms on it, and their losses."""
    size = np.exp(np.arange(math.log(growth.SMALLEST), math.log(LARGEST), STEP))
    jobs = np.maximum(1.0, np.floor(size + 0.5))
    nobody = np.zeros(len(size), bool)
    closing = closure.chances(
        jobs,
        np.full(len(size), 99),
        nobody,
        np.full(len(size), closure.REFERENCE_ACCESS),
        c,
    )
    leaving = d.leaving * jobs**d.leaving_exponent
    shares = np.diff((0.0, *entry.SIZES, 1.0))
    first_year = max(0.0, 1.0 - 12.0 * (c.first_year - c.later))
    rank = np.arange(1, entry.LARGEST_ARRIVAL + 1)
    at_least = 1.0 / rank
    arriving = at_least - np.append(at_least[1:], 0.0)
    return Chain(
        size=size,
        jobs=jobs,
        start=on_grid(d.jobs, np.ones(len(d.jobs)), size),
        loss=1.0 - closing - leaving,
        newborn=on_grid(np.arange(1.0, 5.0), shares * first_year, size),
        arriving=on_grid(rank.astype(float), arriving, size),
    )


def on_grid(values: Floats, weight: Floats, size: Floats) -> Floats:
    """Weights of sizes on the grid, shared between neighbours so that means stay."""
    out = np.zeros(len(size))
    upper, share = shares_on_grid(values, size)
    np.add.at(out, upper - 1, weight * (1.0 - share))
    np.add.at(out, upper, weight * share)
    return out


def shares_on_grid(values: Floats, size: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Next larger size on the grid for each value, and the share that belongs to it."""
    upper = np.clip(np.searchsorted(size, values), 1, len(size) - 1)
    share = (values - size[upper - 1]) / (size[upper] - size[upper - 1])
    return upper, np.clip(share, 0.0, 1.0)


def transition(drift: float, size: Floats, g: growth.Parameters) -> Floats:
    """Chance of each size a month later, float64[sizes, sizes]."""
    chance = g.changes_per_year / 12.0
    scale = g.volatility * np.maximum(size, 1.0) ** -g.size_exponent
    scale = np.maximum(scale / math.sqrt(g.changes_per_year), 1e-9)
    step = drift / 12.0 - np.log(1.0 - chance + chance / (1.0 - scale**2))
    edges = np.log(size)[:-1] + STEP / 2.0
    away = edges[None, :] - (np.log(size) + step)[:, None]
    tail = 0.5 * np.exp(-np.abs(away) / scale[:, None])
    below = np.where(away < 0.0, tail, 1.0 - tail)
    jump = np.diff(below, axis=1, prepend=0.0, append=1.0)
    upper, share = shares_on_grid(size * np.exp(step), size)
    row = np.arange(len(size))
    move = chance * jump
    move[row, upper - 1] += (1.0 - chance) * (1.0 - share)
    move[row, upper] += (1.0 - chance) * share
    return move


def mean_growth(
    drift: float, chain: Chain, d: Demography, g: growth.Parameters
) -> float:
    """Mean yearly growth of all jobs outside the anchors over the horizon."""
    move = transition(drift, chain.size, g)
    firms = chain.start.copy()
    first = float(firms @ chain.jobs)
    for _ in range(HORIZON):
        born = d.spin_offs_per_job * float(firms @ chain.jobs) + d.steady_births
        firms = (firms * chain.loss) @ move
        firms += born * chain.newborn + d.arrivals * chain.arriving
    return math.log(float(firms @ chain.jobs) / first) * 12.0 / HORIZON
