r"""Stated and revealed choices of sites together, rescaled by the moves.

On a card people compare with a clear head, and with nothing at stake: coefficients of
stated choices are those of real moves times a scale :math:`\mu`. Both kinds are fitted
in one likelihood [1]_,

.. math:: V^{move}_j = x_j \beta + o_j, \quad V^{card}_j = \mu\, x_j \beta

so that ratios come mostly from the many cards, and the level from the few moves. Beta
is on the scale of moves, which is the model's.

References
----------
.. [1] Ben-Akiva & Morikawa (1990), Estimation of switching models from revealed
   preferences and stated intentions. Transportation Research A 24(6).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from calibration.choice.conditional import Choices, conditional_likelihood
from calibration.choice.fitting import (
    Answers,
    Fit,
    Floats,
    Likelihood,
    locate,
    maximise,
    search,
)
from calibration.choice.nested import nested_likelihood, nested_of, nested_start


class Both(NamedTuple):
    """Cards and moves.

    Attributes
    ----------
    stated : Choices
        ``chosen`` is -1 where the outside was chosen.
    revealed : Choices
        Moves, with the same attributes.
    """

    stated: Choices
    revealed: Choices

    @property
    def answers(self) -> Answers:
        """Those to cards, then moves."""
        first, then = self.stated.answers, self.revealed.answers
        then = then._replace(case=then.case + len(self.stated.start))
        pairs = zip(first, then, strict=True)
        return Answers(*(np.concatenate(pair) for pair in pairs))

    def likelihood(self) -> Likelihood:
        """Log-likelihood by beta, ln mu, lambda and V_O, complex[p + 3]."""
        moves = conditional_likelihood(self.revealed)

        def likelihood(theta: Any) -> Any:
            utility = self.stated.utility(np.exp(theta[-3]) * theta[:-3])
            cards = nested_of(self.stated, utility, theta[-2], theta[-1])
            return np.concatenate([cards, moves(theta[:-3])])

        return likelihood


def find_joint(both: Both) -> Floats:
    """Coefficients as `fit_joint` gives them, without errors; float64[p + 3].

    The search begins at what cards alone say, at scale 1.
    """
    stated = both.stated
    cards = search(nested_likelihood(stated), nested_start(stated), stated.answers)
    first = np.concatenate([cards[:-2], [0.0], cards[-2:]])
    return locate(both.likelihood(), first, both.answers)[0]


def fit_joint(both: Both, start: Floats | None = None) -> Fit:
    """Coefficients on the scale of moves, ln scale of cards, nest and outside.

    Parameters
    ----------
    both : Both
    start : float64[p + 3], optional
        Where to begin; `find_joint` if not given.

    Returns
    -------
    Fit
        ``estimate`` is beta, ln mu, lambda, V_O; float64[p + 3].

    Raises
    ------
    NoEstimateError
        If the choices do not say.
    """
    first = find_joint(both) if start is None else start
    return maximise(both.likelihood(), first, both.answers)
