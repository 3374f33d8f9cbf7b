r"""Moments of a Sobol' design that noise cannot enter: products of different seeds.

A run is :math:`y = f(x, z)` with factors :math:`x` and a seed :math:`z`; its mean over
seeds is :math:`m(x) = E_z f(x, z)`. Every index of :math:`m` is made of moments such as
:math:`E[m(x)\,m(x')]`. A product of two runs is an unbiased estimate of :math:`m(x)\,
m(x')` **if and only if their seeds are independent**, and that is the one rule here:
products of runs that share a replicate key are left out, all others count.

- *Seeds of their own* (no two runs share a key): :math:`\bar y_a \bar y_b` of different
  points keeps all products; :math:`m(x)^2` is estimated by
  :math:`\sum_{r\ne s} y_r y_s / R(R-1)`.
- *Common random numbers* (the points of a row share their keys): noise also enters
  products of different points, by their covariance over seeds divided by
  :math:`R`. Dropping :math:`r = s` takes it out, and in a difference,
  :math:`\frac12 (m_a - m_b)^2 \approx \frac12 (y_{a1}-y_{b1})(y_{a2}-y_{b2})`, noise
  that the two points share cancels before anything is multiplied.

With one replicate there is no such product of a point with itself: two are the least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity.additive import Additive

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Which point of a row is which, as SALib's sampler orders them.

    Attributes
    ----------
    groups : int
        Factors, or groups of factors, that have an index each.
    mirrored : bool
        Whether a row holds both ``A`` with one column of ``B`` and ``B`` with one
        column of ``A`` (SALib's ``calc_second_order``), ``2 groups + 2`` points;
        otherwise only the former, ``groups + 2``.
    """

    groups: int
    mirrored: bool = False

    @property
    def row(self) -> int:
        """Points of a row."""
        return self.groups * (2 if self.mirrored else 1) + 2

    def total_pairs(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pairs of points that differ in one group alone, int64[groups] each."""
        place = np.arange(self.groups)
        pairs = [(np.zeros_like(place), 1 + place)]
        if self.mirrored:
            pairs.append((np.full_like(place, self.row - 1), 1 + self.groups + place))
        return pairs

    def first_pairs(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pairs of points that agree in one group alone, int64[groups] each."""
        place = np.arange(self.groups)
        pairs = [(np.full_like(place, self.row - 1), 1 + place)]
        if self.mirrored:
            pairs.append((np.zeros_like(place), 1 + self.groups + place))
        return pairs


@dataclass(frozen=True)
class Moments:
    """One value for each row of the design; indices are ratios of their means.

    Attributes
    ----------
    total : float64[rows, groups]
        Of ``1/2 (m(x) - m(x'))^2``, points that differ in the group alone.
    total_control : float64[rows, groups]
        Zero in expectation: squares at both points less those at all points.
    first : float64[rows, groups]
        Of ``m(x) m(x')``, points that agree in the group alone.
    first_control : float64[rows, groups]
        As ``total_control``.
    apart : float64[rows]
        Of ``m(x) m(x')`` at points that agree in nothing: zero in expectation.
    square : float64[rows]
        Of ``m(x)^2``.
    mean : float64[rows]
    """

    total: Floats
    total_control: Floats
    first: Floats
    first_control: Floats
    apart: Floats
    square: Floats
    mean: Floats

    def stacked(self) -> Floats:
        """All columns beside each other, float64[rows, 4 groups + 3]."""
        one = (self.apart, self.square, self.mean)
        return np.column_stack(
            [self.total, self.total_control, self.first, self.first_control, *one]
        )

    @classmethod
    def split(cls, columns: Floats) -> Moments:
        """The moments that stand in columns, along the last axis."""
        groups = (columns.shape[-1] - 3) // 4
        parts = [columns[..., i * groups : (i + 1) * groups] for i in range(4)]
        return cls(*parts, *(columns[..., 4 * groups + i] for i in range(3)))


def moments_of(
    rows: Floats, layout: Layout, common: bool, additive: Additive | None = None
) -> Moments:
    """Moments of each row.

    Parameters
    ----------
    rows : float64[rows, points of a row, replicates]
        Outcomes, centred; at least two replicates.
    layout : Layout
    common : bool
        Whether the points of a row share their replicate keys, column by column.
    additive : Additive, optional
        What is taken out of the outcomes first, and put back into the moments.
    """
    if additive is None:
        return _moments(rows, layout, common)
    parts = additive.parts.reshape(len(rows), layout.row, -1)
    rest = rows - parts.sum(axis=2, keepdims=True)
    found = _moments(rest, layout, common)
    level = rest.mean(axis=2)
    back = 2.0 * np.einsum("np,npg->ng", level, parts) / layout.row
    back += additive.variance.reshape(parts.shape)[:, 0]
    return replace(
        found,
        total=found.total + back,
        first=found.first + back,
        square=found.square + back.sum(axis=1),
    )


def _moments(rows: Floats, layout: Layout, common: bool) -> Moments:
    number = rows.shape[2]
    sums = rows.sum(axis=2)
    squares = (sums**2 - (rows**2).sum(axis=2)) / (number * (number - 1))

    def product(a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
        found: Floats = sums[:, a] * sums[:, b] / number**2
        if common:
            shared = np.einsum("npr,npr->np", rows[:, a], rows[:, b]) / number**2
            found = (found - shared) * number / (number - 1)
        return found

    def both(a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
        half: Floats = 0.5 * (squares[:, a] + squares[:, b])
        return half

    everywhere = squares.mean(axis=1, keepdims=True)
    total_pairs, first_pairs = layout.total_pairs(), layout.first_pairs()
    ends = np.array([0]), np.array([layout.row - 1])
    return Moments(
        total=_mean([both(a, b) - product(a, b) for a, b in total_pairs]),
        total_control=_mean([both(a, b) - everywhere for a, b in total_pairs]),
        first=_mean([product(a, b) for a, b in first_pairs]),
        first_control=_mean([both(a, b) - everywhere for a, b in first_pairs]),
        apart=product(*ends)[:, 0],
        square=everywhere[:, 0],
        mean=sums.mean(axis=1) / number,
    )


def _mean(parts: list[Floats]) -> Floats:
    mean: Floats = np.mean(parts, axis=0)
    return mean


@dataclass(frozen=True)
class Slopes:
    """Least-squares slopes of the moments on their controls.

    Attributes
    ----------
    total, first : float64[2, groups]
        On the group's own control, and on ``apart``.
    square : float
        Of ``square`` on ``apart``: 1 makes the variance half a squared difference.
    """

    total: Floats
    first: Floats
    square: float

    @classmethod
    def of(cls, moments: Moments) -> Slopes:
        """Slopes of a sample; zero where a control does not vary or rows are few."""
        apart = moments.apart
        nothing = np.zeros((len(apart), 1))
        return cls(
            total=_slopes(moments.total, moments.total_control, apart),
            first=_slopes(moments.first, moments.first_control, apart),
            square=float(_slopes(moments.square[:, None], nothing, apart)[1, 0]),
        )

    @classmethod
    def none(cls, groups: int) -> Slopes:
        """No use of controls."""
        return cls(np.zeros((2, groups)), np.zeros((2, groups)), 0.0)


_ROWS_FOR_SLOPES: Final = 16
_TINY: Final = 1e-30


def _slopes(target: Floats, control: Floats, apart: Floats) -> Floats:
    """Two regressors for each column, one after the other made orthogonal."""
    if len(target) < _ROWS_FOR_SLOPES:
        return np.zeros((2, target.shape[1]))
    t, c = target - target.mean(axis=0), control - control.mean(axis=0)
    d = (apart - apart.mean())[:, None]
    along = _ratio((c * d).sum(axis=0), (d * d).sum(axis=0))
    rest = c - along * d
    own = _ratio((t * rest).sum(axis=0), (rest * rest).sum(axis=0))
    far = _ratio((t * d).sum(axis=0), (d * d).sum(axis=0)) - own * along
    return np.stack([own, far])


def _ratio(over: Floats, under: Floats) -> Floats:
    regular = under > _TINY
    found: Floats = np.where(regular, over / np.where(regular, under, 1.0), 0.0)
    return found
