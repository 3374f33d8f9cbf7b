"""What a sample of paired differences says, and how sure it is: pure functions.

Quantiles of the sample are futures ("in eight runs of ten"), not errors of a mean.
The probability of a gain is a binomial share with a Jeffreys interval; the share of
parameters in the spread is the intraclass correlation of a one-way random-effects
analysis of variance [1]_.

References
----------
.. [1] Searle, Casella, McCulloch (1992), Variance Components, chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

TAILS = (0.1, 0.9)  # the band of 80 % lies between
FEW_RUNS = 10


@dataclass(frozen=True)
class Band:
    """Middle of a sample and where 80 % of it lies.

    Attributes
    ----------
    mean, median : float
    low, high : float
        Quantiles 0.1 and 0.9.
    """

    mean: float
    median: float
    low: float
    high: float

    @property
    def covers_zero(self) -> bool:
        """Whether zero lies in the band, its edges included."""
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True)
class Chance:
    """How often a variant is above its reference.

    Attributes
    ----------
    wins, ties, losses : int
        Pairs above, equal to and below zero.
    probability : float
        Jeffreys mean: ties count half.
    low, high : float
        Equal-tailed 80 % Jeffreys interval.
    effective : float
        Independent pairs that the interval counts; fewer than the pairs when those
        that share a parameter draw resemble each other.
    """

    wins: int
    ties: int
    losses: int
    probability: float
    low: float
    high: float
    effective: float

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return self.wins + self.ties + self.losses


@dataclass(frozen=True)
class Spread:
    """Share of the spread that parameters bring; the rest is chance.

    Attributes
    ----------
    share : float or None
        Intraclass correlation, 0-1; None where it cannot be estimated.
    low, high : float or None
        80 % interval from the F distribution; exact for balanced normal samples.
    draws, pairs : int
        Parameter draws, and pairs in all.
    reason : {"", "one draw", "one run a draw", "no spread"}
        Why there is no estimate.
    """

    share: float | None
    low: float | None
    high: float | None
    draws: int
    pairs: int
    reason: str = ""


@dataclass(frozen=True)
class Estimate:
    """A paired difference over all pairs.

    Attributes
    ----------
    values : float64[pairs]
    band : Band
    chance : Chance
        Of being above zero.
    spread : Spread
    """

    values: Floats
    band: Band
    chance: Chance
    spread: Spread

    @property
    def is_zero(self) -> bool:
        """Whether every pair differs by exactly zero."""
        return not self.values.any()


def band(values: ArrayLike) -> Band:
    """Mean, median and 80 % band of a sample."""
    sample = np.asarray(values, np.float64)
    low, median, high = np.quantile(sample, [TAILS[0], 0.5, TAILS[1]])
    return Band(float(sample.mean()), float(median), float(low), float(high))


def chance(values: ArrayLike, effective: float | None = None) -> Chance:
    """Probability that a paired difference is above zero.

    Parameters
    ----------
    values : float64[pairs]
    effective : float, optional
        Independent pairs; all of them if not given.
    """
    sample = np.asarray(values, np.float64)
    wins, losses = int((sample > 0).sum()), int((sample < 0).sum())
    pairs = len(sample)
    ties = pairs - wins - losses
    counted = pairs if effective is None else effective
    above = counted * (wins + ties / 2.0) / pairs
    a, b = above + 0.5, counted - above + 0.5
    low, high = stats.beta.ppf(TAILS, a, b)
    return Chance(wins, ties, losses, a / (a + b), float(low), float(high), counted)


def spread(values: ArrayLike, draw: ArrayLike) -> Spread:
    """Share of the variance that lies between parameter draws.

    Parameters
    ----------
    values : float64[pairs]
    draw : int[pairs]
        Which parameter draw each pair used.
    """
    sample = np.asarray(values, np.float64)
    _, group = np.unique(np.asarray(draw), return_inverse=True)
    size = np.bincount(group).astype(np.float64)
    draws, pairs = len(size), len(sample)
    if draws < 2:
        return Spread(None, None, None, draws, pairs, "one draw")
    if pairs == draws:
        return Spread(None, None, None, draws, pairs, "one run a draw")
    means = np.bincount(group, sample) / size
    between = float((size * (means - sample.mean()) ** 2).sum()) / (draws - 1)
    within = float(((sample - means[group]) ** 2).sum()) / (pairs - draws)
    if between == 0.0 and within == 0.0:
        return Spread(None, None, None, draws, pairs, "no spread")
    each = (pairs - (size**2).sum() / pairs) / (draws - 1)
    if within == 0.0:
        return Spread(1.0, 1.0, 1.0, draws, pairs)
    ratio = between / within
    freedom = (draws - 1, pairs - draws)
    cuts = stats.f.ppf(TAILS[::-1], *freedom)
    share, low, high = (
        _intraclass(ratio / divisor, float(each)) for divisor in (1.0, *cuts)
    )
    return Spread(share, low, high, draws, pairs)


def _intraclass(ratio: float, each: float) -> float:
    correlation = (ratio - 1.0) / (ratio - 1.0 + each)
    return float(np.clip(correlation, 0.0, 1.0))


def estimate(values: ArrayLike, draw: ArrayLike) -> Estimate:
    """All that a sample of paired differences says.

    Parameters
    ----------
    values : float64[pairs]
    draw : int[pairs]
        Which parameter draw each pair used.
    """
    sample = np.asarray(values, np.float64)
    found = spread(sample, draw)
    effective = float(len(sample))
    if found.share is not None:
        each = found.pairs / found.draws
        effective /= 1.0 + (each - 1.0) * found.share
    return Estimate(sample, band(sample), chance(sample, effective), found)


def displaced_share(local: ArrayLike, regional: ArrayLike) -> Band | None:
    """Share of a local gain that the rest of the Region loses, 1 - N/G.

    Above 1 the Region loses, below 0 the rest of it gains as well. For a local loss
    it is the share that reappears elsewhere in the Region.

    Parameters
    ----------
    local, regional : float64[pairs], jobs
        Paired differences at the focus (G) and in the Region (N).

    Returns
    -------
    Band or None
        None where the band of the local gain covers zero: a share of nothing.
    """
    gain, net = np.asarray(local, np.float64), np.asarray(regional, np.float64)
    if band(gain).covers_zero:
        return None
    same_side = np.sign(gain) == np.sign(np.median(gain))
    shares = 1.0 - net[same_side] / gain[same_side]
    total = 1.0 - net.sum() / gain.sum()
    found = band(shares)
    return Band(float(total), found.median, found.low, found.high)


def money_per(cost: ArrayLike, gain: ArrayLike) -> Band | None:
    """Money for one unit of gain, EUR.

    Gains per euro are what is ordered and cut, then turned over: a gain near zero in
    one run would else be a cost without bound.

    Parameters
    ----------
    cost : float64[pairs], EUR
        Paired difference of the Region's money.
    gain : float64[pairs]
        Paired difference of what it buys.

    Returns
    -------
    Band or None
        None where nothing is spent or saved, or the band of the gain is not above
        zero.
    """
    spent, gained = np.asarray(cost, np.float64), np.asarray(gain, np.float64)
    if (spent <= 0).any() or band(gained).low <= 0.0:
        return None
    per_euro = band(gained / spent)
    total = float(spent.sum() / gained.sum())
    return Band(total, 1.0 / per_euro.median, 1.0 / per_euro.high, 1.0 / per_euro.low)
