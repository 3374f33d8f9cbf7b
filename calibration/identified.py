"""What the data tell of each parameter: prior against posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.abc_smc import Sampled
from calibration.belief import Belief

Floats = NDArray[np.float64]
IDENTIFIED: Final = 0.2  # of the prior's width must go
_TAIL: Final = 0.1


@dataclass(frozen=True)
class Marginal:
    """One parameter before and after.

    Attributes
    ----------
    parameter : str
    prior_low, prior_high : float
        Middle 80 % of the prior.
    low, median, high : float
        Of the posterior: the middle 80 % and its centre.
    contraction : float, share
        How much narrower the 80 % interval is; below :data:`IDENTIFIED` the targets
        do not identify the parameter, and what is known of it is the prior.
    """

    parameter: str
    prior_low: float
    prior_high: float
    low: float
    median: float
    high: float
    contraction: float

    @property
    def identified(self) -> bool:
        """Whether the targets say something of it."""
        return self.contraction >= IDENTIFIED


def marginals(belief: Belief, sampled: Sampled) -> list[Marginal]:
    """Every parameter before and after.

    Parameters
    ----------
    belief : Belief
    sampled : Sampled
    """
    found = []
    for column, prior in enumerate(belief.priors):
        before = prior.quantile([_TAIL, 1.0 - _TAIL])
        after = weighted_quantile(
            sampled.points[:, column], sampled.weights, (_TAIL, 0.5, 1.0 - _TAIL)
        )
        width = float(before[1] - before[0])
        narrower = 1.0 - float(after[2] - after[0]) / width
        low, median, high = after.tolist()
        ends = (float(before[0]), float(before[1]))
        found.append(Marginal(prior.parameter, *ends, low, median, high, narrower))
    return found


def weighted_quantile(
    values: Floats, weights: Floats, shares: tuple[float, ...]
) -> Floats:
    """Quantiles of weighted values.

    Parameters
    ----------
    values : float64[n]
    weights : float64[n]
        Sum to one.
    shares : tuple of float

    Returns
    -------
    float64[shares]
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(shares, below, values[order])
