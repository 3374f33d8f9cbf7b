"""Predictive intervals: runs at draws of the posterior, each with luck of its own.

Both what is not known of parameters and what chance brings are in an interval. Keys of
these runs are others than those of the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.identified import weighted_quantile
from calibration.laboratory import Laboratory
from calibration.targets import Target, Targets
from calibration.trial import Ground, Trial

Floats = NDArray[np.float64]
KEYS: Final = 20_000  # replicate keys of validation begin here
UNTIL: Final = "2025-12"


@dataclass(frozen=True)
class Drawn:
    """Draws of a posterior.

    Attributes
    ----------
    names : tuple of str
    points : float64[draws, parameters]
    weights : float64[draws]
        Sum to one.
    """

    names: tuple[str, ...]
    points: Floats
    weights: Floats

    def evenly(self, count: int) -> Floats:
        """Points at even steps of the weights, float64[count, parameters]."""
        shares = (np.arange(count) + 0.5) / count
        rows = np.searchsorted(np.cumsum(self.weights), shares)
        found: Floats = self.points[np.minimum(rows, len(self.points) - 1)]
        return found


@dataclass(frozen=True)
class Verdict:
    """A target and what the calibrated model says of it.

    Attributes
    ----------
    target : Target
    low, median, high : float
        Middle 95 % of the predictive distribution, and its centre.
    runs : int
        Runs that tell of it; none leave it open.
    """

    target: Target
    low: float
    median: float
    high: float
    runs: int

    @property
    def off(self) -> float:
        """How far the median is off, in standard errors of the target."""
        return self.target.off(self.median)

    @property
    def met(self) -> bool:
        """Whether the median lies within two standard errors of the target."""
        return self.runs > 0 and self.target.is_met_by(self.median)

    @property
    def covered(self) -> bool:
        """Whether the interval holds the published value."""
        return self.runs > 0 and self.low <= self.target.value <= self.high


def predict(
    drawn: Drawn, targets: Targets, laboratory: Laboratory,
    how: tuple[Ground, int, int],
) -> list[Verdict]:  # fmt: skip
    """What runs at draws of the posterior say of every target.

    Parameters
    ----------
    drawn : Drawn
    targets : Targets
    laboratory : Laboratory
    how : (Ground, int, int)
        Ground of the runs, number of runs, and of pairs of the virtual experiment.

    Returns
    -------
    list of Verdict
        In the order of the targets that can be compared.
    """
    ground, count, pairs = how
    figures = {
        anchor: _figures(drawn, laboratory, (ground, number, anchor))
        for anchor, number in ((False, count), (True, pairs))
    }
    return [
        _verdict(target, figures[target.is_from_experiment])
        for target in targets.of("fitted", "held out", "checked")
    ]


def _figures(
    drawn: Drawn, laboratory: Laboratory, how: tuple[Ground, int, bool]
) -> list[dict[str, float]]:
    ground, count, anchor = how
    trials = [
        Trial(dict(zip(drawn.names, x, strict=True)), KEYS + n, ground, anchor)
        for n, x in enumerate(drawn.evenly(count).tolist())
    ]
    stage = "virtual experiment" if anchor else "predictive runs"
    return [result.summaries for result in laboratory.run(trials, stage)]


def _verdict(target: Target, figures: Sequence[dict[str, float]]) -> Verdict:
    told = np.array([one[target.summary] for one in figures])
    told = told[np.isfinite(told)]
    if not len(told):
        return Verdict(target, np.nan, np.nan, np.nan, 0)
    even = np.full(len(told), 1.0 / len(told))
    low, median, high = weighted_quantile(told, even, (0.025, 0.5, 0.975)).tolist()
    return Verdict(target, low, median, high, len(told))


def met_share(verdicts: Sequence[Verdict], use: str) -> tuple[int, int]:
    """How many targets of a use are met, and how many there are to meet."""
    mine = [one for one in verdicts if one.target.use == use]
    return sum(one.met for one in mine), len(mine)
