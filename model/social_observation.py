"""What is noted of people at the end of each month: work, meetings, knowledge, ties."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from model.history import History, count_employees
from model.network_measures import measure
from model.processes import freelance, knowledge
from model.processes.journal import Tally
from model.processes.society import AT_HOME, CATEGORIES, CLIENTS
from model.processes.state import FREELANCER, RegionState

YEAR = 12  # months in which a client gave work to be an active one
FREELANCE = (
    "freelancers", "freelance_days", "freelance_income", "tight", "clients",
    "work_minutes",
)  # fmt: skip
YEARLY = (
    "residents", "commute_minutes", "staff", "knowledge", "mean_knowledge",
    "knowledge_gap", "ties", "clustering", "path_length", "giant_share", "cross_share",
    "brokerage",
)  # fmt: skip


def note_people(state: RegionState, history: History, t: int) -> None:
    """Write what is told of people this month into row ``t`` of the history."""
    people = state.people
    (
        history.seekers[t],
        history.commuters[t],
        history.short_contracts[t],
    ) = count_employees(
        people.kind == FREELANCER, people.home, people.employer, people.short_contract
    )
    note_freelancers(state, history, t)
    note_communities(state, history, t)
    if t == 0 or state.month % 12 == 0:  # the month that has passed is a December
        take_census(state, history, t)
    else:
        for name in YEARLY:
            column = getattr(history, name)
            column[t] = column[t - 1]
    tally = state.tally
    history.went_freelance[t] = tally.went_freelance
    history.left_freelance[t] = tally.left_freelance
    history.contract_days[t] = tally.days
    history.repeat_days[t] = tally.repeat_days
    history.unfilled_days[t] = tally.unfilled_days
    history.contacts[t], history.outward[t] = tally.contacts, tally.outward
    history.encounters[t] = tally.encounters
    state.tally = Tally()


def note_freelancers(state: RegionState, history: History, t: int) -> None:
    """Freelancers who live in the Region, by zone of their home."""
    people, count = state.people, len(state.region.zones)
    living = state.scenario.block(freelance.Parameters).living_cost
    sums, coworkers = sums_of_freelancers(
        people.of_kind(FREELANCER),
        (people.home, people.work, people.works_at), (people.paid_days, people.income),
        (people.clients, people.client_month), state.region.zone,
        state.society.coworking.cell, state.minutes, (living, state.month - YEAR),
        count,
    )  # fmt: skip
    for name, column in zip(FREELANCE, sums, strict=True):
        getattr(history, name)[t] = column
    history.coworkers[t] = coworkers


@njit(cache=True)
def sums_of_freelancers(
    rows: Any, places: Any, accounts: Any, work: Any, zone: Any, desk: Any,
    minutes: Any, lines: Any, zones: int,
) -> Any:  # fmt: skip
    """Sums of freelancers by zone of their home, and of their coworking space.

    Parameters
    ----------
    rows : int64[k]
        Rows of freelancers.
    places : (int32, int32, int16)[people]
        Cells of home and work, and the coworking space (negative: elsewhere).
    accounts : (float32, float32)[people]
        Paid days and income.
    work : (int32, int16)[people, 8]
        Clients, and month of the last contract with each.
    zone, desk : int32[n], int64[spaces]
        Zones of cells, and cells of coworking spaces.
    minutes : float32[n, n], min
    lines : (float, int)
        Cost of living (EUR/month), and the month from which a client is an active one.

    Returns
    -------
    float64[6, zones], float64[zones]
        In the order of ``FREELANCE``: of those who live in the Region; and persons in
        coworking spaces.
    """
    home, at, works_at = places
    days, income = accounts
    clients, last = work
    living, since = lines
    out, seats = np.zeros((len(FREELANCE), zones)), np.zeros(zones)
    for j in rows:
        if works_at[j] >= 0:
            seats[zone[desk[works_at[j]]]] += 1.0
        if home[j] < 0:
            continue
        z = zone[home[j]]
        out[0, z] += 1.0
        out[1, z] += days[j]
        out[2, z] += income[j]
        out[3, z] += income[j] < living
        for c in range(CLIENTS):
            out[4, z] += clients[j, c] >= 0 and last[j, c] >= since
        if at[j] >= 0 and works_at[j] != AT_HOME:
            out[5, z] += minutes[at[j], home[j]]
    return out, seats


def note_communities(state: RegionState, history: History, t: int) -> None:
    """Communities and the month's meetings, by zone of the venue."""
    groups, zone = state.communities, state.region.zone
    count = len(state.region.zones)
    history.communities[t] = np.bincount(zone[groups.venue], minlength=count)
    history.supported[t] = np.bincount(zone[groups.venue], groups.support, count)
    for record in state.journal.meetings[::-1]:
        if len(record) and record["month"][0] != state.month - 1:
            break
        here = zone[record["venue"]]
        history.meetings[t] += np.bincount(here, minlength=count)
        for name, column in (
            ("visits", "present"),
            ("talks", "talks"),
            ("known_talks", "known"),
            ("across_talks", "across"),
            ("new_ties", "new_ties"),
        ):
            getattr(history, name)[t] += np.bincount(here, record[column], count)


def take_census(state: RegionState, history: History, t: int) -> None:
    """What is measured once a year: ways to work, knowledge, and the network."""
    people, firms = state.people, state.firms
    employer = firms.rows(people.employer)
    staff_knowledge(
        people.knowledge, people.home, employer, firms.cell, state.region.zone,
        state.minutes,
        (history.residents[t], history.commute_minutes[t], history.staff[t],
         history.knowledge[t]),
    )  # fmt: skip
    history.mean_knowledge[t] = people.knowledge.mean(dtype=np.float64)
    means = knowledge.firm_means(people.knowledge, employer, len(firms))
    counted = means[np.isfinite(means) & ~firms.anchor]
    history.knowledge_gap[t] = counted.std() if len(counted) else 0.0
    contacts = state.society.ties.adjacency(people.row_of, len(people))
    measures = measure(contacts, people.employer, people.address)
    for name, value in measures._asdict().items():
        getattr(history, name)[t] = value


@njit(cache=True)
def staff_knowledge(
    points: Any, home: Any, firm: Any, cell: Any, zone: Any, minutes: Any, out: Any
) -> None:
    """Ways to work by home and knowledge by workplace, added to the arrays given.

    Parameters
    ----------
    points : float32[people, 8]
    home, firm : int32[people], int64[people]
        Home cells and rows of employers; negative for none.
    cell : int32[firms]
    zone : int32[n]
    minutes : float32[n, n], min
    out : four float64[zones]
        Residents, their minutes, staff and the sum of its mean knowledge.
    """
    residents, way, staff, known = out
    for j in range(len(firm)):
        if firm[j] < 0:
            continue
        work = cell[firm[j]]
        staff[zone[work]] += 1.0
        total = 0.0
        for c in range(CATEGORIES):
            total += points[j, c]
        known[zone[work]] += total / CATEGORIES
        if home[j] >= 0:
            residents[zone[home[j]]] += 1.0
            way[zone[home[j]]] += minutes[work, home[j]]
