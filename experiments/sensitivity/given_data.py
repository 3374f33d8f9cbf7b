r"""Indices of whole distributions, from any sample: PAWN and Borgonovo's delta.

Both ask how the distribution of an outcome changes when a factor is known to lie in a
slice of its range: PAWN [1]_ by the largest distance between distribution functions
(median over slices), delta [2]_ by half the mean area between densities. Here the
outcome is that of *one run*: every replicate counts, and luck widens all distributions
alike, so that indices of a noisier outcome are smaller.

SALib computes the estimates; what it lacks is an interval that fits. Points are drawn
again, with all their replicates, by kernels that agree with SALib's on the sample
itself (a test holds them to it). Distances are never negative, so that both estimates
are too large, and their resamples larger still: the bias that resamples show is taken
out, and the interval mirrors theirs [3]_. ``chance`` is the mean index of factors that
are made up, uniform and in no relation to the outcome; ``uncorrected`` is what SALib
says. Delta is not told (NaN) where an outcome takes one value only in some slice, such
as a count that is mostly zero: it has no density there.

Whole numbers and categories are spread evenly within their step, in the order of
points, so that slices of equal size can be cut.

References
----------
.. [1] Pianosi, Wagener (2018), Distribution-based sensitivity analysis from a generic
   input-output sample. Environmental Modelling and Software 108.
.. [2] Borgonovo (2007), A new uncertainty importance measure. Reliability Engineering
   and System Safety 92.
.. [3] Plischke, Borgonovo, Smith (2013), Global sensitivity measures from given data.
   European Journal of Operational Research 226(3), equations 26 and 30.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray
from SALib.analyze import pawn as salib_pawn
from SALib.analyze.delta import calc_delta
from scipy.stats import gaussian_kde, rankdata

from experiments.factors import Problem
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from model import streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PAWN, DELTA = "pawn", "delta"
SLICES: Final = 10
_MADE_UP: Final = 10
_DUMMY: Final = 1026
_GRID: Final = 100


def pawn_indices(
    points: Points,
    responses: Responses,
    bootstrap: Bootstrap | None = None,
    slices: int = SLICES,
) -> pd.DataFrame:
    """PAWN of each factor: median Kolmogorov-Smirnov distance over slices.

    Parameters
    ----------
    points : Points
    responses : Responses
    bootstrap : Bootstrap, optional
    slices : int
        Slices of equal size that a factor's range is cut into.

    Returns
    -------
    DataFrame
        ``factor, index, value, low, high, chance, uncorrected``; values from 0 to 1.
    """
    bootstrap = bootstrap or Bootstrap()
    x, y, owner = _runs(points, responses)
    names = list(points.problem.names)
    salib = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    plain = np.asarray(salib_pawn.analyze(salib, x, y, S=slices)["median"])
    order = np.argsort(y, kind="stable")
    last = _last_of_ties(y[order])
    columns = [*x.T, *_made_up(bootstrap.seed, responses.points)[:, owner]]
    slice_of = np.stack([_slice_of(column, slices)[order] for column in columns])
    made = pawn_kernel(np.ones((1, len(y))), slice_of[len(names) :], last, slices)[0]

    def resampled(counts: Floats) -> Floats:
        weights = np.ascontiguousarray(counts[:, owner[order]])
        found: Floats = pawn_kernel(weights, slice_of, last, slices)
        return found

    drawn = [resampled(counts) for counts in bootstrap.row_counts(responses.points)]
    return _frame(points.problem, PAWN, (plain, made), np.concatenate(drawn), bootstrap)


def delta_indices(
    points: Points,
    responses: Responses,
    bootstrap: Bootstrap | None = None,
) -> pd.DataFrame:
    """Borgonovo's delta of each factor, its bias taken out.

    Parameters
    ----------
    points : Points
    responses : Responses
    bootstrap : Bootstrap, optional

    Returns
    -------
    DataFrame
        ``factor, index, value, low, high, chance, uncorrected``.
    """
    bootstrap = bootstrap or Bootstrap()
    x, y, owner = _runs(points, responses)
    grid = np.linspace(y.min(), y.max(), _GRID)
    cuts = delta_cuts(len(y))
    whole = density_kernel(y, grid)
    dummies = _made_up(bootstrap.seed, responses.points)[:, owner]
    columns = [*x.T, *dummies]
    classes = [_classes(column, cuts) for column in columns]
    estimates = np.array(
        [
            _delta(y, grid, column, cuts, each)
            for column, each in zip(columns, classes, strict=True)
        ]
    )
    count = len(points.problem)
    plain, made = estimates[:count], estimates[count:]
    kernels = [[density_kernel(y[one], grid) for one in each] for each in classes]

    def resampled(counts: Floats) -> Floats:
        weights = counts[:, owner]
        density = weights @ whole / weights.sum(axis=1, keepdims=True)
        return np.stack(
            [
                _delta_of(weights, density, each, kernel, grid)
                for each, kernel in zip(classes, kernels, strict=True)
            ],
            axis=1,
        )

    drawn = np.concatenate(
        [resampled(counts) for counts in bootstrap.row_counts(responses.points)]
    )
    return _frame(points.problem, DELTA, (plain, made), drawn, bootstrap)


def _runs(points: Points, responses: Responses) -> tuple[Floats, Floats, Integers]:
    """Values and outcome of every run, and the point that it belongs to."""
    spread = np.column_stack(
        [
            _spread_out(column) if factor.discrete else column
            for factor, column in zip(points.problem, points.values.T, strict=True)
        ]
    )
    owner = np.repeat(np.arange(responses.points), responses.replicates)
    return spread[owner], responses.values.ravel(), owner


def _spread_out(column: Floats) -> Floats:
    """Values of a discrete factor, spread over a step in the order of points."""
    _, level, number = np.unique(column, return_inverse=True, return_counts=True)
    order = np.argsort(level, kind="stable")
    starts = np.cumsum(number) - number
    place = np.empty(len(column))
    place[order] = np.arange(len(column)) - np.repeat(starts, number)
    spread: Floats = column + (place + 0.5) / number[level] - 0.5
    return spread


def _made_up(seed: int, points: int) -> Floats:
    """Factors in no relation to anything, float64[some, points]."""
    address = np.arange(points, dtype=np.uint64)
    return np.stack(
        [
            streams.uniforms(np.uint64(seed), _DUMMY, 0, address, one)
            for one in range(_MADE_UP)
        ]
    )


def _frame(
    problem: Problem,
    index: str,
    estimates: tuple[Floats, Floats],
    drawn: Floats,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Indices less their bias, with mirrored intervals.

    Parameters
    ----------
    problem : Problem
    index : str
    estimates : (float64[factors], float64[made up])
        Of the factors, and of those that are made up.
    drawn : float64[resamples, factors + made up]
    bootstrap : Bootstrap
    """
    plain, made = estimates
    count = len(plain)
    bias = drawn.mean(axis=0) - np.concatenate([plain, made])
    low, high = bootstrap.interval(drawn[:, :count])
    chance = max(0.0, float((made - bias[count:]).mean()))
    return pd.DataFrame(
        {
            "factor": problem.names, "index": index, "value": plain - bias[:count],
            "low": 2.0 * plain - high, "high": 2.0 * plain - low, "chance": chance,
            "uncorrected": plain,
        }
    )  # fmt: skip


