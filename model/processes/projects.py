r"""Firms post projects; slots of their teams go to freelancers.

A firm of subsector s posts Poisson(:math:`\rho_s n_i`) projects a month; a team has
1 + Poisson(m - 1) slots, a slot exponential days. With chance :math:`p_{inc}` a slot is
for an incumbent, somebody with clients already, and of these a share
:math:`q_{rep}` for a former collaborator of the firm (Guimera et al. 2005); the rest is
open to all. In each case the firm looks at the next few who are free, on a circle
of freelancers that is dealt anew each month, and takes the best of

.. math::
    u_{ij} = \theta_w \ln(1 + w_{ij}) + \theta_c\, coCoP_{ij} + \theta_k V_{js} / 10
             - \kappa (1 - \theta) \tau_{ij} - \theta_l 1[l_i \ne l_j] + Gumbel

with w past contracts, coCoP a community shared with staff, V knowledge of the firm's
trade (0-30), tau minutes from home and theta telework. A contract adds 1 to w and ties
the freelancer to a contact at the firm and to the rest of the team; w and ties fade by
``tie_decay`` a month. Word of mouth and repeat hiring rule these labour markets
(Grabher 2002; Apitzsch 2010), variety helps too.

In the base state firms ask for as many days as freelancers work: by trade, freelancers
times ``freelance.paid_days``.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.network import PROJECTS, grouped
from model.parameters import calibrated, fixed, uncertain
from model.processes.state import (
    CLIENTS,
    FREELANCER,
    SUBSECTOR_COUNT,
    Floats,
    Integers,
    RegionState,
    Talks,
)
from model.processes.surroundings import Parameters as Ranges
from model.processes.workplace import Parameters as Workplace

MAX_DAYS = 20.0  # a month; who has more booked takes nothing on
CANDIDATES = 6  # that a firm looks at for a slot
WEAKEST = 0.05  # contracts, faded, at which a client is forgotten
WEAKEST_TIE = 0.5  # contracts, faded, at which two people have lost sight; assumed
TEAM_BITS = np.uint64(2654435761)  # spreads slots over the alternatives of a draw
OPEN, INCUMBENT, REPEAT = range(3)  # who a slot is for


class Parameters(NamedTuple):
    """Projects and who is hired for them."""

    days_per_contract: Annotated[
        float,
        uncertain(
            14.0,
            unit="days",
            hard=(0.5, 60.0),
            plausible=(6.0, 20.0),
            source="derived: 143 paid days a year in 10 contracts (SMart 2012)",
            confidence="M",
            means="dd: mean length of a contract",
        ),
    ]
    team_size: Annotated[
        float,
        uncertain(
            2.0,
            unit="freelancers",
            hard=(1.0, 20.0),
            plausible=(1.2, 4.0),
            source="assumption",
            confidence="L",
            means="mean freelance slots of a project",
        ),
    ]
    incumbent: Annotated[
        float,
        uncertain(
            0.75,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.5, 0.95),
            source="Guimera et al. 2005, form; level assumed",
            confidence="L",
            means="p_inc: slots for somebody with clients",
        ),
    ]
    repeat: Annotated[
        float,
        calibrated(
            0.6,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.3, 0.9),
            source="Guimera et al. 2005, form; survey: share of repeat clients",
            confidence="L",
            means="q_rep: of these, for a former collaborator",
        ),
    ]
    tie_effect: Annotated[
        float,
        uncertain(
            0.5,
            unit="per ln(1 + contracts)",
            hard=(0.0, 5.0),
            plausible=(0.2, 1.0),
            source="assumption; hiring by word of mouth",
            confidence="L",
            means="theta_w: past work for the firm",
        ),
    ]
    community_effect: Annotated[
        float,
        uncertain(
            0.3,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.0, 0.8),
            source="assumption; survey: did work follow from who was met",
            confidence="L",
            means="theta_c: a community shared with the firm's staff",
        ),
    ]
    fit_effect: Annotated[
        float,
        uncertain(
            0.5,
            unit="per 10 points",
            hard=(0.0, 5.0),
            plausible=(0.2, 1.0),
            source="assumption",
            confidence="L",
            means="theta_k: knowledge of the firm's trade",
        ),
    ]
    language_effect: Annotated[
        float,
        uncertain(
            1.0,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.3, 2.0),
            source="assumption; French and Dutch media are two labour markets",
            confidence="L",
            means="theta_l: another working language",
        ),
    ]
    tie_decay: Annotated[
        float,
        uncertain(
            0.03,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.01, 0.08),
            source="assumption; separation is tolerated long (Jussieu)",
            confidence="L",
            means="delta_w: ties and past work fade",
        ),
    ]
    most_ties: Annotated[
        float,
        fixed(
            150,
            unit="ties",
            hard=(1, 10_000),
            plausible=(100, 250),
            source="Dunbar 1992",
            confidence="M",
            means="ties that a person can hold",
            integer=True,
        ),
    ]


class Posted(NamedTuple):
    """Slots of this month's projects, by firm; one entry each.

    Attributes
    ----------
    firm : int64[slots], rows
    project : int64[slots]
        Number of the project; slots of a project stand together.
    ordinal : int64[slots]
        Number of the slot within its firm.
    days : float64[slots], days
    """

    firm: Integers
    project: Integers
    ordinal: Integers
    days: Floats


@njit(cache=True)
def post(
    order: Any, jobs: Any, subsector: Any, address: Any, rate: Any, key: Any,
    month: int, p: Any,
) -> Any:  # fmt: skip
    """Slots of this month's projects, firms in the order given.

    Parameters
    ----------
    order : int64[firms], rows
    jobs, subsector, address : int32, int8, uint64 [firms]
    rate : float64[5], projects/job/month

    Returns
    -------
    int64, int64, int64, float64 [slots]
        As in :class:`Posted`.
    """
    firm, project, ordinal, days = [0], [0], [0], [0.0]
    count = 0
    for i in order:
        u = streams.uniform(key, streams.PROJECT, month, address[i], 0)
        slot = 0
        for k in range(streams.poisson(u, rate[subsector[i]] * jobs[i])):
            u = streams.uniform(key, streams.PROJECT, month, address[i], 1 + k)
            for _ in range(1 + streams.poisson(u, p.team_size - 1.0)):
                u = streams.uniform(key, streams.SLOT, month, address[i], 2 * slot)
                firm.append(i)
                project.append(count)
                ordinal.append(slot)
                days.append(p.days_per_contract * streams.exponential(u))
                slot += 1
            count += 1
    return (
        np.array(firm[1:], np.int64), np.array(project[1:], np.int64),
        np.array(ordinal[1:], np.int64), np.array(days[1:]),
    )  # fmt: skip


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
        Changed by :func:`fill`, as the next two.
    clients, ties : int32, float32 [freelancers, 8]
        Rows of clients (-1: none), and faded contracts with them.
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
    group_start: Integers
    group: Integers


class Firms(NamedTuple):
    """What freelancers are hired by.

    Attributes
    ----------
    address, subsector, language, cell : arrays[firms]
    repeat_start, repeat : int64[firms + 1], int64[k]
        Places in the pool of each firm's former collaborators, ascending.
    groups : bool[firms, communities]
        Communities that somebody on the payroll belongs to.
    """

    address: Any
    subsector: Any
    language: Any
    cell: Any
    repeat_start: Integers
    repeat: Integers
    groups: Any


@njit(cache=True, inline="always")
def client_place(clients: Any, j: int, firm: int) -> int:
    """Place of a firm among the clients of freelancer j, -1 if it is none."""
    place = -1
    for c in range(CLIENTS):
        if clients[j, c] == firm:
            place = c
    return place


@njit(cache=True, inline="always")
def has_clients(clients: Any, j: int) -> bool:
    """Whether freelancer j has worked for anybody yet."""
    found = False
    for c in range(CLIENTS):
        found |= clients[j, c] >= 0
    return found


@njit(cache=True, inline="always")
def liking(
    i: int, j: int, firms: Any, pool: Any, minutes: Any, outside: float, kappa: float,
    p: Any,
) -> Any:  # fmt: skip
    """Utility of freelancer j to firm i, without its error.

    ``kappa`` is per minute, telework taken into account.
    """
    place = client_place(pool.clients, j, i)
    u = 0.0
    if place >= 0:
        u += p.tie_effect * math.log(1.0 + pool.ties[j, place])
    for k in range(pool.group_start[j], pool.group_start[j + 1]):
        if firms.groups[i, pool.group[k]]:
            u += p.community_effect
            break
    u += p.fit_effect * pool.knowledge[j, firms.subsector[i]] / 10.0
    way = minutes[firms.cell[i], pool.home[j]] if pool.home[j] >= 0 else outside
    u -= kappa * way
    if pool.language[j] != firms.language[i]:
        u -= p.language_effect
    return u


@njit(cache=True, inline="always")
def best_of(
    i: int, ordinal: int, point: float, wanted: int, firms: Any, pool: Any, busy: Any,
    minutes: Any, outside: float, kappa: float, key: Any, month: int, p: Any,
) -> int:  # fmt: skip
    """Place in the pool of the best of the next few free freelancers, -1 if none.

    Parameters
    ----------
    i, ordinal : int
        Row of the firm and number of the slot within it.
    point : float, 0-1
        Where on the circle it begins to look.
    wanted : int
        ``OPEN``, ``INCUMBENT`` or ``REPEAT``.
    busy : bool[freelancers]
        Who is in the team already.
    """
    begin, count = 0, len(pool.point)
    if wanted == REPEAT:
        begin = firms.repeat_start[i]
        count = firms.repeat_start[i + 1] - begin
    first, last = 0, count
    while first < last:  # the first place from the point on
        middle = (first + last) // 2
        j = firms.repeat[begin + middle] if wanted == REPEAT else middle
        if pool.point[j] < point:
            first = middle + 1
        else:
            last = middle
    mix = np.uint64(ordinal + 1) * TEAM_BITS
    alternative: Any = np.int64((firms.address[i] ^ mix) & np.uint64(0xFFFFFFFF))
    best, highest, seen = -1, -np.inf, 0
    for step in range(count):
        at = (first + step) % count
        j = firms.repeat[begin + at] if wanted == REPEAT else at
        if pool.booked[j] >= MAX_DAYS or busy[j]:
            continue
        if wanted == INCUMBENT and not has_clients(pool.clients, j):
            continue
        u = streams.uniform(key, streams.CANDIDATE, month, pool.address[j], alternative)
        value = liking(i, j, firms, pool, minutes, outside, kappa, p)
        value += streams.gumbel(u)
        if value > highest:
            best, highest = j, value
        seen += 1
        if seen == CANDIDATES:
            break
    return best


@njit(cache=True, inline="always")
def sign(pool: Any, j: int, firm: int, days: float) -> bool:
    """Book the days, and count the client; whether it was one already."""
    pool.booked[j] += days
    place = client_place(pool.clients, j, firm)
    known = place >= 0
    if not known:
        place = 0
        for c in range(1, CLIENTS):
            if pool.ties[j, c] < pool.ties[j, place]:
                place = c
        pool.clients[j, place] = firm
        pool.ties[j, place] = 0.0
    pool.ties[j, place] += 1.0
    return known


@njit(cache=True)
def fill(
    posted: Any, firms: Any, pool: Any, minutes: Any, outside: float, kappa: float,
    key: Any, month: int, p: Any,
) -> Any:  # fmt: skip
    """Fill the slots one after the other.

    Returns
    -------
    taken : int64[slots]
        Place in the pool of who got it, -1 if nobody was free.
    known : bool[slots]
        Whether the firm was a client already.
    first, second : int64[k]
        Places in the pool of people who were in one team.
    """
    n = len(posted.firm)
    taken = np.full(n, -1, np.int64)
    known = np.zeros(n, np.bool_)
    first, second = [0], [0]
    busy = np.zeros(len(pool.point), np.bool_)
    begun = 0  # first slot of the project
    for s in range(n):
        i, ordinal = posted.firm[s], posted.ordinal[s]
        if posted.project[s] != posted.project[begun]:
            for t in range(begun, s):
                busy[taken[t]] = False
            begun = s
        _, who = streams.uniform_pair(
            key, streams.SLOT, month, firms.address[i], 2 * ordinal
        )
        point = streams.uniform(
            key, streams.SLOT, month, firms.address[i], 2 * ordinal + 1
        )
        wanted = OPEN
        if who < p.incumbent * p.repeat:
            wanted = REPEAT
        elif who < p.incumbent:
            wanted = INCUMBENT
        j = -1
        while j < 0 and wanted >= OPEN:  # nobody of that kind: the next wider one
            j = best_of(
                i, ordinal, point, wanted, firms, pool, busy, minutes, outside, kappa,
                key, month, p,
            )  # fmt: skip
            wanted -= 1
        if j < 0:
            continue
        taken[s] = j
        known[s] = sign(pool, j, i, posted.days[s])
        busy[j] = True
        for t in range(begun, s):
            if taken[t] >= 0:
                first.append(taken[t])
                second.append(j)
    return taken, known, np.array(first)[1:], np.array(second)[1:]


@njit(cache=True)
def contacts(
    firm: Any, freelancer: Any, start: Any, staff: Any, firm_address: Any, key: Any
) -> Any:
    """Row of the employee whom a freelancer deals with at a firm, -1 if none.

    The same one each time, as long as the firm's staff stays.

    Parameters
    ----------
    firm, freelancer : int64[k], uint64[k]
        Rows of firms and addresses of freelancers.
    start, staff : int64[firms + 1], int64[employees]
        Rows of each firm's staff.
    """
    out = np.full(len(firm), -1, np.int64)
    for k in range(len(firm)):
        i = firm[k]
        count = start[i + 1] - start[i]
        if count > 0:
            alternative: Any = np.int64(firm_address[i] & np.uint64(0xFFFFFFFF))
            u = streams.uniform(key, streams.CONTACT, 0, freelancer[k], alternative)
            out[k] = staff[start[i] + int(u * count)]
    return out


def apply(state: RegionState) -> None:
    """Post projects, fill their slots, and tie those who work together."""
    p = state.scenario.block(Parameters)
    people, society, month = state.people, state.society, state.month
    society.talks.clear()
    society.ties.renew(p.tie_decay, WEAKEST_TIE, people.row_of)
    rows = np.flatnonzero(people.kind == FREELANCER)
    if not len(rows):
        return
    pool = pool_of(state, rows, p.tie_decay)
    firms = firms_of(state, pool)
    turn = streams.uniforms(
        state.key, streams.PROJECT, month, state.firms.address, (1 << 32) - 1
    )
    per_project = p.team_size * p.days_per_contract
    posted = Posted(
        *post(
            np.argsort(turn), state.firms.jobs, state.firms.subsector,
            state.firms.address, state.base.days_per_job / per_project, state.key,
            month, p,
        )
    )  # fmt: skip
    kappa = state.scenario.block(Ranges).minutes_deterrence * (1.0 - state.telework)
    outside = state.scenario.block(Workplace).outside_minutes
    taken, known, *team = fill(
        posted, firms, pool, state.minutes, outside, kappa, state.key, month, p
    )
    write_back(state, pool)
    hired = taken >= 0
    met = contacts_of(state, pool, taken[hired], posted.firm[hired])
    first, second = (
        people.slot[np.concatenate([of_firm, pool.row[of_team]])]
        for of_firm, of_team in zip(met, team, strict=True)
    )
    talks = Talks(first, second, PROJECTS)
    society.ties.strengthen(talks.first, talks.second, PROJECTS, 1.0)
    society.talks.append(talks)
    tally = state.tally
    tally.days += float(posted.days[hired].sum())
    tally.repeat_days += float(posted.days[hired & known].sum())
    tally.unfilled_days += float(posted.days[~hired].sum())


def pool_of(state: RegionState, rows: Integers, decay: float) -> Pool:
    """Freelancers in the order of this month's circle, their past work faded.

    Clients that are gone or long past are forgotten.
    """
    people, groups = state.people, state.society.memberships
    point = streams.uniforms(state.key, streams.RING, state.month, people.address[rows])
    order = np.argsort(point)
    rows = rows[order]
    place = np.full(len(people), -1)
    place[rows] = np.arange(len(rows))
    member = people.rows(groups.person)
    start, entry = grouped(np.where(member >= 0, place[member], -1), len(rows))
    clients = state.firms.rows(people.clients[rows].astype(np.int64))
    ties = people.client_ties[rows] * np.float32(1.0 - decay)
    clients[ties < WEAKEST] = -1
    ties[clients < 0] = 0.0
    return Pool(
        point=point[order],
        row=rows,
        address=people.address[rows],
        language=people.language[rows],
        home=people.home[rows],
        knowledge=people.knowledge[rows],
        booked=people.booked[rows],
        clients=clients.astype(np.int32),
        ties=ties,
        group_start=start,
        group=state.communities.rows(groups.community)[entry],
    )


def firms_of(state: RegionState, pool: Pool) -> Firms:
    """What firms bring to a choice: former collaborators, communities of staff."""
    firms, people = state.firms, state.people
    by_place = pool.clients.astype(np.int64).ravel()
    start, entry = grouped(by_place, len(firms))
    groups = state.society.memberships
    member = people.rows(groups.person)
    employer = np.where(member >= 0, people.employer[member], -1)
    employer = firms.rows(employer)
    community = state.communities.rows(groups.community)
    within = np.zeros((len(firms), max(1, len(state.communities))), bool)
    staff = (employer >= 0) & (community >= 0)
    within[employer[staff], community[staff]] = True
    return Firms(
        address=firms.address,
        subsector=firms.subsector,
        language=firms.language,
        cell=firms.cell,
        repeat_start=start,
        repeat=entry // CLIENTS,
        groups=within,
    )


def write_back(state: RegionState, pool: Pool) -> None:
    """What the month's contracts changed, into the columns of people."""
    people, rows = state.people, pool.row
    people.booked[rows] = pool.booked
    slots = np.where(pool.clients >= 0, state.firms.slot[pool.clients], -1)
    people.clients[rows] = slots
    people.client_ties[rows] = pool.ties


def contacts_of(
    state: RegionState, pool: Pool, freelancer: Integers, firm: Integers
) -> tuple[Integers, Integers]:
    """Rows of freelancers (places in the pool) and of whom they deal with at firms."""
    people = state.people
    start, staff = grouped(state.firms.rows(people.employer), len(state.firms))
    contact = contacts(
        firm, pool.address[freelancer], start, staff, state.firms.address, state.key
    )
    met = contact >= 0
    return pool.row[freelancer[met]], contact[met]


def days_per_job(state: RegionState, paid_days: float) -> Floats:
    """Freelance days asked for per job, by subsector, that keep freelancers at work.

    Parameters
    ----------
    paid_days : float, days/month
        What a freelancer works in the base state.
    """
    people, firms = state.people, state.firms
    freelance = people.kind == FREELANCER
    supply = np.bincount(people.skill[freelance], minlength=SUBSECTOR_COUNT)
    jobs = np.bincount(firms.subsector, firms.jobs, SUBSECTOR_COUNT)
    asked: Floats = paid_days * supply / np.maximum(jobs, 1.0)
    return asked
