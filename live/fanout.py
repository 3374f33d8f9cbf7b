"""To everybody what is new, at their own pace: frames may be skipped, points may not.

Nothing is queued. A client is an account of what it has been told; whoever is slow or
has stopped is told the newest when it can take it, and costs nothing until then.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from live.access import RATES, Bucket, Role, new_voter
from live.feed import Item
from live.frame_store import Track
from live.run import Points
from model.months import month_name

Send = Callable[[str | bytes], Awaitable[None]]
MOST_POINTS = 600  # months in one message
MOST_ITEMS = 200  # of the feed that a newcomer is told
MOST_UNSEEN = 2.0  # s without an acknowledgement, after which a frame counts as lost


class Told(Protocol):
    """What there is to be told; the fan-out reads it and never writes.

    Attributes
    ----------
    version : int
        Of the state; grows with every change.
    blackout : bool
        Whether viewers and phones see no map.
    epoch : int
        Of the past; grows when months are rewound or runs replaced.
    t : int, months
        Since the base state: what is shown.
    start : int, month number
        Of the base state.
    """

    version: int
    blackout: bool

    @property
    def epoch(self) -> int:
        """Of the past."""

    @property
    def t(self) -> int:
        """What is shown."""

    @property
    def start(self) -> int:
        """Of the base state."""

    def tracks(self) -> dict[str, Track]:
        """What each run has told."""

    def state_text(self) -> str:
        """The state as JSON, made once for everybody."""

    def bands_text(self) -> dict[str, tuple[int, str]]:
        """Bands of the ensemble by run: a version, and JSON."""


class Client:
    """One browser: what it has been told, and the task that tells it more.

    Parameters
    ----------
    room : Told
    send : callable
        Sends a text or bytes; waits while the other end does not take any.
    role : {"facilitator", "viewer", "phone"}
    rate : float or None, frames/s
        What it asks for; never more than its role allows.
    voter : str or None
        By what it is known in a poll; None is known as this line only.
    """

    def __init__(
        self,
        room: Told,
        send: Send,
        role: Role,
        rate: float | None = None,
        voter: str | None = None,
    ) -> None:
        most, a_second, at_once = RATES[role]
        self.room, self._send, self.role = room, send, role
        self.interval = 1.0 / max(0.2, min(rate or most, most))
        self.bucket = Bucket(a_second, at_once)
        self.voter = voter or new_voter()
        self.acknowledged = True
        self._sent_at = self._due = 0.0
        self._patience: asyncio.TimerHandle | None = None
        self._version = self._epoch = -1
        self._told: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._bands: dict[str, int] = {}
        self._shown = -1
        self._telling = asyncio.Lock()
        self._wake = asyncio.Event()
        self._wake.set()

    def wake(self) -> None:
        """Something is new."""
        self._wake.set()

    def acknowledge(self) -> None:
        """The last frame has been drawn."""
        self.acknowledged = True
        self._wake.set()

    async def send(self, message: dict[str, Any] | bytes) -> None:
        """Send something by itself: an answer."""
        if isinstance(message, bytes):
            await self._send(message)
        else:
            await self._send(json.dumps(message, ensure_ascii=False))

    async def tell_for_ever(self) -> None:
        """Tell what is new, at the client's own pace."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._due - time.monotonic())
            self._wake.clear()
            self._due = time.monotonic() + self.interval
            await self.tell_words()
            await self._tell_frames()

    async def tell_words(self) -> None:
        """Tell the state, points, the feed and bands, as far as they are new."""
        async with self._telling:
            await self._tell_words()

    async def _tell_words(self) -> None:
        room = self.room
        if self._epoch != room.epoch:
            self._epoch, self._shown = room.epoch, -1
            self._told, self._heard, self._bands = {}, {}, {}
        if self._version != room.version:
            self._version = room.version
            await self._send(room.state_text())
        for run, track in room.tracks().items():
            first = self._told.get(run, 0)
            if track.last >= first:
                self._told[run] = track.last + 1
                await self._send_points(run, first, track.points[first:])
            heard = self._heard.get(run, max(0, len(track.feed) - MOST_ITEMS))
            news = track.feed[heard:]
            self._heard[run] = len(track.feed)
            if news:
                await self._send_feed(news)
        for run, (version, text) in room.bands_text().items():
            if self._bands.get(run) != version:
                self._bands[run] = version
                await self._send(text)

    async def _send_points(self, run: str, first: int, told: list[Points]) -> None:
        for begin in range(0, len(told), MOST_POINTS):
            part = told[begin : begin + MOST_POINTS]
            await self.send(
                {
                    "is": "points",
                    "run": run,
                    "from": month_name(self.room.start + first + begin),
                    "months": len(part),
                    "series": {n: [point[n] for point in part] for n in part[0]},
                }
            )

    async def _send_feed(self, items: list[Item]) -> None:
        await self.send({"is": "feed", "items": items})

    async def _tell_frames(self) -> None:
        """Send the newest frame of each run, once the one before has been drawn."""
        room = self.room
        hidden = room.blackout and self.role != "facilitator"
        if self._shown == room.t or room.t < 0 or hidden:
            return
        lost = self._sent_at + MOST_UNSEEN - time.monotonic()
        if not self.acknowledged and lost > 0:
            if self._patience is not None:
                self._patience.cancel()
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(lost, self.wake)
            return
        self._shown, self._sent_at = room.t, time.monotonic()
        self.acknowledged = False
        for track in room.tracks().values():
            if room.t <= track.last:
                await self._send(track.frames[room.t])
