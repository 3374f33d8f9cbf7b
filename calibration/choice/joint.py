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

from typing import Any

import numpy as np

from calibration.choice.conditional import Choices, conditional_likelihood
from calibration.choice.fitting import Fit, Floats, maximise
from calibration.choice.nested import fit_nested, nested_of


def fit_joint(stated: Choices, revealed: Choices, start: Floats | None = None) -> Fit:
    """Coefficients on the scale of moves, ln scale of cards, nest and outside.

    Parameters
    ----------
    stated : Choices
        ``chosen`` is -1 where the outside was chosen.
    revealed : Choices
        Moves, with the same attributes.
    start : float64[p + 3], optional
        Where to begin; what cards alone say if not given.

    Returns
    -------
    Fit
        ``estimate`` is beta, ln mu, lambda, V_O; float64[p + 3].

    Raises
    ------
    NoEstimateError
        If the choices do not say.
    """
    moves = conditional_likelihood(revealed)

    def likelihood(theta: Any) -> Any:
        utility = stated.utility(np.exp(theta[-3]) * theta[:-3])
        cards = nested_of(stated, utility, theta[-2], theta[-1])
        return np.concatenate([cards, moves(theta[:-3])])

    return maximise(
        likelihood,
        _first(stated) if start is None else start,
        np.concatenate([stated.weight, revealed.weight]),
        np.concatenate([stated.respondent, revealed.respondent]),
    )


def _first(stated: Choices) -> Floats:
    """What cards alone say, at scale 1."""
    cards = fit_nested(stated).estimate
    return np.concatenate([cards[:-2], [0.0], cards[-2:]])
