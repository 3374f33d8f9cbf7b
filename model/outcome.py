"""What a run leaves behind: tidy tables, the same whoever ran it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.history import History
from model.indicators import INDICATORS, REGION, region_total
from model.months import month_name
from model.processes.journal import (
    COMMUNITY,
    COMMUNITY_KINDS,
    MEETING,
    MOVE,
    MOVE_KINDS,
    MOVE_REASONS,
)
from model.processes.state import LANGUAGES, ORIGINS, SUBSECTORS, RegionState
from model.processes.surroundings import offset_distances

if TYPE_CHECKING:
    from model.geography import Region

ALL = "all"
OUTSIDE = "outside"


@dataclass(frozen=True)
class Outcome:
    """Tables of one run.

    Attributes
    ----------
    indicators : DataFrame
        ``month, zone, subsector, indicator, value``; zone ``region`` is the total,
        subsector ``all`` the sum.
    moves : DataFrame
        Moves, departures, arrivals, births and closures of firms, and movers that
        found no room (``stuck``).
    firms : DataFrame
        Firms at the end of each year, and in the base state.
    cells : DataFrame
        Floor space, jobs and rent of each cell in some months.
    meetings : DataFrame
        Every meeting of a community: where, who came, what was said.
    communities : DataFrame
        Communities founded and closed, and those that lost their founder.
    encounters : DataFrame
        Talks at meetings in each year, by subsectors of the two and whether they share
        an employer.
    events : DataFrame
        What levers and policies did, and what it cost (EUR).
    """

    indicators: pd.DataFrame
    moves: pd.DataFrame
    firms: pd.DataFrame
    cells: pd.DataFrame
    meetings: pd.DataFrame
    communities: pd.DataFrame
    encounters: pd.DataFrame
    events: pd.DataFrame


def indicator_table(
    history: History, first_month: int, zones: tuple[str, ...]
) -> pd.DataFrame:
    """All indicators in long form."""
    months = len(history.cost)
    labels = [month_name(first_month + t) for t in range(months)]
    zone_names, subsector_names = [*zones, REGION], [*SUBSECTORS, ALL]
    names = list(INDICATORS)
    parts: list[tuple[int, int, int, NDArray[Any]]] = []
    for code, one in enumerate(INDICATORS.values()):
        total = region_total(one, history)
        if total is not None:
            parts.append((code, len(zones), len(SUBSECTORS), total))
        if one.level == "region":
            continue
        values = one.measure(history)
        if one.level == "subsector":
            for s in range(len(SUBSECTORS)):
                parts.append((code, len(zones), s, values[:, :, s].sum(axis=1)))
                for z in range(len(zones)):
                    parts.append((code, z, s, values[:, z, s]))
            values = values.sum(axis=2)
        for z in range(len(zones)):
            parts.append((code, z, len(SUBSECTORS), values[:, z]))
    return pd.DataFrame(
        {
            "month": _codes(np.tile(np.arange(months), len(parts)), labels),
            "zone": _codes(np.repeat([p[1] for p in parts], months), zone_names),
            "subsector": _codes(
                np.repeat([p[2] for p in parts], months), subsector_names
            ),
            "indicator": _codes(np.repeat([p[0] for p in parts], months), names),
            "value": np.concatenate([p[3] for p in parts]),
        }
    )


def _codes(codes: Any, labels: list[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(np.asarray(codes), pd.Index(labels))


def zone_names(region: Region, cells: Any) -> pd.Categorical[str]:
    """Zone of cells; -1 is outside."""
    labels = [*(zone.id for zone in region.zones), OUTSIDE]
    codes = np.where(cells >= 0, region.zone[np.maximum(cells, 0)], len(labels) - 1)
    return _codes(codes, labels)


def move_table(state: RegionState) -> pd.DataFrame:
    """All that the journal says of firms' moves."""
    moves = _joined(state.journal.moves, MOVE)
    region = state.region
    return pd.DataFrame(
        {
            "month": _months(moves["month"]),
            "kind": _codes(moves["kind"], list(MOVE_KINDS)),
            "reason": _codes(moves["reason"], list(MOVE_REASONS)),
            "firm": moves["address"],
            "name": _names(state, moves["name"]),
            "subsector": _codes(moves["subsector"], list(SUBSECTORS)),
            "jobs": moves["jobs"],
            "m2": moves["space"],
            "from_cell": moves["from_cell"],
            "to_cell": moves["to_cell"],
            "from_zone": zone_names(region, moves["from_cell"]),
            "to_zone": zone_names(region, moves["to_cell"]),
            "km": _distance(region, moves["from_cell"], moves["to_cell"]),
        }
    )


def _names(state: RegionState, index: Any) -> pd.Categorical[str]:
    names = [*state.named_firms, ""]
    return _codes(np.where(index < 0, len(state.named_firms), index), names)


def _distance(region: Region, start: Any, end: Any) -> NDArray[np.float64]:
    known = (start >= 0) & (end >= 0)
    a, b = np.maximum(start, 0), np.maximum(end, 0)
    table = offset_distances(region)
    up = region.row[b] - region.row[a] + region.rows - 1
    right = region.col[b] - region.col[a] + region.cols - 1
    return np.where(known, table[up, right], np.nan)


Census = dict[str, NDArray[Any]]


