r"""Floor space: what firms need, who else takes it, and what it costs.

A firm needs :math:`m_w n (1 - h \theta_t)` m2. Asking rents follow

.. math::
    \Delta \ln R_c = [a_v (v^*_z - v_z) + a_R (\ln R^*_c - \ln R_c)] / 12, \quad
    \ln R^*_c = r_c + p_A (\tilde A_c - \tilde A_{c,0}) + p_T (T_c - T_{c,0})

at most 2 % a month either way (Hendershott; Wheaton & Torto for Stockholm). z is the
brokers' district within the zone, since vacancy is felt in a market, not in a cell.
Other tenants fill space above the natural vacancy within years: the media take about
2 % of the stock, so the rest of the economy clears the market. Sitting tenants keep
their contract's rent until the next break.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model.parameters import uncertain
from model.processes.state import Floats, RegionState

LARGEST_STEP = 0.02  # of ln rent in a month
LEASE_BREAK = 36  # months between breaks of a 3-6-9 lease


class Parameters(NamedTuple):
    """Need of floor space, rents and other tenants."""

    m2_per_job: Annotated[
        float,
        uncertain(
            17.0,
            unit="m2/job",
            hard=(5.0, 60.0),
            plausible=(12.0, 22.0),
            source="RTBF about 38,000 m2 for about 2,000 staff; assumption",
            confidence="M",
            means="m_w: floor space per job without telework",
        ),
    ]
    telework_saving: Annotated[
        float,
        uncertain(
            0.5,
            unit="-",
            hard=(0.0, 1.0),
            plausible=(0.2, 0.8),
            source="large firms halved their headquarters",
            confidence="M",
            means="h: floor space saved per unit of telework",
        ),
    ]
    vacancy_response: Annotated[
        float,
        uncertain(
            1.0,
            unit="/year",
            hard=(0.0, 10.0),
            plausible=(0.3, 3.0),
            source="Hendershott form",
            confidence="L",
            means="a_v: rent growth per unit of vacancy below natural",
        ),
    ]
    rent_pull: Annotated[
        float,
        uncertain(
            0.25,
            unit="/year",
            hard=(0.0, 5.0),
            plausible=(0.1, 0.5),
            source="5-10 years to clear (Stockholm)",
            confidence="M",
            means="a_R: return of rents to their long-run level",
        ),
    ]
    media_premium: Annotated[
        float,
        uncertain(
            0.01,
            unit="per SD",
            hard=(0.0, 0.5),
            plausible=(0.0, 0.06),
            source="1 SD of all jobs: 6-10 % rent; media are 2 % of demand",
            confidence="L",
            means="p_A: long-run rent by access to media jobs",
        ),
    ]
    transit_premium: Annotated[
        float,
        uncertain(
            0.06,
            unit="per SD",
            hard=(0.0, 0.5),
            plausible=(0.0, 0.16),
            source="Debrezion: up to 16 % at stations; small in the United States",
            confidence="M",
            means="p_T: long-run rent by access to transit",
        ),
    ]
    absorption: Annotated[
        float,
        uncertain(
            0.20,
            unit="/year",
            hard=(0.0, 2.0),
            plausible=(0.1, 0.4),
            source="5-10 years for vacancy to clear (Stockholm)",
            confidence="M",
            means="space above natural vacancy that other tenants take",
        ),
    ]


def space_per_job(state: RegionState) -> float:
    """Floor space that a firm looks for, m2 per job."""
    p = state.scenario.block(Parameters)
    return p.m2_per_job * (1.0 - p.telework_saving * state.telework)


@njit(cache=True)
def market_vacancy(market: Any, stock: Any, taken: Any, count: int) -> Any:
    """Vacancy of each market, float64[count]; a market without stock has 0."""
    held = np.zeros(count)
    there = np.zeros(count)
    for c in range(len(stock)):
        held[market[c]] += taken[c]
        there[market[c]] += stock[c]
    out = np.zeros(count)
    for m in range(count):
        if there[m] > 0.0:
            out[m] = 1.0 - held[m] / there[m]
    return out


def adjust_rents(
    rent: Any, target: Any, natural: Any, vacancy: Any, market: Any, p: Any
) -> None:
    """One month of asking rents, in place.

    Parameters
    ----------
    rent, target : float64[n], EUR/m2/year
        Asking and long-run rent.
    natural : float64[n], share
        Natural vacancy of the cell.
    vacancy : float64[markets], share
        Present vacancy.
    market : int32[n]
    p : Parameters
    """
    step = p.vacancy_response * (natural - vacancy[market])
    step += p.rent_pull * np.log(target / rent)
    rent *= np.exp(np.clip(step / 12.0, -LARGEST_STEP, LARGEST_STEP))


@njit(cache=True)
def absorb(
    background: Any, stock: Any, media: Any, reserved: Any, natural: Any, p: Any
) -> None:
    """Other tenants take part of the space above natural vacancy, or give it up.

    Parameters
    ----------
    background : float64[n], m2
        Changed.
    stock, media, reserved : float64[n], m2
        Of the market, without owners' premises.
    natural : float64[n], share
    p : Parameters
    """
    for c in range(len(stock)):
        open_stock = max(0.0, stock[c] - reserved[c])
        room = open_stock * (1.0 - natural[c]) - background[c]
        room -= max(0.0, media[c] - reserved[c])
        step = p.absorption / 12.0 * room
        free = stock[c] - background[c] - media[c]
        background[c] += max(min(step, free), -background[c])


def long_run_rent(state: RegionState) -> Floats:
    """Rent that each cell is drawn to, float64[n], EUR/m2/year."""
    p = state.scenario.block(Parameters)
    cells = state.cells
    media = state.surroundings.own_score.mean(axis=0)
    lift = p.media_premium * (media - state.base.media_access)
    lift += p.transit_premium * (cells.transit - state.region.transit_access)
    target: Floats = cells.base_rent * np.exp(lift)
    return target


def apply(state: RegionState) -> None:
    """Rents move, other tenants come and go, contracts are renewed at breaks."""
    p = state.scenario.block(Parameters)
    cells, region = state.cells, state.region
    stock, media = cells.stock - cells.captive, cells.media - cells.captive
    vacancy = market_vacancy(
        state.market, stock, cells.background + media, state.market_count
    )
    if not state.frozen:
        adjust_rents(
            cells.rent, long_run_rent(state), region.natural_vacancy, vacancy,
            state.market, p,
        )  # fmt: skip
        absorb(
            cells.background, stock, media, cells.reserved, region.natural_vacancy, p
        )
    renew(state)


def renew(state: RegionState) -> None:
    """Contracts at a break: the market's rent, and the space that is needed now.

    A firm that needs more takes it in its cell as far as there is room; one that
    needs less gives it back. Owners keep their premises.
    """
    firms, cells = state.firms, state.cells
    renewed = (firms.lease > 0) & (firms.lease % LEASE_BREAK == 0) & ~firms.captive
    rows = np.flatnonzero(renewed)
    firms.rent[rows] = cells.rent[firms.cell[rows]]
    resize(
        rows, firms.cell, firms.subsector, firms.space,
        firms.jobs * space_per_job(state), cells.stock, cells.background, cells.media,
        cells.closed,
    )  # fmt: skip


@njit(cache=True)
def take_closed(closed: Any, subsector: int, cell: int, m2: float) -> None:
    """Floor space that is open to some subsectors only is taken by them first."""
    for s in range(len(closed)):
        if closed[subsector, cell] < closed[s, cell]:
            closed[s, cell] = max(0.0, closed[s, cell] - m2)


@njit(cache=True)
def resize(
    rows: Any, cell: Any, subsector: Any, space: Any, need: Any, stock: Any,
    background: Any, media: Any, closed: Any,
) -> None:  # fmt: skip
    """Bring the floor space of firms to their need, as far as the cell has room.

    Parameters
    ----------
    rows : int64[k]
        Firms whose contract is renewed, in their order.
    cell, subsector, space, need : arrays[firms]
        ``space`` is changed, m2.
    stock, background, media : float64[n], m2
        ``media`` is changed.
    closed : float64[5, n], m2
        Vacant space closed to a subsector; changed.
    """
    for i in rows:
        c = cell[i]
        free = stock[c] - background[c] - media[c] - closed[subsector[i], c]
        change = min(need[i] - space[i], max(0.0, free))
        space[i] += change
        media[c] += change
        take_closed(closed, subsector[i], c, max(0.0, change))
