"""How long the page takes to stand, and how often it is redrawn, in a real browser.

    python -m benchmarks.live_page [ADDRESS]

Without an address a room is opened at full scale with two runs. Chromium has no GPU
here. While panning and hovering, pointer events come with every picture, so that every
picture is a redraw of both maps; the figure is pictures a second, at most 60.
"""

from __future__ import annotations

import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.live_pages import WALL, a_browser

SECONDS = 5
MOVING = """([seconds, pressed]) => new Promise((done) => {
    const map = document.querySelector(".map canvas + canvas");
    const box = map.getBoundingClientRect();
    const send = (kind, x, y) => map.dispatchEvent(new PointerEvent(kind, {
        pointerId: 1, bubbles: true, clientX: box.left + x, clientY: box.top + y,
    }));
    map.setPointerCapture = () => {};
    if (pressed) send("pointerdown", 300, 250);
    const times = [];
    const next = (now) => {
        times.push(now);
        const turn = times.length / 12;
        send("pointermove", 300 + 80 * Math.cos(turn), 250 + 80 * Math.sin(turn));
        if (now - times[0] < 1000 * seconds) requestAnimationFrame(next);
        else {
            if (pressed) send("pointerup", 300, 250);
            done(times.slice(1).map((time, i) => time - times[i]));
        }
    };
    requestAnimationFrame(next);
})"""


@contextmanager
def full_room() -> Iterator[str]:
    """Two runs at full scale on a port of their own."""
    command = [sys.executable, "-u", "-m", "mediapark", "live", "--port", "0"]
    with subprocess.Popen(
        [*command, "--no-browser"], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield re.search(r"http://\S+", line)[0]  # type: ignore[index]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def report(what: str, gaps: list[float]) -> None:
    """Pictures a second, and the longest gap."""
    rate = 1000 / statistics.mean(gaps)
    print(f"{what:34} {rate:5.1f} pictures/s, longest gap {max(gaps):4.0f} ms")


def measure(address: str) -> None:
    """Print all figures of a room."""
    with a_browser() as browser:
        context = browser.new_context(viewport=WALL, locale="en-GB")
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#scrub:enabled", timeout=120_000)
        seconds = []
        for _ in range(5):
            begun = time.perf_counter()
            page.goto("about:blank")
            page.goto(address)
            page.wait_for_selector("#scrub:enabled")
            page.wait_for_selector(".map canvas[aria-label*='20']")
            seconds.append(time.perf_counter() - begun)
        median = statistics.median(seconds)
        print(f"complete after navigation: {median:.2f} s (worst {max(seconds):.2f} s)")
        for _ in range(3):
            page.click("#zoom-in")
        report("panning, paused", page.evaluate(MOVING, [SECONDS, True]))
        report("hovering, paused", page.evaluate(MOVING, [SECONDS, False]))
        page.click("#play")
        page.wait_for_timeout(1000)
        report("panning, playing", page.evaluate(MOVING, [SECONDS, True]))
        report("hovering, playing", page.evaluate(MOVING, [SECONDS, False]))
        page.click("#play")
        context.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        with full_room() as room:
            measure(room)
