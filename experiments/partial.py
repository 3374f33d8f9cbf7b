"""Results so far: the paired difference of one figure while runs come in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.simulate import RunResult
from experiments.store import Store
from experiments.writer import RUNS


@dataclass(frozen=True)
class Mean:
    """Mean of paired differences.

    Attributes
    ----------
    pairs : int
        How many pairs there are.
    mean : float, unit of the indicator
    error : float, unit of the indicator
        Standard error of the mean; NaN with fewer than two pairs.
    """

    pairs: int
    mean: float
    error: float


@dataclass
class PairedDifference:
    """Last value of an indicator in a zone, variants against a reference.

    Parameters
    ----------
    reference : str
        Scenario to compare with.
    indicator, zone : str
        What is compared.
    """

    reference: str
    indicator: str = "jobs"
    zone: str = "reyers"
    values: dict[str, dict[int, float]] = field(default_factory=dict)

    def add(self, result: RunResult) -> None:
        """Take in a run that has just ended."""
        if result.failed:
            return
        value = last_value(result.tables["indicators"], self.indicator, self.zone)
        if value is not None:
            name, replicate = result.request.name, result.request.replicate
            self.values.setdefault(name, {})[replicate] = value

    def add_known(self, store: Store, keys: Iterable[str]) -> None:
        """Take in runs that a store holds already."""
        mine = store.select(frozenset(keys))
        runs = mine.table(RUNS, ["run", "scenario", "replicate"])
        wanted = [
            ("indicator", "==", self.indicator),
            ("zone", "==", self.zone),
            ("subsector", "==", "all"),
        ]
        series = mine.table("indicators", ["run", "month", "value"], wanted)
        series = series.astype({"run": str, "month": str})
        last = series.sort_values("month").groupby("run")["value"].last()
        columns = (runs[name].tolist() for name in ("run", "scenario", "replicate"))
        for run, name, replicate in zip(*columns, strict=True):
            if run in last.index:
                self.values.setdefault(name, {})[replicate] = float(last[run])

    def gaps(
        self, variants: Iterable[str], replicates: Sequence[int]
    ) -> dict[str, NDArray[np.float64]]:
        """Differences by variant, float64[1, replicates]; NaN without a run."""
        base = self.values.get(self.reference, {})
        return {
            name: np.array(
                [
                    [
                        self.values.get(name, {}).get(r, math.nan)
                        - base.get(r, math.nan)
                        for r in replicates
                    ]
                ]
            )
            for name in variants
        }

    def of(self, variant: str) -> Mean | None:
        """The difference of a variant so far; None without a pair."""
        base, other = (self.values.get(n, {}) for n in (self.reference, variant))
        gaps = [other[r] - base[r] for r in other if r in base]
        if not gaps:
            return None
        spread = float(np.std(gaps, ddof=1)) if len(gaps) > 1 else math.nan
        return Mean(len(gaps), float(np.mean(gaps)), spread / math.sqrt(len(gaps)))


def last_value(table: pa.Table, indicator: str, zone: str) -> float | None:
    """Value of an indicator in the last month of a run; None if there is none."""
    here = np.ones(len(table), bool)
    for name, label in (("indicator", indicator), ("zone", zone), ("subsector", "all")):
        column = table.column(name).combine_chunks()
        labels = column.dictionary.to_pylist()
        if label not in labels:
            return None
        here &= column.indices.to_numpy() == labels.index(label)
    rows = np.flatnonzero(here)
    months = table.column("month").take(pa.array(rows)).to_pylist()
    if not months:
        return None
    last = max(range(len(months)), key=months.__getitem__)
    return float(table.column("value")[int(rows[last])].as_py())
