"""The pace: when the next month's turn is, and what rate is really reached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

SECONDS_OF_RATE = 2.0  # over which the rate is a mean


class Clock:
    """Asks for one month after the other while it plays.

    Parameters
    ----------
    advance : callable
        One month more; answers whether another may follow.
    tell : callable
        Called when the clock starts, stops or changes its pace.

    Attributes
    ----------
    playing : bool
    speed : float or None, months/s
        None: as fast as it goes.
    rate : float, months/s
        Really reached in the last seconds.
    """

    def __init__(
        self, advance: Callable[[], Awaitable[bool]], tell: Callable[[], None]
    ) -> None:
        self._advance, self._tell = advance, tell
        self.playing = False
        self.speed: float | None = 2.0
        self._go, self._nudge = asyncio.Event(), asyncio.Event()
        self._counted: list[float] = []

    async def run(self) -> None:
        """Tick for as long as the room is open."""
        while True:
            await self._go.wait()
            began = time.monotonic()
            if not await self._advance():
                self.pause()
            await self._wait_from(began)

    async def _wait_from(self, began: float) -> None:
        """Wait for the next month's turn, or until somebody changes the pace."""
        self._nudge.clear()
        while self.playing and self.speed is not None:
            left = began + 1.0 / self.speed - time.monotonic()
            if left <= 0:
                break
            try:
                async with asyncio.timeout(left):
                    await self._nudge.wait()
                    self._nudge.clear()
            except TimeoutError:
                break
        await asyncio.sleep(0)

    def play(self) -> None:
        """Let months pass."""
        self.playing = True
        self._go.set()
        self._tell()

    def pause(self) -> None:
        """Stop after the month that is being computed."""
        self.playing = False
        self._counted.clear()
        self._go.clear()
        self._nudge.set()
        self._tell()

    def set_speed(self, months_per_second: float | None) -> None:
        """Set the pace; None is as fast as it goes."""
        self.speed = months_per_second
        self._nudge.set()
        self._tell()

    def count(self) -> None:
        """A month has been shown."""
        now = time.monotonic()
        kept = [at for at in self._counted if at > now - SECONDS_OF_RATE]
        self._counted = [*kept, now]

    @property
    def rate(self) -> float:
        """Months shown per second in the last seconds."""
        if not self.playing or len(self._counted) < 2:
            return 0.0
        return (len(self._counted) - 1) / (self._counted[-1] - self._counted[0])
