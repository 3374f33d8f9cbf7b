"""Indicators: one pure function each, of a run's history.

The model notes a few sums by zone at the end of every month (``model/history.py``);
every indicator is a function of them, so that a table, a chart and an adaptive policy
read the same number. Region totals carry the zone name ``region``.
"""

from __future__ import annotations

import numpy as np

from model.history import History
from model.indicators import firms_and_space, people
from model.indicators.declared import INDICATORS, REGION, Floats, Indicator

__all__ = [
    "INDICATORS",
    "REGION",
    "Indicator",
    "firms_and_space",
    "people",
    "region_total",
    "series",
    "value_at",
]


def region_total(one: Indicator, history: History) -> Floats | None:
    """The region's figure of an indicator, float64[months]; None if it has none."""
    if one.level == "region":
        return one.measure(history)
    if one.total == "sum":
        values = one.measure(history)
        total: Floats = values.reshape(len(values), -1).sum(axis=1)
        return total
    if one.total == "own":
        return one.measure(history.whole())[:, 0]
    return None


def series(name: str, zone: int | None, history: History) -> Floats:
    """An indicator by month, float64[months]; zone None is the region.

    Not-a-number where the indicator is not told at that level.
    """
    one = INDICATORS[name]
    unknown = np.full(len(history.cost), np.nan)
    if zone is None:
        total = region_total(one, history)
        return unknown if total is None else total
    values = one.measure(history)
    if values.ndim == 1:
        return unknown
    here: Floats = values[:, zone].reshape(len(values), -1).sum(axis=1)
    return here


def value_at(name: str, zone: int | None, history: History) -> float:
    """Last value of an indicator; zone None is the region."""
    return float(series(name, zone, history)[-1])
