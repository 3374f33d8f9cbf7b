"""What is known of the population: the package's own tables, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.geography import Region, load_region
from model.processes.state import LANGUAGES, SUBSECTORS

STOCK_EXPONENT = 0.6  # media firms follow office space less than in proportion


class NamedFirm(NamedTuple):
    """An organisation known by name."""

    id: str
    name: str
    subsector: int
    language: int
    jobs: int
    place: str
    captive: bool
    m2: float
    value_per_job: float
    students: int
    nature: str
    source: str


@cache
def read(name: str) -> pd.DataFrame:
    """A table of the package by name."""
    path = resources.files("model.population") / "data" / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file)


@cache
def named_firms() -> tuple[NamedFirm, ...]:
    """Organisations known by name; missing floor space and value are NaN."""
    return tuple(
        NamedFirm(
            id=row["id"],
            name=row["name"],
            subsector=SUBSECTORS.index(row["subsector"]),
            language=LANGUAGES.index(row["language"]),
            jobs=int(row["jobs"]),
            place=row["place"],
            captive=bool(row["captive"]),
            m2=float(row["m2"]),
            value_per_job=float(row["value_per_job_eur"]),
            students=int(row["students"]),
            nature=row["nature"],
            source=row["source"],
        )
        for row in read("named_firms").to_dict("records")
    )


@cache
def zone_shares() -> dict[str, NDArray[np.float64]]:
    """Shares of firms without a name by zone id, float64[5]; sum over zones is 1.

    Office space occupied to the power 0.6, times the zone's mix: both assumptions.
    """
    region: Region = load_region("250")
    mix = read("zone_mix").set_index("zone")
    stock = np.bincount(
        region.zone, weights=region.background_m2, minlength=len(region.zones)
    )
    ids = [zone.id for zone in region.zones]
    weight = mix.loc[ids, list(SUBSECTORS)].to_numpy() * stock[:, None] ** (
        STOCK_EXPONENT
    )
    shares = weight / weight.sum(axis=0)
    return dict(zip(ids, shares, strict=True))


def rank_sizes(jobs: int, firms: int, largest: int) -> NDArray[np.int64]:
    """Sizes ``largest * rank**-x``, at least 1, with x such that they add up.

    Parameters
    ----------
    jobs, firms, largest : int
        Sum, count and largest of the sizes; ``firms <= jobs <= firms * largest``.

    Returns
    -------
    int64[firms]
        Falling sizes with exactly ``jobs`` in all.
    """
    rank = np.arange(1, firms + 1)
    low, high = 0.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        total = np.maximum(1.0, largest * rank**-middle).sum()
        low, high = (middle, high) if total > jobs else (low, middle)
    exact = np.maximum(1.0, largest * rank**-high)
    sizes = np.floor(exact).astype(np.int64)
    missing = jobs - int(sizes.sum())
    sizes[np.argsort(-(exact - sizes), kind="stable")[:missing]] += 1
    return np.sort(sizes)[::-1]
