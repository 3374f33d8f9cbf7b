"""Requests for short runs of a small region, and a folder that holds them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from experiments.draws import Sampling, Variant, requests_for
from experiments.keys import RunRequest
from experiments.runner import run_all
from experiments.store import Store
from mediapark.api import load_scenario

SMALL = Path(__file__).parent / "data" / "grids" / "reyers_12x12.csv"
UNTIL = "2018-03"
NAMES = ("reference", "full-plan")
REPLICATES = 3


def small_requests(
    replicates: int = REPLICATES, names: Sequence[str] = NAMES
) -> list[RunRequest]:
    variants = [
        Variant(load_scenario(name, until=UNTIL), (name, "--until", UNTIL))
        for name in names
    ]
    return requests_for(variants, Sampling(replicates, grid=str(SMALL)))


def computed(folder: Path, replicates: int = REPLICATES) -> Store:
    store = Store.create(folder)
    summary = run_all(small_requests(replicates), store, workers=1)
    assert summary.failed == 0
    return store


def wait_for(what, seconds: float = 120.0):
    """Wait until something is true, or fail."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found
