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
as one formula that also takes complex numbers. Answers that are alike (a card that many
saw) share one case of the likelihood: a million of them cost what their kinds cost.

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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from calibration.said import Said
from model.errors import MediaparkError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Likelihood = Callable[[Any], Any]
NEAR = 1e-4  # gradient from which one Newton step leads to the maximum
MANY = 500.0  # cases from which that gradient grows with them, as rounding does
WELL = 1e8  # condition up to which a guess of the curvature is taken
STEP = 1e-30  # of the complex derivative
AT_ONCE = 20_000  # respondents whose information is held at once
HESSIAN_STEP = 1e-5  # of differences of exact gradients
NOTHING = 1e-3  # information of a coefficient below which it is rounding
FLAT = 1e-6  # share of the largest curvature below which the data say nothing


class NoEstimateError(MediaparkError):
    """The answers do not say: too few, or all alike.

    Parameters
    ----------
    why : str
        Reason, as a key of texts (``why.``).
    count : int, optional
        How many it would have needed.
    """

    def __init__(self, why: str, count: int | None = None) -> None:
        parts = {} if count is None else {"count": count}
        self.why = Said(f"why.{why}", parts)
        super().__init__(str(self.why))


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


class Answers(NamedTuple):
    """Who gave which answers.

    Attributes
    ----------
    weight : float64[answers]
        At least 0; their scale does not matter.
    respondent : int64[answers]
    case : int64[answers]
        Position of each in the likelihood.
    """

    weight: Floats
    respondent: Ints
    case: Ints

    @property
    def used(self) -> Answers:
        """Those that count, with weights of mean 1."""
        used = self.weight > 0.0
        weight = self.weight[used]
        return Answers(
            weight / weight.mean() if len(weight) else weight,
            self.respondent[used],
            self.case[used],
        )

    def by_case(self, cases: int) -> Floats:
        """Weight of each case of the likelihood, float64[cases]."""
        return np.asarray(np.bincount(self.case, self.weight, cases), np.float64)


def one_each(weight: Floats, respondent: Ints) -> Answers:
    """Answers of which no two share a case."""
    return Answers(weight, respondent, np.arange(len(weight)))


def maximise(likelihood: Likelihood, start: Floats, answers: Answers) -> Fit:
    """Maximise a sum of weighted log-likelihoods.

    Parameters
    ----------
    likelihood : function of complex[p]
        Log-likelihood of each case, complex[cases].
    start : float64[p]
    answers : Answers

    Raises
    ------
    NoEstimateError
        If there is no maximum, or it is flat in some direction.
    """
    used = answers.used
    respondents = len(np.unique(used.respondent))
    if respondents < 2:
        raise NoEstimateError("one_respondent")
    theta, information = locate(likelihood, start, answers)
    weight = used.by_case(len(information))
    total = np.tensordot(weight, information, 1)
    if not (np.isfinite(total).all() and np.isfinite(theta).all()):
        raise NoEstimateError("no_maximum")
    curvature = np.linalg.eigvalsh(_scaled(total))
    if curvature[0] < FLAT * curvature[-1]:
        raise NoEstimateError("flat")
    values, scores = scored(likelihood, theta)
    return Fit(
        theta,
        np.asarray(np.linalg.inv(total), np.float64),
        _jackknife(scores, information, used),
        float(weight @ values),
        len(used.weight),
        respondents,
    )


def locate(
    likelihood: Likelihood, start: Floats, answers: Answers
) -> tuple[Floats, Floats]:
    """The maximum, and the curvature of each case beside it.

    Returns
    -------
    float64[p], float64[cases, p, p]
        Not finite where there is no maximum.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        theta = search(likelihood, start, answers)
        information = _information(likelihood, theta)
        weight = answers.used.by_case(len(information))
        total = np.tensordot(weight, information, 1)
        return _newton(likelihood, theta, weight, total), information


def search(likelihood: Likelihood, start: Floats, answers: Answers) -> Floats:
    """Coefficients so near the maximum that one Newton step leads to it, float64[p]."""
    values, scores = scored(likelihood, start)
    weight = answers.used.by_case(len(values))
    near = NEAR * max(1.0, len(answers.used.weight) / MANY)

    def loss(theta: Floats) -> tuple[float, Floats]:
        values, scores = scored(likelihood, theta)
        return -float(weight @ values), -(weight @ scores)

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        options = {"gtol": near, "hess_inv0": _guess(scores, weight)}
        found = minimize(loss, start, jac=True, method="BFGS", options=options)
    return np.asarray(found.x, np.float64)


def _guess(scores: Floats, weight: Floats) -> Floats:
    """Inverse of the sum of scores' squares: where a search knows its scales."""
    squares = (scores * weight[:, None]).T @ scores
    fine = np.isfinite(squares).all() and np.linalg.cond(_scaled(squares)) < WELL
    guess = np.asarray(np.linalg.inv(squares) if fine else np.eye(scores.shape[1]))
    return np.asarray((guess + guess.T) / 2.0, np.float64)


def _jackknife(scores: Floats, information: Floats, answers: Answers) -> Floats:
    """Variance by leaving out one respondent at a time, to first order."""
    names, group = np.unique(answers.respondent, return_inverse=True)
    (cases, p), count = scores.shape, len(names)
    told = csr_array((answers.weight, (group, answers.case)), (count, cases))
    flat = information.reshape(cases, p * p)
    total = (answers.by_case(cases) @ flat).reshape(p, p)
    variance = np.zeros((p, p))
    for first in range(0, count, AT_ONCE):
        some = told[first : first + AT_ONCE]
        rest = total - (some @ flat).reshape(-1, p, p)
        moved = np.linalg.solve(rest, (some @ scores)[:, :, None])[:, :, 0]
        variance += moved.T @ moved
    return variance * ((count - 1.0) / count)


def scored(likelihood: Likelihood, theta: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of each case, and its exact derivatives; [cases], [cases, p]."""
    values, columns = np.empty(0), []
    for k in range(len(theta)):
        found = likelihood(_stepped(theta, k))
        values = np.real(found)  # The step is too small to be seen in it.
        columns.append(np.imag(found) / STEP)
    return values, np.stack(columns, axis=1)


def gradients(likelihood: Likelihood, theta: Floats, first: int = 0) -> Floats:
    """Exact derivatives of each case's log-likelihood, float64[cases, p - first]."""
    steps = (_stepped(theta, k) for k in range(first, len(theta)))
    return np.stack([np.imag(likelihood(point)) / STEP for point in steps], axis=1)


def _stepped(theta: Floats, k: int) -> NDArray[np.complex128]:
    """A point with a complex step in one direction."""
    point = theta.astype(complex)
    point[k] += STEP * 1j
    return point


def _information(likelihood: Likelihood, theta: Floats) -> Floats:
    """Curvature of each case, float64[cases, p, p]; positive at a maximum."""
    p = len(theta)
    columns = []
    for k in range(p):
        step = np.zeros(p)
        step[k] = HESSIAN_STEP * max(1.0, abs(theta[k]))
        down = gradients(likelihood, theta - step, k)
        rise = down - gradients(likelihood, theta + step, k)
        columns.append(rise / (2.0 * step[k]))
    curvature = np.empty((len(columns[0]), p, p))
    for k, column in enumerate(columns):
        curvature[:, k, k:] = curvature[:, k:, k] = column
    return curvature


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
