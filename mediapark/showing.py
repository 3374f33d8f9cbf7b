"""``mediapark live``: the workshop view in the browser."""

from __future__ import annotations

import asyncio
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from mediapark.api import RESULTS, load_scenario
from mediapark.console import Out
from mediapark.options import Ground
from mediapark.posteriors import load_posterior
from model.errors import Fault, InputError
from model.refusals import refuse_key_and_scale

NEEDED = ("starlette", "uvicorn", "websockets", "segno")
SESSIONS = RESULTS / "sessions"


class Asked(NamedTuple):
    """What was typed.

    Attributes
    ----------
    names : tuple of str
        Scenarios, one or two.
    port : int
    share, browser : bool
        Let the local network look on; open the page here.
    session : Path or None
        Saved session to go on with.
    replicates : int
        Behind the line, of each run.
    """

    names: tuple[str, ...]
    port: int
    share: bool
    browser: bool
    session: Path | None
    replicates: int


def show(out: Out, asked: Asked, ground: Ground) -> None:
    """Open the room, and keep it open until Ctrl-C.

    Raises
    ------
    InputError
        If something that was typed cannot be used, or the extra is not installed.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        allowed = "pip install 'mediapark[live]'"
        what = f"is not installed: {', '.join(missing)}"
        raise InputError([Fault(what, key="live", allowed=allowed)])
    from experiments.draws import with_draw
    from experiments.keys import NO_DRAW
    from live.opening import Opening, OpenRoom
    from live.run import Ground as Played

    refuse_key_and_scale(ground.key, ground.scale)
    posterior = load_posterior(ground.posterior)
    scenarios = tuple(
        with_draw(
            load_scenario(name, settings=ground.settings, until=ground.until),
            NO_DRAW,
            posterior,
        )
        for name in asked.names
    )
    room = OpenRoom(
        Opening(
            scenarios,
            Played(ground.key, ground.grid, ground.scale),
            port=asked.port,
            share=asked.share,
            sessions=ground.out or SESSIONS,
            session=asked.session,
            replicates=asked.replicates,
            posterior=posterior,
        )
    )
    out.value({"address": room.address, "phones": room.workshop.shared})
    out.last(f"Facilitator: {room.address}")
    if room.workshop.shared:
        out.last(f"Phones: {room.workshop.shared}")
    out.line("Ctrl-C ends it; save the session before.")
    try:
        asyncio.run(room.serve(lambda: _open(room.address, asked.browser)))
    except KeyboardInterrupt:
        out.line("Closed.")


def _open(address: str, wanted: bool) -> None:
    if wanted:
        webbrowser.open(address)
