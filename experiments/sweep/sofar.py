"""What a sweep says while it runs: the figure so far, and which factors move it.

Indices come in by one narrow door, :data:`Indices`: anything that takes a design, the
points that are whole by now and their outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.factors import Floats
from experiments.partial import last_value
from experiments.simulate import RunResult
from experiments.store import Store
from experiments.sweep.design import Design
from experiments.sweep.outcomes import Question, values_of
from experiments.sweep.plan import Plan

Points: TypeAlias = NDArray[np.int64]
Indices: TypeAlias = Callable[[Design, Points, Floats], Mapping[str, float]]
_SHOWN: Final = 3
_LEAST: Final = 10  # Points before anything is said of factors.
_EVERY: Final = 20  # Whole points between two looks.


def rank_correlations(design: Design, points: Points, y: Floats) -> dict[str, float]:
    """Spearman's correlation of each factor with the outcome.

    A rough index, which needs no whole block of a design, unlike those of Morris and
    Sobol'.

    Parameters
    ----------
    design : Design
    points : int64[points]
        Rows of the sample.
    y : float64[points], unit of the indicator
    """
    x = design.sample[points]
    found = {}
    for column, name in enumerate(design.problem.names):
        values = x[:, column]
        if np.ptp(values) > 0 and np.ptp(y) > 0:
            found[name] = float(stats.spearmanr(values, y).statistic)
    return found


@dataclass
class SoFar:
    """Outcomes of a plan as they come in.

    Parameters
    ----------
    plan : Plan
    indices : callable
        Index of each factor, from the points that are whole.
    """

    plan: Plan
    indices: Indices = rank_correlations

    def __post_init__(self) -> None:
        """Make room for one value of every run."""
        self._values = np.full(len(self.plan), np.nan)
        self._text, self._seen = "", 0

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, key in enumerate(self.plan.keys):
            rows.setdefault(key, []).append(row)
        return rows

    def add(self, result: RunResult) -> None:
        """Take in a run that has just ended."""
        watched = self.plan.design.watched
        if result.failed:
            return
        table = result.tables["indicators"]
        value = last_value(table, watched.indicator, watched.zone)
        for row in self._rows.get(result.request.key, ()):
            self._values[row] = np.nan if value is None else value

    def add_known(self, store: Store) -> None:
        """Take in what a store holds already."""
        watched = self.plan.design.watched
        question = Question(watched.indicator, watched.zone)
        mine = store.select(frozenset(self.plan.keys))
        for key, value in values_of(mine, question).items():
            for row in self._rows.get(str(key), ()):
                self._values[row] = value

    @property
    def outcomes(self) -> Floats:
        """Figure of each point: the mean over replicates, NaN where it is not whole.

        With several scenarios it is the difference of the last from the first.
        """
        shape = (len(self.plan.design.sample), self.plan.design.replicates, -1)
        values = self._values.reshape(shape)
        if values.shape[2] > 1:
            gaps: Floats = (values[:, :, -1] - values[:, :, 0]).mean(axis=1)
            return gaps
        alone: Floats = values[:, :, 0].mean(axis=1)
        return alone

    @property
    def text(self) -> str:
        """The figure so far and the factors that move it most, in words."""
        y = self.outcomes
        whole = np.flatnonzero(np.isfinite(y)).astype(np.int64)
        if len(whole) >= max(_LEAST, self._seen + _EVERY) or (
            self._seen < _LEAST <= len(whole)
        ):
            self._seen = len(whole)
            self._text = self._told(whole, y[whole])
        return self._text

    def _told(self, whole: Points, y: Floats) -> str:
        watched, names = self.plan.design.watched, self.plan.design.variants
        what = f"{watched.indicator} at {watched.zone}"
        if len(names) > 1:
            what = f"{what}, {names[-1].name} - {names[0].name}"
        low, middle, high = np.percentile(y, (10, 50, 90))
        found = self.indices(self.plan.design, whole, y)
        largest = sorted(found, key=lambda name: -abs(found[name]))[:_SHOWN]
        moved = ", ".join(f"{name} {found[name]:+.2f}" for name in largest)
        spread = f"{what}: {middle:,.0f} ({low:,.0f} to {high:,.0f})"
        return f"{spread}; rank correlation {moved}" if moved else spread
