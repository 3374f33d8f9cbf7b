r"""Weighted maximum likelihood, with errors for respondents who answer several times.

.. math::
    \hat\theta = \arg\max \sum_i w_i \ell_i(\theta), \quad
    V = \tfrac{G-1}{G} \sum_g d_g d_g', \quad
    d_g = (H - H_g)^{-1} s_g

with G respondents, s_g and H_g the weighted score and information of one, H those of
all: a sandwich over respondents [1]_ in the form of a one-step jackknife, which leaves
out one respondent at a time. Where few respondents carry an estimate (firms that
moved), the plain sandwich is too small, and this one is not [3]_. Derivatives are taken
by a complex step, exact to the last digits [2]_, so that a likelihood is written once,
as one formula that also takes complex numbers.

References
----------
.. [1] Binder (1983), On the variances of asymptotically normal estimators from complex
   surveys. International Statistical Review 51(3).
.. [2] Squire & Trapp (1998), Using complex variables to estimate derivatives of real
   functions. SIAM Review 40(1).
.. [3] Bell & McCaffrey (2002), Bias reduction in standard errors for linear regression
   with multi-stage samples. Survey Methodology 28(2).
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
NEAR = 1e-4  # gradient from which one Newton step leads to the maximum
MANY = 500.0  # cases from which that gradient grows with them, as rounding does
WELL = 1e8  # condition up to which a guess of the curvature is taken
STEP = 1e-30  # of the complex derivative
HESSIAN_STEP = 1e-5  # of differences of exact gradients
NOTHING = 1e-3  # information of a coefficient below which it is rounding
FLAT = 1e-6  # share of the largest curvature below which the data say nothing


class NoEstimateError(MediaparkError):
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
        Variance over respondents: the one that is reported.
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
    NoEstimateError
        If there is no maximum, or it is flat in some direction.
    """
    used = weight > 0.0
    if len(np.unique(respondent[used])) < 2:
        raise NoEstimateError("fewer than two respondents")
    weight = weight / weight[used].mean()

    def loss(theta: Floats) -> tuple[float, Floats]:
        scores = gradients(likelihood, theta)
        value = float(weight @ np.real(likelihood(theta.astype(complex))))
        return -value, -(weight @ scores)

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        near = NEAR * max(1.0, used.sum() / MANY)
        options = {"gtol": near, "hess_inv0": _guess(likelihood, start, weight)}
        found = minimize(loss, start, jac=True, method="BFGS", options=options)
        theta = np.asarray(found.x, np.float64)
        information = _information(likelihood, theta, weight)
        total = information.sum(axis=0)
        theta = _newton(likelihood, theta, weight, total)
    if not (np.isfinite(total).all() and np.isfinite(theta).all()):
        raise NoEstimateError("the likelihood has no maximum")
    curvature = np.linalg.eigvalsh(_scaled(total))
    if curvature[0] < FLAT * curvature[-1]:
        raise NoEstimateError("the answers do not tell some coefficients apart")
    scores = gradients(likelihood, theta) * weight[:, None]
    return Fit(
        theta,
        np.linalg.inv(total),
        _jackknife(scores[used], information[used], respondent[used]),
        float(weight @ np.real(likelihood(theta.astype(complex)))),
        int(used.sum()),
        len(np.unique(respondent[used])),
    )


def _guess(likelihood: Likelihood, theta: Floats, weight: Floats) -> Floats:
    """Inverse of the sum of scores' squares: where a search knows its scales."""
    scores = gradients(likelihood, theta)
    squares = (scores * weight[:, None]).T @ scores
    fine = np.isfinite(squares).all() and np.linalg.cond(_scaled(squares)) < WELL
    guess = np.asarray(np.linalg.inv(squares) if fine else np.eye(len(theta)))
    return np.asarray((guess + guess.T) / 2.0, np.float64)


def _jackknife(scores: Floats, information: Floats, respondent: Ints) -> Floats:
    """Variance by leaving out one respondent at a time, to first order."""
    names, group = np.unique(respondent, return_inverse=True)
    count, p = len(names), scores.shape[1]
    sums, parts = np.zeros((count, p)), np.zeros((count, p, p))
    np.add.at(sums, group, scores)
    np.add.at(parts, group, information)
    moved = np.linalg.solve(parts.sum(axis=0) - parts, sums[:, :, None])[:, :, 0]
    variance: Floats = moved.T @ moved * (count - 1.0) / count
    return variance


def gradients(likelihood: Likelihood, theta: Floats, first: int = 0) -> Floats:
    """Exact derivatives of each case's log-likelihood, float64[cases, p - first]."""
    columns = []
    for k in range(first, len(theta)):
        point = theta.astype(complex)
        point[k] += STEP * 1j
        columns.append(np.imag(likelihood(point)) / STEP)
    return np.stack(columns, axis=1)


def _information(likelihood: Likelihood, theta: Floats, weight: Floats) -> Floats:
    """Weighted curvature of each case, float64[cases, p, p]; positive at a maximum."""
    p = len(theta)
    curvature = np.zeros((len(weight), p, p))
    for k in range(p):
        step = np.zeros(p)
        step[k] = HESSIAN_STEP * max(1.0, abs(theta[k]))
        down = gradients(likelihood, theta - step, k)
        rise = down - gradients(likelihood, theta + step, k)
        curvature[:, k, k:] = rise / (2.0 * step[k])
        curvature[:, k:, k] = curvature[:, k, k:]
    return curvature * weight[:, None, None]


def _newton(
    likelihood: Likelihood, theta: Floats, weight: Floats, information: Floats
) -> Floats:
    """One Newton step, which takes away what the search left over."""
    gradient = weight @ gradients(likelihood, theta)
    if not np.isfinite(information).all() or np.linalg.cond(information) > 1e12:
        return theta
    moved: Floats = theta + np.linalg.solve(information, gradient)
    return moved


def _scaled(information: Floats) -> Floats:
    """Information with ones on its diagonal, so that units do not matter."""
    size = np.sqrt(np.maximum(np.abs(np.diag(information)), NOTHING))
    return np.asarray(information / np.outer(size, size))
