"""One run as the room sees it: month by month, with edits, and back again.

The run is a ``MediaparkModel`` and nothing else. What is added is bookkeeping: frames,
points, what to tell, and a checkpoint every twelve months to come back to.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from live.feed import Item, feed_of
from live.frames import frame_of
from live.world import indicator_key, shown_indicators
from model import indicators
from model.checkpoint import Checkpoint
from model.indicators import REGION
from model.outcome import Outcome
from model.scenario import Scenario
from model.simulation import MediaparkModel

EVERY = 12  # months between checkpoints
Points = dict[str, float | None]


@dataclass(frozen=True)
class Ground:
    """What a run needs beside its scenario.

    Attributes
    ----------
    key : int
        Replicate key, 0 to 2**64 - 1.
    grid : str
        ``250``, ``500`` or a CSV file.
    scale : float
        Share of the population and floor space, 0-1.
    """

    key: int = 0
    grid: str = "250"
    scale: float = 1.0


class Month(NamedTuple):
    """What a run tells of a month.

    Attributes
    ----------
    t : int, months
        Since the base state.
    frame : bytes
    points : dict of str to float or None
        Charted indicators by key.
    feed : list of dict
    """

    t: int
    frame: bytes
    points: Points
    feed: list[Item]


class LiveRun:
    """A run that can be stepped, amended and rewound.

    Parameters
    ----------
    name : str
        ``A`` or ``B``.
    scenario : Scenario
    ground : Ground
    """

    def __init__(self, name: str, scenario: Scenario, ground: Ground) -> None:
        self.name = name
        self.model = MediaparkModel(
            scenario, ground.key, grid=ground.grid, scale=ground.scale
        )
        self.shown = [
            (indicator, zone, None if zone == REGION else self._zone(zone))
            for indicator, zone in shown_indicators(self.model.region)
        ]
        self.checkpoints: dict[int, Checkpoint] = {0: self.model.checkpoint()}

    def _zone(self, zone: str) -> int:
        return self.model.region.zone_at(zone)

    @property
    def t(self) -> int:
        """Months of the calendar that have passed."""
        return int(self.model.steps)

    def now(self, told: int | None = None) -> Month:
        """The present month.

        Parameters
        ----------
        told : int, optional
            Events that were there before it; nothing is told without.
        """
        state = self.model.state
        feed = [] if told is None else feed_of(state, self.name, told)
        return Month(self.t, frame_of(state, self.name, self.t), self.points(), feed)

    def points(self) -> Points:
        """Charted indicators of the present month."""
        history = self.model.history.cut(0, self.model.months_seen)
        found: Points = {}
        for indicator, zone, index in self.shown:
            value = indicators.value_at(indicator, index, history)
            known = math.isfinite(value)
            found[indicator_key(indicator, zone)] = value if known else None
        return found

    def step(self) -> Month:
        """One month more."""
        told = len(self.model.state.journal.events)
        self._step()
        return self.now(told)

    def _step(self) -> None:
        self.model.step()
        if self.t % EVERY == 0:
            self.checkpoints[self.t] = self.model.checkpoint()

    def amend(self, scenario: Scenario) -> None:
        """Go on with another scenario that has the same past.

        Raises
        ------
        ScenarioError
            With everything that would have changed the past.
        """
        self.model.continue_with(scenario)

    def rewind(self, t: int, scenario: Scenario) -> Month:
        """Go back to a month; from there on it is another scenario's.

        Parameters
        ----------
        t : int, months
            Since the base state.
        scenario : Scenario
            One with the same past up to that month.
        """
        last = max(known for known in self.checkpoints if known <= t)
        self.checkpoints = {k: p for k, p in self.checkpoints.items() if k <= last}
        self.model.restore(self.checkpoints[last])
        self.model.continue_with(scenario)
        while self.t < t:
            self._step()
        return self.now()

    def months(self, count: int) -> list[Points]:
        """Some months more, of which only the points are told."""
        found = []
        for _ in range(count):
            self.model.step()
            found.append(self.points())
        return found

    def tables(self) -> Outcome:
        """Tables of the months so far, as any run leaves them."""
        return self.model.outcome()


def same_tables(one: Outcome, other: Outcome) -> bool:
    """Whether two runs left the same tables, value by value."""
    return all(
        isinstance(table, pd.DataFrame) and table.equals(getattr(other, name))
        for name, table in vars(one).items()
    )


def answer(run: LiveRun | None, word: str, given: tuple[Any, ...]) -> Any:
    """What a run says to a request."""
    if run is None:
        raise LookupError("there is no run yet")
    asked: dict[str, Callable[..., Any]] = {
        "step": run.step, "amend": run.amend, "rewind": run.rewind, "now": run.now,
        "months": run.months, "tables": run.tables,
    }  # fmt: skip
    return asked[word](*given)
