"""Who can be hired this month, and by whom: people and firms as projects see them.

Columns of people are gathered in the order of the month's circle, so that a firm which
looks at those next to a point reads what lies together; and put back when the slots are
filled.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.network import grouped
from model.processes.society import CATEGORIES, CLIENTS, Floats, Integers
from model.processes.state import RegionState

WEAKEST = 0.05  # contracts, faded, at which a client is forgotten


class Pool(NamedTuple):
    """Freelancers in the order of this month's circle.

    Attributes
    ----------
    point : float64[freelancers], 0-1
        Place on the circle, ascending.
    row : int64[freelancers]
        Row among people.
    address, language, home : uint64, int8, int32 [freelancers]
    knowledge : float32[freelancers, 8], points
    booked : float32[freelancers], days
        Changed by ``hiring_kernels.fill``, as the next three.
    clients, ties, last : int32, float32, int16 [freelancers, 8]
        Rows of clients (-1: none), faded contracts with them, month of the last.
    group_start, group : int64[freelancers + 1], int64[k]
        Rows of communities that each belongs to.
    """

    point: Floats
    row: Integers
    address: Any
    language: Any
    home: Any
    knowledge: Any
    booked: Any
    clients: Any
    ties: Any
    last: Any
    group_start: Integers
    group: Integers


class Firms(NamedTuple):
    """What freelancers are hired by.

    Attributes
    ----------
    address, subsector, language, cell : arrays[firms]
    repeat_start, repeat_count, repeat : int64[firms + 1], int64[firms], int64[k]
        Places in the pool of each firm's former collaborators, ascending: where each
        firm's begin, and how many are not booked out. ``hiring_kernels.fill`` changes
        the last two.
    groups : bool[firms, communities]
        Communities that somebody on the payroll belongs to.
    """

    address: Any
    subsector: Any
    language: Any
    cell: Any
    repeat_start: Integers
    repeat_count: Integers
    repeat: Integers
    groups: Any


def pool_of(state: RegionState, rows: Integers, decay: float) -> Pool:
    """Freelancers in the order of this month's circle, their past work faded.

    Clients that are gone or long past are forgotten.

    Parameters
    ----------
    rows : int64[freelancers]
        Rows of freelancers among people.
    decay : float, /month
        What past work loses.
    """
    people, groups = state.people, state.society.memberships
    point = streams.uniforms(state.key, streams.RING, state.month, people.address[rows])
    order = np.argsort(point)
    rows = rows[order]
    clients, ties, last, knowledge = remembered(
        rows, (people.clients, people.client_ties, people.client_month),
        people.knowledge, state.firms.row_of, np.float32(1.0 - decay),
    )  # fmt: skip
    start, group = groups_of(
        rows, people.row_of, groups.person, groups.community, state.communities.row_of,
        len(people),
    )  # fmt: skip
    return Pool(
        point=point[order],
        row=rows,
        address=people.address[rows],
        language=people.language[rows],
        home=people.home[rows],
        knowledge=knowledge,
        booked=people.booked[rows],
        clients=clients,
        ties=ties,
        last=last,
        group_start=start,
        group=group,
    )


@njit(cache=True)
def remembered(rows: Any, work: Any, knowledge: Any, firm_row: Any, kept: Any) -> Any:
    """What some people know, and their clients that are there and not forgotten.

    Parameters
    ----------
    rows : int64[k]
    work : (int32, float32, int16)[people, 8]
        Slots of clients, contracts with each, and month of the last.
    knowledge : float32[people, 8]
    firm_row : int64[slots]
        Present row of each firm, -1 for those that are gone.
    kept : float32
        Share of past work that a month leaves.

    Returns
    -------
    int32[k, 8], float32[k, 8], int16[k, 8], float32[k, 8]
        Rows of clients (-1: none), contracts with each, faded, month of the last; and
        knowledge.
    """
    clients, ties, months = work
    firm = np.full((len(rows), CLIENTS), -1, np.int32)
    faded = np.zeros((len(rows), CLIENTS), np.float32)
    last = np.empty((len(rows), CLIENTS), np.int16)
    points = np.empty((len(rows), CATEGORIES), np.float32)
    for j in range(len(rows)):
        for c in range(CLIENTS):
            slot, tie = clients[rows[j], c], ties[rows[j], c] * kept
            if slot >= 0 and firm_row[slot] >= 0 and tie >= WEAKEST:
                firm[j, c], faded[j, c] = firm_row[slot], tie
            last[j, c] = months[rows[j], c]
        for c in range(CATEGORIES):
            points[j, c] = knowledge[rows[j], c]
    return firm, faded, last, points


@njit(cache=True)
def groups_of(
    rows: Any, row_of: Any, person: Any, community: Any, group_row: Any, people: int
) -> Any:
    """Rows of the communities that some people belong to.

    Parameters
    ----------
    rows : int64[k]
    row_of, group_row : int64[slots]
        Present rows of people and of communities.
    person, community : int64[memberships], slots
    people : int
        Number of people.

    Returns
    -------
    int64[k + 1], int64[n]
        Where those of each begin, and the communities.
    """
    place = np.full(people, -1, np.int64)
    for j in range(len(rows)):
        place[rows[j]] = j
    at = np.full(len(person), -1, np.int64)
    for e in range(len(person)):
        row = row_of[person[e]]
        if row >= 0:
            at[e] = place[row]
    start, entry = grouped(at, len(rows))
    return start, group_row[community[entry]]


def firms_of(state: RegionState, pool: Pool) -> Firms:
    """What firms bring to a choice: former collaborators, communities of staff."""
    firms, people, groups = state.firms, state.people, state.society.memberships
    start, repeat = former_collaborators(pool.clients, len(firms))
    within = communities_of_staff(
        groups.person, groups.community, people.row_of, people.employer, firms.row_of,
        state.communities.row_of, len(firms), len(state.communities),
    )  # fmt: skip
    return Firms(
        address=firms.address,
        subsector=firms.subsector,
        language=firms.language,
        cell=firms.cell,
        repeat_start=start,
        repeat_count=np.diff(start),
        repeat=repeat,
        groups=within,
    )


@njit(cache=True)
def former_collaborators(clients: Any, firms: int) -> Any:
    """Places in the pool of those who have each firm (a row) for a client.

    Returns
    -------
    int64[firms + 1], int64[n]
        Where those of each firm begin, and the places, ascending.
    """
    start, entry = grouped(clients.ravel(), firms)
    return start, entry // CLIENTS


@njit(cache=True)
def communities_of_staff(
    person: Any, community: Any, person_row: Any, employer: Any, firm_row: Any,
    group_row: Any, firms: int, groups: int,
) -> Any:  # fmt: skip
    """Which communities somebody on each firm's payroll belongs to.

    Parameters
    ----------
    person, community : int64[memberships], slots
    person_row, firm_row, group_row : int64[slots]
        Present rows.
    employer : int64[people], slots

    Returns
    -------
    bool[firms, communities]
    """
    within = np.zeros((firms, max(1, groups)), np.bool_)
    for e in range(len(person)):
        row, group = person_row[person[e]], group_row[community[e]]
        if row >= 0 and group >= 0 and employer[row] >= 0:
            firm = firm_row[employer[row]]
            if firm >= 0:
                within[firm, group] = True
    return within


def write_back(state: RegionState, pool: Pool) -> None:
    """What the month's contracts changed, into the columns of people."""
    people = state.people
    people.booked[pool.row] = pool.booked
    note_work(
        pool.row, (pool.clients, pool.ties, pool.last), state.firms.slot,
        (people.clients, people.client_ties, people.client_month),
    )  # fmt: skip


@njit(cache=True)
def note_work(rows: Any, work: Any, firm_slot: Any, columns: Any) -> None:
    """Write clients (rows), contracts and months of the last into columns of people.

    Clients are written as slots.
    """
    firm, faded, last = work
    clients, ties, months = columns
    for j in range(len(rows)):
        for c in range(CLIENTS):
            at = firm[j, c]
            clients[rows[j], c] = firm_slot[at] if at >= 0 else -1
            ties[rows[j], c] = faded[j, c]
            months[rows[j], c] = last[j, c]
