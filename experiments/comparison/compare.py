"""Compare variants with a reference, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from experiments.comparison.flows import account, match_firms
from experiments.comparison.knowledge import NO_KNOWLEDGE
from experiments.comparison.people import FLOWS, STOCKS, people_of
from experiments.comparison.result import Comparison, Decided, VariantResult
from experiments.comparison.surfaces import anchor_jobs, cell_jobs, surface
from experiments.comparison.switches import indirect_switches, touched_cells
from experiments.comparison.tables import (
    ALL,
    Floats,
    Pairs,
    Paths,
    Tables,
    codes_of,
    column,
    cube,
    months_in,
    pairs_of,
    rows_of,
)
from model.errors import Fault, InputError, ModelError
from model.geography import Region, load_region
from model.indicators import REGION
from model.scenario import (
    CommunitySupport,
    Coworking,
    FloorSpace,
    Quality,
    Scenario,
    SkillsProgramme,
    Transit,
)

FOCUS = "reyers"
_PUBLIC_LEVERS = (
    FloorSpace, Quality, Transit, CommunitySupport, Coworking, SkillsProgramme,
)  # fmt: skip
_INDICATORS = ("jobs", "firms", "public_cost")
_FIRM_COLUMNS = (
    "run", "month", "firm", "name", "jobs", "cell", "zone", "origin", "anchor",
)  # fmt: skip
_MOVE_COLUMNS = (
    "run", "month", "kind", "reason", "firm", "from_cell", "to_cell",
)  # fmt: skip


class ReadsTables(Protocol):
    """A folder of results: all that a comparison needs of it."""

    def table(
        self, name: str, columns: Sequence[str] | None = None, filters: Any = None
    ) -> pd.DataFrame:
        """Rows of a table."""
        ...


def read_tables(store: ReadsTables, names: Sequence[str]) -> Tables:
    """All that a comparison needs of a folder of results, and no more.

    Parameters
    ----------
    store : Store
    names : sequence of str
        Scenarios; runs of the same without an effect of knowledge come along.
    """
    runs = store.table("runs")
    wanted = (
        runs["scenario"]
        .astype(str)
        .isin({name + end for name in names for end in ("", NO_KNOWLEDGE)})
    )
    if "status" in runs:
        wanted &= runs["status"].astype(str) == "done"
    runs = runs[wanted]
    mine = ("run", "in", sorted(set(runs["run"].astype(str))))
    return Tables(
        runs=runs,
        indicators=_indicators(store, _INDICATORS, mine),
        people=pd.concat(
            [
                _indicators(store, FLOWS, mine),
                _indicators(store, STOCKS, mine, ("month", "in", _year_ends(runs))),
            ],
        ),
        moves=store.table("moves", columns=[*_MOVE_COLUMNS], filters=[mine]),
        firms=store.table("firms", columns=[*_FIRM_COLUMNS], filters=[mine]),
        cells=store.table(
            "cells", columns=["run", "month", "cell", "jobs"], filters=[mine]
        ),
        communities=store.table(
            "communities", columns=["run", "month", "kind", "zone"], filters=[mine]
        ),
        encounters=store.table("encounters", filters=[mine]),
        events=store.table("events", filters=[mine]),
    )


def _indicators(
    store: ReadsTables, names: Sequence[str], *filters: tuple[str, str, list[str]]
) -> pd.DataFrame:
    """Rows of some indicators, all subsectors together."""
    total = ("subsector", "in", [ALL])
    return store.table(
        "indicators",
        columns=["run", "month", "zone", "subsector", "indicator", "value"],
        filters=[*filters, ("indicator", "in", [*names]), total],
    )


def _year_ends(runs: pd.DataFrame) -> list[str]:
    """Decembers, and the last months of runs: when stocks of people are read."""
    until = {str(month) for month in runs["until"]}
    years = {month[:4] for month in until} | {str(month)[:4] for month in runs["start"]}
    every = range(int(min(years)), int(max(years)) + 1)
    return sorted(until | {f"{year}-12" for year in every})


def compare_store(
    store: ReadsTables,
    reference: str,
    variants: Sequence[str],
    scenarios: Mapping[str, Scenario] | None = None,
    region: Region | None = None,
) -> Comparison:
    """Compare all finished runs of some scenarios in a folder of results.

    Parameters
    ----------
    store : Store
    reference : str
        Scenario to compare with.
    variants : sequence of str
        Scenarios to compare.
    scenarios : mapping of str to Scenario, optional
        Needed for indirect switches and for costs that are not known.
    region : Region, optional
        The grid of the runs; the package's own if not given.

    Raises
    ------
    InputError
        If there is nothing to pair, or a scenario has two runs for one replicate and
        draw: then give ``store.select(keys)``.
    """
    tables = read_tables(store, (reference, *variants))
    region = region or load_region()
    return compare_tables(tables, reference, variants, region, scenarios)


def compare_tables(
    tables: Tables,
    reference: str,
    variants: Sequence[str],
    region: Region,
    scenarios: Mapping[str, Scenario] | None = None,
) -> Comparison:
    """Compare runs that are already in memory.

    Parameters
    ----------
    tables : Tables
    reference : str
        Scenario to compare with.
    variants : sequence of str
        Scenarios to compare.
    region : Region
        The grid of the runs.
    scenarios : mapping of str to Scenario, optional
        Needed to count indirect switches.

    Raises
    ------
    InputError
        If there is nothing to pair, or the region has no zone for the focus.
    ModelError
        If jobs by cause do not add up to the paired difference.
    """
    if FOCUS not in {zone.id for zone in region.zones}:
        fault = Fault("has no such zone", region.name, key="zone", value=FOCUS)
        raise InputError([fault])
    found = []
    for name in variants:
        known = scenarios or {}
        unpriced: tuple[str, ...] = ()
        if name in known:
            unpriced = unpriced_levers(known[name], known.get(reference))
        result = _compare(tables, reference, name, region, known.get(name))
        twins = (reference + NO_KNOWLEDGE, name + NO_KNOWLEDGE)
        if set(twins) <= set(tables.runs["scenario"].astype(str)):
            other = _compare(tables, twins[0], twins[1], region, None)
            other = replace(other, unpriced=unpriced)
            result = replace(result, no_knowledge=other)
        found.append(replace(result, unpriced=unpriced))
    return Comparison(reference, FOCUS, region, tuple(found))


def unpriced_levers(
    scenario: Scenario, reference: Scenario | None = None
) -> tuple[str, ...]:
    """Public levers of a scenario, and not of its reference, without a known cost.

    Rent subsidies have the cost that firms cause. Anchors without a stated cost are
    taken to pay for their own premises.
    """
    shared = {lever.slug for lever in reference.levers} if reference else set()
    return tuple(
        lever.slug
        for lever in scenario.levers
        if isinstance(lever, _PUBLIC_LEVERS)
        and lever.cost_eur is None
        and lever.cost_eur_year is None
        and lever.slug not in shared
    )


def _compare(
    tables: Tables, reference: str, name: str, region: Region,
    scenario: Scenario | None,
) -> VariantResult:  # fmt: skip
    pairs = pairs_of(tables.runs, reference, name)
    zones = tuple(zone.id for zone in region.zones)
    both = list(dict.fromkeys([*pairs.reference, *pairs.variant]))
    indicators, _ = rows_of(tables.indicators, both)
    months = tuple(months_in(indicators["month"]))
    years = tuple(month for month in months_in(tables.firms["month"]))
    jobs, firms = (
        _paths(indicators, one, pairs, months, (*zones, REGION))
        for one in ("jobs", "firms")
    )
    cost = _paths(indicators, "public_cost", pairs, months, (REGION,))
    matched = match_firms(tables.firms, tables.moves, pairs, years, zones)
    flows = account(matched, zones, FOCUS)
    _agree(flows.total, jobs.difference, months, years, zones.index(FOCUS))
    regional = account(matched, zones)
    _agree(regional.total, jobs.difference, months, years, len(zones))
    sides = [
        cell_jobs(tables.cells, runs, years[-1], len(region))
        - anchor_jobs(tables.firms, runs, years[-1], len(region))
        for runs in (pairs.reference, pairs.variant)
    ]
    acts = _acts(tables.events, pairs)
    switches = None
    if scenario is not None:
        touched = touched_cells(scenario, region)
        switches = indirect_switches(
            tables.moves, tables.events, pairs, touched, region
        )
    return VariantResult(
        name=name, pairs=pairs, months=months, years=years, zones=zones, focus=FOCUS,
        jobs=jobs, firms=firms, cost=cost.difference[..., 0], flows=flows,
        regional=regional, surface=surface(sides[1] - sides[0], region),
        decided=_decided(tables.firms, pairs, years[-1]), switches=switches,
        acts=acts,
        people=people_of(tables, pairs, zones, min(acts["month"], default=None)),
    )  # fmt: skip


def _paths(
    indicators: pd.DataFrame, name: str, pairs: Pairs, months: Sequence[str],
    zones: Sequence[str],
) -> Paths:  # fmt: skip
    sides = [
        cube(indicators, name, runs, months, zones)
        for runs in (pairs.reference, pairs.variant)
    ]
    if any(np.isnan(values).any() for values in sides):
        fault = Fault(
            "is missing in some months or zones: do all runs have the same months?",
            "indicators",
            key=name,
        )
        raise InputError([fault])
    return Paths(*sides)


def _agree(
    total: Floats, difference: Floats, months: Sequence[str], years: Sequence[str],
    zone: int,
) -> None:  # fmt: skip
    at = [months.index(month) for month in years]
    apart = np.abs(total - difference[:, at, zone]).max()
    if apart > 1e-6:
        raise ModelError(f"firms and indicators differ by {apart:g} jobs")


def _decided(firms: pd.DataFrame, pairs: Pairs, month: str) -> tuple[Decided, ...]:
    """Anchors whose jobs or place at the end differ between the two sides."""
    is_last = codes_of(firms["month"], (month,)) == 0
    anchors = firms[is_last & column(firms, "anchor").astype(np.bool_)]
    sides = [
        _anchors(rows_of(anchors, runs)[0], len(pairs))
        for runs in (pairs.reference, pairs.variant)
    ]
    changed = []
    for name in dict.fromkeys((*sides[0], *sides[1])):
        before, after = (side.get(name, _GONE) for side in sides)
        one = Decided(
            name, after[0] - before[0], after[1] - before[1], (before[2], after[2])
        )
        if max(abs(one.here), abs(one.region)) > 1e-9:
            changed.append(one)
    return tuple(sorted(changed, key=lambda one: -abs(one.here)))


_GONE = (0.0, 0.0, -1)


def _anchors(table: pd.DataFrame, pairs: int) -> dict[str, tuple[float, float, int]]:
    """Mean jobs at the focus and in all, and the usual cell, of each anchor."""
    found = {}
    table = table.assign(here=table["zone"].astype(str) == FOCUS)
    for name, rows in table.groupby(table["name"].astype(str)):
        jobs = rows["jobs"].to_numpy(np.float64)
        here = float((jobs * rows["here"]).sum()) / pairs
        cells = np.bincount(rows["cell"].to_numpy())
        found[str(name)] = (here, float(jobs.sum()) / pairs, int(cells.argmax()))
    return found


def _acts(events: pd.DataFrame, pairs: Pairs) -> pd.DataFrame:
    """What levers did in the variant only, dated by the median over pairs."""
    logs = []
    for runs in (pairs.reference, pairs.variant):
        part, pair = rows_of(events, runs)
        text = (
            part["what"]
            .astype(str)
            .str.replace(r" \(\d+ months late\)$", "", regex=True)
        )
        logs.append(
            pd.DataFrame(
                {
                    "pair": pair,
                    "month": part["month"].astype(str).to_numpy(),
                    "lever": part["lever"].astype(str).to_numpy(),
                    "what": text.to_numpy(),
                }
            )
        )
    mine = logs[1].merge(logs[0], how="left", indicator=True)
    mine = mine[mine["_merge"] == "left_only"].sort_values("month")
    rows = []
    for (lever, what), group in mine.groupby(["lever", "what"], sort=False):
        months = group["month"].tolist()
        middle = months[(len(months) - 1) // 2]
        rows.append((middle, lever, what, months[0], months[-1], len(months)))
    columns = ["month", "lever", "what", "first", "last", "pairs"]
    return pd.DataFrame(rows, columns=columns).sort_values(["month", "lever"])
