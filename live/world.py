"""What never changes in a session: the ground, its names, scales and words.

The page asks for it once. Coordinates are in cells: (0, 0) is the upper left corner of
the grid's first row and column, (0.5, 0.5) the middle of the cell there.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from live.layers import LAYERS
from live.levers import lever_entries
from live.words import Text, subsector_name, text
from model.geography import Place, Region
from model.indicators import INDICATORS, REGION
from model.months import month_name
from model.processes.society import STAGES
from model.processes.state import SUBSECTORS
from model.scenario import Scenario, list_scenarios

SHOWN = (
    ("jobs", "reyers"), ("jobs", REGION), ("vacancy", REGION),
    ("tight_budgets", REGION), ("rent", "reyers"), ("freelancers", REGION),
    ("communities", REGION), ("attendance", REGION), ("cross_employer_ties", REGION),
    ("firms", "reyers"), ("public_cost", REGION),
)  # fmt: skip
_DECIMALS = {"share": 3, "EUR/m2/year": 1}
_BORDER = 0.5  # from the middle of a cell to its edge, cells


def indicator_key(indicator: str, zone: str) -> str:
    """Name of a series: ``jobs`` for the Region, ``jobs@reyers`` for a zone."""
    return indicator if zone == REGION else f"{indicator}@{zone}"


def shown_indicators(region: Region) -> list[tuple[str, str]]:
    """Indicators and zones that are charted; zones off a user's grid are left out."""
    zones = {zone.id for zone in region.zones} | {REGION}
    return [(indicator, zone) for indicator, zone in SHOWN if zone in zones]


def world_id(region: Region, first: Scenario, key: int) -> str:
    """What a page must have loaded: another one for another ground or other months."""
    span = f"{month_name(first.start)}-{month_name(first.until)}"
    return f"{region.fingerprint}-{span}-{key}"


def world_of(region: Region, first: Scenario, key: int, version: str) -> dict[str, Any]:
    """Everything that the page needs once.

    Parameters
    ----------
    region : Region
    first : Scenario
        Of run A; both runs have its months.
    key : int
        Replicate key.
    version : str
        Of the program.
    """
    return {
        "id": world_id(region, first, key),
        "version": version,
        "key": str(key),
        "start": month_name(first.start),
        "end": month_name(first.until),
        **ground_of(region),
        "stages": [{"key": s, "name": text(f"stage.{s}")} for s in STAGES],
        "indicators": [
            indicator_entry(region, indicator, zone)
            for indicator, zone in shown_indicators(region)
        ],
        "levers": lever_entries(region),
        "scenarios": [
            {"key": e.name, "title": dict(e.title), "summary": dict(e.summary)}
            for e in list_scenarios()
            if e.kind == "scenario"
        ],
    }


def ground_of(region: Region) -> dict[str, Any]:
    """What a map needs once: cells, lines, names, scales and trades."""
    return {
        "cells": {
            "n": len(region),
            "size_m": round(region.cell_km * 1000),
            "cols": region.cols,
            "rows": region.rows,
            "x": region.col.tolist(),
            "y": region.row.tolist(),
            "zone": region.zone.tolist(),
            "commune": region.commune.tolist(),
        },
        "lines": {
            "communes": borders(region, region.commune),
            "zones": borders(region, region.zone),
            "canal": canal_quarters(region),
            "outline": borders(region, np.zeros(len(region), np.int32)),
        },
        "zones": [_named(zone) for zone in region.zones],
        "communes": [_named(commune) for commune in region.communes],
        "places": [place_entry(region, place) for place in region.sites],
        "stations": stations(region),
        "layers": [
            {
                "key": one.key, "name": text(f"layer.{one.key}"), "unit": one.unit,
                "low": one.low, "high": one.high, "scale": one.scale,
                "diverging": one.diverging,
            }
            for one in LAYERS
        ],
        "subsectors": [{"key": s, "name": subsector_name(s)} for s in SUBSECTORS],
    }  # fmt: skip


def _named(place: Place) -> dict[str, Any]:
    return {"key": place.id, "name": place.name}


def place_entry(region: Region, place: Place) -> dict[str, Any]:
    """A named place at the middle of its cells."""
    cells = region.places[place.id]
    return {
        **_named(place),
        "kind": place.kind,
        "x": float(region.col[cells].mean()) + _BORDER,
        "y": float(region.row[cells].mean()) + _BORDER,
    }


def indicator_entry(region: Region, indicator: str, zone: str) -> dict[str, Any]:
    """An indicator in a zone, with what must be said of it."""
    one = INDICATORS[indicator]
    name: Text = one.definition
    if zone != REGION:
        there = region.zones[region.zone_at(zone)].name
        name = {k: f"{one.definition[k]}, {there[k]}" for k in one.definition}
    return {
        "key": indicator_key(indicator, zone),
        "indicator": indicator,
        "zone": zone,
        "name": dict(name),
        "unit": one.unit,
        "direction": one.better,
        "caveat": text(f"caveat.{indicator}"),
        "decimals": _DECIMALS.get(one.unit, 0),
    }


def stations(region: Region) -> list[dict[str, Any]]:
    """Metro and railway stations on the grid; for orientation only."""
    file = resources.files("live") / "data" / "stations.csv"
    with file.open(encoding="utf-8") as stream:
        table = pd.read_csv(stream)
    west = region.x_km[0] - (region.col[0] + _BORDER) * region.cell_km
    north = region.y_km[0] + (region.row[0] + _BORDER) * region.cell_km
    table["col"] = (table["x"] / 1000 - west) / region.cell_km
    table["row"] = (north - table["y"] / 1000) / region.cell_km
    inside = table["col"].between(0, region.cols) & table["row"].between(0, region.rows)
    return [
        {
            "name": {"en": row["name_fr"], "fr": row["name_fr"], "nl": row["name_nl"]},
            "kind": row["kind"],
            "x": round(row["col"], 2),
            "y": round(row["row"], 2),
        }
        for row in table[inside].to_dict("records")
    ]


def canal_quarters(region: Region) -> list[list[int]]:
    """Outline of the canal's quarters, where the grid holds them."""
    if "canal" not in region.places:
        return []
    part = np.full(len(region), -1, np.int32)
    part[region.places["canal"]] = 0
    return borders(region, part)


def borders(region: Region, part: NDArray[np.int32]) -> list[list[int]]:
    """Lines between cells of different parts, ``[x1, y1, x2, y2]`` each.

    Parameters
    ----------
    region : Region
    part : int32[n]
        Part of each cell; -1 is no part, as is all that lies off the grid.
    """
    grid = np.full((region.rows + 2, region.cols + 2), -1, np.int32)
    grid[region.row + 1, region.col + 1] = part
    upright = _straight(grid[:, 1:] != grid[:, :-1])
    level = _straight((grid[1:] != grid[:-1]).T)
    lines = [[x, first - 1, x, last - 1] for x, first, last in upright]
    return lines + [[first - 1, y, last - 1, y] for y, first, last in level]


def _straight(edges: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Unbroken lines down the columns of a table: column, first row, row after."""
    step = np.diff(edges.astype(np.int8), axis=0, prepend=0, append=0)
    columns, first = np.nonzero(step.T == 1)
    _, last = np.nonzero(step.T == -1)
    return [
        (int(c), int(a), int(b)) for c, a, b in zip(columns, first, last, strict=True)
    ]
