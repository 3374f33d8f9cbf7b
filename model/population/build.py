"""From a scenario, a region and a replicate key to the state of the base year."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.columns import Table
from model.geography import Region, Travel, access_minutes, minutes_matrix
from model.population import base_year, communities, firms, people
from model.population.tables import named_firms
from model.processes import (
    closure,
    drivers,
    growth,
    knowledge,
    space_market,
    surroundings,
    workplace,
)
from model.processes.journal import Journal
from model.processes.society import Society
from model.processes.state import SUBSECTOR_COUNT, Cells, RegionState, Surroundings
from model.scenario import Scenario

__all__ = ["BURN_IN", "build", "named_firms"]

BURN_IN = 24  # months: the base state is the end of 2015, the calendar begins in 2018


def build(
    firm_table: Table,
    people_table: Table,
    community_table: Table,
    scenario: Scenario,
    region: Region,
    key: int,
    scale: float,
) -> RegionState:
    """State of the base year with its constants inverted, before the burn-in.

    Parameters
    ----------
    firm_table, people_table, community_table : Table
        Empty; filled here.
    scenario, region : Scenario, Region
    key : int
        Replicate key, 0 to 2**64 - 1.
    scale : float
        Share of the population and of floor space, 0-1.
    """
    stream = np.uint64(key)
    telework = scenario.block(drivers.Parameters).before
    space = scenario.block(space_market.Parameters)
    m2_per_job = space.m2_per_job * (1.0 - space.telework_saving * telework)
    draft = firms.draft_firms(region, stream, scale, m2_per_job)
    add_firms(firm_table, draft, scenario, stream)
    n = len(region)
    travel, ranges = scenario.block(Travel), scenario.block(surroundings.Parameters)
    market, market_count = markets(region)
    state = RegionState(
        scenario=scenario,
        region=region,
        key=stream,
        month=scenario.start - BURN_IN,
        firms=firm_table,
        people=people_table,
        communities=community_table,
        cells=cells_of(region, firm_table, travel, scale),
        surroundings=empty_surroundings(n),
        society=Society.empty(),
        minutes=base_minutes(region, travel),
        nearness=base_nearness(region, travel, ranges),
        journal=Journal(),
        named_firms=tuple(firm.id for firm in named_firms()),
        attraction=np.zeros((SUBSECTOR_COUNT, n)),
        market=market,
        market_count=market_count,
        homes=people.home_shares(region),
        scale=scale,
        telework=telework,
    )
    people.add_people(state, len(firm_table) / max(1, firms.count_of_all()))
    state.society = communities.places_of(state)
    workplace.locate(state, *workplace.freelancers(state))
    communities.add_communities(state, scenario.block(communities.Parameters))
    means = knowledge.firm_means(
        people_table.knowledge, firm_table.rows(people_table.employer), len(firm_table)
    )
    firm_table.knowledge[:] = knowledge.standard_scores(
        means, firm_table.jobs, firm_table.anchor
    )
    surroundings.apply(state)
    firm_table.rent[:] = state.cells.rent[firm_table.cell]
    base_year.invert(state)
    return state


@lru_cache(maxsize=2)
def base_minutes(region: Region, travel: Travel) -> NDArray[np.float32]:
    """Minutes between all cells before any lever; kept for runs that share them."""
    return minutes_matrix(region, travel)


@lru_cache(maxsize=2)
def base_nearness(
    region: Region, travel: Travel, ranges: surroundings.Parameters
) -> NDArray[np.float32]:
    """What minutes are worth before any lever; kept for runs that share them."""
    return surroundings.nearness(base_minutes(region, travel), ranges)


def empty_surroundings(n: int) -> Surroundings:
    """Surroundings of a number of cells, before they are worked out."""
    return Surroundings(
        own=np.zeros((SUBSECTOR_COUNT, n)),
        own_score=np.zeros((SUBSECTOR_COUNT, n)),
        firm_score=np.zeros(0),
        density=np.zeros(n),
        talent=np.zeros(n),
        anchors=np.zeros(n),
        diversity=np.zeros(n),
    )


def add_firms(
    table: Table, draft: firms.Draft, scenario: Scenario, key: np.uint64
) -> None:
    """Firms of a draft with stationary ages, leases and last year's jobs."""
    named = draft.name >= 0
    age = firms.stationary_ages(
        draft.jobs, draft.address, key, scenario.block(closure.Parameters)
    )
    last_year = growth.jobs_a_year_before(
        draft.jobs, named, draft.address, key, scenario.block(growth.Parameters)
    )
    table.add(
        len(draft.address),
        **draft._asdict(),
        size=draft.jobs.astype(np.float64),
        past_jobs=last_year[:, None],
        age=np.where(named, firms.NAMED_AGE, age),
        lease=firms.stationary_leases(draft.address, key),
        anchor=named,
        partners=firms.partners_of(draft.jobs, draft.address, key),
        students=[named_firms()[k].students if k >= 0 else 0 for k in draft.name],
    )


def markets(region: Region) -> tuple[NDArray[np.int32], int]:
    """Office market of each cell: the brokers' district within the zone."""
    pairs = region.zone.astype(np.int64) * len(region.districts) + region.district
    _, market = np.unique(pairs, return_inverse=True)
    return market.astype(np.int32), int(market.max()) + 1


def cells_of(region: Region, firm_table: Table, travel: Travel, scale: float) -> Cells:
    """Floor space of the base year: media firms sit within the space that is taken.

    Own premises (the broadcasters' old complex) come on top of the market's stock.
    """
    n = len(region)
    own, cell, space = firm_table.captive, firm_table.cell, firm_table.space
    rented = np.bincount(cell[~own], space[~own], n).astype(np.float64)
    captive = np.bincount(cell[own], space[own], n).astype(np.float64)
    market = np.maximum(region.stock_m2 * scale, rented)
    background = np.maximum(region.background_m2 * scale - rented, 0.0)
    return Cells(
        stock=market + captive,
        background=np.minimum(background, market - rented),
        media=rented + captive,
        captive=captive,
        reserved=np.zeros(n),
        rent=region.rent.copy(),
        base_rent=region.rent.copy(),
        subsidy=np.zeros(n),
        subsidy_max_jobs=np.zeros(n, np.int64),
        subsidy_open=np.zeros((SUBSECTOR_COUNT, n), bool),
        quality=region.quality.copy(),
        transit=region.transit_access.copy(),
        access_minutes=access_minutes(region, travel),
        closed=np.zeros((SUBSECTOR_COUNT, n)),
        unmet=np.zeros(n),
    )