# --- PAWN -----------------------------------------------------------------------------
def _slice_of(column: Floats, slices: int) -> Integers:
    """Slice of each run; -1 for the largest value, which SALib leaves out."""
    step = 1.0 / slices
    edges = np.quantile(column, np.arange(0.0, 1.0 + step, step)[: slices + 1])
    found = np.searchsorted(edges, column, side="right") - 1
    found[found >= slices] = -1
    return np.asarray(found, np.int64)


def _last_of_ties(ordered: Floats) -> NDArray[np.bool_]:
    last: NDArray[np.bool_] = np.append(ordered[1:] != ordered[:-1], True)
    return last


@njit(cache=True)
def pawn_kernel(weights: Any, slice_of: Any, last: Any, slices: int) -> Any:
    """PAWN of weighted runs.

    Parameters
    ----------
    weights : float64[resamples, runs]
        How often each run counts, runs in the order of the outcome.
    slice_of : int64[factors, runs]
        Slice of each run, -1: in none.
    last : bool[runs]
        Whether the next run has another outcome.
    slices : int

    Returns
    -------
    float64[resamples, factors]
        Median over the slices that hold runs.
    """
    resamples, runs = weights.shape
    factors = len(slice_of)
    found = np.empty((resamples, factors))
    for b in range(resamples):
        whole = weights[b].sum()
        for f in range(factors):
            total = np.zeros(slices)
            for i in range(runs):
                if slice_of[f, i] >= 0:
                    total[slice_of[f, i]] += weights[b, i]
            below, inside = 0.0, np.zeros(slices)
            distance = np.zeros(slices)
            for i in range(runs):
                below += weights[b, i]
                if slice_of[f, i] >= 0:
                    inside[slice_of[f, i]] += weights[b, i]
                if last[i]:
                    for s in range(slices):
                        if total[s] > 0.0:
                            gap = abs(inside[s] / total[s] - below / whole)
                            distance[s] = max(distance[s], gap)
            found[b, f] = np.median(distance[total > 0.0])
    return found


