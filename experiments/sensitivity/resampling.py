"""Percentile bootstrap: rows of a design are drawn again, and seeds where they cross.

A row is what the sampler made in one piece: a row of a Sobol' design with all its
points, a trajectory, a point of a hypercube. It carries its replicates along, so that
drawing rows draws seeds as well where each row has seeds of its own. Where all rows
share the same seeds, rows and seeds cross, and are drawn independently of each other
[1]_: with weights ``w`` of rows and ``v`` of seeds, a mean of products of different
seeds ``r`` and ``s`` becomes ``sum w v_r v_s y_r y_s / sum w v_r v_s``. Two seeds
cannot be drawn again in this way; then intervals hold for those two.

Draws have addresses (``model/streams.py``): a seed of 0 is a seed like any other.

References
----------
.. [1] Owen (2007), The pigeonhole bootstrap. Annals of Applied Statistics 1(2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model import streams
from model.errors import Fault, InputError

Floats = NDArray[np.float64]

# Purposes of analyses begin above those of the model.
_ROWS: Final = 1024
_SEEDS: Final = 1025
_DRAWS_AT_ONCE: Final = 4_000_000
FEWEST_RESAMPLES: Final = 100


@dataclass(frozen=True)
class Bootstrap:
    """How intervals are made.

    Attributes
    ----------
    resamples : int
        How many; 1,000 or more for a percentile that can be quoted.
    seed : int
        Address of the draws, 0 and above.
    level : float
        Share of resamples that an interval holds, 0-1.

    Raises
    ------
    InputError
        If a number is out of range.
    """

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        faults = []
        if self.resamples < FEWEST_RESAMPLES:
            allowed = f"{FEWEST_RESAMPLES} up; 1,000 to quote an interval"
            faults.append(
                Fault(
                    "is too small", key="resamples", value=self.resamples,
                    allowed=allowed,
                )
            )  # fmt: skip
        if not 0 <= self.seed < 2**64:
            allowed = "a whole number from 0 to 2**64 - 1"
            fault = Fault("is no seed", key="seed", value=self.seed, allowed=allowed)
            faults.append(fault)
        if not 0.0 < self.level < 1.0:
            allowed = "above 0, below 1"
            fault = Fault(
                "is out of range", key="level", value=self.level, allowed=allowed
            )
            faults.append(fault)
        if faults:
            raise InputError(faults)

    def row_counts(self, rows: int) -> Iterator[Floats]:
        """How often each row is drawn, float64[some resamples, rows] at a time."""
        yield from _counts(self.seed, _ROWS, rows, self.resamples)

    def seed_counts(self, seeds: int) -> Floats:
        """How often each seed is drawn, float64[resamples, seeds]."""
        return np.concatenate([*_counts(self.seed, _SEEDS, seeds, self.resamples)])

    def means(self, values: Floats) -> Floats:
        """Means over rows drawn again.

        Parameters
        ----------
        values : float64[rows, columns]

        Returns
        -------
        float64[resamples, columns]
        """
        rows = len(values)
        return np.concatenate(
            [counts @ values / rows for counts in self.row_counts(rows)]
        )

    def interval(self, drawn: Floats) -> tuple[Floats, Floats]:
        """Percentiles that hold the level, over the first axis.

        Resamples that have no value (NaN) are left out; without any there is no
        interval, NaN.
        """
        tail = (1.0 - self.level) / 2.0
        known = np.isfinite(drawn).any(axis=0)
        low, high = np.nanquantile(
            np.where(known, drawn, 0.0), [tail, 1.0 - tail], axis=0
        )
        return np.where(known, low, np.nan), np.where(known, high, np.nan)

    def apply(
        self, rows: int, statistic: Callable[[Floats], Floats]
    ) -> tuple[Floats, Floats]:
        """Interval of a statistic of row counts.

        Parameters
        ----------
        rows : int
        statistic : callable
            float64[some resamples, rows] to float64[some resamples, ...].
        """
        drawn = [statistic(counts) for counts in self.row_counts(rows)]
        return self.interval(np.concatenate(drawn))


def _counts(seed: int, purpose: int, size: int, resamples: int) -> Iterator[Floats]:
    """Multinomial counts, in pieces that fit into memory."""
    at_once = max(1, _DRAWS_AT_ONCE // size)
    for start in range(0, resamples, at_once):
        some = min(at_once, resamples - start)
        address = np.arange(start * size, (start + some) * size, dtype=np.uint64)
        drawn = streams.uniforms(np.uint64(seed), purpose, 0, address)
        place = np.minimum((drawn * size).astype(np.int64), size - 1)
        place += np.repeat(np.arange(some) * size, size)
        counts = np.bincount(place, minlength=some * size)
        yield counts.reshape(some, size).astype(np.float64)
