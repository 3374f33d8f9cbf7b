"""Workers of the base year (synthetic): staff of each firm, and freelancers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model import streams
from model.columns import Table
from model.geography import Region
from model.processes import freelance, newcomers
from model.processes.society import CLIENTS
from model.processes.state import LANGUAGES, SUBSECTORS, RegionState

FREELANCERS = streams.named_address("freelancers")
MEAN_CLIENTS = 3.4  # Dutch freelance journalists, 2013
MOST_WEIGHT = 3.0  # past contracts with a client, faded; assumed
MOST_SAVED = 6.0  # months of living; assumed


def home_shares(region: Region) -> NDArray[np.float64]:
    """Cumulated shares of workers' homes over cells: the residents'.

    Where media workers live was not found; their homes follow everybody's.
    """
    cumulated: NDArray[np.float64] = np.cumsum(region.population)
    cumulated = cumulated / cumulated[-1]
    return cumulated


def add_people(state: RegionState, share: float) -> None:
    """One employee for each job of each firm, then freelancers with their clients.

    Parameters
    ----------
    state : RegionState
        With firms; people are added.
    share : float
        Part of all firms that is simulated.
    """
    firms, people, now = state.firms, state.people, state.month
    firm = np.repeat(np.arange(len(firms)), firms.jobs)
    staff = newcomers.staff(firms, firm, 0, state.scenario.block(newcomers.Parameters))
    newcomers.add(people, staff, state.key, 0, state.homes, now)
    p = state.scenario.block(freelance.Parameters)
    new = newcomers.self_employed(
        firms, FREELANCERS, round(p.number * share), state.key, 0, p.outside_share
    )
    rows = newcomers.add(people, new, state.key, 0, state.homes, now)
    if len(new.address):
        settled = np.arange(rows.start, rows.stop)
        freelance.go_freelance(state, settled)
        give_history(state, settled)


def give_history(state: RegionState, rows: NDArray[np.int64]) -> None:
    """Clients, savings and booked days that freelancers bring into the base year.

    Clients are firms of the own trade, by jobs: one and Poisson more.
    """
    people, firms = state.people, state.firms
    address, key = people.address[rows], state.key
    purpose = streams.POPULATION_TRAIT
    people.buffer[rows] = MOST_SAVED * streams.uniforms(key, purpose, 0, address, 3)
    p = state.scenario.block(freelance.Parameters)
    people.booked[rows] = p.paid_days * streams.uniforms(key, purpose, 0, address, 4)
    for s in range(len(SUBSECTORS)):
        trade, same = np.flatnonzero(firms.subsector == s), people.skill[rows] == s
        if len(trade):
            clients, ties = first_clients(
                people.address[rows[same]], firms.slot[trade],
                np.cumsum(firms.jobs[trade]), key,
            )  # fmt: skip
            people.clients[rows[same]] = clients
            people.client_ties[rows[same]] = ties
            people.client_month[rows[same]] = np.where(clients >= 0, state.month, 0)


@njit(cache=True)
def first_clients(address: Any, firm: Any, jobs: Any, key: Any) -> Any:
    """Clients of the base year: one and Poisson more of these firms, each once.

    Parameters
    ----------
    address : uint64[freelancers]
    firm, jobs : int64[firms]
        Slots, and jobs cumulated.

    Returns
    -------
    int32[freelancers, 8], float32[freelancers, 8]
        Slots (-1: none) and past contracts, faded.
    """
    clients = np.full((len(address), CLIENTS), -1, np.int32)
    ties = np.zeros((len(address), CLIENTS), np.float32)
    purpose = streams.POPULATION_TRAIT
    for j in range(len(address)):
        u = streams.uniform(key, purpose, 0, address[j], 5)
        count = 0
        for k in range(min(1 + streams.poisson(u, MEAN_CLIENTS - 1.0), CLIENTS)):
            u, v = streams.uniform_pair(key, purpose, 0, address[j], 6 + k)
            chosen = firm[np.searchsorted(jobs, u * jobs[-1])]
            if chosen not in clients[j, :count]:
                clients[j, count] = chosen
                ties[j, count] = MOST_WEIGHT * v
                count += 1
    return clients, ties


def language_shares(firms: Table) -> NDArray[np.float64]:
    """Cumulated shares of languages of firms within each subsector, float64[5, 3]."""
    counts = np.ones((len(SUBSECTORS), len(LANGUAGES)))
    np.add.at(counts, (firms.subsector, firms.language), 1)
    shares: NDArray[np.float64] = np.cumsum(counts, axis=1)
    return shares / shares[:, -1:]
