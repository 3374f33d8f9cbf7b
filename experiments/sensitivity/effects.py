r"""Elementary effects of a noisy model: trajectories, stars, one factor at a time.

An effect is the change of an outcome when one factor moves, divided by the step as a
share of the factor's range: what the outcome would change by over the whole range. It
is taken between runs of the same replicate and averaged over replicates, so that luck
that both runs share cancels. What is left of luck still inflates
:math:`\mu^* = mean |e|` [1]_ [2]_: of an effect that is nothing but noise with variance
:math:`n` it makes :math:`\sqrt{2n/\pi}`. That floor is told as ``chance``, with
:math:`n` from the variance over replicates of each effect; :math:`n` is taken out of
:math:`\sigma^2`, the variance of effects over the factors' space.

In a radial design [2]_ each row is a base point and one point for each factor; in a
trajectory [1]_ each point differs from the one before.

References
----------
.. [1] Morris (1991), Factorial sampling plans for preliminary computational
   experiments. Technometrics 33; Campolongo, Cariboni, Saltelli (2007), An effective
   screening design for sensitivity analysis of large models. Environmental Modelling
   and Software 22.
.. [2] Campolongo, Saltelli, Cariboni (2011), From screening to quantitative sensitivity
   analysis. Computer Physics Communications 182.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.factors import Factor, Problem
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from model.errors import Fault, InputError

Floats = NDArray[np.float64]
Groups = Sequence[tuple[str, tuple[int, ...]]]

MU_STAR, MU, SIGMA = "mu_star", "mu", "sigma"
SWING, AT_LOW, AT_HIGH = "swing", "at low", "at high"
_TINY: Final = 1e-9


def morris_effects(
    points: Points,
    responses: Responses,
    radial: bool = False,
    bootstrap: Bootstrap | None = None,
) -> pd.DataFrame:
    """Mean absolute effect, mean effect and their variation.

    Parameters
    ----------
    points : Points
        In the order of the sampler.
    responses : Responses
    radial : bool
        Whether rows are stars around their first point instead of trajectories.
    bootstrap : Bootstrap, optional

    Returns
    -------
    DataFrame
        ``factor, index, value, low, high, chance``; ``index`` is ``mu_star``, ``mu`` or
        ``sigma``, unit of the outcome over the factor's whole range. Groups have no
        direction: their ``mu`` and ``sigma`` are NaN. With one replicate ``chance`` is.

    Raises
    ------
    InputError
        If points are not whole rows, or a row moves something else than it should.
    """
    groups = points.members
    bootstrap = bootstrap or Bootstrap()
    effects = _effects(points, responses, radial)
    each = effects.mean(axis=2)
    there = np.isfinite(each)
    counts = there.sum(axis=0)
    filled = np.where(there, each, 0.0)
    mean = filled.sum(axis=0) / counts
    star = np.abs(filled).sum(axis=0) / counts
    noise = _noise(effects, there)
    square = (np.where(there, each - mean, 0.0) ** 2).sum(axis=0) / (counts - 1)
    spread = np.sqrt(np.maximum(square - np.nan_to_num(noise), 0.0))
    single = np.array([len(columns) == 1 for _, columns in groups])

    drawn = bootstrap.means(np.column_stack([np.abs(filled), filled, filled**2, there]))
    parts = np.split(drawn, 4, axis=1)
    weight = np.where(parts[3] > 0.0, parts[3], np.nan)
    star_low, star_high = bootstrap.interval(parts[0] / weight)
    mean_low, mean_high = bootstrap.interval(parts[1] / weight)
    variance = parts[2] / weight - (parts[1] / weight) ** 2 - np.nan_to_num(noise)
    sigma_low, sigma_high = bootstrap.interval(np.sqrt(np.maximum(variance, 0.0)))
    rows = (
        (MU_STAR, star, star_low, star_high, np.sqrt(2.0 * noise / np.pi)),
        (MU, *(np.where(single, v, np.nan) for v in (mean, mean_low, mean_high)), None),
        (
            SIGMA,
            *(np.where(single, v, np.nan) for v in (spread, sigma_low, sigma_high)),
            None,
        ),
    )
    names = list(points.names)
    return pd.concat([_rows(names, *row) for row in rows], ignore_index=True)


def _rows(
    names: list[str],
    index: str,
    value: Floats,
    low: Floats,
    high: Floats,
    chance: Floats | None,
) -> pd.DataFrame:
    floor = np.full(len(names), np.nan) if chance is None else chance
    columns = {"value": value, "low": low, "high": high, "chance": floor}
    return pd.DataFrame({"factor": names, "index": index, **columns})


def _noise(effects: Floats, there: NDArray[np.bool_]) -> Floats:
    """Mean variance of a replicate mean of effects, float64[groups]."""
    replicates = effects.shape[2]
    if replicates < 2:
        return np.full(effects.shape[1], np.nan)
    variance = np.where(there, effects.var(axis=2, ddof=1), 0.0)
    found: Floats = variance.sum(axis=0) / there.sum(axis=0) / replicates
    return found


def _effects(points: Points, responses: Responses, radial: bool) -> Floats:
    """Effects, float64[rows, groups, replicates]; NaN where nothing moved."""
    problem, groups = points.problem, points.members
    size = len(groups) + 1
    if responses.points % size or len(points) != responses.points:
        fault = Fault(
            "points are not whole rows of a Morris design", key=responses.name,
            value=responses.points, allowed=f"a multiple of {size} points",
        )  # fmt: skip
        raise InputError([fault])
    x = points.shares.reshape(-1, size, len(problem))
    y = responses.values.reshape(len(x), size, -1)
    before_x, before_y = (x[:, :1], y[:, :1]) if radial else (x[:, :-1], y[:, :-1])
    moved, change = x[:, 1:] - before_x, y[:, 1:] - before_y
    which = _which_moved(moved, groups, radial)
    steps = np.stack(
        [_step(problem, moved[..., list(columns)], columns) for _, columns in groups],
        axis=-1,
    )
    step = np.take_along_axis(steps, which[..., None], axis=2)[..., 0]
    safe = np.where(np.abs(step) > _TINY, step, np.nan)
    effects = np.full(change.shape, np.nan)
    at = np.broadcast_to(which[..., None], change.shape)
    np.put_along_axis(effects, at, change / safe[..., None], axis=1)
    return effects


def _which_moved(moved: Floats, groups: Groups, radial: bool) -> NDArray[np.int64]:
    """Which group each step of each row moves, int64[rows, groups]."""
    changed = np.abs(moved) > _TINY
    by_group = np.stack(
        [changed[..., list(columns)].any(axis=-1) for _, columns in groups], axis=-1
    )
    place = np.broadcast_to(np.arange(len(groups)), by_group.shape[:2])
    which = place if radial else by_group.argmax(axis=2)
    # A whole number of a radial design may be drawn twice: then nothing moves.
    alone = by_group.sum(axis=2) <= 1 if radial else by_group.sum(axis=2) == 1
    right = np.take_along_axis(by_group, which[..., None], axis=2)[..., 0]
    right |= ~by_group.any(axis=2) if radial else False
    once = (np.sort(which, axis=1) == place).all(axis=1)
    bad = np.flatnonzero(~(alone & right).all(axis=1) | ~once)
    if len(bad):
        kind = "a star" if radial else "a trajectory"
        raise InputError(
            [
                Fault(
                    f"is not {kind} in which each factor or group moves once",
                    key=f"row {row}",
                    allowed="points in the order of SALib's sampler",
                )
                for row in bad[:10].tolist()
            ]
        )
    return np.ascontiguousarray(which)


def _step(problem: Problem, moved: Floats, columns: tuple[int, ...]) -> Floats:
    """Step of a group as a share of the range: signed for a factor alone."""
    factors = [problem.factors[at] for at in columns]
    if len(factors) == 1:
        return _signed(factors[0], moved[..., 0])
    sizes = [np.abs(_signed(f, moved[..., at])) for at, f in enumerate(factors)]
    mean: Floats = np.mean(sizes, axis=0)
    return mean


def _signed(factor: Factor, moved: Floats) -> Floats:
    # From one category to another there is no more and no less: one step is one.
    return (moved != 0).astype(float) if factor.kind == "categorical" else moved


def one_at_a_time(
    points: Points, responses: Responses, bootstrap: Bootstrap | None = None
) -> pd.DataFrame:
    """What each factor changes alone, from a base point: the bars of a tornado.

    Parameters
    ----------
    points : Points
        The base point first; every other point differs from it in one factor.
    responses : Responses
    bootstrap : Bootstrap, optional
        Replicates are drawn again.

    Returns
    -------
    DataFrame
        ``factor, index, value, low, high, at, chance``: for each factor the change at
        its lowest and highest value, and ``swing``, the largest difference between two
        of its values, the base included; unit of the outcome. A swing is never
        negative: ``chance`` is the upper end of what luck alone makes of it.

    Raises
    ------
    InputError
        If a point differs from the base in nothing or in several factors.
    """
    bootstrap = bootstrap or Bootstrap()
    sample = points.values
    differs = np.abs(sample - sample[0]) > _TINY * np.maximum(np.abs(sample[0]), 1.0)
    many = np.flatnonzero(differs[1:].sum(axis=1) != 1) + 1
    if len(many):
        raise InputError(
            [
                Fault(
                    "is no point of a design that moves one factor at a time",
                    key=f"point {point}", value=int(differs[point].sum()),
                    allowed="one factor that differs from point 0",
                )
                for point in many[:10].tolist()
            ]
        )  # fmt: skip
    change = responses.values - responses.values[0]
    drawn = bootstrap.means(change.T)
    low, high = bootstrap.interval(drawn)
    mean = change.mean(axis=1)
    rows = []
    for at, factor in enumerate(points.problem):
        mine = np.flatnonzero(differs[:, at])
        if not len(mine):
            continue
        ordered = mine[np.argsort(sample[mine, at])]
        for index, point in ((AT_LOW, ordered[0]), (AT_HIGH, ordered[-1])):
            where = sample[point, at]
            found = (factor.name, index, mean[point], low[point], high[point])
            rows.append((*found, where, np.nan))
        with_base = np.append(mine, 0)
        edges = bootstrap.interval(np.ptp(drawn[:, with_base], axis=1))
        luck = np.ptp(drawn[:, with_base] - mean[with_base], axis=1)
        _, chance = bootstrap.interval(luck)
        whole = float(np.ptp(mean[with_base]))
        found = (factor.name, SWING, whole, float(edges[0]), float(edges[1]))
        rows.append((*found, np.nan, float(chance)))
    columns = ["factor", "index", "value", "low", "high", "at", "chance"]
    return pd.DataFrame(rows, columns=columns)
