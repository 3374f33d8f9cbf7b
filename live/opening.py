"""Open a room: scenarios, ground and address in, a running server out."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from experiments.draws import with_draw
from experiments.keys import NO_DRAW
from experiments.manifest import versions
from experiments.posterior import Posterior
from live.access import LARGEST_MESSAGE, Access
from live.commands import Desk
from live.coordinator import Coordinator
from live.ensemble import Ensemble
from live.room import WorkshopRoom
from live.run import Ground
from live.server import Door, app_of
from live.sessions import Sessions
from live.world import world_of
from model.errors import Fault, InputError
from model.geography import Region, load_region
from model.refusals import refuse_places_off_the_grid
from model.scenario import Scenario, read_scenario
from model.simulation import vocabulary

LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"
SECONDS_TO_CLOSE = 2
_SHIPPED = re.compile(r"[a-z0-9-]+(\+[a-z0-9-]+)*")  # no file can be asked for


@dataclass(frozen=True)
class Opening:
    """What a room is opened with.

    Attributes
    ----------
    scenarios : tuple of Scenario
        One or two, of the same months.
    ground : Ground
    port : int
        0: any that is free.
    share : bool
        Whether others in the local network may look on.
    sessions : Path
        Folder of saved sessions.
    session : Path or None
        A saved session to begin with.
    replicates : int
        Of each run, behind the line.
    posterior : Posterior or None
        Whose median draw the runs take, and whose other draws the replicates.
    """

    scenarios: tuple[Scenario, ...]
    ground: Ground = field(default_factory=Ground)
    port: int = 0
    share: bool = False
    sessions: Path = Path("sessions")
    session: Path | None = None
    replicates: int = 20
    posterior: Posterior | None = None


class OpenRoom:
    """A room with its address; ``serve`` runs it.

    Parameters
    ----------
    opening : Opening

    Raises
    ------
    InputError
        If the scenarios cannot stand side by side, or the port is taken.
    """

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        names = vocabulary(load_region(opening.ground.grid))
        region = load_region(opening.ground.grid)
        refuse_places(opening.scenarios, region)
        room = Coordinator(opening.scenarios, opening.ground, region, names)
        ensemble = Ensemble(room, opening.replicates, posterior=opening.posterior)
        self.workshop = WorkshopRoom(room, ensemble)
        self.sessions = Sessions(opening.sessions, names)
        self.workshop.saved = self.sessions.names()
        self._made: tuple[Any, dict[str, Any]] | None = None
        self._world()  # before anybody waits for it
        self._socket = listening(opening)
        self.port = int(self._socket.getsockname()[1])
        shared = network_address() if opening.share else None
        self.access = Access.new(self.port, shared)
        if shared:
            self.workshop.shared = f"http://{shared}:{self.port}/phone"
        given = {one.name: one for one in opening.scenarios}
        desk = Desk(
            self.workshop, self.sessions, _chooser(room, given, opening.posterior)
        )
        door = Door(self.workshop, desk, self.access, self._world)
        app = app_of(door, build=opening.session is None)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=SECONDS_TO_CLOSE,
                server_header=False,
            )
        )

        self.workshop.stop = self.stop

    @property
    def address(self) -> str:
        """The facilitator's address; what follows ``#`` never leaves the browser."""
        return f"http://{LOCAL}:{self.port}/#key={self.access.key}"

    def _world(self) -> dict[str, Any]:
        """What never changes in a session; made once for everybody."""
        room = self.workshop.coordinator
        known = (room.region.fingerprint, room.first.base.fingerprint, room.ground.key)
        if self._made is None or self._made[0] != known:
            version = versions()["mediapark"]
            world = world_of(room.region, room.first.base, room.ground.key, version)
            self._made = (known, world)
        return self._made[1]

    async def serve(self, ready: Callable[[], None] | None = None) -> None:
        """Serve until the server is told to stop.

        Parameters
        ----------
        ready : callable, optional
            Called when the page can be asked for.
        """
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.02)
        if self.opening.session is not None:
            await self._begin_with(self.opening.session)
        if ready is not None and not serving.done():
            ready()
        await serving
        if self.workshop.failure is not None:
            raise self.workshop.failure

    async def _begin_with(self, path: Path) -> None:
        room = self.workshop.coordinator
        try:
            await self.sessions.load_file(room, path)
        except InputError:
            self.stop()
            raise
        await room.catch_up()

    def stop(self) -> None:
        """Let the server end."""
        self._server.should_exit = True


def _chooser(
    room: Coordinator, given: dict[str, Scenario], posterior: Posterior | None
) -> Callable[[object], Scenario]:
    """Scenarios by name: those of the command line, then shipped ones."""

    def choose(name: object) -> Scenario:
        if isinstance(name, str) and name in given:
            return given[name]
        if not isinstance(name, str) or not _SHIPPED.fullmatch(name):
            allowed = "a name; + adds overrides"
            fault = Fault("is no scenario", key="scenario", value=name, allowed=allowed)
            raise InputError([fault])
        found = read_scenario(name, room.vocabulary)
        refuse_places_off_the_grid(found, room.region)
        found = found.with_until(room.first.base.until)
        return with_draw(found, NO_DRAW, posterior)

    return choose


def refuse_places(scenarios: Iterable[Scenario], region: Region) -> None:
    """Refuse scenarios whose places a user's grid does not hold.

    Raises
    ------
    InputError
        With every fault of all of them.
    """
    faults: list[Fault] = []
    for scenario in scenarios:
        try:
            refuse_places_off_the_grid(scenario, region)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)


def listening(opening: Opening) -> socket.socket:
    """A socket on the port that was asked for.

    Raises
    ------
    InputError
        If the port cannot be had.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((EVERYWHERE if opening.share else LOCAL, opening.port))
        found.listen()  # whoever comes before the server is up waits at the door
    except (OSError, OverflowError) as error:
        found.close()
        problem = f"cannot be used: {error}"
        fault = Fault(problem, "--port", value=opening.port, allowed="another port")
        raise InputError([fault]) from None
    return found


def network_address() -> str:
    """This machine's address in the local network; nothing is sent to find it."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe,
    ):
        probe.connect(("10.255.255.255", 1))
        return str(probe.getsockname()[0])
    return LOCAL
