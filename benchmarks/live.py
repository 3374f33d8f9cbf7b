"""The room under load: pace, cost of the web process, viewers, and a session replayed.

::

    python -m benchmarks.live [--stall SECONDS] [--skip PART...]

The server runs in a process of its own, at full scale, with two runs side by side; this
process is its browsers, which read and acknowledge and draw nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import websockets

import mediapark as mp
from benchmarks.machine import description
from live.opening import Opening, OpenRoom
from live.run import Ground, LiveRun, same_tables

NAMES = ("full-plan", "communities")
VIEWERS = 20
PACE = 5.0  # months/s that viewers and cost are measured at
LAST = 276
PARTS = ("pace", "cost", "viewers", "stall", "rewind", "session")
EDITS: tuple[tuple[int, dict[str, Any]], ...] = (
    (12, {"kind": "rent_subsidy", "values": {"where": ["reyers"], "share": 0.3}}),
    (60, {"kind": "telework", "values": {"change": 0.1}}),
    (130, {"kind": "anchor_move", "values": {"who": "vrt", "to": "outside"}}),
    (170, {"kind": "quality", "values": {"where": ["mediapark"], "change": 0.2}}),
    (200, {"kind": "community_support", "values": {
        "where": ["reyers"], "eur_year": 2e5, "rooms": 3, "facilitators": 1.0}}),
)  # fmt: skip


class Browser:
    """A browser that reads, acknowledges and notes when frames came."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.state: dict[str, Any] = {}
        self.came: list[float] = []
        self.months: set[str] = set()
        self.sizes: list[int] = []
        self.answers: dict[int, Any] = {}
        self.number = 0
        self.news = asyncio.Event()

    async def send(self, word: str, **more: Any) -> int:
        """Send a message; its number."""
        self.number += 1
        await self.socket.send(json.dumps({"do": word, "n": self.number, **more}))
        return self.number

    async def ask(self, word: str, **more: Any) -> Any:
        """Send a message and wait for its answer."""
        number = await self.send(word, **more)
        await self.until(lambda: number in self.answers)
        if self.answers[number]["is"] != "done":
            raise RuntimeError(self.answers[number])
        return self.answers[number]

    async def until(self, what: Any) -> None:
        """Wait until something is true."""
        while not what():
            self.news.clear()
            await self.news.wait()

    async def read(self) -> None:
        """Read until the end."""
        async for message in self.socket:
            if isinstance(message, bytes):
                self.sizes.append(len(message))
                end = 8 + int.from_bytes(message[4:8], "little")
                header = json.loads(message[8:end])
                if header["run"] == "B":
                    self.came.append(time.monotonic())
                    self.months.add(header["month"])
                    await self.send("ack", month=header["month"])
            else:
                found = json.loads(message)
                if found["is"] == "state":
                    self.state = found
                elif found["is"] == "welcome":
                    self.state = found["state"]
                elif "n" in found:
                    self.answers[found["n"]] = found
            self.news.set()


@contextlib.asynccontextmanager
async def browser(address: str, **hello: Any) -> AsyncIterator[Browser]:
    """Somebody in the room."""
    async with websockets.connect(address, max_size=None, compression=None) as socket:
        found = Browser(socket)
        await found.send("hello", **hello)
        task = asyncio.create_task(found.read())
        try:
            yield found
        finally:
            task.cancel()


@contextlib.contextmanager
def server() -> Any:
    """A room in a process of its own: its address, its key and the process."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-u", "-m", "mediapark", "live", *NAMES]
        words += ["--no-browser", "--port", "0", "--out", folder]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            http, _, key = line.split()[1].partition("/#key=")
            yield http.replace("http", "ws") + "/ws", key, psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


async def play(desk: Browser, speed: float | None, months: int) -> float:
    """Let some months pass from the start; seconds that they took."""
    await desk.ask("reset")
    await desk.ask("speed", months_per_second=speed)
    desk.came.clear()
    begun = time.monotonic()
    await desk.ask("play")
    await desk.until(lambda: desk.state["t"] >= months)
    spent = time.monotonic() - begun
    await desk.ask("pause")
    return spent


async def pace(desk: Browser) -> None:
    """Months a second in lock-step, and the size of frames."""
    await play(desk, None, 60)
    desk.sizes.clear()
    spent = await play(desk, None, LAST)
    shown = len(desk.came) / spent
    print(f"two runs in lock-step: {LAST / spent:.1f} months/s, {shown:.1f} shown/s")
    print(f"frames: at most {max(desk.sizes) / 1000:.1f} kB")


async def cost(desk: Browser, process: psutil.Process) -> None:
    """Share of a core that the web process takes."""
    await desk.ask("reset")
    before, begun = process.cpu_times(), time.monotonic()
    await play(desk, PACE, 100)
    after, spent = process.cpu_times(), time.monotonic() - begun
    used = after.user + after.system - before.user - before.system
    print(f"web process at {PACE:g} months/s: {100 * used / spent:.1f} % of a core")


def gaps(came: list[float]) -> tuple[float, float]:
    """Frames a second and the longest gap, s."""
    between = [b - a for a, b in itertools.pairwise(came)]
    return 1.0 / statistics.mean(between), max(between)


async def viewers(desk: Browser, address: str) -> None:
    """The facilitator's rate with and without viewers, by turns."""
    rates: dict[int, list[float]] = {0: [], VIEWERS: []}
    worst = 0.0
    for count in (0, VIEWERS) * 3:
        async with contextlib.AsyncExitStack() as left:
            crowd = [
                await left.enter_async_context(
                    browser(address, **{"as": "phone", "rate": 2 + 2 * (k % 2)})
                )
                for k in range(count)
            ]
            await play(desk, PACE, 50)
            rate, gap = gaps(desk.came)
            rates[count].append(rate)
            if count:
                worst = max(worst, gap)
                seen = statistics.mean(gaps(one.came)[0] for one in crowd)
                print(f"  {count} viewers at {seen:.1f} frames/s each")
    alone, together = (statistics.median(rates[c]) for c in (0, VIEWERS))
    print(
        f"facilitator at {PACE:g} months/s: {alone:.2f} frames/s alone, "
        f"{together:.2f} with {VIEWERS} viewers "
        f"({100 * (together / alone - 1):+.1f} %), worst gap {worst:.2f} s"
    )


