"""One of the runs side by side: its process, its scenario, and what it has told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from live.edits import Edit, amended
from live.frame_store import Track
from live.levers import lever_state
from live.run import Ground, Month
from live.worker import Worker, WorkerDiedError
from model.outcome import Outcome
from model.scenario import Scenario, Vocabulary

RUNS = ("A", "B")


@dataclass
class Seat:
    """One of the runs.

    Attributes
    ----------
    name : str
        ``A`` or ``B``.
    base : Scenario
        As it was chosen.
    scenario : Scenario
        With all edits that stand.
    ground : Ground
    track : Track
        What it has told so far.
    worker : Worker or None
        None before it is built.
    died : callable, optional
        Called when the process is gone and nobody has stopped it.
    """

    name: str
    base: Scenario
    scenario: Scenario
    ground: Ground
    track: Track = field(default_factory=Track)
    worker: Worker | None = None
    died: Callable[[], None] | None = None

    @property
    def alive(self) -> bool:
        """Whether its process can be asked."""
        return self.worker is not None and self.worker.alive

    @property
    def dead(self) -> bool:
        """Whether it had a process that is gone; one that is to come is not dead."""
        return self.worker is not None and not self.worker.alive

    async def build(self, t: int = 0) -> None:
        """Start a process, build the run, and bring it to a month.

        What it told stays until all is told anew.
        """
        self.stop()
        self.worker = Worker(died=self.died)
        fresh = Track()
        fresh.keep(await self.ask("build", self.name, self.scenario, self.ground))
        while fresh.last < t:
            fresh.keep(await self.ask("step"))
        self.track = fresh

    async def ask(self, word: str, *given: Any) -> Any:
        """Ask the process.

        Raises
        ------
        WorkerDiedError
            If it is gone.
        InputError
            If it refuses.
        """
        if self.worker is None:
            raise WorkerDiedError("the run has not been built")
        return await self.worker.ask(word, *given)

    async def step(self) -> None:
        """One month more."""
        month: Month = await self.ask("step")
        self.track.keep(month)

    async def amend(self, scenario: Scenario) -> None:
        """Let the months to come be another scenario's."""
        await self.ask("amend", scenario)
        self.scenario = scenario

    async def rewind(self, t: int, name: str, scenario: Scenario) -> None:
        """Go back to a month; ``name`` is the one after it."""
        await self.ask("rewind", t, scenario)
        self.scenario = scenario
        self.track.forget(t + 1, name)

    async def tables(self) -> Outcome:
        """Tables of the months so far."""
        found: Outcome = await self.ask("tables")
        return found

    def with_edits(self, edits: Sequence[Edit], vocabulary: Vocabulary) -> Scenario:
        """The scenario that edits make of the one that was chosen."""
        own = [edit for edit in edits if edit.run == self.name]
        return amended(self.base, own, vocabulary)

    def stop(self) -> None:
        """End the process."""
        if self.worker is not None:
            self.worker.stop()
            self.worker = None

    def state(self, edited: set[str]) -> dict[str, Any]:
        """What the page shows of the run."""
        return {
            "scenario": self.base.name,
            "title": dict(self.base.title),
            "alive": not self.dead,
            "last": self.track.last,
            "levers": [
                lever_state(lever, lever.slug in edited)
                for lever in self.scenario.levers
            ],
        }
