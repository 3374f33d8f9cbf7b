r"""Conditional logit: who chooses one of several alternatives by their attributes.

.. math:: P(j) = \frac{e^{V_j}}{\sum_k e^{V_k}}, \quad V_j = x_j \beta + o_j

with an offset o known beforehand (McFadden 1974). Choosing within any subset that holds
what was chosen gives the same coefficients, which is used for moves: see
``calibration.choice.sites``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.choice.fitting import (
    Answers,
    Fit,
    Floats,
    Ints,
    Likelihood,
    maximise,
    one_each,
)


@dataclass(frozen=True, eq=False)
class Choices:
    """Cases, each with its alternatives one below the other, and who chose so.

    Attributes
    ----------
    attributes : float64[rows, p]
    offset : float64[rows]
        Known part of utility.
    start : int64[cases]
        First row of each case; cases follow one another.
    chosen : int64[cases]
        Row that was chosen; -1 for none of them.
    weight : float64[answers]
    respondent : int64[answers]
    case : int64[answers], optional
        Case of each answer: many may have chosen alike. If not given, each is its own.
    """

    attributes: Floats
    offset: Floats
    start: Ints
    chosen: Ints
    weight: Floats
    respondent: Ints
    case: Ints | None = None

    def __len__(self) -> int:
        """Number of answers."""
        return len(self.weight)

    @property
    def answers(self) -> Answers:
        """Who gave which."""
        if self.case is None:
            return one_each(self.weight, self.respondent)
        return Answers(self.weight, self.respondent, self.case)

    def utility(self, beta: Any) -> Any:
        """Utility of each row, complex[rows]."""
        found = np.empty(len(self.attributes), complex)
        found.real = self.attributes @ np.real(beta) + self.offset
        found.imag = self.attributes @ np.imag(beta)
        return found

    def logsum(self, utility: Any) -> Any:
        """ln of the sum of exp(utility) over each case's rows, complex[cases].

        Imaginary parts are steps of a derivative, too small to have squares: they pass
        weighted by chance, without the sine and cosine of a complex exponential.
        """
        real, step = np.real(utility), np.imag(utility)
        top = np.maximum.reduceat(real, self.start)
        rows = np.diff(self.start, append=len(utility))
        pull = np.exp(real - np.repeat(top, rows))
        sums = np.add.reduceat(pull, self.start)
        mean = np.add.reduceat(pull * step, self.start) / sums
        return np.log(sums) + top + 1j * mean


def conditional_likelihood(choices: Choices) -> Likelihood:
    """Log-likelihood of each case, as a function of the coefficients."""

    def likelihood(beta: Any) -> Any:
        utility = choices.utility(beta)
        return utility[choices.chosen] - choices.logsum(utility)

    return likelihood


def fit_conditional(choices: Choices, start: Floats | None = None) -> Fit:
    """Coefficients of a conditional logit.

    Parameters
    ----------
    choices : Choices
        Each with something chosen.
    start : float64[p], optional
        Where to begin; zero if not given.

    Raises
    ------
    NoEstimateError
        If the choices do not say.
    """
    first = np.zeros(choices.attributes.shape[1]) if start is None else start
    likelihood = conditional_likelihood(choices)
    return maximise(likelihood, first, choices.answers)
