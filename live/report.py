"""The report after the workshop: one page that needs nothing else, in one language.

It shows what the room saw and did: the log of edits with its reasons, notes, charts
with the edits on them, maps of the first and the last month, counts of polls, and what
one run cannot say. Names and notes are escaped by the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from experiments.report.charts import Frame, Mark, axes, draw_marks
from experiments.report.maps import Canvas
from experiments.report.svg import Drawing, polyline, ticks
from experiments.report.texts import Texts
from live.layers import LAYERS
from live.levers import lever_entries
from live.room import WorkshopRoom, edit_entry
from live.seat import Seat
from live.world import indicator_entry, shown_indicators
from model.months import month_name

CLASSES = (1.0, 10.0, 50.0, 250.0)  # jobs of a cell, the lower end of each colour
STYLE = {"A": "variant", "B": "second"}
_LEAST_SPAN = 0.05  # of the level: a smaller change shall look small
_AIR = 0.08  # of the span, above and below
Row = dict[str, Any]


def report_page(room: WorkshopRoom, lang: str) -> str:
    """The report of the session so far.

    Parameters
    ----------
    room : WorkshopRoom
    lang : {"en", "fr", "nl"}

    Raises
    ------
    InputError
        If there is no such language.
    """
    texts = Texts(lang, "live")
    coordinator = room.coordinator
    marks = edit_marks(room)
    start, stored = coordinator.start, coordinator.stored
    page = _environment().get_template("report.html.jinja")
    return page.render(
        t=texts,
        style=Markup(_style()),
        first=month_name(start),
        last=month_name(start + stored),
        key=coordinator.ground.key,
        runs=[_run(seat, texts) for seat in coordinator.seats.values()],
        edits=edit_rows(room, texts),
        notes=[vars(note) for note in coordinator.log.notes],
        chapters=[vars(chapter) for chapter in coordinator.log.chapters],
        polls=coordinator.log.polls,
        charts=charts(room, marks, texts),
        maps=maps(room, texts),
        classes=_class_words(texts),
        figures=figures(room, texts),
        ensemble=_ensemble(room),
        band=f"report.band.{room.ensemble.spread}",
    )


def _run(seat: Seat, texts: Texts) -> Row:
    return {
        "name": seat.name,
        "title": texts.of(seat.base.title),
        "summary": texts.of(seat.base.summary),
        "scenario": seat.base.name,
    }


def _ensemble(room: WorkshopRoom) -> int:
    """Replicates behind the line, 0 where the room did not ask for them."""
    state = room.ensemble.state()
    return int(state["done"]) if state["on"] else 0


# --- The log -----------------------------------------------------------------------


def edit_marks(room: WorkshopRoom) -> list[Mark]:
    """Edits that stand, as the charts number them."""
    edits = room.coordinator.log.edits
    return [Mark(e.start, i) for i, e in enumerate(edits, 1) if e.undone is None]


def edit_rows(room: WorkshopRoom, texts: Texts) -> list[Row]:
    """Every edit in words, with its number on the charts."""
    names = _names(room)
    rows = []
    for number, edit in enumerate(room.coordinator.log.edits, 1):
        entry = edit_entry(edit)
        changes = []
        for change in entry["changes"]:
            known = names.get((entry["kind"], change["field"]), {})
            parts = {
                "name": texts.of(change["name"]),
                "old": _value(change["old"], change["unit"], known, texts),
                "new": _value(change["new"], change["unit"], known, texts),
            }
            word = "log.set" if change["old"] is None else "log.change"
            changes.append(texts(word, **parts))
        rows.append(
            {
                **entry, "number": number, "changes": changes,
                "title": texts.of(entry["title"]),
            }
        )  # fmt: skip
    return rows


def _names(room: WorkshopRoom) -> dict[tuple[str, str], dict[str, Any]]:
    """Names of the choices of each field of each kind of lever."""
    return {
        (kind["key"], field["key"]): {
            option["key"]: option["name"] for option in field["options"]
        }
        for kind in lever_entries(room.coordinator.region)
        for field in kind["fields"]
        if "options" in field
    }


def _value(
    value: Any, unit: Mapping[str, str] | None, names: Mapping[str, Any], texts: Texts
) -> str:
    if value is None:
        return texts("no.value")
    if isinstance(value, bool):
        return texts("yes" if value else "no")
    if isinstance(value, int | float):
        digits = 0 if float(value).is_integer() else 2
        return f"{texts.number(value, digits)} {texts.of(unit or {'en': ''})}".strip()
    listed = value if isinstance(value, list | tuple) else [value]
    return ", ".join(
        texts.of(names[one]) if one in names else str(one) for one in listed
    )


# --- Charts ------------------------------------------------------------------------


def charts(room: WorkshopRoom, marks: Sequence[Mark], texts: Texts) -> list[Row]:
    """One chart for each indicator: A whole, B dashed, edits numbered."""
    coordinator = room.coordinator
    found = []
    for place, (name, zone) in enumerate(shown_indicators(coordinator.region)):
        entry = indicator_entry(coordinator.region, name, zone)
        times = 100.0 if entry["unit"] == "share" else 1.0
        lines = {
            seat.name: _numbers(
                [point[entry["key"]] for point in seat.track.points], times
            )
            for seat in coordinator.seats.values()
        }
        bands = _bands(room, entry["key"], times)
        drawing = chart(coordinator.start, coordinator.end, lines, bands, marks, texts)
        caption = _with_unit(entry, texts)
        about = texts("report.chart_says", values=_ends(lines, texts))
        picture = drawing.markup(f"chart-{place}", caption, about)
        caveat = texts.of(entry["caveat"])
        found.append({"caption": caption, "picture": picture, "caveat": caveat})
    return found


def _with_unit(entry: Mapping[str, Any], texts: Texts) -> str:
    unit = entry["unit"]
    words = "%" if unit == "share" else texts(f"unit.{unit}")
    return f"{texts.of(entry['name'])} ({words})"


def _numbers(values: Sequence[float | None], times: float) -> list[float]:
    return [float("nan") if value is None else times * value for value in values]


def _bands(
    room: WorkshopRoom, key: str, times: float
) -> dict[str, tuple[list[float], list[float]]]:
    if not room.ensemble.on:
        return {}
    found = {}
    for name, band in room.ensemble.bands.items():
        low, high = band.quantiles()
        if key in low:
            found[name] = (_numbers(low[key], times), _numbers(high[key], times))
    return found


def chart(
    start: int, months: int, lines: Mapping[str, Sequence[float]],
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    marks: Sequence[Mark], texts: Texts,
) -> Drawing:  # fmt: skip
    """Lines of the runs with their bands and the edits.

    Parameters
    ----------
    start : int, month number
        Of the base state.
    months : int
        Until the end of the session's scenarios.
    lines : mapping of str to sequence of float
        By run, from the base state on; not-a-number where there is nothing.
    bands : mapping of str to (low, high)
    marks : sequence of Mark
    texts : Texts
    """
    edges = [edge for band in bands.values() for edge in band]
    told = np.concatenate([np.asarray(one, float) for one in [*lines.values(), *edges]])
    told = told[np.isfinite(told)]
    low, high = (float(told.min()), float(told.max())) if len(told) else (0.0, 1.0)
    least = max(_LEAST_SPAN * abs(high), 1e-6) if high or low else 1.0
    air = max(0.0, least - (high - low)) / 2 + _AIR * (high - low)
    grid = ticks(max(0.0, low - air) if low >= 0 else low - air, high + air)
    frame = Frame(start, start + months, grid[0], grid[-1])
    drawing = Drawing(frame.width, frame.height)
    axes(drawing, frame, grid, texts, signed=False)
    draw_marks(drawing, frame, marks)
    for name, (bottom, top) in bands.items():
        there = range(start, start + len(bottom))
        edge = frame.points(list(there), np.asarray(top))
        edge += frame.points(list(there), np.asarray(bottom))[::-1]
        drawing.path(polyline(edge, closed=True), f"band {STYLE[name]}")
    for name, values in lines.items():
        known = [i for i, value in enumerate(values) if np.isfinite(value)]
        shown = np.asarray([values[i] for i in known])
        points = frame.points([start + i for i in known], shown)
        drawing.path(polyline(points), f"line {STYLE[name]}")
    return drawing


def _ends(lines: Mapping[str, Sequence[float]], texts: Texts) -> str:
    """First and last value of each run, in words."""
    return "; ".join(
        f"{name}: {texts.number(values[0], 1)} → {texts.number(values[-1], 1)}"
        for name, values in lines.items()
        if len(values)
    )


# --- Maps and figures --------------------------------------------------------------


def maps(room: WorkshopRoom, texts: Texts) -> list[Row]:
    """Media jobs by cell at the beginning and at the end, for each run."""
    coordinator = room.coordinator
    found: list[Row] = []
    for seat in coordinator.seats.values():
        for t in (0, coordinator.stored):
            month = texts.month(month_name(coordinator.start + t))
            caption = f"{seat.name} · {texts.of(seat.base.title)}, {month}"
            canvas = Canvas(coordinator.region)
            canvas.fill(np.ones(len(coordinator.region), np.bool_), "cell even")
            level = np.digitize(jobs_by_cell(seat, t), CLASSES)
            for one in range(1, len(CLASSES) + 1):
                canvas.fill(level == one, f"cell up{one}")
            canvas.borders(coordinator.region.commune, "border")
            outline = np.zeros(len(coordinator.region), np.int32)
            canvas.borders(outline, "outline")
            canvas.furniture(texts)
            title = f"{texts('layer.jobs')}: {caption}"
            picture = canvas.drawing.markup(f"map-{seat.name}-{len(found)}", title)
            found.append({"caption": caption, "picture": picture, "caveat": ""})
    return found


def jobs_by_cell(seat: Seat, t: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Media jobs of each cell in a stored month, float64[n], as the map showed them."""
    layer = next(one for one in LAYERS if one.key == "jobs")
    codes = seat.track.read(t).arrays["layer.jobs"]
    return np.array([layer.decoded(int(code)) or 0.0 for code in codes])


def _class_words(texts: Texts) -> list[str]:
    edges = [texts.number(edge) for edge in CLASSES]
    between = [f"{low}–{high}" for low, high in pairwise(edges)]
    return [*between, texts("legend.and_more", value=edges[-1])]


def figures(room: WorkshopRoom, texts: Texts) -> list[Row]:
    """Indicators of the first and the last month by run."""
    coordinator = room.coordinator
    rows = []
    for name, zone in shown_indicators(coordinator.region):
        entry = indicator_entry(coordinator.region, name, zone)
        share = entry["unit"] == "share"
        digits = 1 if share else int(entry["decimals"])
        values = []
        for seat in coordinator.seats.values():
            told = [point[entry["key"]] for point in seat.track.points]
            series = _numbers(told, 100 if share else 1)
            ends = (series[0], series[coordinator.stored])
            values += [texts.number(v, digits) if np.isfinite(v) else "–" for v in ends]
        rows.append({"label": _with_unit(entry, texts), "values": values})
    return rows


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("live", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _style() -> str:
    """The style of the other report, and what is only here."""
    other = resources.files("experiments.report") / "report.css"
    own = resources.files("live") / "templates" / "report.css"
    return other.read_text(encoding="utf-8") + own.read_text(encoding="utf-8")
