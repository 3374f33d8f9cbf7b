"""Summaries of firms that move, leave, come, begin and end."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from calibration.measures import births_further_off
from calibration.summaries.declared import Seen, summary

_LARGE_HOUSES = ("vrt", "rtbf", "ihecs")
_SURVIVAL_MONTHS = 60


@summary("share/year")
def relocation_rate(seen: Seen) -> float:
    """Firms that move or leave in a year, of those that may."""
    anchors = int(seen.base["anchor"].sum())
    stock = seen.model.history.firms.sum(axis=(1, 2))
    mean = stock[: seen.model.months_seen].mean()
    return float(len(seen.moves) / seen.years / (mean - anchors))


@summary("share/year")
def relocation_space(seen: Seen) -> float:
    """Floor space whose tenants move or leave in a year; owners' premises apart."""
    table = seen.outcome.firms
    rented = table[~table["name"].isin(_LARGE_HOUSES)]
    held = rented.groupby("month", observed=True)["m2"].sum().mean()
    went = seen.outcome.moves
    went = went[went["kind"].isin(["move", "departure"])]
    return float(went["m2"].sum() / seen.years / held)


@summary("km")
def median_move(seen: Seen) -> float:
    """Median distance of moves within the region."""
    return float(seen.inner["km"].median())


@summary("share")
def moves_under_800_m(seen: Seen) -> float:
    """Share of moves within the region shorter than 0.8 km."""
    return float((seen.inner["km"] < 0.8).mean())


@summary("share")
def moves_under_5_km(seen: Seen) -> float:
    """Share of moves within the region shorter than 5 km."""
    return float((seen.inner["km"] < 5.0).mean())


@summary("share")
def moves_to_neighbours(seen: Seen) -> float:
    """Share of moves within the same municipality or to one that borders on it."""
    region = seen.model.region
    grid = np.where(region.index_grid >= 0, region.commune[region.index_grid], -1)
    near = np.eye(len(region.communes), dtype=bool)
    for one, other in ((grid[1:], grid[:-1]), (grid[:, 1:], grid[:, :-1])):
        both = (one >= 0) & (other >= 0)
        near[one[both], other[both]] = near[other[both], one[both]] = True
    ends = [seen.inner[f"{end}_cell"].to_numpy() for end in ("from", "to")]
    start, end = (region.commune[cells] for cells in ends)
    return float(near[start, end].mean()) if len(start) else math.nan


@summary("share")
def movers_who_leave(seen: Seen) -> float:
    """Share of moving firms that leave the region."""
    return seen.count("departure") / max(len(seen.moves), 1)


@summary("ratio")
def out_to_in(seen: Seen) -> float:
    """Firms that leave the region, to those that come."""
    return seen.count("departure") / max(seen.count("arrival"), 1)


@summary("share/year")
def net_outflow(seen: Seen) -> float:
    """Firms lost to elsewhere, net, of all firms in a year."""
    net = seen.count("departure") - seen.count("arrival")
    stock = seen.model.history.firms.sum(axis=(1, 2))
    return float(net / seen.years / stock[: seen.model.months_seen].mean())


@summary("share")
def starters_after_5_years(seen: Seen) -> float:
    """Starters alive after five years, by closures (Kaplan and Meier)."""
    table, end = seen.outcome.moves, seen.model.state.month
    if seen.years < 5:
        return math.nan
    text = table["month"].astype(str)
    month = text.str[:4].astype(int) * 12 + text.str[5:].astype(int) - 1
    dated = table.assign(at=month)
    born, shut, left = (
        dated[dated["kind"] == kind].groupby("firm")["at"].first()
        for kind in ("birth", "closure", "departure")
    )
    never = float(end + 1)
    shut_at = shut.reindex(born.index).fillna(never) - born
    gone_at = left.reindex(born.index).fillna(never) - born
    ends = pd.concat([shut_at, gone_at, end - born], axis=1)
    seen_for = ends.min(axis=1)
    alive = 1.0
    for age in range(_SURVIVAL_MONTHS):
        at_risk = seen_for > age
        closed = at_risk & (seen_for == age + 1) & (shut_at == seen_for)
        alive *= 1.0 - closed.sum() / max(at_risk.sum(), 1)
    return float(alive)


@summary("ratio")
def births_far_to_near(seen: Seen) -> float:
    """Effect of jobs on births of the trade at 1-5 km, to that within 1 km."""
    return births_further_off(seen.model.state)
