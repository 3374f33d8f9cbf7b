r"""Nested logit: sites of the Region in one nest, a site outside beside it.

.. math::
    P(region) = \frac{e^{\lambda L}}{e^{\lambda L} + e^{V_O}}, \quad
    L = \ln \sum_k e^{V_k}, \quad P(j \mid region) = e^{V_j - L}

with lambda the logsum parameter and V_O the utility of the world outside: the law by
which firms choose in the model (``model/processes/site_choice.py``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.choice.conditional import Choices
from calibration.choice.fitting import Fit, Floats, Likelihood, maximise

START_NEST, START_OUTSIDE = 0.5, -1.0


def nested_of(choices: Choices, utility: Any, nest: Any, outside: Any) -> Any:
    """Log-likelihood of each case for utilities and both parameters, complex[cases]."""
    logsum = choices.logsum(utility)
    lead = nest * logsum - outside
    inside = choices.chosen >= 0
    within = utility[np.maximum(choices.chosen, 0)] - logsum
    return np.where(inside, within - softplus(-lead), -softplus(lead))


def softplus(x: Any) -> Any:
    """ln(1 + exp(x)) without overflow, for complex numbers too."""
    high = np.real(x) > 0.0
    size = np.where(high, -x, x)
    return np.where(high, x, 0.0) + np.log(1.0 + np.exp(size))


def nested_likelihood(choices: Choices) -> Likelihood:
    """Log-likelihood by coefficients, nest and outside, complex[p + 2]."""

    def likelihood(theta: Any) -> Any:
        utility = choices.utility(theta[:-2])
        return nested_of(choices, utility, theta[-2], theta[-1])

    return likelihood


def fit_nested(choices: Choices) -> Fit:
    """Coefficients, logsum parameter and outside utility of a nested logit.

    Parameters
    ----------
    choices : Choices
        ``chosen`` is -1 where the outside was chosen.

    Raises
    ------
    NoEstimateError
        If the choices do not say.
    """
    return maximise(nested_likelihood(choices), nested_start(choices), choices.answers)


def nested_start(choices: Choices) -> Floats:
    """Where a search begins, float64[p + 2]."""
    start = np.zeros(choices.attributes.shape[1] + 2)
    start[-2:] = START_NEST, START_OUTSIDE
    return start
