"""What the room can move: kinds of levers with their fields, from their declarations.

Everything that can be refused is refused by the scenario language, with its own words;
what stands here is which part of an allowed range a slider shows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from live.words import Text, subsector_name, text
from model.errors import Fault, ScenarioError, nearest
from model.geography import Region
from model.months import month_name
from model.population.tables import named_firms
from model.processes.state import LANGUAGES, SUBSECTORS
from model.scenario import Lever
from model.scenario.faults import schema_of
from model.scenario.fields import NAMED
from model.scenario.levers import KINDS
from model.scenario.vocabulary import OUTSIDE

NOT_ASKED = {
    "slug", "kind", "title", "at", "source", "nature", "region_share", "delay_months",
}  # fmt: skip
Entry = dict[str, Any]


class Slider(NamedTuple):
    """The part of an allowed range that a slider shows.

    Attributes
    ----------
    unit : str
        Key of its name among the texts.
    low, high, step, default : float, unit
    """

    unit: str
    low: float
    high: float
    step: float
    default: float


SLIDERS: dict[str, Slider] = {
    "m2": Slider("m2", -20_000, 60_000, 500, 5_000),
    "share": Slider("share", 0, 0.6, 0.05, 0.2),
    "max_jobs": Slider("jobs", 1, 250, 1, 10),
    "factor": Slider("share", 0, 3, 0.05, 1),
    "jobs": Slider("jobs", 0, 3_000, 10, 200),
    "over_months": Slider("months", 1, 120, 1, 12),
    "minutes_saved": Slider("minutes", 0, 15, 0.5, 3),
    "access_change": Slider("standard", -1, 1, 0.1, 0),
    "change": Slider("quality", -0.5, 0.5, 0.05, 0.1),
    "eur_year": Slider("eur_year", 0, 1_000_000, 10_000, 100_000),
    "rooms": Slider("count", 0, 20, 1, 2),
    "facilitators": Slider("count", 0, 10, 0.5, 1),
    "desks": Slider("count", 0, 500, 10, 50),
    "price_eur_month": Slider("eur_month", 0, 500, 10, 150),
    "participants_year": Slider("persons_year", 0, 1_000, 10, 100),
    "points": Slider("points", 0, 5, 0.5, 1),
    "cost_eur": Slider("eur", 0, 100_000_000, 100_000, 0),
    "cost_eur_year": Slider("eur_year", 0, 10_000_000, 10_000, 0),
}
_OF_KIND: dict[tuple[str, str], Slider] = {
    ("telework", "change"): Slider("share", -0.3, 0.3, 0.05, 0.1),
    ("anchor_move", "m2"): Slider("m2", 500, 60_000, 500, 5_000),
    ("anchor_arrival", "m2"): Slider("m2", 500, 60_000, 500, 5_000),
    ("anchor_arrival", "jobs"): Slider("jobs", 10, 3_000, 10, 200),
}


def lever_entries(region: Region) -> list[Entry]:
    """Kinds of levers that can be added, with their fields."""
    return [
        {"key": kind, "kind": kind, "name": text(f"lever.{kind}"), "fields": found}
        for kind in KINDS
        if (found := fields_of(kind, region))
    ]


def fields_of(kind: str, region: Region) -> list[Entry]:
    """Fields of a kind of lever that a room is asked for."""
    schema = schema_of(KINDS[kind])
    required = schema["required"]
    found = [
        {
            "key": key,
            "name": text(f"field.{key}"),
            "required": key in required,
            **_asked(kind, key, declared, region),
        }
        for key, declared in schema["properties"].items()
        if key not in NOT_ASKED
    ]
    # What all kinds share comes last: the end and the cost.
    return sorted(found, key=lambda field: field["key"] in Lever.model_fields)


def _asked(kind: str, key: str, declared: Entry, region: Region) -> Entry:
    shapes = [declared, *declared.get("anyOf", ())]
    named = next((shape[NAMED] for shape in shapes if NAMED in shape), None)
    if named == "month":
        return {"type": "month", "default": None}
    if named is not None:
        many = named == "subsectors" or any(s.get("type") == "array" for s in shapes)
        return {"type": "choice", "many": many, "options": _options(named, region)}
    types = {shape.get("type") for shape in shapes}
    if "boolean" in types:
        return {"type": "switch", "default": declared.get("default", False)}
    if "string" in types:
        return {"type": "text", "default": ""}
    slider = _OF_KIND.get((kind, key)) or SLIDERS[key]
    return {
        "type": "share" if slider.unit == "share" else "number",
        "unit": text(f"unit.{slider.unit}"),
        "low": slider.low,
        "high": slider.high,
        "step": slider.step,
        "whole": "integer" in types,
        "default": slider.default,
    }


def unit_of(kind: str, key: str) -> Text | None:
    """What the unit of a field is called; None where it has none."""
    slider = _OF_KIND.get((kind, key)) or SLIDERS.get(key)
    return None if slider is None else text(f"unit.{slider.unit}")


def _options(named: str, region: Region) -> list[Entry]:
    """Names that a field may hold, in three languages."""
    if named in ("place", "destination"):
        found = [_option(one.id, one.name) for one in (*region.sites, *region.zones)]
        outside = _option(OUTSIDE, text("choice.outside"))
        return [*found, outside] if named == "destination" else found
    if named == "firm":
        return [_option(one.id, _same(one.name)) for one in named_firms()]
    if named == "language":
        return [_option(key, text(f"choice.{key}")) for key in LANGUAGES]
    return [_option(key, subsector_name(key)) for key in SUBSECTORS]


def _option(key: str, name: Text) -> Entry:
    return {"key": key, "name": name}


def _same(name: str) -> Text:
    return {"en": name, "fr": name, "nl": name}


def lever_values(lever: Lever) -> Entry:
    """Values of the fields that a room is asked for."""
    values = lever.model_dump(exclude=NOT_ASKED | {"until"})
    values["until"] = None if lever.until is None else month_name(lever.until)
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
    }


def lever_state(lever: Lever, edited: bool) -> Entry:
    """A lever of a run, as the page lists it."""
    return {
        "lever": lever.slug,
        "kind": lever.kind,
        "title": dict(lever.title),
        "at": month_name(lever.at),
        "until": None if lever.until is None else month_name(lever.until),
        "values": lever_values(lever),
        "edited": edited,
    }


def known_kind(kind: object) -> str:
    """The name of a kind of lever.

    Raises
    ------
    ScenarioError
        If there is none.
    """
    if isinstance(kind, str) and kind in KINDS:
        return kind
    names = tuple(KINDS)
    fault = Fault(
        "is an unknown kind of lever", key="kind", value=kind,
        allowed=", ".join(names), nearest=nearest(str(kind), names),
    )  # fmt: skip
    raise ScenarioError([fault])
