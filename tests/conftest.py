"""Regions and runs that many tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from model.scenario import Scenario, read_scenario
from model.simulation import MediaparkModel, vocabulary

SMALL = Path(__file__).parent / "data" / "grids" / "reyers_12x12.csv"


@pytest.fixture(scope="session")
def small_grid() -> Path:
    """A grid of 144 cells around Reyers."""
    return SMALL


@pytest.fixture(scope="session")
def scenario() -> Callable[..., Scenario]:
    """A scenario by name, with parameters: ``scenario("tram", {"site.rent": -2})``."""
    known = vocabulary()

    def read(name: str | Path, given: dict[str, float] | None = None, **more: Any):
        found = read_scenario(name, known, **more)
        return found.with_parameters(given) if given else found

    return read


@pytest.fixture
def small_model(scenario) -> Callable[..., MediaparkModel]:
    """A model of the small region."""

    def build(name: str | Scenario = "reference", rng: int = 0, **given: float):
        wanted = name if isinstance(name, Scenario) else scenario(name)
        if given:
            wanted = wanted.with_parameters(given)
        return MediaparkModel(wanted, rng=rng, grid=SMALL)

    return build


@pytest.fixture(scope="session")
def pool():
    """Worker processes for full-scale runs."""
    with ProcessPoolExecutor(max(1, (os.cpu_count() or 2))) as executor:
        yield executor