# --- Delta ----------------------------------------------------------------------------
def delta_cuts(runs: int) -> Floats:
    """Ranks between which classes of equal size lie, as SALib cuts them."""
    power = 2.0 / (7.0 + np.tanh((1500.0 - runs) / 500.0))
    classes = round(min(int(np.ceil(runs**power)), 48))
    return np.linspace(0, runs, classes + 1)


def _classes(column: Floats, cuts: Floats) -> list[Integers]:
    rank = rankdata(column, method="ordinal")
    pairs = pairwise(cuts)
    return [np.flatnonzero((rank > low) & (rank <= high)) for low, high in pairs]


def density_kernel(y: Floats, grid: Floats) -> Floats:
    """What each run adds to the density on a grid, float64[runs, grid].

    The bandwidth is Silverman's for these runs; without variation there is no density.
    """
    if len(y) < 2 or np.ptp(y) == 0.0:
        return np.zeros((len(y), len(grid)))
    scale = float(np.sqrt(gaussian_kde(y, bw_method="silverman").covariance[0, 0]))
    z = (grid[None, :] - y[:, None]) / scale
    density: Floats = np.exp(-0.5 * z**2) / (scale * np.sqrt(2.0 * np.pi))
    return density


def _delta(
    y: Floats, grid: Floats, column: Floats, cuts: Floats, classes: list[Integers]
) -> float:
    """SALib's delta; NaN where an outcome without variation has no density."""
    if any(np.ptp(y[one]) == 0.0 for one in classes if len(one)):
        return float("nan")
    return float(calc_delta(y, grid, column, cuts))


def _delta_of(
    weights: Floats,
    density: Floats,
    classes: list[Integers],
    kernels: list[Floats],
    grid: Floats,
) -> Floats:
    """Delta of weighted runs, float64[resamples]."""
    found = np.zeros(len(weights))
    whole = weights.sum(axis=1)
    for mine, kernel in zip(classes, kernels, strict=True):
        if not kernel.any():
            continue
        inside = weights[:, mine]
        total = inside.sum(axis=1)
        safe = np.where(total > 0.0, total, 1.0)
        area = np.trapezoid(np.abs(density - inside @ kernel / safe[:, None]), grid)
        found += np.where(total > 0.0, total / whole * area / 2.0, 0.0)
    return found
