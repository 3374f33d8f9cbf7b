"""The points of a design with the factors that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.factors import Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """A sample in the order of the sampler.

    Attributes
    ----------
    problem : Problem
    values : float64[points, factors], units of the factors
        Decoded values.
    grouped : bool
        Whether the factors of a group move together, and have one index.
    """

    problem: Problem
    values: Floats
    grouped: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def first(self, count: int) -> Points:
        """The first points only."""
        return Points(self.problem, self.values[:count], self.grouped)

    @cached_property
    def members(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """What has an index of its own: a name, and its columns."""
        if not self.grouped:
            return tuple((name, (at,)) for at, name in enumerate(self.problem.names))
        found: dict[str, list[int]] = {}
        for at, factor in enumerate(self.problem):
            found.setdefault(factor.group or factor.name, []).append(at)
        return tuple((name, tuple(columns)) for name, columns in found.items())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what has an index of its own."""
        return tuple(name for name, _ in self.members)

    @cached_property
    def shares(self) -> Floats:
        """Values as shares of the factors' ranges, float64[points, factors]."""
        low = np.array([factor.low for factor in self.problem])
        high = np.array([factor.high for factor in self.problem])
        share: Floats = (self.values - low) / (high - low)
        return share
