"""Replicates of the present levers on idle cores: the band behind the live line.

Each replicate is the run that the room sees, with another key, from its start to its
end; under a posterior, with another draw of its parameters too. Its process gives way
to those of the room. When a lever moves, its replicates so far are those of another
policy, and counting begins anew.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from experiments.draws import redrawn
from experiments.posterior import Posterior
from live.coordinator import Coordinator
from live.run import Points
from live.worker import Worker, WorkerDiedError
from model.months import month_name
from model.scenario import Scenario

NICENESS = 15  # of replicates' processes, out of 19
AT_ONCE = 12  # months between two looks at whether the levers still stand
LOW, HIGH = 0.1, 0.9  # quantiles that the band spans
Series = dict[str, list[float | None]]


@dataclass
class Band:
    """What the replicates of one run have told.

    Attributes
    ----------
    fingerprint : str
        Of the scenario that they are runs of.
    told : list of list of dict
        Points by replicate and month.
    version : int
        Grows with every replicate.
    """

    fingerprint: str = ""
    told: list[list[Points]] = field(default_factory=list)
    version: int = 0
    text: tuple[int, str] = (-1, "")

    def begin(self, fingerprint: str) -> None:
        """Count anew for another scenario."""
        self.fingerprint, self.told = fingerprint, []
        self.version += 1

    def keep(self, points: list[Points]) -> None:
        """One replicate more."""
        self.told.append(points)
        self.version += 1

    def quantiles(self) -> tuple[Series, Series]:
        """The ends of the band by indicator and month."""
        low: Series = {}
        high: Series = {}
        for name in self.told[0][0] if self.told else ():
            values = np.array(
                [[_number(point[name]) for point in run] for run in self.told]
            )
            ends = np.quantile(values, (LOW, HIGH), axis=0)
            low[name], high[name] = _told(ends[0]), _told(ends[1])
        return low, high


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _told(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


class Ensemble:
    """The replicates behind the runs of a room.

    Parameters
    ----------
    coordinator : Coordinator
    wanted : int
        Replicates of each run.
    workers : int, optional
        Processes; one for each core that the runs leave idle if not given.
    posterior : Posterior, optional
        Of which the runs are the median draw.
    """

    def __init__(
        self, coordinator: Coordinator, wanted: int = 20, workers: int | None = None,
        posterior: Posterior | None = None,
    ) -> None:  # fmt: skip
        self.coordinator, self.wanted = coordinator, wanted
        self.posterior = posterior
        idle = (os.cpu_count() or 1) - len(coordinator.seats)
        self.count = max(1, idle) if workers is None else workers
        self.on = False
        self.bands: dict[str, Band] = {}
        self.watchers: list[Callable[[], None]] = []
        self._workers: list[Worker] = []
        self._go = asyncio.Event()
        self._taken: set[tuple[str, str, int]] = set()

    def turn(self, on: bool) -> None:
        """Begin, or stop; what was told stays."""
        self.on = on
        if on:
            self._go.set()
        else:
            self._go.clear()
        self._tell()

    def _tell(self) -> None:
        for watcher in self.watchers:
            watcher()

    def state(self) -> dict[str, Any]:
        """What the page says of it."""
        done = [len(band.told) for band in self._present().values()]
        return {
            "on": self.on,
            "done": min(done, default=0),
            "wanted": self.wanted,
            "spread": self.spread,
            "posterior": self.posterior.name if self.posterior else None,
        }

    @property
    def spread(self) -> str:
        """What a band spans: ``luck``; or draws too, ``survey`` or ``synthetic``."""
        if self.posterior is None:
            return "luck"
        return "synthetic" if self.posterior.synthetic else "survey"

    def _present(self) -> Mapping[str, Band]:
        """Bands of the runs as they stand; those of other levers begin anew."""
        found = {}
        for name, seat in self.coordinator.seats.items():
            band = self.bands.setdefault(name, Band())
            if band.fingerprint != seat.scenario.fingerprint:
                band.begin(seat.scenario.fingerprint)
            found[name] = band
        return found

    def texts(self, start: int) -> dict[str, tuple[int, str]]:
        """Bands as messages, by run, with their versions; empty ones are told too."""
        found = {}
        for name, band in self._present().items():
            if band.text[0] != band.version:
                low, high = band.quantiles()
                message = {
                    "is": "bands", "run": name, "from": month_name(start),
                    "low": low, "high": high, "runs": len(band.told),
                }  # fmt: skip
                band.text = (band.version, json.dumps(message))
            found[name] = band.text
        return found

    async def run(self) -> None:
        """Work for as long as the room is open."""
        await asyncio.gather(*(self._work() for _ in range(self.count)))

    async def _work(self) -> None:
        worker: Worker | None = None
        while True:
            await self._go.wait()
            job = self._next()
            if job is None:
                await asyncio.sleep(0.5)
                continue
            if worker is None or not worker.alive:
                worker = Worker(NICENESS)
                self._workers.append(worker)
            name, scenario, number = job
            try:
                points = await self._replicate(worker, name, scenario, number)
            except WorkerDiedError:
                points = None
            self._taken.discard((name, scenario.fingerprint, number))
            band = self._present().get(name)
            if points and band and band.fingerprint == scenario.fingerprint:
                band.keep(points)
                self._tell()

    def _next(self) -> tuple[str, Scenario, int] | None:
        """The run that has fewest replicates, and the number of its next one."""
        if self.coordinator.t < 0:
            return None
        bands = self._present()
        for name in sorted(bands, key=lambda name: len(bands[name].told)):
            scenario = self.coordinator.seats[name].scenario
            number = len(bands[name].told) + 1
            while (name, scenario.fingerprint, number) in self._taken:
                number += 1
            if number <= self.wanted:
                self._taken.add((name, scenario.fingerprint, number))
                return name, scenario, number
        return None

    async def _replicate(
        self, worker: Worker, name: str, scenario: Scenario, number: int
    ) -> list[Points] | None:
        """All months of one replicate; None if the levers moved meanwhile."""
        ground = self.coordinator.ground
        other = replace(ground, key=(ground.key + number) % 2**64)
        drawn = scenario
        if self.posterior is not None:
            drawn = redrawn(scenario, number, self.posterior)
        first = await worker.ask("build", name, drawn, other)
        points: list[Points] = [first.points]
        while (left := scenario.months + 1 - len(points)) > 0:
            seat = self.coordinator.seats.get(name)
            if seat is None or seat.scenario.fingerprint != scenario.fingerprint:
                return None
            await self._go.wait()
            points += await worker.ask("months", min(AT_ONCE, left))
        return points

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.stop()