def firm_census(state: RegionState, month: int) -> Census:
    """Columns of every firm in a month, copied; `firm_table` makes a table of them."""
    firms = state.firms
    names = (
        "address", "name", "subsector", "language", "jobs", "age", "space", "rent",
        "value_per_job", "cell", "origin", "anchor",
    )  # fmt: skip
    taken = {name: firms[name].copy() for name in names}
    return {"month": np.full(len(firms), month), **taken}


def firm_table(state: RegionState, seen: list[Census]) -> pd.DataFrame:
    """Every firm in some months."""
    taken = _stack(seen)
    return pd.DataFrame(
        {
            "month": _months(taken["month"]),
            "firm": taken["address"],
            "name": _names(state, taken["name"]),
            "subsector": _codes(taken["subsector"], list(SUBSECTORS)),
            "language": _codes(taken["language"], list(LANGUAGES)),
            "jobs": taken["jobs"],
            "age_months": taken["age"],
            "m2": taken["space"],
            "rent": taken["rent"],
            "value_per_job": taken["value_per_job"],
            "cell": taken["cell"],
            "zone": zone_names(state.region, taken["cell"]),
            "origin": _codes(taken["origin"], list(ORIGINS)),
            "anchor": taken["anchor"],
        }
    )


def cell_census(state: RegionState, month: int) -> Census:
    """Columns of every cell in a month, copied; `cell_table` makes a table of them."""
    cells, firms = state.cells, state.firms
    n = len(cells.stock)
    return {
        "month": np.full(n, month),
        "cell": np.arange(n, dtype=np.int32),
        "jobs": np.bincount(firms.cell, firms.jobs, n).astype(np.int32),
        "firms": np.bincount(firms.cell, minlength=n).astype(np.int32),
        "stock_m2": cells.stock.copy(),
        "vacant_m2": cells.vacant,
        "rent": cells.rent.copy(),
    }


def cell_table(seen: list[Census]) -> pd.DataFrame:
    """Every cell in some months."""
    taken = _stack(seen)
    return pd.DataFrame({**taken, "month": _months(taken["month"])})


def _stack(seen: list[Census]) -> Census:
    return {name: np.concatenate([one[name] for one in seen]) for name in seen[0]}


def _months(months: NDArray[np.int64]) -> pd.Categorical[str]:
    known, codes = np.unique(months, return_inverse=True)
    return _codes(codes, [month_name(int(month)) for month in known])


def _joined(records: list[NDArray[Any]], kind: np.dtype[Any]) -> NDArray[Any]:
    return np.concatenate(records) if records else np.zeros(0, kind)


def meeting_table(state: RegionState) -> pd.DataFrame:
    """Every meeting of a community, in the order of months."""
    held = _joined(state.journal.meetings, MEETING)
    return pd.DataFrame(
        {
            "month": _months(held["month"]),
            "community": held["community"],
            "name": _community_names(state, held["name"]),
            "topic": _codes(held["topic"], list(SUBSECTORS)),
            "cell": held["venue"],
            "zone": zone_names(state.region, held["venue"]),
            "paid_room": held["room"],
            "members": held["members"],
            "present": held["present"],
            "talks": held["talks"],
            "known_talks": held["known"],
            "across_talks": held["across"],
            "new_ties": held["new_ties"],
        }
    )


def community_table(state: RegionState) -> pd.DataFrame:
    """What became of communities."""
    told = _joined(state.journal.communities, COMMUNITY)
    return pd.DataFrame(
        {
            "month": _months(told["month"]),
            "kind": _codes(told["kind"], list(COMMUNITY_KINDS)),
            "community": told["community"],
            "name": _community_names(state, told["name"]),
            "topic": _codes(told["topic"], list(SUBSECTORS)),
            "cell": told["venue"],
            "zone": zone_names(state.region, told["venue"]),
            "age_months": told["age"],
            "members": told["members"],
        }
    )


def _community_names(state: RegionState, index: Any) -> pd.Categorical[str]:
    names = [*state.named_communities, ""]
    return _codes(np.where(index < 0, len(names) - 1, index), names)


def encounter_table(history: History, first_month: int) -> pd.DataFrame:
    """Talks at meetings by year; the base state, which had none, is left out."""
    months = np.arange(1, len(history.cost)) + first_month
    years, place = np.unique(months // 12, return_inverse=True)
    talks = np.zeros((len(years), *history.encounters.shape[1:]))
    np.add.at(talks, place, history.encounters[1:])
    count = len(SUBSECTORS)
    first, second = np.triu_indices(count)
    rows = talks[:, first, second]  # years, pairs, within or across
    shape = rows.shape
    year, pair, across = (index.ravel() for index in np.indices(shape))
    labels = [month_name(int(y) * 12)[:4] for y in years]
    return pd.DataFrame(
        {
            "year": _codes(year, labels),
            "subsector": _codes(first[pair], list(SUBSECTORS)),
            "other": _codes(second[pair], list(SUBSECTORS)),
            "across_employers": across == 1,
            "talks": rows.ravel(),
        }
    )


def event_table(state: RegionState) -> pd.DataFrame:
    """What levers and policies did."""
    columns = ["month", "lever", "what", "cost_eur", "region_share"]
    table = pd.DataFrame(state.journal.events, columns=columns)
    return table.astype({"cost_eur": float, "region_share": float})
