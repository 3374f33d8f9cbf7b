"""Kernels of projects: posting slots, choosing freelancers, finding contacts.

The story and the equation stand in ``model/processes/projects.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

from model import streams
from model.processes.society import CLIENTS, Floats, Integers

MAX_DAYS = 20.0  # a month; who has more booked takes nothing on
CANDIDATES = 5  # that a firm looks at for a slot
TEAM_BITS = np.uint64(2654435761)  # spreads slots over the alternatives of a draw
OPEN, INCUMBENT, REPEAT = range(3)  # who a slot is for

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def uncounted(kernel: Kernel) -> Kernel:
    """Compile a function that allocates nothing, without counting references.

    Numba counts them each time an array is taken out of a tuple, and in loops with many
    ways out that is a third of the time. The option has no public name.
    """
    compiled = njit(cache=True, _nrt=False)(kernel)  # type: ignore[call-overload]
    return cast(Kernel, compiled)


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


@uncounted
def client_place(clients: Any, j: int, firm: int) -> int:
    """Place of a firm among the clients of freelancer j, -1 if it is none."""
    place = -1
    for c in range(CLIENTS):
        if clients[j, c] == firm:
            place = c
    return place


@uncounted
def has_clients(clients: Any, j: int) -> bool:
    """Whether freelancer j has worked for anybody yet."""
    found = False
    for c in range(CLIENTS):
        found |= clients[j, c] >= 0
    return found


@uncounted
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


@uncounted
def best_of(
    i: int, ordinal: int, point: float, wanted: int, firms: Any, pool: Any, busy: Any,
    minutes: Any, outside: float, kappa: float, key: Any, month: int, p: Any,
) -> int:  # fmt: skip
    """Place in the pool of the best of the next few free freelancers, -1 if none.

    Former collaborators who are booked out are struck off the firm's list, or large
    firms would look through all of them for every slot.

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
        count = firms.repeat_count[i]
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
    best, highest, seen, booked_out = -1, -np.inf, 0, 0
    at = first - 1
    for _ in range(count):
        at = at + 1 if at + 1 < count else 0
        j = firms.repeat[begin + at] if wanted == REPEAT else at
        if pool.booked[j] >= MAX_DAYS:
            booked_out += 1
            continue
        if busy[j]:
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
    if wanted == REPEAT and booked_out > CANDIDATES:
        kept = begin
        for at in range(begin, begin + count):
            if pool.booked[firms.repeat[at]] < MAX_DAYS:
                firms.repeat[kept] = firms.repeat[at]
                kept += 1
        firms.repeat_count[i] = kept - begin
    return best


@uncounted
def sign(pool: Any, j: int, firm: int, days: float, month: int) -> bool:
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
    pool.last[j, place] = month
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
        known[s] = sign(pool, j, i, posted.days[s], month)
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
