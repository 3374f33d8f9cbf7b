r"""Variance of a full factorial design, split exactly.

All combinations of the factors' levels are there, so first and total indices are sums
over the grid and not estimates: :math:`S_j` is the variance of the marginal means of
factor :math:`j`, :math:`T_j` what is left when the rest is averaged over it. Only noise
is to be taken out, by the one rule of ``moments.py``: variances are covariances between
different replicates. Intervals come from replicates drawn again; with two there are
none.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.factors import Problem
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from experiments.sensitivity.sobol import FIRST, MEAN, TOTAL
from model.errors import Fault, InputError

Floats = NDArray[np.float64]


def factorial_indices(
    points: Points, responses: Responses, bootstrap: Bootstrap | None = None
) -> pd.DataFrame:
    """First and total indices over the grid.

    Parameters
    ----------
    points : Points
        Every combination once, in any order.
    responses : Responses
        At least two replicates.
    bootstrap : Bootstrap, optional

    Returns
    -------
    DataFrame
        ``factor, index, of, value, low, high``.

    Raises
    ------
    InputError
        If combinations are missing or stand there twice, there is one replicate only,
        or nothing but noise varies.
    """
    bootstrap = bootstrap or Bootstrap()
    problem = points.problem
    grid = _grid(problem, points.values, responses)
    pairs = list(combinations(range(grid.shape[-1]), 2))
    parts = np.stack([_parts(grid[..., r], grid[..., s]) for r, s in pairs])
    value = _ratios(parts.mean(axis=0)[None], len(problem))[0]
    if not np.isfinite(value).all():
        allowed = "more replicates, or wider ranges"
        fault = Fault(
            "does not vary by more than chance", key=responses.name, allowed=allowed
        )
        raise InputError([fault])
    low = high = np.full(len(value), np.nan)
    if len(pairs) > 1:
        counts = bootstrap.seed_counts(grid.shape[-1])
        weights = np.stack([counts[:, r] * counts[:, s] for r, s in pairs], axis=1)
        kept = weights[weights.sum(axis=1) > 0.0]
        drawn = kept @ parts / kept.sum(axis=1, keepdims=True)
        low, high = bootstrap.interval(_ratios(drawn, len(problem)))
    names = [*problem.names, *problem.names]
    index = [FIRST] * len(problem) + [TOTAL] * len(problem)
    return pd.DataFrame(
        {
            "factor": names, "index": index, "of": MEAN, "value": value, "low": low,
            "high": high,
        }
    )  # fmt: skip


def _grid(problem: Problem, sample: Floats, responses: Responses) -> Floats:
    """Outcomes on the grid, float64[levels of factor 1, ..., replicates]."""
    places, sizes = [], []
    for column in sample.T:
        levels, place = np.unique(column, return_inverse=True)
        places.append(place)
        sizes.append(len(levels))
    flat = np.ravel_multi_index(places, sizes)
    number = np.bincount(flat, minlength=int(np.prod(sizes)))
    faults = []
    if responses.replicates < 2:
        fault = Fault(
            "noise cannot be told from effects", key="replicates",
            value=responses.replicates, allowed="2 up; 3 up for intervals",
        )  # fmt: skip
        faults.append(fault)
    for at in np.flatnonzero(number != 1)[:10].tolist():
        where = np.unravel_index(at, sizes)
        names = [
            np.unique(column)[i] for column, i in zip(sample.T, where, strict=True)
        ]
        told = ", ".join(
            f"{factor.name}={factor.label(float(level))}"
            for factor, level in zip(problem, names, strict=True)
        )
        problem_text = "is missing" if number[at] == 0 else "stands there twice"
        faults.append(Fault(f"a combination {problem_text}", key=told))
    if faults:
        raise InputError(faults)
    values = np.empty((len(flat), responses.replicates))
    values[flat] = responses.values
    return values.reshape(*sizes, -1)


def _parts(one: Floats, other: Floats) -> Floats:
    """Covariances over the grid: by factor, by all others, whole; [2 factors + 1]."""
    axes = range(one.ndim)
    alone = [_covariance(*_marginals(one, other, at, keep=True)) for at in axes]
    rest = [_covariance(*_marginals(one, other, at, keep=False)) for at in axes]
    return np.array([*alone, *rest, _covariance(one, other)])


def _marginals(
    one: Floats, other: Floats, at: int, keep: bool
) -> tuple[Floats, Floats]:
    over = tuple(a for a in range(one.ndim) if a != at) if keep else (at,)
    return one.mean(axis=over), other.mean(axis=over)


def _covariance(one: Floats, other: Floats) -> float:
    return float((one * other).mean() - one.mean() * other.mean())


def _ratios(parts: Floats, factors: int) -> Floats:
    whole = parts[:, -1:]
    below = np.where(whole > 0.0, whole, np.nan)
    first, rest = parts[:, :factors], parts[:, factors : 2 * factors]
    return np.concatenate([first / below, 1.0 - rest / below], axis=1)
