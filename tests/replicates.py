"""Full-scale runs for tests of facts, in worker processes, made once a session."""

from __future__ import annotations

import hashlib
import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.history import History
from model.processes.state import FREELANCER
from model.scenario import Scenario, read_scenario
from model.simulation import MediaparkModel, vocabulary


@dataclass(frozen=True)
class Spec:
    """What to run: a scenario with parameters, on a grid, for some keys."""

    name: str = "reference"
    given: tuple[tuple[str, float], ...] = ()
    until: str = "2040-12"
    grid: str = "250"
    keys: int = 20
    no_constants: bool = False
    lever: str = ""


@dataclass
class Run:
    """What facts are read from."""

    history: History
    moves: pd.DataFrame
    firms: pd.DataFrame
    zones: tuple[str, ...]
    commune: Any
    events: pd.DataFrame
    meetings: pd.DataFrame
    communities: pd.DataFrame
    extra: dict[str, Any] = field(default_factory=dict)


PATH = """
name: with-lever
title: {{en: With a lever, fr: Avec un levier, nl: Met een hefboom}}
summary: {{en: For tests., fr: Pour les tests., nl: Voor de tests.}}
base: {base}
sources: [assumed]
levers:
  help: {{{lever}, title: help, source: assumed, nature: assumed}}
"""


def read(spec: Spec) -> Scenario:
    """The scenario of a spec, with its extra lever."""
    if not spec.lever:
        return read_scenario(spec.name, vocabulary())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "with-lever.yaml"
        text = PATH.format(base=spec.name, lever=spec.lever)
        path.write_text(text, encoding="utf-8")
        return read_scenario(path, vocabulary())


def one(job: tuple[Spec, int]) -> Run:
    """One replicate."""
    spec, key = job
    scenario = read(spec).with_until(spec.until)
    if spec.given:
        scenario = scenario.with_parameters(dict(spec.given))
    model = MediaparkModel(scenario, rng=key, grid=spec.grid)
    if spec.no_constants:
        base = model.state.base
        model.state.base_year = replace(base, zone_constant=base.zone_constant * 0.0)
    outcome = model.run_model()
    region = model.region
    return Run(
        history=model.history,
        moves=outcome.moves,
        firms=outcome.firms,
        zones=tuple(zone.id for zone in region.zones),
        commune=region.commune,
        events=outcome.events,
        meetings=outcome.meetings,
        communities=outcome.communities,
        extra={
            **people_at_the_end(model),
            "communes": [commune.id for commune in region.communes],
            "vacant": model.cells.vacant,
            "rent": model.cells.rent,
            "transit": model.cells.transit,
            "zone": region.zone,
            "xy": (region.x_km, region.y_km),
        },
    )


def people_at_the_end(model: MediaparkModel) -> dict[str, Any]:
    """What the last month says of members and freelancers, and no table tells."""
    people, state = model.people, model.state
    free = people.kind == FREELANCER
    near = free & (people.home >= 0)
    home = people.home[near]
    client = model.firms.rows(people.clients[near].astype(np.int64))
    ties = np.where(client >= 0, people.client_ties[near], 0.0)
    way = state.minutes[model.firms.cell[client], home[:, None]]
    jobs = np.bincount(model.firms.cell, model.firms.jobs, len(model.region))
    return {
        "levels": np.bincount(model.memberships.level, minlength=3),
        "income": people.income[free].astype(float),
        "client_minutes": float(np.average(way, weights=ties)),
        "jobs_in_reach": float((jobs @ state.nearness)[home].mean()),
    }


@cache
def pool() -> ProcessPoolExecutor:
    """Two workers: what the project's machines have."""
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(2, mp_context=context)


MADE: dict[tuple[Spec, int], Future[Run]] = {}


def runs(spec: Spec) -> list[Run]:
    """All replicates of a spec; each is made once, whatever the number asked for."""
    jobs = [(replace(spec, keys=1), key) for key in range(spec.keys)]
    for job in jobs:
        if job not in MADE:
            MADE[job] = pool().submit(one, job)
    return [MADE[job].result() for job in jobs]


def zone(run: Run, name: str) -> int:
    """Index of a zone in the arrays of a run."""
    return run.zones.index(name)


def paired(spec: Spec, plain: Spec, figure: Callable[[Run], Any]) -> np.ndarray:
    """Difference of a figure between two specs, one for each replicate of both."""
    pairs = zip(runs(spec), runs(plain), strict=False)
    return np.array([figure(with_it) - figure(without) for with_it, without in pairs])


SMALL = Path(__file__).parent / "data" / "grids" / "reyers_12x12.csv"


# What acts on the full region only, and until when: a school moves in 2026.
FAR = {"travel.": "2018-12", "surroundings.student_weight": "2029-12"}
MANY_LEVERS = """kind: transit, at: 2018-05, where: meiser, minutes_saved: 4,
         access_change: 0.5, source: assumed, nature: assumed, title: line}
  rooms: {kind: community_support, at: 2018-02, until: 2022-06, where: reyers,
          eur_year: 60000, rooms: 1, facilitators: 0.5, title: rooms,
          source: assumed, nature: assumed}
  desks: {kind: coworking, at: 2018-02, where: [reyers, meiser], desks: 60,
          price_eur_month: 200"""


@cache
def digest(given: tuple[tuple[str, float], ...]) -> str:
    """Digest of all tables of five years with levers of many kinds.

    On a small region; travel, which is short there, and students, whose school is not
    there, on the full one.
    """
    far = [FAR[start] for name, _ in given for start in FAR if name.startswith(start)]
    spec = Spec("incubator", lever=MANY_LEVERS)
    scenario = read(spec).with_until(max(far, default="2022-12"))
    if given:
        scenario = scenario.with_parameters(dict(given))
    grid = "250" if far else SMALL
    outcome = MediaparkModel(scenario, rng=0, grid=grid).run_model()
    text = hashlib.sha256()
    for table in (outcome.indicators, outcome.moves, outcome.firms, outcome.cells):
        text.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return text.hexdigest()
