"""A run that has ended, and how a summary of it is declared."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from model.months import month_name
from model.outcome import Outcome
from model.simulation import MediaparkModel

Measure = Callable[["Seen"], float]


@dataclass(frozen=True)
class Seen:
    """A run that has ended.

    Attributes
    ----------
    model : MediaparkModel
        In its last month.
    outcome : Outcome
    """

    model: MediaparkModel
    outcome: Outcome

    @property
    def years(self) -> float:
        """Length of the run, years."""
        return (self.model.months_seen - 1) / 12

    @cached_property
    def base(self) -> pd.DataFrame:
        """Firms of the base state, with their value added (EUR/year)."""
        table = self.outcome.firms
        first = month_name(self.model.scenario.start - 1)
        rows = table[table["month"] == first]
        return rows.assign(value=rows["jobs"] * rows["value_per_job"])

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Moves and departures of firms that decide by themselves."""
        table = self.outcome.moves
        own = table["reason"] != "scenario"
        return table[own & table["kind"].isin(["move", "departure"])]

    @cached_property
    def inner(self) -> pd.DataFrame:
        """Moves within the region."""
        return self.moves[self.moves["kind"] == "move"]

    def count(self, kind: str) -> int:
        """Entries of the journal of one kind, by firms' own decision."""
        table = self.outcome.moves
        own = table["reason"] != "scenario"
        return int((own & (table["kind"] == kind)).sum())

    def indicator(self, name: str, month: str) -> float:
        """An indicator of the region in a month; NaN if it is not reached."""
        table = self.outcome.indicators
        rows = table[
            (table["indicator"] == name)
            & (table["zone"] == "region")
            & (table["subsector"] == "all")
            & (table["month"] == month)
        ]
        return float(rows["value"].iloc[0]) if len(rows) else math.nan


SUMMARIES: dict[str, tuple[str, Measure]] = {}


def summary(unit: str) -> Callable[[Measure], Measure]:
    """Declare a summary under the name of its function, with its unit."""

    def declare(measure: Measure) -> Measure:
        SUMMARIES[measure.__name__] = (unit, measure)
        return measure

    return declare
