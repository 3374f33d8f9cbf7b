"""What is fitted to what: belief, targets, ground and the size of each error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.belief import Belief
from calibration.laboratory import Laboratory
from calibration.targets import Target
from calibration.trial import Ground, Result, Trial

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """A fit to be made.

    Attributes
    ----------
    belief : Belief
    targets : tuple of Target
        Those that are fitted.
    ground : Ground
    key : int
        Replicate key of all trials: common random numbers.
    luck : float64[targets]
        Variance of each figure between replicate keys, at the middle of the priors.
    """

    belief: Belief
    targets: tuple[Target, ...]
    ground: Ground
    key: int
    luck: Floats

    @property
    def observed(self) -> Floats:
        """Values of the targets, float64[targets]."""
        return np.array([target.value for target in self.targets])

    @property
    def variance(self) -> Floats:
        """Variance of what is observed less what is simulated, float64[targets].

        The target's error (of observation, and of taking a figure from another city or
        year), the world's own luck, and the luck of the one key that all trials share.
        """
        error = np.array([target.error for target in self.targets])
        total: Floats = error**2 + 2.0 * self.luck
        return total

    def trial(self, point: Floats, key: int | None = None) -> Trial:
        """The trial of a point, under the common key unless another is given."""
        values = dict(zip(self.belief.names, point.tolist(), strict=True))
        return Trial(values, self.key if key is None else key, self.ground)

    def figures(self, results: Sequence[Result]) -> Floats:
        """Figures of the targets, float64[results, targets]."""
        names = [target.summary for target in self.targets]
        rows = [[result.summaries[name] for name in names] for result in results]
        return np.array(rows, np.float64).reshape(len(rows), len(names))

    def off(self, figures: Floats) -> Floats:
        """Sum of squared standardised errors, float64[results]; infinite for gaps."""
        squares = (figures - self.observed) ** 2 / self.variance
        total: Floats = np.where(np.isfinite(squares), squares, np.inf).sum(axis=1)
        return total


def measure_luck(
    belief: Belief, targets: Sequence[Target], laboratory: Laboratory,
    ground: Ground, keys: Sequence[int],
) -> Floats:  # fmt: skip
    """Variance of each figure between replicate keys at the middle of the priors.

    Parameters
    ----------
    belief : Belief
    targets : sequence of Target
    laboratory : Laboratory
    ground : Ground
    keys : sequence of int
        At least two.

    Returns
    -------
    float64[targets]
    """
    plain = Problem(belief, tuple(targets), ground, keys[0], np.zeros(len(targets)))
    middle = belief.scale[0]
    trials = [plain.trial(middle, key) for key in keys]
    figures = plain.figures(laboratory.run(trials, "luck of the seeds"))
    variance: Floats = np.nanvar(figures, axis=0, ddof=1)
    return variance
