"""A room on a loopback port, and browsers that are none."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from live.frames import Frame, unpacked
from live.opening import Opening, OpenRoom
from live.run import Ground
from mediapark.api import load_scenario
from tests.small_runs import SMALL

KEY, UNTIL = 5, "2020-12"
PATIENCE = 40.0


class Served:
    """A room that is served from a thread of its own.

    Parameters
    ----------
    names : tuple of str
        Scenarios, one or two.
    folder : Path
        Of saved sessions.
    """

    def __init__(self, names: tuple[str, ...], folder: Path, **more: Any) -> None:
        until = more.pop("until", UNTIL)
        scenarios = tuple(load_scenario(name, until=until) for name in names)
        ground = Ground(KEY, str(SMALL))
        self.room = OpenRoom(Opening(scenarios, ground, sessions=folder, **more))
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.room.serve(self.ready.set))
        self.loop.close()

    def __enter__(self) -> Served:
        self.thread.start()
        assert self.ready.wait(PATIENCE)
        return self

    def __exit__(self, *error: object) -> None:
        self.room.stop()
        self.thread.join(PATIENCE)

    def do(self, what: Any) -> Any:
        """Await something in the room's own loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(PATIENCE)

    @property
    def coordinator(self):
        return self.room.workshop.coordinator

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.room.port}"

    def browser(self, role: str = "room", key: str | None = None, **more: Any):
        return Browser(self, role, key, **more)

    def facilitator(self):
        return self.browser("room", self.room.access.key)


class Browser:
    """A client that acknowledges what it gets, and remembers it."""

    def __init__(
        self,
        served: Served,
        role: str,
        key: str | None,
        rate: float | None = None,
        cookie: str | None = None,
    ) -> None:
        headers = {} if cookie is None else {"Cookie": cookie}
        address = served.url.replace("http", "ws") + "/ws"
        self._left = ExitStack()
        self.socket: ClientConnection = self._left.enter_context(
            connect(address, max_size=None, max_queue=None, additional_headers=headers)
        )
        self.state: dict[str, Any] = {}
        self.frames: list[Frame] = []
        self.points: dict[str, dict[str, list[Any]]] = {}
        self.feed: list[Any] = []
        self.bands: dict[str, Any] = {}
        self.answers: dict[int, Any] = {}
        self.role, self.voted = "", None
        self.runs = 2
        self._number = 0
        self._asked("hello", {"as": role, "key": key, "rate": rate})

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        self._left.close()

    def ask(self, word: str, **more: Any) -> Any:
        """Send a message and wait for its answer."""
        number = self._asked(word, more)
        self.until(lambda: number in self.answers)
        return self.answers[number]

    def done(self, word: str, **more: Any) -> Any:
        """The same; it must not be refused."""
        answer = self.ask(word, **more)
        assert answer["is"] == "done", answer
        return answer

    def refused(self, word: str, **more: Any) -> Any:
        """The same; it must be refused."""
        answer = self.ask(word, **more)
        assert answer["is"] == "refused", answer
        return answer

    def _asked(self, word: str, more: dict[str, Any]) -> int:
        self._number += 1
        message = {"do": word, "n": self._number, **more}
        self.socket.send(json.dumps(message))
        return self._number

    def until(self, what: Any, seconds: float = PATIENCE) -> None:
        """Take in messages until something is true."""
        end = time.monotonic() + seconds
        while not what():
            left = end - time.monotonic()
            assert left > 0, "it did not happen"
            try:
                self.take(self.socket.recv(timeout=min(left, 1.0)))
            except TimeoutError:
                continue

    def settle(self, seconds: float = 0.5) -> None:
        """Take in all that comes until nothing does for a while."""
        while True:
            try:
                self.take(self.socket.recv(timeout=seconds))
            except TimeoutError:
                return

    def take(self, message: str | bytes) -> None:
        """Remember a message."""
        if isinstance(message, bytes):
            frame = unpacked(message)
            self.frames.append(frame)
            if frame.header["run"] == list(self.state.get("runs", "A"))[-1]:
                self._asked("ack", {"month": frame.header["month"]})
            return
        found = json.loads(message)
        kind = found.pop("is")
        if kind == "welcome":
            self.role, self.state = found["role"], found["state"]
            self.voted = found["voted"]
        elif kind == "state":
            self.state = found
        elif kind == "points":
            series = self.points.setdefault(found["run"], {})
            for name, values in found["series"].items():
                kept = series.setdefault(name, [])
                if found["from"] == self.first_point():
                    kept.clear()
                kept.extend(values)
        elif kind == "feed":
            self.feed += found["items"]
        elif kind == "bands":
            self.bands[found["run"]] = found
        else:
            self.answers[found["n"]] = {"is": kind, **found}

    def first_point(self) -> str:
        year, month = self.state["first"].split("-")
        return (
            f"{int(year) - 1}-12" if month == "01" else f"{year}-{int(month) - 1:02d}"
        )

    def months(self, run: str = "A") -> list[str]:
        """Months of the frames of a run."""
        return [f.header["month"] for f in self.frames if f.header["run"] == run]
