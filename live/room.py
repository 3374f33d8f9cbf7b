"""The room: the runs, whoever looks at them, and what everybody is told of both."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from live.access import MOST_CLIENTS, Role
from live.coordinator import Coordinator
from live.editing import way_back
from live.edits import Edit
from live.ensemble import Ensemble
from live.fanout import Client, Send
from live.frame_store import Track
from live.levers import NOT_ASKED, unit_of
from live.log import Poll
from live.words import text
from live.world import world_id
from model.months import month_name


class WorkshopRoom:
    """Everything of one start of the server.

    Parameters
    ----------
    coordinator : Coordinator
    ensemble : Ensemble

    Attributes
    ----------
    blackout : bool
        Whether viewers see nothing.
    shared : str or None
        Address of the phones' page.
    saved : tuple of str
        Names of saved sessions.
    failure : exception or None
        What ended the clock, the ensemble or the building of runs.
    voters : set of str
        Phones that have answered the present poll; forgotten with the next one, and
        never written anywhere.
    stop : callable
        Ends the server.
    """

    def __init__(self, coordinator: Coordinator, ensemble: Ensemble) -> None:
        self.coordinator, self.ensemble = coordinator, ensemble
        self.clients: set[Client] = set()
        self.version = 0
        self.blackout = False
        self.shared: str | None = None
        self.saved: tuple[str, ...] = ()
        self.voters: set[str] = set()
        self.failure: BaseException | None = None
        self.stop: Callable[[], None] = lambda: None
        self._state: tuple[int, str] = (-1, "")
        self._tasks: list[asyncio.Task[None]] = []
        coordinator.watchers.append(self.changed)
        ensemble.watchers.append(self.changed)

    # --- What the fan-out reads ---------------------------------------------------

    @property
    def epoch(self) -> int:
        """Of the past."""
        return self.coordinator.epoch

    @property
    def t(self) -> int:
        """Months since the base state: what is shown."""
        return self.coordinator.t

    @property
    def start(self) -> int:
        """Month number of the base state."""
        return self.coordinator.start

    def tracks(self) -> dict[str, Track]:
        """What each run has told."""
        return {name: seat.track for name, seat in self.coordinator.seats.items()}

    def state_text(self) -> str:
        """The state as JSON, made once for everybody."""
        if self._state[0] != self.version:
            message = {"is": "state", **self.state()}
            self._state = (self.version, json.dumps(message, ensure_ascii=False))
        return self._state[1]

    def bands_text(self) -> dict[str, tuple[int, str]]:
        """Bands of the ensemble by run."""
        return self.ensemble.texts(self.coordinator.start)

    def changed(self, what: str = "state") -> None:
        """Something has changed: everybody is told in their own time."""
        self.version += 1
        for client in self.clients:
            client.wake()

    # --- Who is there -----------------------------------------------------------------

    async def open(self, build: bool = True) -> None:
        """Start the clock, and build the runs behind the open door."""
        works = [self.coordinator.clock.run(), self.ensemble.run()]
        if build:
            works.append(self.coordinator.open())
        self._tasks = [asyncio.create_task(work) for work in works]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task that fails must not fail in silence: the room closes with it."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failure = self.failure or error
            self.stop()

    async def close(self) -> None:
        """End all tasks and processes."""
        for task in self._tasks:
            task.cancel()
        self.ensemble.close()
        self.coordinator.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def is_full(self) -> bool:
        """Whether nobody more can come in."""
        return len(self.clients) >= MOST_CLIENTS

    def enter(
        self, send: Send, role: Role, rate: float | None, voter: str | None = None
    ) -> Client:
        """Let somebody in."""
        client = Client(self, send, role, rate, voter)
        self.clients.add(client)
        self.changed()
        return client

    def leave(self, client: Client) -> None:
        """Let somebody out."""
        self.clients.discard(client)
        self.changed()

    # --- The state ------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Everything that changes, but frames, points and the feed."""
        room, log = self.coordinator, self.coordinator.log
        touched: dict[str, set[str]] = {name: set() for name in room.seats}
        for edit in log.edits:
            if edit.undone is None and edit.run in touched:
                touched[edit.run] |= edit.new.keys()
        return {
            "month": month_name(room.present),
            "t": room.t,
            "first": month_name(room.start + 1),
            "last": month_name(room.start + max(room.stored, 0)),
            "end": month_name(room.start + room.end),
            "ready": room.t >= 0,
            "playing": room.clock.playing,
            "speed": room.clock.speed,
            "rate": round(room.clock.rate, 1),
            "runs": {
                name: seat.state(touched[name]) for name, seat in room.seats.items()
            },
            "edits": [
                {**edit_entry(edit), "back": self._way_back(edit)} for edit in log.edits
            ],
            "notes": [vars(note) for note in log.notes],
            "chapters": [vars(chapter) for chapter in log.chapters],
            "asking": room.asking.id if room.asking else None,
            "poll": poll_entry(log.poll),
            "ensemble": self.ensemble.state(),
            "blackout": self.blackout,
            "viewers": sum(client.role != "facilitator" for client in self.clients),
            "busy": room.busy,
            "presenting": room.presenting,
            "shared": self.shared,
            "saved": list(self.saved),
            "world": world_id(room.region, room.first.base, room.ground.key),
        }

    def _way_back(self, edit: Edit) -> str | None:
        month = way_back(self.coordinator, edit)
        return None if month is None else month_name(month)


def poll_entry(poll: Poll | None) -> dict[str, Any] | None:
    """The present poll, as the page shows it."""
    if poll is None:
        return None
    return {
        "id": poll.id,
        "question": poll.question,
        "answers": list(poll.answers),
        "open": poll.open,
        "counts": list(poll.counts),
    }


def edit_entry(edit: Edit) -> dict[str, Any]:
    """An edit, as the page and the report list it."""
    follower = next((slug for slug, old in edit.old.items() if old is None), edit.lever)
    old = edit.old.get(edit.lever) or {}
    new = edit.new.get(follower) or {}
    shown = new or old
    return {
        "id": edit.id,
        "run": edit.run,
        "after": month_name(edit.after),
        "from": month_name(edit.start),
        "lever": edit.lever,
        "kind": shown["kind"],
        "title": shown["title"],
        "added": not old,
        "removed": not new or (follower == edit.lever and _ends(old, new)),
        "changes": [
            {
                "field": key,
                "name": text(f"field.{key}"),
                "unit": unit_of(shown["kind"], key),
                "old": old.get(key),
                "new": new.get(key),
            }
            for key in dict.fromkeys((*old, *new))
            if key not in NOT_ASKED and old.get(key) != new.get(key)
        ],
        "note": edit.note,
        "undone": edit.undone is not None,
    }


def _ends(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether nothing but the end of a lever has changed."""
    both = dict.fromkeys((*old, *new))
    return {key for key in both if old.get(key) != new.get(key)} == {"until"}
