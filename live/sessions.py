"""Sessions on disk: everything that was said, changed and shown, in one file.

A session is a zip: ``session.json`` (versions, scenarios, key, months, log), a scenario
for each run that ``mediapark run`` repeats, and the frames and points for replay.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from experiments.files import cannot
from experiments.keys import SCHEME, model_version
from experiments.manifest import versions
from live.coordinator import Coordinator
from live.frame_store import Track
from live.frames import unpacked
from live.log import log_of
from live.run import Ground
from model.errors import Fault, InputError, nearest
from model.geography import load_region
from model.months import month_name
from model.scenario import Replay, Scenario, Vocabulary, read_scenario, yaml_of

ENDING = ".mediapark"
FORMAT = "mediapark-session/1"
CHOSEN = "chosen"  # name of a scenario within a session
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 60
_FRAMES, _POINTS, _FEED = "frames.bin", "points.json", "feed.json"


class Sessions:
    """A folder of saved sessions.

    Parameters
    ----------
    folder : Path
        Made when something is saved.
    vocabulary : Vocabulary
        Names that the model knows.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self.folder, self.vocabulary = folder, vocabulary

    def names(self) -> tuple[str, ...]:
        """Names of saved sessions."""
        found = self.folder.glob(f"*{ENDING}")
        return tuple(sorted(path.name.removesuffix(ENDING) for path in found))

    async def save(self, room: Coordinator, name: object) -> Path:
        """Write the session of a room.

        Raises
        ------
        InputError
            If the name is none, or the file cannot be written.
        """
        known = isinstance(name, str) and _NAME.fullmatch(name)
        if not known or len(str(name)) > _LONGEST_NAME:
            allowed = "small letters, digits and hyphens"
            fault = Fault("is not a name", key="name", value=name, allowed=allowed)
            raise InputError([fault])
        path = self.folder / f"{name}{ENDING}"
        async with room.turn():
            facts = session_facts(room, str(name))
            parts = {
                seat.name: (list(seat.track.frames), list(seat.track.points), seat)
                for seat in room.seats.values()
            }
            feeds = {seat.name: list(seat.track.feed) for seat in room.seats.values()}
        texts = {
            f"{name}-{run}.yaml": scenario_text(room, run, f"{name}-{run}".lower())
            for run in parts
        }
        await asyncio.to_thread(_write, path, facts, texts, parts, feeds)
        return path

    async def load(self, room: Coordinator, name: object) -> None:
        """Put a saved session into a room; its runs are not there yet.

        Raises
        ------
        InputError
            With everything that is wrong with the file.
        """
        if name not in self.names():
            near = nearest(str(name), self.names())
            fault = Fault("is no saved session", key="name", value=name, nearest=near)
            raise InputError([fault])
        await self.load_file(room, self.folder / f"{name}{ENDING}")

    async def load_file(self, room: Coordinator, path: Path) -> None:
        """The same for a file anywhere."""
        facts, scenarios, tracks = await asyncio.to_thread(
            read_session, path, self.vocabulary
        )
        room.clock.pause()
        async with room.turn(long=True):
            room.ground = Ground(**facts["ground"])
            room.region = load_region(room.ground.grid)
            room.seat(scenarios)
            room.log = log_of(facts["log"])
            for name, seat in room.seats.items():
                seat.track = tracks[name]
                seat.scenario = seat.with_edits(room.log.edits, self.vocabulary)
            room.presenting, room.asking = False, None
            room.t = room.stored
            room.epoch += 1


def session_facts(room: Coordinator, name: str) -> dict[str, Any]:
    """What a session is, as JSON holds it."""
    return {
        "format": FORMAT,
        "name": name,
        "versions": versions(),
        "model": model_version(),
        "scheme": SCHEME,
        "data": room.region.fingerprint,
        "ground": asdict(room.ground),
        "month": month_name(room.start + max(room.stored, 0)),
        "months": max(room.stored, 0),
        "scenarios": {
            seat.name: {"name": seat.base.name, "text": yaml_of(seat.base, CHOSEN)}
            for seat in room.seats.values()
        },
        "log": room.log.plain(),
    }


def scenario_text(room: Coordinator, run: str, name: str) -> str:
    """The scenario of a run with all its edits, as a file that ``run`` repeats."""
    seat = room.run(run)
    ground = room.ground
    replay = Replay(key=ground.key, grid=ground.grid, scale=ground.scale)
    return yaml_of(replace(seat.scenario, replay=replay), name)


def _write(
    path: Path,
    facts: Mapping[str, Any],
    texts: Mapping[str, str],
    parts: Mapping[str, Any],
    feeds: Mapping[str, Any],
) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("session.json", json.dumps(facts, ensure_ascii=False))
            for name, text in texts.items():
                file.writestr(name, text)
            for run, (frames, points, _) in parts.items():
                file.writestr(f"{run}/{_FRAMES}", b"".join(frames))
                file.writestr(f"{run}/{_POINTS}", json.dumps(points))
                file.writestr(
                    f"{run}/{_FEED}", json.dumps(feeds[run], ensure_ascii=False)
                )
                file.writestr(
                    f"{run}/sizes.json", json.dumps([len(frame) for frame in frames])
                )
        beside.replace(path)
    except OSError as error:
        raise cannot("be written", path, error) from None


def read_session(
    path: Path, vocabulary: Vocabulary
) -> tuple[dict[str, Any], list[Scenario], dict[str, Track]]:
    """A saved session: its facts, its scenarios as chosen, and what was told.

    Raises
    ------
    InputError
        If it is no session, is damaged, or was made by another version of the model.
    """
    try:
        with zipfile.ZipFile(path) as file:
            facts = json.loads(file.read("session.json"))
            tracks = {run: _track(file, run) for run in facts["scenarios"]}
    except OSError as error:
        raise cannot("be read", path, error) from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        problem = "is not a session, or is damaged"
        raise InputError([Fault(problem, str(path))]) from None
    faults = [
        Fault(
            "was made by another version", str(path), key=key,
            value=facts.get(key), allowed=wanted,
        )
        for key, wanted in (("format", FORMAT), ("model", model_version()))
        if facts.get(key) != wanted
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    scenarios = [
        replace(scenario_of_text(one["text"], vocabulary), name=one["name"])
        for one in facts["scenarios"].values()
    ]
    return facts, scenarios, tracks


def _track(file: zipfile.ZipFile, run: str) -> Track:
    sizes = json.loads(file.read(f"{run}/sizes.json"))
    data, begin, frames = file.read(f"{run}/{_FRAMES}"), 0, []
    for size in sizes:
        frames.append(data[begin : begin + size])
        begin += size
    if frames:
        unpacked(frames[-1])
    points = json.loads(file.read(f"{run}/{_POINTS}"))
    return Track(frames, points, json.loads(file.read(f"{run}/{_FEED}")))


def scenario_of_text(text: str, vocabulary: Vocabulary) -> Scenario:
    """The scenario of a text that ``yaml_of`` wrote.

    Raises
    ------
    ScenarioError
        With every fault of the text.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{CHOSEN}.yaml"
        path.write_text(text, encoding="utf-8")
        return read_scenario(path, vocabulary)
