r"""Freelancers choose where they work: at a client's, at home, or in a coworking space.

About every half a year a freelancer chooses anew, by a logit over

.. math::
    V_{home} = 0,\quad
    V_{client} = a_{cl} - \kappa \tau,\quad
    V_{space} = a_{co} - \kappa \tau - b_p\, price / 100 + b_n \ln(1 + peers)

with tau the minutes from home, the client the one with most past contracts, and peers
the freelancers who sit there. Spaces fill up to their media desks, in keyed order.
Members travel 20 minutes on average (Deskmag survey); access and contract are what
they look at (Weijs-Perree et al. 2019). Employees work at their firm.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import fixed, uncertain
from model.processes.society import AT_CLIENT, AT_HOME, CLIENTS
from model.processes.state import FREELANCER, Integers, RegionState
from model.processes.surroundings import Parameters as Ranges


class Parameters(NamedTuple):
    """Where freelancers work."""

    outside_minutes: Annotated[
        float,
        uncertain(
            55.0,
            unit="min",
            hard=(5.0, 180.0),
            plausible=(40.0, 75.0),
            source="all who work in Brussels: 40 one way; so commuters more",
            confidence="M",
            means="way to any place of the Region from outside",
        ),
    ]
    review: Annotated[
        float,
        fixed(
            2.0,
            unit="/year",
            hard=(0.1, 12.0),
            source="assumption",
            confidence="L",
            means="times a year that a freelancer chooses a workplace",
        ),
    ]
    client: Annotated[
        float,
        uncertain(
            1.2,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(0.4, 2.0),
            source="assumption; survey: days at client, home and coworking",
            confidence="L",
            means="a_cl: liking for the client's place over home",
        ),
    ]
    coworking: Annotated[
        float,
        uncertain(
            -1.8,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(-2.8, -0.8),
            source="assumption; survey: days at client, home and coworking",
            confidence="L",
            means="a_co: liking for a coworking space over home",
        ),
    ]
    price_effect: Annotated[
        float,
        uncertain(
            0.3,
            unit="per 100 EUR/month",
            hard=(0.0, 5.0),
            plausible=(0.1, 0.8),
            source="assumption; contract and price lead in stated choices",
            confidence="L",
            means="b_p: dear desks are chosen less",
        ),
    ]
    peer_effect: Annotated[
        float,
        uncertain(
            0.3,
            unit="per ln(1 + persons)",
            hard=(0.0, 3.0),
            plausible=(0.0, 0.6),
            source="assumption",
            confidence="L",
            means="b_n: other media freelancers draw",
        ),
    ]


@njit(cache=True)
def choose(
    order: Any, address: Any, home: Any, client: Any, works_at: Any, space: Any,
    minutes: Any, kappa: float, key: Any, month: int, p: Any,
) -> None:  # fmt: skip
    """Let some freelancers choose in turn; ``works_at`` is changed.

    Parameters
    ----------
    order : int64[k]
        Who chooses, in turn; indices of the next arrays.
    address, home, client, works_at : arrays[freelancers]
        Address, home cell (-1: outside), cell of the main client (-1: none), workplace.
    space : (int64[spaces], int64[spaces], float64[spaces])
        Cell, desks and price of coworking spaces.
    kappa : float, /min
    """
    cell, desks, price = space
    taken = np.zeros(len(cell), np.int64)
    for j in range(len(works_at)):
        if works_at[j] >= 0:
            taken[works_at[j]] += 1
    for j in order:
        if works_at[j] >= 0:
            taken[works_at[j]] -= 1
        u = streams.uniform(key, streams.WORKPLACE, month, address[j], 1)
        best, highest = AT_HOME, streams.gumbel(u)
        if client[j] >= 0:
            u = streams.uniform(key, streams.WORKPLACE, month, address[j], 2)
            way = minutes[client[j], home[j]] if home[j] >= 0 else p.outside_minutes
            value = p.client - kappa * way + streams.gumbel(u)
            if value > highest:
                best, highest = AT_CLIENT, value
        for s in range(len(cell)):
            if taken[s] >= desks[s]:
                continue
            u = streams.uniform(key, streams.WORKPLACE, month, address[j], 3 + s)
            way = minutes[home[j], cell[s]] if home[j] >= 0 else p.outside_minutes
            value = p.coworking - kappa * way - p.price_effect * price[s] / 100.0
            value += p.peer_effect * math.log(1.0 + taken[s]) + streams.gumbel(u)
            if value > highest:
                best, highest = s, value
        works_at[j] = best
        if best >= 0:
            taken[best] += 1


@njit(cache=True)
def client_cells(rows: Any, clients: Any, ties: Any, firm_row: Any, cell: Any) -> Any:
    """Cell of the main client of some people, -1 if there is none.

    Parameters
    ----------
    rows : int64[k]
    clients, ties : int32[people, 8], float32[people, 8]
        Slots of firms, and past contracts with each.
    firm_row, cell : int64[slots], int32[firms]
        Present rows of firms, and where they sit.

    Returns
    -------
    int64[k]
    """
    out = np.full(len(rows), -1, np.int64)
    for k in range(len(rows)):
        most, main = 0.0, np.int64(-1)
        for c in range(CLIENTS):
            if clients[rows[k], c] >= 0 and ties[rows[k], c] > most:
                main, most = np.int64(clients[rows[k], c]), ties[rows[k], c]
        if main >= 0 and firm_row[main] >= 0:
            out[k] = cell[firm_row[main]]
    return out


@njit(cache=True)
def workplaces(
    employer: Any, firm_row: Any, cell: Any, rows: Any, client: Any, works_at: Any,
    home: Any, space: Any, work: Any,
) -> None:  # fmt: skip
    """Note in which cell everybody works, -1 for those who have no work.

    Parameters
    ----------
    employer : int64[people], slots
    firm_row, cell : int64[slots], int32[firms]
    rows, client : int64[freelancers]
        Rows of freelancers, and cells of their main clients.
    works_at, home : int16[people], int32[people]
    space : int64[spaces]
        Cells of coworking spaces.
    work : int32[people]
        Changed.
    """
    for j in range(len(employer)):
        row = firm_row[employer[j]] if employer[j] >= 0 else -1
        work[j] = cell[row] if row >= 0 else -1
    for k in range(len(rows)):
        j = rows[k]
        if works_at[j] >= 0:
            work[j] = space[works_at[j]]
        else:
            work[j] = client[k] if works_at[j] == AT_CLIENT else home[j]


def locate(state: RegionState, rows: Integers, client: Integers) -> None:
    """Note in which cell everybody works.

    Parameters
    ----------
    rows, client : int64[freelancers]
        Rows of freelancers, and cells of their main clients.
    """
    people, firms = state.people, state.firms
    workplaces(
        people.employer, firms.row_of, firms.cell, rows, client, people.works_at,
        people.home, state.society.coworking.cell, people.work,
    )  # fmt: skip


def freelancers(state: RegionState) -> tuple[Integers, Integers]:
    """Rows of freelancers, and cells of their main clients (-1: none)."""
    people, firms = state.people, state.firms
    rows = people.of_kind(FREELANCER)
    client = client_cells(
        rows, people.clients, people.client_ties, firms.row_of, firms.cell
    )
    return rows, client


def work_cell(state: RegionState, slot: int) -> int:
    """Cell in which somebody (a slot) works, -1 if nowhere or gone."""
    row = int(state.people.rows(np.array([slot]))[0])
    return int(state.people.work[row]) if row >= 0 else -1


def apply(state: RegionState) -> None:
    """Let those choose whose turn it is, or whose workplace is gone."""
    p = state.scenario.block(Parameters)
    people = state.people
    rows, client = freelancers(state)
    works_at = people.works_at[rows]
    u = streams.uniforms(
        state.key, streams.WORKPLACE, state.month, people.address[rows], 0
    )
    lost = (works_at == AT_CLIENT) & (client < 0)
    order = np.flatnonzero((u < p.review / 12.0) | lost)
    order = order[np.argsort(u[order])]
    kappa = state.scenario.block(Ranges).minutes_deterrence
    spaces = state.society.coworking
    choose(
        order, people.address[rows], people.home[rows], client, works_at,
        (spaces.cell, spaces.desks, spaces.price), state.minutes, kappa, state.key,
        state.month, p,
    )  # fmt: skip
    people.works_at[rows] = works_at
    locate(state, rows, client)
