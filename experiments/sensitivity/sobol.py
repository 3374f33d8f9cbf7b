r"""Sobol' indices of a stochastic model, with the noise taken out.

What is decomposed
------------------
A run is :math:`Y = f(X, Z)`, with factors :math:`X` and a seed :math:`Z` independent of
them. With :math:`m(x) = E[Y | X=x]` and :math:`v(x) = Var[Y | X=x]`,

.. math:: Var\,Y = Var\,m(X) + E\,v(X).

- **Indices of the mean** are those of :math:`m`: first :math:`S_j = Var\,E[m|X_j] /
  Var\,m` and total :math:`T_j = E\,Var[m|X_{-j}] / Var\,m`. They say which factor moves
  the answer, however noisy single runs are.
- **Indices of the spread** are those of :math:`v`: which factor makes the answer more
  or less a matter of luck [1]_ [2]_.
- **Share of the seed** is :math:`E\,v / Var\,Y`, the total index of the seed among all
  factors. With common random numbers the seed is a factor that can be held, and its
  first-order index :math:`Var\,E[Y|Z] / Var\,Y` is told as well: luck that strikes all
  parameter values alike, and that cancels where two of them are compared. The
  difference of both is luck that does not [3]_.

Indices of plain replicate means are those of :math:`m` diluted by :math:`E\,v / R`: the
totals of factors without effect become :math:`1/(1 + R\,Var\,m / E\,v)` and not zero.
Mazo [3]_ shows how runs are best divided between points and replicates; two of each
point are the least that allows a correction.

How
---
Only products of runs with different seeds are used (``moments.py``): numerators and
denominator are then free of noise in expectation, with common random numbers and
without. For points :math:`a, b` that differ in factor :math:`j` alone, the total is
Jansen's :math:`\frac12 E(m_a - m_b)^2` [4]_, for points that agree in it alone the
first index is :math:`E[m_a m_b]`, both made less variable by controls whose expectation
is zero since all points of a row have the same distribution: the squares at ``a`` and
``b`` less those at all points, and the product of two points that have nothing in
common. Slopes on the controls are estimated, so that the estimate leans to differences
where seeds are shared, and to products where they are not. What single factors explain
is taken out first, and put back exactly (``additive.py``).

Indices of the spread take the sample variances of two halves of the replicates as two
replicates of :math:`v`, averaged over all ways to halve them: four are the least.

Intervals are percentiles of a bootstrap over rows, and over seeds where all rows share
them (``resampling.py``). Estimates are not cut at 0 or 1: an interval around a small
negative index is what "no effect" looks like.

References
----------
.. [1] Marrel, Iooss, Da Veiga, Ribatet (2012), Global sensitivity analysis of
   stochastic computer models with joint metamodels. Statistics and Computing 22.
.. [2] Iooss, Ribatet (2009), Global sensitivity analysis of computer models with
   functional inputs. Reliability Engineering and System Safety 94; Zhu, Sudret (2021),
   Global sensitivity analysis for stochastic simulators based on generalized lambda
   surrogate models. Reliability Engineering and System Safety 214.
.. [3] Mazo (2021), A trade-off between explorations and repetitions for estimators of
   two global sensitivity indices in stochastic models induced by probability measures.
   SIAM/ASA Journal on Uncertainty Quantification 9(4).
.. [4] Jansen (1999), Analysis of variance designs for model output. Computer Physics
   Communications 117; Saltelli et al. (2010), Variance based sensitivity analysis of
   model output. Computer Physics Communications 181.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.factors import SEED
from experiments.sensitivity.additive import Additive, fit_additive
from experiments.sensitivity.moments import Layout, Moments, Slopes, moments_of
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from model.errors import Fault, InputError

Floats = NDArray[np.float64]

FIRST, TOTAL = "first", "total"
MEAN, SPREAD = "mean", "spread"
FEWEST_FOR_SPREAD: Final = 4
_MOST_HALVINGS: Final = 35


@dataclass(frozen=True)
class SobolIndices:
    """Sobol' indices of an outcome.

    Attributes
    ----------
    frame : DataFrame
        ``factor, index, of, value, low, high, uncorrected``: first and total indices of
        the mean and, with four replicates, of the spread; ``uncorrected`` is what plain
        replicate means would have given.
    shares : DataFrame
        ``share, value, low, high``: of all variance, what factors and what seeds bring.
    variance : float, square of the outcome's unit
        Of the mean over seeds.
    noise : float, square of the outcome's unit
        Mean variance over seeds.
    """

    frame: pd.DataFrame
    shares: pd.DataFrame
    variance: float
    noise: float


def sobol_indices(
    points: Points,
    responses: Responses,
    mirrored: bool = False,
    bootstrap: Bootstrap | None = None,
) -> SobolIndices:
    """First and total indices of an outcome.

    Where the seed is among the factors, a point is one run, there is no noise beside
    the factors, and the indices are those of single runs.

    Parameters
    ----------
    points : Points
        In the order of SALib's sampler.
    responses : Responses
        At least two replicates; one where the seed is a factor.
    mirrored : bool
        Whether rows hold ``2 groups + 2`` points instead of ``groups + 2``.
    bootstrap : Bootstrap, optional

    Raises
    ------
    InputError
        If points are not whole rows, there are too few replicates, keys are shared in
        part, or nothing but noise varies.
    """
    layout = Layout(len(points.names), mirrored)
    single = SEED in points.problem.names
    _refuse(points, responses, layout, single)
    bootstrap = bootstrap or Bootstrap()
    values = responses.values - responses.values.mean()
    # A run that nothing but factors decide is its own replicate.
    values = np.repeat(values, 2, axis=1) if single else values
    rows = values.reshape(-1, layout.row, values.shape[1])
    sharing = "none" if single else responses.sharing(layout.row)
    additive = _additive(points, values, layout, sharing)
    mean = _Estimates.of(rows, layout, sharing, additive, bootstrap)
    if not mean.variance > 0.0:
        raise InputError([_only_noise(responses)])
    frames = [_frame(mean, points.names, MEAN, _plain(rows, layout))]
    if responses.replicates >= FEWEST_FOR_SPREAD:
        spread = _Estimates.of_spread(rows, layout, sharing, bootstrap)
        if spread.variance > 0.0:
            frames.append(_frame(spread, points.names, SPREAD, None))
    noise = float(rows.var(axis=2, ddof=1).mean())
    shares = _shares(rows, mean, sharing != "none", bootstrap)
    frame = pd.concat(frames, ignore_index=True)
    return SobolIndices(frame, shares, mean.variance, noise)


def _additive(points: Points, values: Floats, layout: Layout, sharing: str) -> Additive:
    """What single factors explain, unless differences within a row cancel noise.

    Where each row has seeds of its own, a mean over the row would bring back noise
    that its differences are free of.
    """
    if sharing == "row":
        return Additive.none(len(points), layout.groups)
    return fit_additive(points, values.mean(axis=1), layout.row)


def _refuse(points: Points, responses: Responses, layout: Layout, single: bool) -> None:
    faults = []
    if responses.points % layout.row or len(points) != responses.points:
        allowed = f"a multiple of {layout.row}: {layout.groups} factors or groups"
        fault = Fault(
            "points are not whole rows of a Sobol' design", key=responses.name,
            value=responses.points, allowed=allowed,
        )  # fmt: skip
        faults.append(fault)
    if single and responses.replicates != 1:
        allowed = "1: the seed is a factor"
        value = responses.replicates
        faults.append(
            Fault("is too many", key="replicates", value=value, allowed=allowed)
        )
    if responses.replicates < 2 and not single:
        fault = Fault(
            "noise cannot be told from effects", key="replicates",
            value=responses.replicates, allowed="2 up; 4 up for indices of the spread",
        )  # fmt: skip
        faults.append(fault)
    if faults:
        raise InputError(faults)


def _only_noise(responses: Responses) -> Fault:
    return Fault(
        f"does not vary by more than chance in {responses.points} points of "
        f"{responses.replicates} runs: no factor has an index",
        key=responses.name, allowed="more points, more replicates or wider ranges",
    )  # fmt: skip


@dataclass(frozen=True)
class _Estimates:
    """Indices of a function of the factors, with what intervals need.

    Attributes
    ----------
    first, total : float64[groups]
    variance : float
    drawn : float64[resamples, 2 groups]
        First, then total indices of the resamples.
    drawn_variance : float64[resamples]
    level : Bootstrap
    """

    first: Floats
    total: Floats
    variance: float
    drawn: Floats
    drawn_variance: Floats
    bootstrap: Bootstrap

    @classmethod
    def of(
        cls,
        rows: Floats,
        layout: Layout,
        sharing: str,
        additive: Additive,
        bootstrap: Bootstrap,
    ) -> _Estimates:
        """Indices of the mean."""
        # Where all rows share their seeds, so does the mean of each seed's column.
        rows = rows - rows.mean(axis=(0, 1)) if sharing == "all" else rows
        moments = moments_of(rows, layout, sharing != "none", additive)
        if sharing == "all" and rows.shape[2] > 2:
            means = _crossed(rows, layout, additive, bootstrap)
        else:
            means = bootstrap.means(moments.stacked())
        return cls.from_means(moments, means, bootstrap)

    @classmethod
    def of_spread(
        cls, rows: Floats, layout: Layout, sharing: str, bootstrap: Bootstrap
    ) -> _Estimates:
        """Indices of the variance over seeds."""
        each = []
        for half in _halvings(rows.shape[2]):
            other = np.setdiff1d(np.arange(rows.shape[2]), half)
            halves = [rows[:, :, part].var(axis=2, ddof=1) for part in (half, other)]
            each.append(np.stack(halves, axis=2))
        centre = float(np.mean(each))
        stacked = [
            moments_of(one - centre, layout, sharing != "none").stacked()
            for one in each
        ]
        moments = Moments.split(np.mean(stacked, axis=0))
        return cls.from_means(moments, bootstrap.means(moments.stacked()), bootstrap)

    @classmethod
    def from_means(
        cls, moments: Moments, means: Floats, bootstrap: Bootstrap
    ) -> _Estimates:
        """Ratios of means, of the sample and of the resamples."""
        slope = Slopes.of(moments)
        sample = moments.stacked().mean(axis=0)[None]
        first, total, variance = _ratios(Moments.split(sample), slope)
        drawn_first, drawn_total, drawn = _ratios(Moments.split(means), slope)
        both = np.concatenate([drawn_first, drawn_total], axis=1)
        return cls(first[0], total[0], float(variance[0]), both, drawn, bootstrap)


def _ratios(means: Moments, slope: Slopes) -> tuple[Floats, Floats, Floats]:
    """First and total indices and the variance, along the first axis.

    Where the variance is not positive there are no indices: NaN.
    """
    centre = means.mean**2
    apart = means.apart - centre
    variance = means.square - centre - slope.square * apart
    far = apart[:, None]
    total = means.total - slope.total[0] * means.total_control - slope.total[1] * far
    first = means.first - centre[:, None]
    first = first - slope.first[0] * means.first_control - slope.first[1] * far
    below = np.where(variance > 0.0, variance, np.nan)[:, None]
    return first / below, total / below, variance


def _crossed(
    rows: Floats, layout: Layout, additive: Additive, bootstrap: Bootstrap
) -> Floats:
    """Means of moments over rows and seeds, both drawn again."""
    pairs = list(combinations(range(rows.shape[2]), 2))
    seeds = bootstrap.seed_counts(rows.shape[2])
    weights = np.stack([seeds[:, r] * seeds[:, s] for r, s in pairs])
    # A resample of one seed alone has no pair: it says nothing.
    together = weights.sum(axis=0)
    weights /= np.where(together > 0.0, together, np.nan)
    found = 0.0
    for weight, pair in zip(weights, pairs, strict=True):
        stacked = moments_of(rows[:, :, pair], layout, True, additive).stacked()
        found = found + weight[:, None] * bootstrap.means(stacked)
    return np.asarray(found)


def _halvings(number: int) -> list[NDArray[np.int64]]:
    """Halves of the replicates that hold the first one, spread over all there are."""
    halves = [
        np.array((0, *rest)) for rest in combinations(range(1, number), number // 2 - 1)
    ]
    step = -(-len(halves) // _MOST_HALVINGS)
    return halves[::step]


def _plain(rows: Floats, layout: Layout) -> Floats:
    """First and total indices of plain replicate means, float64[2, groups].

    One replicate mean stands for two equal replicates: nothing is taken out.
    """
    means = rows.mean(axis=2, keepdims=True)
    twice = np.repeat(means, 2, axis=2)
    moments = moments_of(twice, layout, common=False)
    sample = Moments.split(moments.stacked().mean(axis=0)[None])
    first, total, _ = _ratios(sample, Slopes.none(layout.groups))
    return np.stack([first[0], total[0]])


def _frame(
    found: _Estimates, names: tuple[str, ...], of: str, plain: Floats | None
) -> pd.DataFrame:
    low, high = found.bootstrap.interval(found.drawn)
    count = len(names)
    return pd.DataFrame(
        {
            "factor": [*names, *names],
            "index": [FIRST] * count + [TOTAL] * count,
            "of": of,
            "value": np.concatenate([found.first, found.total]),
            "low": low,
            "high": high,
            "uncorrected": np.full(2 * count, np.nan)
            if plain is None
            else plain.ravel(),
        }
    )


def _shares(
    rows: Floats, mean: _Estimates, common: bool, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Shares of factors and seeds in all variance."""
    number = rows.shape[2]
    within = rows.var(axis=2, ddof=1).mean(axis=1)
    columns = [within]
    if common:
        a, b = rows[:, 0], rows[:, -1]
        same = (a * b).sum(axis=1) / number
        other = (a.sum(axis=1) * b.sum(axis=1) - (a * b).sum(axis=1)) / (
            number * (number - 1)
        )
        columns.append(same - other)
    stacked = np.column_stack(columns)

    def shares(means: Floats, variance: Floats) -> Floats:
        sums = np.maximum(variance, 0.0) + means[:, 0]
        whole = np.where(sums > 0.0, sums, np.nan)[:, None]
        return np.concatenate([1.0 - means[:, :1] / whole, means / whole], axis=1)

    value = shares(stacked.mean(axis=0)[None], np.array([mean.variance]))[0]
    drawn = shares(bootstrap.means(stacked), mean.drawn_variance)
    low, high = bootstrap.interval(drawn)
    names = ["factors", "seed", "seed, alike for all values"][: len(value)]
    return pd.DataFrame({"share": names, "value": value, "low": low, "high": high})
