"""The headline of a comparison as rows for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

_FIGURES = {
    "jobs_here": "Jobs at Reyers",
    "jobs_here_decided": "  of anchors that a decision moves",
    "jobs_here_followed": "  of firms that follow",
    "firms_here": "Firms at Reyers",
    "jobs_region": "Jobs in the Region",
    "jobs_region_followed": "  without anchors",
    "displaced_share": "Share displaced within the Region",
    "displaced_share_followed": "  of firms that follow",
    "public_cost": "The Region's money, million EUR",
    "cost_per_job_here": "EUR per job at Reyers",
    "cost_per_job_region": "EUR per net new job in the Region",
}
_TWICE = ("jobs_here", "firms_here", "jobs_region")
Row = tuple[str, str, str, str]


def headline_rows(frame: pd.DataFrame) -> list[Row]:
    """Rows of one variant: figure, median, band, probability.

    Some stand there twice: with an effect of knowledge on growth, and without.
    """
    given, without = (
        {str(row["figure"]): row for row in part.to_dict("records")}
        for part in (
            frame[frame["knowledge"] == "with"], frame[frame["knowledge"] == "without"]
        )
    )  # fmt: skip
    rows = []
    for name, text in _FIGURES.items():
        if name in given:
            rows.append((text, *_cells(name, given[name])))
        if name in _TWICE and name in without:
            cells = _cells(name, without[name])
            rows.append(("  without an effect of knowledge", *cells))
    return rows


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as JSON knows it: no value where there is no figure."""
    return {
        str(key): None if isinstance(value, float) and not math.isfinite(value)
        else value
        for key, value in row.items()
    }  # fmt: skip


def _cells(name: str, row: Mapping[Any, Any]) -> tuple[str, str, str]:
    low, middle, high = (_number(name, row.get(k)) for k in ("low", "median", "high"))
    if not middle:
        return "unknown", "", ""
    chance = row.get("probability")
    likely = "" if _blank(chance) else f"{100 * float(str(chance)):.0f} %"
    return middle, f"{low} to {high}", likely


def _number(name: str, value: Any) -> str:
    if _blank(value):
        return ""
    number = float(value)
    if name.startswith("displaced"):
        return f"{100 * number:.0f} %"
    if name == "public_cost":
        return f"{number / 1e6:,.1f}"
    if name.startswith("cost_per"):
        return f"{number:,.0f}"
    return f"{number:+,.0f}"


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
