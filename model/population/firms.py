"""Firms of the base year: named ones at their places, the rest drawn (synthetic).

Jobs and firms of each subsector come back exactly at full scale; a firm without a
name gets a zone by the zone shares and a cell by the office space that is taken there.
Ages and lease clocks are stationary, not zero: no wave of moves after three years.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model import streams
from model.errors import Fault, InputError
from model.geography import Region
from model.population.tables import named_firms, rank_sizes, read, zone_shares
from model.processes import closure
from model.processes.state import LANGUAGES, SUBSECTORS

OLDEST = 720  # months
LEASE_MONTHS = 108
NAMED_AGE = 360  # months; assumed
SPARE_SPACE = (0.9, 1.3)  # floor space held per floor space needed; assumed


class Draft(NamedTuple):
    """Columns of firms to be, one array each."""

    address: NDArray[np.uint64]
    name: NDArray[np.int16]
    subsector: NDArray[np.int8]
    language: NDArray[np.int8]
    jobs: NDArray[np.int32]
    cell: NDArray[np.int32]
    space: NDArray[np.float64]
    captive: NDArray[np.bool_]
    value_per_job: NDArray[np.float64]


def draft_firms(
    region: Region, key: np.uint64, scale: float, m2_per_job: float
) -> Draft:
    """All firms of the base year that lie in the region.

    Parameters
    ----------
    region : Region
    key : uint64
        Replicate key.
    scale : float
        Share of firms without a name that is kept, and of jobs of those with one.
    m2_per_job : float, m2/job
        Floor space that firms hold per job.

    Raises
    ------
    InputError
        If none but named ones lie in the region: nothing there could change.
    """
    named = _named(region, scale, m2_per_job)
    drawn = [_drawn(region, key, scale, m2_per_job, s) for s in range(len(SUBSECTORS))]
    if not any(len(part.address) for part in drawn):
        fault = Fault(
            f"leaves no firm on the grid '{region.name}' but named ones",
            key="scale", value=scale,
            allowed="a larger share, or more cells with offices",
        )  # fmt: skip
        raise InputError([fault])
    return Draft(*(np.concatenate(parts) for parts in zip(named, *drawn, strict=True)))


def _named(region: Region, scale: float, m2_per_job: float) -> Draft:
    rows = [
        (index, firm, int(region.places[firm.place][0]))
        for index, firm in enumerate(named_firms())
        if firm.place in region.places
    ]
    jobs = np.array([max(1, round(f.jobs * scale)) for _, f, _ in rows], np.int32)
    m2 = np.array([f.m2 * scale for _, f, _ in rows])
    plain = value_per_job_of_the_rest()
    value = np.array(
        [
            plain[f.subsector] if np.isnan(f.value_per_job) else f.value_per_job
            for _, f, _ in rows
        ]
    )
    names = [streams.named_address(f.id) for _, f, _ in rows]
    cell = [_place_of(region, f.place, c, f.id) for _, f, c in rows]
    return Draft(
        address=np.array(names, np.uint64),
        name=np.array([index for index, _, _ in rows], np.int16),
        subsector=np.array([f.subsector for _, f, _ in rows], np.int8),
        language=np.array([f.language for _, f, _ in rows], np.int8),
        jobs=jobs,
        cell=np.array(cell, np.int32),
        space=np.where(np.isnan(m2), jobs * m2_per_job, m2),
        captive=np.array([f.captive for _, f, _ in rows], bool),
        value_per_job=value,
    )


def _place_of(region: Region, place: str, first: int, firm: str) -> int:
    """Cell of a named firm: of its own place, or some office cell of its zone."""
    cells = region.places[place]
    if len(cells) == 1:
        return first
    taken = region.background_m2[cells]
    u = streams.uniform(
        np.uint64(0), streams.POPULATION_PLACE, 0,
        streams.named_address(firm), 0,
    )  # fmt: skip
    return int(cells[np.searchsorted(np.cumsum(taken) / taken.sum(), u)])


@cache
def value_per_job_of_the_rest() -> NDArray[np.float64]:
    """Value added per job of firms whose own is not known, float64[5], EUR/year."""
    table = read("subsectors").set_index("id").loc[list(SUBSECTORS)]
    out = np.empty(len(SUBSECTORS))
    for s in range(len(SUBSECTORS)):
        known = [
            f
            for f in named_firms()
            if f.subsector == s and not np.isnan(f.value_per_job)
        ]
        jobs = table.jobs.iloc[s] - sum(f.jobs for f in known)
        value = 1e6 * table.value_meur.iloc[s]
        out[s] = (value - sum(f.jobs * f.value_per_job for f in known)) / jobs
    return out


@cache
def unnamed(s: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Addresses and jobs of all firms without a name of a subsector, largest first."""
    table = read("subsectors").iloc[s]
    known = [f for f in named_firms() if f.subsector == s]
    sizes = rank_sizes(
        int(table.jobs) - sum(f.jobs for f in known),
        int(table.firms) - len(known),
        int(table.largest_unnamed),
    )
    names = [f"{SUBSECTORS[s]} {rank}" for rank in range(len(sizes))]
    return np.array([streams.named_address(name) for name in names], np.uint64), sizes


