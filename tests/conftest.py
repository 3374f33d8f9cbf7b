"""Regions and runs that many tests share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
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


FACTS: list[tuple[str, str, float, float, float]] = []


@pytest.fixture
def fact():
    """Assert that a figure lies in its band, and note it for the table of facts."""

    missed: list[str] = []

    def check(
        number: str,
        what: str,
        figure: float,
        low: float,
        high: float,
        known_miss: bool = False,
    ) -> None:
        """Note a figure; a known miss must still be one (and stands in the README)."""
        FACTS.append((number, what, float(figure), low, high))
        if (low <= figure <= high) == known_miss:
            missed.append(f"fact {number}: {what}: {figure:.4g}")

    yield check
    assert not missed, "; ".join(missed)


def pytest_sessionfinish() -> None:
    """Write the table of facts where ``MEDIAPARK_FACTS`` says."""
    target = os.environ.get("MEDIAPARK_FACTS")
    if target and FACTS:
        lines = ["| fact | figure | measured | band | holds |", "|---|---|---|---|---|"]
        ordered = sorted(FACTS, key=lambda row: float(re.sub(r"[a-z]", "", row[0])))
        for number, what, figure, low, high in ordered:
            holds = "yes" if low <= figure <= high else "**no**"
            band = f"at least {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"
            lines.append(f"| {number} | {what} | {figure:.3g} | {band} | {holds} |")
        Path(target).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    """A headless browser; without one the test is skipped, and says so."""
    from tests.live_pages import a_browser, chromium

    chromium()
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    """The facilitator's address of an open room."""
    from tests.live_pages import open_room

    with open_room(tmp_path_factory.mktemp("room")) as found:
        yield found
