r"""A sum of smooth functions of single factors, as a control of variation.

Whatever function :math:`g(x) = \sum_k g_k(x_k)` with :math:`E g_k = 0` is taken out of
an outcome before moments are formed, can be put back exactly: with :math:`m = g + \rho`
and points that differ in factor :math:`j` alone,

.. math:: \tfrac12 E(\Delta m)^2 = Var\,g_j + 2\,E[\rho\,g_j] + \tfrac12 E(\Delta\rho)^2

and likewise for first indices and the variance. The second term is a mean over *all*
points of a row and the first is known, so that noise enters products of small residuals
only. The better the fit, the smaller the error; a bad fit costs accuracy and brings no
bias, as long as the fit knows nothing of the rows that it is used on: the first half of
the rows is fitted on the second, and the reverse. Halves of a Sobol' sequence are
balanced themselves; its even and odd points are not.

The functions are Legendre polynomials of the factor's range, by least squares. It is
the additive part of a polynomial chaos [1]_, corrected by the design itself.

References
----------
.. [1] Sudret (2008), Global sensitivity analysis using polynomial chaos expansions.
   Reliability Engineering and System Safety 93(7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from experiments.factors import Factor
from experiments.sensitivity.points import Points

Floats = NDArray[np.float64]

_HIGHEST: Final = 6
_RUNS_FOR_A_TERM: Final = 20
_QUADRATURE: Final = 64
_RIDGE: Final = 1e-9


@dataclass(frozen=True)
class Additive:
    """What single factors explain, at every point of a design.

    Attributes
    ----------
    parts : float64[points, groups]
        Centred functions of each group's factors.
    variance : float64[points, groups]
        Variance of those functions, of the fit that the point's row uses.
    """

    parts: Floats
    variance: Floats

    @classmethod
    def none(cls, points: int, groups: int) -> Additive:
        """Nothing: where rows are too few for a fit."""
        return cls(np.zeros((points, groups)), np.zeros((points, groups)))


def fit_additive(points: Points, outcome: Floats, row: int) -> Additive:
    """Fit each half of the rows on the other half.

    Parameters
    ----------
    points : Points
    outcome : float64[points]
        Means over replicates.
    row : int
        Points of a row.
    """
    factors = points.problem.factors
    degree = min(_HIGHEST, len(points) // 2 // (_RUNS_FOR_A_TERM * len(factors)))
    if degree < 1:
        return Additive.none(len(points), len(points.names))
    degrees = [_degree(factor, degree) for factor in factors]
    terms = [
        _terms(column, factor, d)
        for column, factor, d in zip(points.shares.T, factors, degrees, strict=True)
    ]
    design = np.column_stack(terms)
    ends = np.cumsum(degrees)
    rows = len(points) // row
    early = np.arange(len(points)) // row < rows // 2
    parts = np.empty((len(points), len(factors)))
    variance = np.empty_like(parts)
    for here in (early, ~early):
        slopes = _least_squares(design[~here], outcome[~here])
        own = np.split(slopes, ends[:-1])
        for at, (factor, slope) in enumerate(zip(factors, own, strict=True)):
            parts[here, at] = terms[at][here] @ slope
            over = _terms(_support(factor), factor, degrees[at])
            variance[here, at] = (_weights(factor) * (over @ slope) ** 2).sum()
    groups = [list(columns) for _, columns in points.members]
    return Additive(
        np.column_stack([parts[:, columns].sum(axis=1) for columns in groups]),
        np.column_stack([variance[:, columns].sum(axis=1) for columns in groups]),
    )


def _degree(factor: Factor, wanted: int) -> int:
    levels = int(factor.high - factor.low) + 1
    return min(wanted, levels - 1) if factor.discrete else wanted


def _terms(share: Floats, factor: Factor, degree: int) -> Floats:
    """Polynomials whose mean over the factor's distribution is zero."""
    basis = legendre.legvander(2.0 * share - 1.0, degree)[:, 1:]
    over = legendre.legvander(2.0 * _support(factor) - 1.0, degree)[:, 1:]
    centred: Floats = basis - _weights(factor) @ over
    return centred


def _support(factor: Factor) -> Floats:
    """Shares of the range at which means over a factor are taken."""
    if factor.discrete:
        return np.linspace(0.0, 1.0, int(factor.high - factor.low) + 1)
    nodes, _ = legendre.leggauss(_QUADRATURE)
    half: Floats = (nodes + 1.0) / 2.0
    return half


def _weights(factor: Factor) -> Floats:
    if factor.discrete:
        levels = int(factor.high - factor.low) + 1
        return np.full(levels, 1.0 / levels)
    _, weights = legendre.leggauss(_QUADRATURE)
    half: Floats = weights / 2.0
    return half


def _least_squares(design: Floats, outcome: Floats) -> Floats:
    centred = design - design.mean(axis=0)
    square = centred.T @ centred
    square[np.diag_indices_from(square)] *= 1.0 + _RIDGE
    slopes: Floats = np.linalg.solve(square, centred.T @ (outcome - outcome.mean()))
    return slopes