async def stall(
    desk: Browser, address: str, process: psutil.Process, seconds: float
) -> None:
    """Memory that clients who do not read cost, while months pass."""
    await play(desk, None, LAST)
    async with contextlib.AsyncExitStack() as left:
        for _ in range(5):
            socket = await left.enter_async_context(
                websockets.connect(address, max_size=None, ping_interval=None)
            )
            await socket.send(json.dumps({"do": "hello", "as": "phone"}))
            socket.transport.pause_reading()
        await play(desk, None, LAST)
        before, begun, rounds = process.memory_info().rss, time.monotonic(), 0
        while time.monotonic() - begun < seconds:
            await play(desk, None, LAST)
            rounds += 1
        grown = process.memory_info().rss - before
        spent = time.monotonic() - begun
    print(
        f"5 stalled clients, {spent:.0f} s, {rounds * LAST} months: "
        f"web process grew by {grown / 1e6:+.1f} MB"
    )


def rewind() -> None:
    """Time back to a month by checkpoints, and by a run from the start."""
    scenario = mp.load_scenario("full-plan")
    begun = time.perf_counter()
    run = LiveRun("A", scenario, Ground(3))
    built = time.perf_counter() - begun
    begun = time.perf_counter()
    while run.model.running:
        run.step()
    lived = time.perf_counter() - begun
    size = max(point.size_bytes for point in run.checkpoints.values())
    print(
        f"a run: {built:.2f} s to build, {lived:.2f} s for {LAST} months with frames; "
        f"{len(run.checkpoints)} checkpoints of at most {size / 1e6:.1f} MB"
    )
    for t in (264, 263, 131):
        begun = time.perf_counter()
        run.rewind(t, scenario)
        print(f"back to month {t}: {time.perf_counter() - begun:.2f} s")


async def session() -> None:
    """276 months with five edits made while playing, a worker killed; then headless."""
    scenarios = tuple(mp.load_scenario(name) for name in NAMES)
    with tempfile.TemporaryDirectory() as folder:
        room = OpenRoom(Opening(scenarios, Ground(7), sessions=Path(folder)))
        serving = asyncio.create_task(room.serve())
        address = f"ws://127.0.0.1:{room.port}/ws"
        runs = room.workshop.coordinator
        await asyncio.sleep(1.0)
        async with browser(address, **{"as": "room", "key": room.access.key}) as desk:
            await desk.until(lambda: desk.state.get("ready"))
            await desk.ask("speed", months_per_second=None)
            for t, edit in EDITS:
                await desk.ask("play")
                await desk.until(lambda t=t: desk.state["t"] >= t)
                await desk.ask("edit", run="both", **edit)  # the clock goes on
            worker = runs.seats["B"].worker
            os.kill(worker.process.pid if worker else 0, signal.SIGKILL)
            await desk.until(lambda: not desk.state["runs"]["B"]["alive"])
            await desk.ask("restart", run="B")
            await desk.ask("play")
            await desk.until(lambda: desk.state["t"] == LAST)
            for name, seat in runs.seats.items():
                url = f"http://127.0.0.1:{room.port}/export/session.yaml?run={name}"
                cookie = {"Cookie": f"mediapark_key={room.access.key}"}
                request = urllib.request.Request(url, headers=cookie)
                text = await asyncio.to_thread(
                    lambda request=request: urllib.request.urlopen(request).read()
                )
                path = Path(folder) / f"session-{seat.base.name}-{name.lower()}.yaml"
                path.write_bytes(text)
                seen = await seat.tables()
                again = await asyncio.to_thread(mp.run, path)
                same = same_tables(seen, again)
                count = sum(one.run == name for one in runs.log.edits)
                print(f"session, run {name}, {count} edits: identical tables: {same}")
        room.stop()
        await serving


async def served(skip: set[str], seconds: float) -> None:
    """Everything that asks a server in another process."""
    with server() as (address, key, process):
        async with browser(address, **{"as": "room", "key": key}) as desk:
            await desk.until(lambda: desk.state.get("ready"))
            if "pace" not in skip:
                await pace(desk)
            if "cost" not in skip:
                await cost(desk, process)
            if "viewers" not in skip:
                await viewers(desk, address)
            if "stall" not in skip:
                await stall(desk, address, process, seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stall", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--skip", nargs="*", default=(), choices=PARTS)
    asked = parser.parse_args()
    skip = set(asked.skip)
    print(description())
    if not skip >= set(PARTS[:4]):
        asyncio.run(served(skip, asked.stall))
    if "rewind" not in skip:
        rewind()
    if "session" not in skip:
        asyncio.run(session())


if __name__ == "__main__":
    main()
