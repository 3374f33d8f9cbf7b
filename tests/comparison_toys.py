"""Tables of made-up runs with known answers, and of real ones on a small region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.comparison import Tables
from experiments.comparison.people import INDICATED
from model.geography import Region, load_region
from model.scenario import Scenario
from model.simulation import MediaparkModel

SMALL = Path(__file__).parent / "data" / "grids" / "reyers_12x12.csv"
MONTHS = ("2024-12", "2025-12")
TABLES = (
    "indicators", "people", "moves", "firms", "cells", "communities", "encounters",
    "events",
)  # fmt: skip


class Toy(NamedTuple):
    """A firm in the last month of a run."""

    firm: int
    zone: str
    jobs: int
    anchor: bool = False
    origin: str = "base year"
    name: str = ""


@dataclass
class ToyRun:
    """A run: its firms at the end, how firms ended, what levers did, its cost.

    Of people it says indicators of the last month by zone, what became of communities
    (kind and zone), and talks (subsector, other, across employers, how many).
    """

    firms: Sequence[Toy] = ()
    ended: Mapping[int, str] = field(default_factory=dict)
    cost: float = 0.0
    events: Sequence[tuple[str, str]] = ()
    moves: Sequence[tuple[str, str, int, int, int]] = ()
    people: Mapping[tuple[str, str], float] = field(default_factory=dict)
    communities: Sequence[tuple[str, str]] = ()
    talks: Sequence[tuple[str, str, bool, float]] = ()


@cache
def region() -> Region:
    """The small region around Reyers."""
    return load_region(SMALL)


def zones() -> tuple[str, ...]:
    """Zones of the small region."""
    return tuple(zone.id for zone in region().zones)


def cell_in(zone: str) -> int:
    """A cell of a zone."""
    return int(region().places[zone][0])


def toy_tables(
    runs: Mapping[str, Sequence[ToyRun]], draws: Sequence[int] | None = None
) -> Tables:
    """Tables of several replicates of several scenarios; the first month is empty."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    rows = []
    for scenario, replicates in runs.items():
        for replicate, run in enumerate(replicates):
            key = f"{scenario}-{replicate}"
            draw = draws[replicate] if draws else replicate
            rows.append((key, scenario, replicate, draw, *MONTHS))
            for name, frame in _frames(run).items():
                parts[name].append(frame.assign(run=key))
    columns = ["run", "scenario", "replicate", "draw", "start", "until"]
    stacked = {name: pd.concat(list_of) for name, list_of in parts.items()}
    return Tables(pd.DataFrame(rows, columns=columns), **stacked)


def _frames(run: ToyRun) -> dict[str, pd.DataFrame]:
    firms = pd.DataFrame(run.firms, columns=Toy._fields)
    firms = firms.assign(month=MONTHS[1], cell=[cell_in(z) for z in firms["zone"]])
    firms["firm"] = firms["firm"].astype(np.uint64)
    empty = {"indicator": "public_cost", "zone": "region", "month": MONTHS[0]}
    levels = [empty | {"value": 0.0}, empty | {"month": MONTHS[1], "value": run.cost}]
    for zone in (*zones(), "region"):
        mine = firms if zone == "region" else firms[firms["zone"] == zone]
        for name, value in (("jobs", mine["jobs"].sum()), ("firms", len(mine))):
            one = {"indicator": name, "zone": zone}
            levels.append(one | {"month": MONTHS[0], "value": 0.0})
            levels.append(one | {"month": MONTHS[1], "value": float(value)})
    ended = [(MONTHS[1], kind, firm, -1, -1) for firm, kind in run.ended.items()]
    columns = ["month", "kind", "firm", "from_cell", "to_cell"]
    moves = pd.DataFrame([*ended, *run.moves], columns=columns).assign(reason="none")
    moves["firm"] = moves["firm"].astype(np.uint64)
    cells = pd.DataFrame({"month": MONTHS[1], "cell": np.arange(len(region()))})
    jobs = np.bincount(firms["cell"], firms["jobs"], len(region()))
    events = pd.DataFrame(run.events, columns=["month", "lever"])
    return {
        "indicators": pd.DataFrame(levels).assign(subsector="all"),
        **_people(run),
        "moves": moves,
        "firms": firms,
        "cells": cells.assign(jobs=jobs.astype(int)),
        "events": events.assign(what="starts", cost_eur=0.0, region_share=1.0),
    }


def _people(run: ToyRun) -> dict[str, pd.DataFrame]:
    told = [
        (MONTHS[1], zone, name, run.people.get((name, zone), 0.0))
        for name in INDICATED
        for zone in (*zones(), "region")
    ]
    levels = pd.DataFrame(told, columns=["month", "zone", "indicator", "value"])
    base = levels.assign(month=MONTHS[0], value=999.0)  # The base state is not told.
    communities = pd.DataFrame(run.communities, columns=["kind", "zone"])
    columns = ["subsector", "other", "across_employers", "talks"]
    encounters = pd.DataFrame(run.talks, columns=columns)
    return {
        "people": pd.concat([base, levels]).assign(subsector="all"),
        "communities": communities.assign(month=MONTHS[1]),
        "encounters": encounters.assign(year=MONTHS[1][:4]),
    }


def real_tables(scenarios: Mapping[str, Scenario], replicates: int) -> Tables:
    """Tables of short runs of the model on the small region."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    rows = []
    for name, scenario in scenarios.items():
        for replicate in range(replicates):
            key = f"{name}-{replicate}"
            row = (key, name, replicate, replicate // 2, scenario.start, scenario.until)
            rows.append(row)
            model = MediaparkModel(scenario, rng=replicate, grid=SMALL)
            outcome = model.run_model()
            told = outcome.indicators["indicator"].isin(INDICATED)
            people = outcome.indicators[told]
            for table in TABLES:
                frame = people if table == "people" else getattr(outcome, table)
                parts[table].append(frame.assign(run=key))
    columns = ["run", "scenario", "replicate", "draw", "start", "until"]
    stacked = {
        name: pd.concat([frame.astype({"run": "category"}) for frame in frames])
        for name, frames in parts.items()
    }
    return Tables(pd.DataFrame(rows, columns=columns), **stacked)
