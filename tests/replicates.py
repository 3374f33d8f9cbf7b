"""Full-scale runs for tests of facts, in worker processes, made once a session."""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from model.indicators import History
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
        extra={
            "communes": [commune.id for commune in region.communes],
            "vacant": model.cells.vacant,
            "xy": (region.x_km, region.y_km),
        },
    )


@cache
def pool() -> ProcessPoolExecutor:
    """Two workers: what the project's machines have."""
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(2, mp_context=context)


@cache
def runs(spec: Spec) -> list[Run]:
    """All replicates of a spec."""
    return list(pool().map(one, [(spec, key) for key in range(spec.keys)]))