def _drawn(
    region: Region, key: np.uint64, scale: float, m2_per_job: float, s: int
) -> Draft:
    table = read("subsectors").iloc[s]
    address, sizes = unnamed(s)
    kept = streams.uniforms(key, streams.SAMPLE, 0, address) < scale
    address, sizes = address[kept], sizes[kept]
    shares = zone_shares()
    ids = list(shares)
    zone_of = {zone.id: index for index, zone in enumerate(region.zones)}
    zones = np.array([zone_of.get(name, -1) for name in ids])
    cumulated = np.cumsum([shares[name][s] for name in ids])
    languages = np.cumsum([table.share_fr, table.share_nl, table.share_int])
    u, v = streams.uniform_pairs(key, streams.POPULATION_PLACE, 0, address)
    zone = zones[np.minimum(np.searchsorted(cumulated, u), len(zones) - 1)]
    language = np.searchsorted(languages, v).astype(np.int8)
    language = np.minimum(language, len(LANGUAGES) - 1)
    here = zone >= 0
    address, sizes = address[here], sizes[here]
    zone, language = zone[here], language[here]
    low, high = SPARE_SPACE
    spare = streams.uniforms(key, streams.POPULATION_TRAIT, 0, address)
    space = sizes * m2_per_job * (low + spare * (high - low))
    count = len(address)
    return Draft(
        address=address,
        name=np.full(count, -1, np.int16),
        subsector=np.full(count, s, np.int8),
        language=language,
        jobs=sizes.astype(np.int32),
        cell=place(region, key, address, zone, space).astype(np.int32),
        space=space,
        captive=np.zeros(count, bool),
        value_per_job=np.full(count, value_per_job_of_the_rest()[s]),
    )


def place(
    region: Region, key: np.uint64, address: Any, zone: Any, space: Any
) -> NDArray[np.int64]:
    """Cells of firms within their zones, by the office space taken there.

    A firm passes on a cell of which it would take more than half.
    """
    weight = np.where(region.office_ok, region.background_m2, 0.0)
    order = np.argsort(region.zone, kind="stable")
    starts = np.searchsorted(region.zone[order], np.arange(len(region.zones) + 1))
    return _place(address, zone, space, order, starts, weight, weight * 0.5, key)  # type: ignore[no-any-return]


@njit(cache=True)
def _place(
    address: Any, zone: Any, space: Any, order: Any, starts: Any, weight: Any,
    room: Any, key: Any,
) -> Any:  # fmt: skip
    out = np.empty(len(address), np.int64)
    for i in range(len(address)):
        cells = order[starts[zone[i]] : starts[zone[i] + 1]]
        cumulated = np.cumsum(weight[cells])
        roomiest = cells[np.argmax(room[cells])]
        out[i] = roomiest
        for attempt in range(40):
            u = streams.uniform(
                key, streams.POPULATION_PLACE, 0, address[i], 1 + attempt
            )
            c = cells[np.searchsorted(cumulated, u * cumulated[-1])]
            if room[c] >= space[i]:
                out[i] = c
                break
        room[out[i]] -= space[i]
    return out


@njit(cache=True)
def stationary_ages(jobs: Any, address: Any, key: Any, p: Any) -> Any:
    """Ages of a stationary population of firms, int32[firms], months.

    The chance of an age falls with survival to it, at the firm's present size.
    """
    out = np.empty(len(jobs), np.int32)
    none = np.zeros(1, np.bool_)
    for i in range(len(jobs)):
        size = jobs[i : i + 1]
        usual = np.full(1, closure.REFERENCE_ACCESS)
        young = closure.chances(size, np.ones(1, np.int32), none, usual, p)[0]
        later = closure.chances(size, np.full(1, 99, np.int32), none, usual, p)[0]
        u = streams.uniform(key, streams.POPULATION_AGE, 0, address[i], 0)
        first = (1.0 - (1.0 - young) ** 12) / young
        all_months = first + (1.0 - young) ** 12 / later
        if u * all_months < first:
            out[i] = int(np.log(1.0 - u * all_months * young) / np.log(1.0 - young))
        else:
            rest = (u * all_months - first) / (all_months - first)
            out[i] = 12 + int(np.log(1.0 - rest) / np.log(1.0 - later))
        out[i] = min(out[i], OLDEST)
    return out


def stationary_leases(address: Any, key: np.uint64) -> NDArray[np.int32]:
    """Months since the lease began, evenly over nine years."""
    u: NDArray[np.float64] = streams.uniforms(key, streams.POPULATION_LEASE, 0, address)
    return (u * LEASE_MONTHS).astype(np.int32)


def partners_of(jobs: Any, address: Any, key: np.uint64) -> NDArray[np.int64]:
    """Three partners of each firm (slots), by the square root of their jobs."""
    cumulated = np.cumsum(np.sqrt(jobs))
    u = np.stack(
        [
            streams.uniforms(key, streams.POPULATION_TRAIT, 0, address, 1 + k)
            for k in range(3)
        ],
        axis=1,
    )
    found = np.searchsorted(cumulated, u * cumulated[-1])
    own = found == np.arange(len(address))[:, None]
    return np.where(own, -1, found)


def count_of_all() -> int:
    """Firms of the whole region at full scale."""
    return int(read("subsectors").firms.sum())
