"""The only clock: it asks each run for one month, stores what they tell, and waits.

Runs never run free, so A and B are always on the same month, a pause is immediate and
nobody reads a live model. Everything that touches a run takes its turn under one lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from live.clock import Clock
from live.edits import Edit
from live.log import Chapter, Log, counts_at
from live.run import Ground
from live.seat import RUNS, Seat
from live.worker import WorkerDiedError
from model.errors import Fault, InputError
from model.geography import Region
from model.months import month_name
from model.scenario import Scenario, Vocabulary

Found = TypeVar("Found")


class Coordinator:
    """The runs of a session, their clock and their log.

    Parameters
    ----------
    scenarios : sequence of Scenario
        One or two, of the same months.
    ground : Ground
    region : Region
    vocabulary : Vocabulary

    Attributes
    ----------
    seats : dict of str to Seat
    log : Log
    t : int, months
        Since the base state: what is shown.
    epoch : int
        Counts how often the past has changed: then all points are told anew.
    presenting, busy : bool
    clock : Clock
    asking : Chapter or None
        At which the clock has stopped.
    watchers : list of callable
        Called after every change, with what changed: ``state`` or ``month``.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        ground: Ground,
        region: Region,
        vocabulary: Vocabulary,
    ) -> None:
        self.ground, self.region, self.vocabulary = ground, region, vocabulary
        self.seats: dict[str, Seat] = {}
        self.log = Log()
        self.t, self.epoch = -1, 0
        self.presenting = self.busy = False
        self.asking: Chapter | None = None
        self.watchers: list[Callable[[str], None]] = []
        self.clock = Clock(self.advance, self.tell)
        self._turn = asyncio.Lock()
        self.seat(scenarios)

    # --- What is there ---------------------------------------------------------

    @property
    def start(self) -> int:
        """Month number of the base state."""
        return self.first.base.start - 1

    @property
    def first(self) -> Seat:
        """Run A."""
        return self.seats[RUNS[0]]

    @property
    def end(self) -> int:
        """The last month that there will be, months since the base state."""
        return self.first.base.until - self.start

    @property
    def stored(self) -> int:
        """The last month that all runs have told; -1 before they are built."""
        return min(seat.track.last for seat in self.seats.values())

    @property
    def present(self) -> int:
        """Month number of what is shown."""
        return self.start + max(self.t, 0)

    def run(self, name: object) -> Seat:
        """The run of a name.

        Raises
        ------
        InputError
            If there is none.
        """
        if isinstance(name, str) and name in self.seats:
            return self.seats[name]
        allowed = ", ".join(self.seats)
        raise InputError([Fault("is no run", key="run", value=name, allowed=allowed)])

    def month_at(self, written: object, key: str = "month") -> int:
        """Months since the base state of a month that is stored.

        Raises
        ------
        InputError
            If it is not.
        """
        stored = {month_name(self.start + t): t for t in range(self.stored + 1)}
        if isinstance(written, str) and written in stored:
            return stored[written]
        first, last = month_name(self.start), month_name(self.start + self.stored)
        allowed = f"a month from {first} to {last}"
        problem = "is no month that was shown"
        raise InputError([Fault(problem, key=key, value=written, allowed=allowed)])

    def tell(self, what: str = "state") -> None:
        """Let everybody know that something has changed."""
        for watcher in self.watchers:
            watcher(what)

    # --- Runs --------------------------------------------------------------------

    def seat(self, scenarios: Sequence[Scenario]) -> None:
        """Put scenarios side by side.

        Raises
        ------
        InputError
            If their months are not the same.
        """
        spans = {(one.start, one.until) for one in scenarios}
        if len(spans) > 1 or not 1 <= len(scenarios) <= len(RUNS):
            allowed = "one or two scenarios of the same first and last month"
            raise InputError(
                [Fault("cannot stand side by side", key="runs", allowed=allowed)]
            )
        for seat in self.seats.values():
            seat.stop()
        self.seats = {
            name: Seat(name, scenario, scenario, self.ground, died=self._died)
            for name, scenario in zip(RUNS, scenarios, strict=False)
        }

    def _died(self) -> None:
        """A process is gone: the clock stands still until it is replayed."""
        self.clock.pause()

    @asynccontextmanager
    async def turn(self, long: bool = False) -> AsyncIterator[None]:
        """Have the runs for oneself."""
        async with self._turn:
            if long:
                self.busy = True
                self.tell()
            try:
                yield
            finally:
                if long:
                    self.busy = False
                self.tell()

    async def open(self) -> None:
        """Build the runs."""
        async with self.turn(long=True):
            await self._each(seat.build() for seat in self.seats.values())
            self.t = self.stored
            self.epoch += 1

    async def choose(self, scenarios: Sequence[Scenario]) -> None:
        """Other scenarios from their start; edits are forgotten, notes stay."""
        self.clock.pause()
        async with self.turn(long=True):
            self.seat(scenarios)
            self.log.edits.clear()
            self.presenting, self.asking = False, None
            await self._each(seat.build() for seat in self.seats.values())
            self.t = self.stored
            self.epoch += 1

    async def restart(self, seat: Seat) -> None:
        """Replay the log of a run whose process died."""
        async with self.turn(long=True):
            others = [s.track.last for s in self.seats.values() if s is not seat]
            await self._each([seat.build(max(others, default=seat.track.last))])
            self.t = self.stored
            self.epoch += 1

    async def catch_up(self) -> None:
        """Bring all runs to the month that is stored, after a session was loaded."""
        async with self.turn(long=True):
            await self._each(
                seat.build(seat.track.last) for seat in self.seats.values()
            )

    async def _each(self, asked: Iterable[Any]) -> bool:
        """All runs at once; whether all have answered."""
        answers = await asyncio.gather(*asked, return_exceptions=True)
        for error in answers:
            if isinstance(error, BaseException) and not isinstance(
                error, WorkerDiedError
            ):
                raise error
        return not any(isinstance(one, BaseException) for one in answers)

    async def advance(self) -> bool:
        """One month more; False if there is none, or if the clock must stop."""
        if self.presenting:
            if self.t >= self.stored:
                return False
            self.t += 1
            return self._shown()
        async with self._turn:
            if self.t < 0 or self.t >= self.end or self.t != self.stored:
                return False
            if not all(seat.alive for seat in self.seats.values()):
                return False
            whole = await self._each(seat.step() for seat in self.seats.values())
            self.t = self.stored
        if not whole:
            self.tell()
        return whole and self._shown()

    def _shown(self) -> bool:
        """A month more is shown; whether the clock may go on."""
        self.clock.count()
        self.tell("month")
        found = counts_at(self.log.chapters, month_name(self.present))
        if found is not None:
            self.asking = found
        return found is None and self.t < self.end

    def show(self, t: int) -> None:
        """Present a stored month."""
        self.t = t
        self.tell("month")

    def present_stored(self, on: bool) -> None:
        """Replay what is stored without computing, or come back to the last month."""
        self.clock.pause()
        self.presenting = on
        self.show(0 if on else self.stored)
        self.tell()

    # --- Back to an earlier month ----------------------------------------------

    async def branch(self, t: int) -> list[Edit]:
        """Rewind all runs to a month; edits made in it or later are gone.

        Returns
        -------
        list of Edit
            Those that are gone.
        """
        return await self.rewind(t, lambda: self.log.rewind(self.start + t))

    async def rewind(self, t: int, forget: Callable[[], Found]) -> Found:
        """Rewind all runs to a month, once what shall not have been is forgotten.

        Parameters
        ----------
        t : int, months
            Since the base state.
        forget : callable
            Changes the log; what it gives is given back.
        """
        self.clock.pause()
        async with self.turn(long=True):
            self.refuse_while_presenting()
            gone = forget()
            await self._each(
                seat.rewind(
                    t,
                    month_name(self.start + t + 1),
                    seat.with_edits(self.log.edits, self.vocabulary),
                )
                for seat in self.seats.values()
            )
            self.t, self.asking = t, None
            self.epoch += 1
        return gone

    def refuse_while_presenting(self) -> None:
        """Refuse to touch runs while what is stored is presented.

        Raises
        ------
        InputError
            If it is.
        """
        if self.presenting:
            fault = Fault("is not possible while presenting", key="present")
            raise InputError([fault])

    def close(self) -> None:
        """End all processes."""
        for seat in self.seats.values():
            seat.stop()
