"""Downloads: the session as scenario, as data, as a table and as a report."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from live.report import report_page
from live.room import WorkshopRoom
from live.sessions import scenario_text, session_facts
from model.months import month_name


class Download(NamedTuple):
    """A file to download: name, media type and content."""

    name: str
    type: str
    content: str | bytes


def session_yaml(room: WorkshopRoom, asked: Mapping[str, str]) -> Download:
    """The scenario of a run, with its edits as dated levers, and its key."""
    seat = room.coordinator.run(asked.get("run", "A"))
    name = f"session-{_slug(seat.base.name)}-{seat.name.lower()}"
    text = scenario_text(room.coordinator, seat.name, name)
    return Download(f"{name}.yaml", "application/yaml", text)


def session_json(room: WorkshopRoom, asked: Mapping[str, str]) -> Download:
    """The log of the session with all that is needed to repeat it."""
    facts = session_facts(room.coordinator, "session")
    text = json.dumps(facts, ensure_ascii=False, indent=2)
    return Download("session.json", "application/json", text)


def series_csv(room: WorkshopRoom, asked: Mapping[str, str]) -> Download:
    """All points of the charts as a table."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("run", "scenario", "month", "indicator", "value"))
    start = room.coordinator.start
    for name, seat in room.coordinator.seats.items():
        for t, point in enumerate(seat.track.points):
            for indicator, value in point.items():
                written = "" if value is None else f"{value:.10g}"
                row = (name, seat.base.name, month_name(start + t), indicator, written)
                writer.writerow(row)
    return Download("series.csv", "text/csv; charset=utf-8", stream.getvalue())


def session_report(room: WorkshopRoom, asked: Mapping[str, str]) -> Download:
    """What the room did and saw, as a page in one language."""
    lang = asked.get("lang", "en")
    page = report_page(room, lang)
    return Download(f"session-{lang}.html", "text/html; charset=utf-8", page)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


EXPORTS: dict[str, Callable[[WorkshopRoom, Mapping[str, str]], Download]] = {
    "session.yaml": session_yaml,
    "session.json": session_json,
    "series.csv": series_csv,
    "report.html": session_report,
}
