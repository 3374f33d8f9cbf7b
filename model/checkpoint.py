"""A month of a run to come back to: copies of its columns and arrays.

What never changes in place is shared and not copied: the scenario, the geography, the
minutes between cells (levers put new ones in their place), records of the journal.
Mesa's agents are not kept; they are views on the columns and follow when somebody
looks.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

from model.columns import Snapshot
from model.processes.journal import Journal
from model.processes.state import RegionState

Seen = tuple[tuple[Any, ...], tuple[Any, ...]]
_TABLES = ("firms", "people", "communities")


@dataclass(frozen=True)
class Checkpoint:
    """A month of a run.

    Attributes
    ----------
    steps : int, months
        Months of the calendar that had passed.
    state : RegionState
        Everything that processes share, with empty tables.
    tables : dict of str to Snapshot
        Columns of the tables.
    seen : two tuples
        Firms and cells as they were noted for the run's tables.
    """

    steps: int
    state: RegionState
    tables: dict[str, Snapshot]
    seen: Seen

    @property
    def size_bytes(self) -> int:
        """Memory of the columns, the largest part by far."""
        return sum(
            array.nbytes for table in self.tables.values() for array in table.values()
        )


def taken(state: RegionState, steps: int, seen: Seen) -> Checkpoint:
    """A checkpoint of the present month."""
    tables = {name: getattr(state, name).snapshot() for name in _TABLES}
    return Checkpoint(steps, _copied(state), tables, seen)


def put_back(point: Checkpoint, state: RegionState) -> RegionState:
    """The state as it was, its tables filled as they were."""
    for name in _TABLES:
        getattr(state, name).restore(point.tables[name])
    return _copied(point.state)


def _copied(state: RegionState) -> RegionState:
    shared = [
        state.scenario, state.region, state.firms, state.people, state.communities,
        state.minutes, state.nearness, state.market, state.homes, state.base_year,
        *(pull.lever for pull in state.programme.pulls),
    ]  # fmt: skip
    told = state.journal
    journal = Journal(
        list(told.moves), list(told.meetings), list(told.communities), list(told.events)
    )
    rest = replace(state, journal=Journal())
    found = copy.deepcopy(rest, {id(one): one for one in shared})
    found.journal = journal
    return found
