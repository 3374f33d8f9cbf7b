"""Outcomes of a sweep as an array, once nothing is missing.

A missing outcome is never a zero and never left out in silence: libraries that take
one NaN for an answer give indices of zero for every factor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import Fault, InputError

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
Sharing = Literal["none", "row", "all"]
_NAMED = 20


class ConstantError(InputError):
    """An outcome that is the same in all runs: nothing can be explained."""


@dataclass(frozen=True)
class Responses:
    """Values of one outcome.

    Attributes
    ----------
    values : float64[points, replicates]
    keys : uint64[points, replicates]
        Replicate key of each run.
    name, unit : str
        What the values are, for tables and messages.

    Raises
    ------
    InputError
        With a fault for each value that is missing or not finite.
    ConstantError
        If all values are the same.
    """

    values: Floats
    keys: Keys
    name: str = "outcome"
    unit: str = "-"

    def __post_init__(self) -> None:
        missing = np.argwhere(~np.isfinite(self.values))
        places = [(f"point {p}", int(self.keys[p, r])) for p, r in missing]
        faults = [*_missing_faults(places, self.name)]
        if faults:
            raise InputError(faults)
        if np.ptp(self.values) == 0.0:
            raise ConstantError([self._constant()])

    def _constant(self) -> Fault:
        points, replicates = self.values.shape
        return Fault(
            f"is the same in all {points * replicates} runs (points 0 to "
            f"{points - 1}): there is nothing to explain",
            key=self.name, value=float(self.values.flat[0]),
            allowed="an outcome that varies, or a later month",
        )  # fmt: skip

    @property
    def points(self) -> int:
        """Number of points."""
        return len(self.values)

    @property
    def replicates(self) -> int:
        """Runs of each point."""
        return int(self.values.shape[1])

    @property
    def means(self) -> Floats:
        """Mean over replicates, float64[points]."""
        means: Floats = self.values.mean(axis=1)
        return means

    def first(self, points: int) -> Responses:
        """The same for the first points only."""
        return Responses(self.values[:points], self.keys[:points], self.name, self.unit)

    def sharing(self, row: int) -> Sharing:
        """Who shares a replicate key.

        Parameters
        ----------
        row : int
            Points of a row of the design.

        Returns
        -------
        {"none", "row", "all"}
            No two runs; the points of a row, by column; all rows as well.

        Raises
        ------
        InputError
            If keys are shared in another way, so that noise cannot be told apart.
        """
        keys = self.keys.reshape(-1, row, self.replicates)
        if (keys == keys[:1, :1]).all():
            return "all"
        if (keys == keys[:, :1]).all():
            return "row"
        inside = np.sort(keys.reshape(len(keys), -1), axis=1)
        if (inside[:, 1:] != inside[:, :-1]).all():
            return "none"
        fault = Fault(
            "replicate keys are shared by some points of a row and not by others",
            key=self.name,
            allowed="the same keys in the same order for all points of a row, or none",
        )
        raise InputError([fault])


def responses_of(
    frame: pd.DataFrame, points: int | None = None, name: str = "", unit: str = "-"
) -> Responses:
    """Outcomes as an array.

    Parameters
    ----------
    frame : DataFrame
        ``point, replicate, value``, one row for each run.
    points : int, optional
        How many points the design has; as many as there are if not given.
    name, unit : str
        What the values are.

    Raises
    ------
    InputError
        With a fault for each run that is missing, twice there, or without a value.
    """
    point = frame["point"].to_numpy(np.int64)
    count = points if points is not None else int(point.max(initial=-1)) + 1
    ordered = frame.assign(point=point).sort_values(["point", "replicate"])
    runs = np.bincount(ordered["point"], minlength=count)
    faults = [*_uneven_faults(runs, name)]
    twice = ordered.duplicated(["point", "replicate"])
    for row in ordered[twice].head(_NAMED).itertuples():
        where = f"point {row.point}, replicate {row.replicate}"
        faults.append(Fault("is there twice", key=where))
    if faults:
        raise InputError(faults)
    shape = count, int(runs[0])
    return Responses(
        ordered["value"].to_numpy(np.float64).reshape(shape),
        ordered["replicate"].to_numpy(np.uint64).reshape(shape),
        name or "outcome",
        unit,
    )


def _uneven_faults(runs: NDArray[np.int64], name: str) -> Iterator[Fault]:
    if not len(runs) or not runs.max():
        yield Fault("has no runs", key=name or "outcome")
        return
    wanted = int(runs.max())
    short = np.flatnonzero(runs < wanted)
    for point in short[:_NAMED].tolist():
        yield Fault(
            f"has {runs[point]} of {wanted} runs", key=f"point {point}",
            allowed="all runs of the design; the table 'failures' may say why not",
        )  # fmt: skip
    if len(short) > _NAMED:
        yield Fault(f"and {len(short) - _NAMED} more points lack runs", key=name)


def _missing_faults(places: Sequence[tuple[str, int]], name: str) -> Iterator[Fault]:
    for where, key in places[:_NAMED]:
        yield Fault(
            f"has no value of '{name}'", key=f"{where}, replicate {key}",
            allowed="a finite number",
        )  # fmt: skip
    if len(places) > _NAMED:
        yield Fault(f"and {len(places) - _NAMED} more runs have none", key=name)
