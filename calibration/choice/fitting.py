r"""Weighted maximum likelihood, with errors for respondents who answer several times.

.. math::
    \hat\theta = \arg\max \sum_i w_i \ell_i(\theta), \quad
    V = H^{-1} \Big( \tfrac{G}{G-1} \sum_g s_g s_g' \Big) H^{-1}, \quad
    s_g = \sum_{i \in g} w_i \nabla \ell_i

with G respondents and H the Hessian: the linearised, design-based variance [1]_.
Derivatives are taken by a complex step, exact to the last digits [2]_, so that a
likelihood is written once, as one formula that also takes complex numbers.

References
----------
.. [1] Binder (1983), On the variances of asymptotically normal estimators from complex
   surveys. International Statistical Review 51(3).
.. [2] Squire & Trapp (1998), Using complex variables to estimate derivatives of real
   functions. SIAM Review 40(1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from model.errors import MediaparkError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Likelihood = Callable[[Any], Any]
STEP = 1e-30  # of the complex derivative
HESSIAN_STEP = 1e-5  # of differences of exact gradients
FLAT = 1e-8  # share of the largest curvature below which the data say nothing


class NoEstimate(MediaparkError):
    """The answers do not say: too few, or all alike."""


@dataclass(frozen=True)
class Fit:
    """What maximum likelihood found.

    Attributes
    ----------
    estimate : float64[p]
    classical : float64[p, p]
        Inverse Hessian, with weights of mean 1: right without weights and if each
        answer were a respondent of its own.
    robust : float64[p, p]
        Linearised variance over respondents: the one that is reported.
    loglik : float
    cases, respondents : int
    """

    estimate: Floats
    classical: Floats
    robust: Floats
    loglik: float
    cases: int
    respondents: int

    @property
    def errors(self) -> Floats:
        """Design-based standard errors."""
        return np.sqrt(np.diag(self.robust))


def maximise(
    likelihood: Likelihood, start: Floats, weight: Floats, respondent: Ints
) -> Fit:
    """Maximise a sum of weighted log-likelihoods.

    Parameters
    ----------
    likelihood : function of complex[p]
        Log-likelihood of each case, complex[cases].
    start : float64[p]
    weight : float64[cases]
        At least 0; their scale does not matter.
    respondent : int64[cases]
        Whose case it is.

    Raises
    ------
    NoEstimate
        If there is no maximum, or it is flat in some direction.
    """
    used = weight > 0.0
    if len(np.unique(respondent[used])) < 2:
        raise NoEstimate("fewer than two respondents")
    weight = weight / weight[used].mean()

    def loss(theta: Floats) -> tuple[float, Floats]:
        scores = gradients(likelihood, theta)
        value = float(weight @ np.real(likelihood(theta.astype(complex))))
        return -value, -(weight @ scores)

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-6})
        theta = np.asarray(found.x, np.float64)
        theta = _newton(likelihood, theta, weight)
        hessian = _hessian(likelihood, theta, weight)
    if not (np.isfinite(hessian).all() and np.isfinite(theta).all()):
        raise NoEstimate("the likelihood has no maximum")
    curvature = np.linalg.eigvalsh(-_scaled(hessian))
    if curvature[0] < FLAT * max(curvature[-1], 1e-12):
        raise NoEstimate("the answers do not tell some coefficients apart")
    inverse = np.linalg.inv(-hessian)
    scores = gradients(likelihood, theta) * weight[:, None]
    _, group = np.unique(respondent[used], return_inverse=True)
    sums = np.zeros((group.max() + 1, len(theta)))
    np.add.at(sums, group, scores[used])
    count = len(sums)
    meat = sums.T @ sums * count / (count - 1.0)
    return Fit(
        theta, inverse, inverse @ meat @ inverse,
        float(weight @ np.real(likelihood(theta.astype(complex)))),
        int(used.sum()), count,
    )  # fmt: skip


def gradients(likelihood: Likelihood, theta: Floats) -> Floats:
    """Exact derivative of each case's log-likelihood, float64[cases, p]."""
    columns = []
    for k in range(len(theta)):
        point = theta.astype(complex)
        point[k] += STEP * 1j
        columns.append(np.imag(likelihood(point)) / STEP)
    return np.stack(columns, axis=1)


def _hessian(likelihood: Likelihood, theta: Floats, weight: Floats) -> Floats:
    rows = []
    for k in range(len(theta)):
        step = np.zeros(len(theta))
        step[k] = HESSIAN_STEP * max(1.0, abs(theta[k]))
        up = weight @ gradients(likelihood, theta + step)
        down = weight @ gradients(likelihood, theta - step)
        rows.append((up - down) / (2.0 * step[k]))
    hessian = np.array(rows)
    return np.asarray((hessian + hessian.T) / 2.0)


def _newton(likelihood: Likelihood, theta: Floats, weight: Floats) -> Floats:
    """One Newton step, which takes away what the search left over."""
    hessian = _hessian(likelihood, theta, weight)
    gradient = weight @ gradients(likelihood, theta)
    if not np.isfinite(hessian).all() or np.linalg.cond(hessian) > 1e12:
        return theta
    moved: Floats = theta - np.linalg.solve(hessian, gradient)
    return moved


def _scaled(hessian: Floats) -> Floats:
    """A Hessian with ones on its diagonal, so that units do not matter."""
    size = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-12))
    return np.asarray(hessian / np.outer(size, size))
