"""Tables of many runs, and pairs of runs that share every random draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import Fault, InputError, nearest

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
ALL = "all"


@dataclass(frozen=True)
class Tables:
    """Tables of runs below each other; each has a column ``run``.

    Attributes
    ----------
    runs : DataFrame
        ``run, scenario, replicate, draw``: one row a run.
    indicators : DataFrame
        As in :class:`model.outcome.Outcome`, of firms and money.
    people : DataFrame
        The same, of people.
    moves, firms, cells, communities, encounters, events : DataFrame
        As in :class:`model.outcome.Outcome`.
    """

    runs: pd.DataFrame
    indicators: pd.DataFrame
    people: pd.DataFrame
    moves: pd.DataFrame
    firms: pd.DataFrame
    cells: pd.DataFrame
    communities: pd.DataFrame
    encounters: pd.DataFrame
    events: pd.DataFrame


@dataclass(frozen=True)
class Paths:
    """A figure of both sides of the pairs over time.

    Attributes
    ----------
    reference, variant : float64[pairs, times, ...]
        Months, or years where it says so; then zones with the Region last, if nothing
        else is said.
    """

    reference: Floats
    variant: Floats

    @cached_property
    def difference(self) -> Floats:
        """Paired difference, of the same shape."""
        difference: Floats = self.variant - self.reference
        return difference


@dataclass(frozen=True)
class Pairs:
    """Runs of a variant beside runs of the reference with the same draws.

    Attributes
    ----------
    replicate, draw : uint64[pairs], int64[pairs]
    reference, variant : list of str
        Keys of the runs.
    """

    replicate: NDArray[np.uint64]
    draw: Integers
    reference: list[str]
    variant: list[str]

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.reference)

    def names(self) -> list[tuple[int, int]]:
        """Replicate and draw of each pair."""
        return list(zip(self.replicate.tolist(), self.draw.tolist(), strict=True))


def pairs_of(runs: pd.DataFrame, reference: str, variant: str) -> Pairs:
    """The pairs of two scenarios, by replicate and draw.

    Raises
    ------
    InputError
        If a scenario has no runs, two runs for one replicate and draw, or none in
        common with the other.
    """
    sides = [_side(runs, reference), _side(runs, variant)]
    both = sides[0].merge(
        sides[1], on=["replicate", "draw"], suffixes=("_reference", "_variant")
    )
    if both.empty:
        raise InputError(
            [
                Fault(
                    f"shares no replicate and draw with {reference!r}",
                    key="scenario",
                    value=variant,
                    allowed="runs of both with the same replicate keys",
                )
            ]
        )
    both = both.sort_values(["draw", "replicate"])
    return Pairs(
        both["replicate"].to_numpy(np.uint64),
        both["draw"].to_numpy(np.int64),
        both["run_reference"].astype(str).tolist(),
        both["run_variant"].astype(str).tolist(),
    )


def _side(runs: pd.DataFrame, scenario: str) -> pd.DataFrame:
    names = runs["scenario"].astype(str)
    found = runs.loc[names == scenario, ["run", "replicate", "draw"]]
    fault = None
    if found.empty:
        known = sorted(names.unique())
        fault = Fault(
            "has no runs", key="scenario", value=scenario, allowed=", ".join(known),
            nearest=nearest(scenario, known),
        )  # fmt: skip
    found = found.assign(draw=found["draw"].fillna(-1).astype(np.int64))
    if found.duplicated(["replicate", "draw"]).any():
        fault = Fault(
            "has several runs for one replicate and draw",
            key="scenario", value=scenario, allowed="runs of one comparison only",
        )  # fmt: skip
    if fault is not None:
        raise InputError([fault])
    return found


def codes_of(column: pd.Series, labels: Sequence[str]) -> Integers:
    """Position of each value in a list of labels, -1 where it is not there."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        own = pd.Index(labels).get_indexer(column.cat.categories.astype(str))
        codes = column.cat.codes.to_numpy()
        return np.where(codes >= 0, own[codes], -1).astype(np.int64)
    texts = pd.Index(column.astype(str))
    return pd.Index(labels).get_indexer(texts).astype(np.int64)


def months_in(column: pd.Series) -> list[str]:
    """Months that a column holds, in order."""
    return sorted(str(month) for month in column.unique())


def cube(
    table: pd.DataFrame, name: str, runs: Sequence[str], months: Sequence[str],
    zones: Sequence[str],
) -> Floats:  # fmt: skip
    """An indicator as float64[runs, months, zones]; NaN where the table has none."""
    known = table["indicator"] == name
    part = table.loc[known & (table["subsector"] == ALL)]
    at = [
        codes_of(part[column], labels)
        for column, labels in (("run", runs), ("month", months), ("zone", zones))
    ]
    inside = np.logical_and.reduce([code >= 0 for code in at])
    out = np.full((len(runs), len(months), len(zones)), np.nan)
    out[tuple(code[inside] for code in at)] = part["value"].to_numpy()[inside]
    return out


def rows_of(table: pd.DataFrame, runs: Sequence[str]) -> tuple[pd.DataFrame, Integers]:
    """Rows of some runs, and the position of each row's run in the list."""
    run = codes_of(table["run"], runs)
    wanted = run >= 0
    return table.loc[wanted], run[wanted]


def column(table: pd.DataFrame, name: str) -> Any:
    """Values of a column as a numpy array."""
    return table[name].to_numpy()
