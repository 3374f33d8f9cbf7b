"""Kernels of meetings: who comes, and what comes of it for members.

The story and the equation stand in ``model/processes/meetings.py``.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.processes.society import CATEGORIES, LEVELS, Floats, Integers

CORE, ACTIVE, PERIPHERAL = range(len(LEVELS))
USUAL_MINUTES, USUAL_COSINE = 25.0, 0.7  # tau_0 and c_0: they centre the constants
LOW = np.uint64(0xFFFFFFFF)


class Gathering(NamedTuple):
    """Members of communities that meet, and what their coming depends on.

    Attributes
    ----------
    person, group : int64[entries], rows
    level : int8[entries]
    record : float64[entries], share
    minutes : float64[entries], min
        To the venue.
    address : uint64[people]
    sociability : float64[people], SD
    employer : int64[people], slots
        Negative for none.
    knowledge : float32[people, 8]
    domain : float32[groups, 8]
    support, frequency : float64[groups]
        Needs that policy meets (0-1), meetings per month.
    start : int64[groups + 1]
        Where the entries of each group begin.
    contact_start, contact : int64[people + 1], int32[k]
        Rows of everybody's ties.
    """

    person: Integers
    group: Integers
    level: Any
    record: Floats
    minutes: Floats
    address: Any
    sociability: Any
    employer: Any
    knowledge: Any
    domain: Any
    support: Any
    frequency: Any
    start: Integers
    contact_start: Integers
    contact: Any


@njit(cache=True, inline="always")
def cosine(a: Any, i: int, b: Any, k: int) -> Any:
    """Cosine of row i of some vectors with row k of others, which have length one."""
    inner, length = 0.0, 0.0
    for c in range(CATEGORIES):
        inner += a[i, c] * b[k, c]
        length += a[i, c] * a[i, c]
    return inner / math.sqrt(length) if length > 0.0 else 0.0


@njit(cache=True)
def cosines(a: Any, b: Any) -> Any:
    """Cosine of each pair of rows, float64[k]; those of b have length one."""
    out = np.empty(len(a))
    for k in range(len(a)):
        out[k] = cosine(a, k, b, k)
    return out


@njit(cache=True)
def ways(
    person: Any, venue: Any, home: Any, work: Any, minutes: Any, telework: float,
    outside: float,
) -> Any:  # fmt: skip
    """Minutes to a venue: from home on days of telework, from work on others.

    Parameters
    ----------
    person, venue : int64[k], int32[k]
        Rows of people, and cells.
    home, work : int32[people]
        Cells; negative for a home outside the Region, and for no work.
    minutes : float32[n, n], min
    telework : float, share
    outside : float, min
        Way from outside the Region.

    Returns
    -------
    float64[k], min
    """
    out = np.empty(len(person))
    for e in range(len(person)):
        j, there = person[e], venue[e]
        from_home = np.float64(minutes[there, home[j]]) if home[j] >= 0 else outside
        from_work = np.float64(minutes[there, work[j]]) if work[j] >= 0 else from_home
        out[e] = telework * from_home + (1.0 - telework) * from_work
    return out


@njit(cache=True)
def friends_coming(gathering: Any, meets: Any) -> Any:
    """Expected number of ties and colleagues of each member who come."""
    person, employer, record = gathering.person, gathering.employer, gathering.record
    begin, contact = gathering.contact_start, gathering.contact
    out = np.zeros(len(person))
    coming = np.zeros(len(employer))  # record in the present group, 0 of all others
    staff = np.zeros(max(0, employer.max()) + 1)  # of each employer who come
    for g in range(len(gathering.start) - 1):
        if not meets[g]:
            continue
        first, last = gathering.start[g], gathering.start[g + 1]
        for e in range(first, last):
            j = person[e]
            coming[j] = record[e]
            if employer[j] >= 0:
                staff[employer[j]] += record[e]
        for e in range(first, last):
            j = person[e]
            friends = 0.0
            for k in range(begin[j], begin[j + 1]):
                friends += coming[contact[k]]
            if employer[j] >= 0:
                friends += staff[employer[j]] - record[e]
            out[e] = friends
        for e in range(first, last):
            j = person[e]
            coming[j] = 0.0
            if employer[j] >= 0:
                staff[employer[j]] = 0.0
    return out


@njit(cache=True)
def readiness(gathering: Any, meets: Any, p: Any) -> Any:
    """Log-odds to come to the next meeting, float64[entries]; 0 where there is none.

    Parameters
    ----------
    gathering : Gathering
    meets : bool[groups]
        Which groups meet this month.
    p : Parameters
    """
    person, group, levels = gathering.person, gathering.group, gathering.level
    record, frequency = gathering.record, gathering.frequency
    minutes, support = gathering.minutes, gathering.support
    knowledge, domain = gathering.knowledge, gathering.domain
    sociability = gathering.sociability
    out = np.zeros(len(person))
    evenings = np.zeros(len(gathering.address))
    for e in range(len(out)):
        evenings[person[e]] += frequency[group[e]] * record[e]
    friends = friends_coming(gathering, meets)
    for e in range(len(out)):
        j, g, level = person[e], group[e], levels[e]
        if not meets[g]:
            continue
        value = p.peripheral
        if level == CORE:
            value = p.core
        elif level == ACTIVE:
            value = p.active
        value += p.sociability * sociability[j]
        alike = cosine(knowledge, j, domain, g)
        value += p.topic * (alike - USUAL_COSINE)
        value += p.friends * math.log(1.0 + max(0.0, friends[e]))
        value -= p.travel * (minutes[e] - USUAL_MINUTES)
        value += p.support * support[g]
        elsewhere = evenings[j] - frequency[g] * record[e]
        out[e] = value - p.evenings * elsewhere
    return out


@njit(cache=True)
def attend(
    gathering: Any, log_odds: Any, group_address: Any, number: Any, key: Any,
    month: int,
) -> Any:  # fmt: skip
    """Who comes to a meeting, bool[entries]; false where the group does not meet.

    Parameters
    ----------
    gathering : Gathering
    log_odds : float64[entries]
    group_address : uint64[groups]
    number : int64[groups]
        Number of the meeting in the month, -1 where there is none.
    """
    group, person, address = gathering.group, gathering.person, gathering.address
    out = np.zeros(len(log_odds), np.bool_)
    for e in range(len(out)):
        g = group[e]
        if number[g] < 0:
            continue
        alternative: Any = np.int64((group_address[g] + np.uint64(number[g])) & LOW)
        u = streams.uniform(
            key, streams.ATTENDANCE, month, address[person[e]], alternative
        )
        out[e] = u < 1.0 / (1.0 + math.exp(-log_odds[e]))
    return out


@njit(cache=True)
def count_in(
    group: Any, comes: Any, number: Any, least: int, memory: float, turnout: Any,
    thin: Any,
) -> Any:  # fmt: skip
    """Count who is present; fewer than ``least`` are no meeting, and go home.

    Parameters
    ----------
    group, comes : int64[entries], bool[entries]
        ``comes`` is changed.
    number : int64[groups]
        Number of the meeting in the month, -1 where there is none.
    memory : float
        Weight of this meeting in the turnout.
    turnout, thin : float64[groups], int8[groups]
        Changed: mean of recent meetings, and meetings in a row that were none.

    Returns
    -------
    int64[groups]
    """
    present = np.zeros(len(number), np.int64)
    for e in range(len(group)):
        present[group[e]] += comes[e]
    for e in range(len(group)):
        comes[e] &= present[group[e]] >= least
    for g in range(len(number)):
        if number[g] >= 0:
            thin[g] = 0 if present[g] >= least else thin[g] + 1
            turnout[g] += memory * (present[g] - turnout[g])
    return present


@njit(cache=True)
def remember(
    group: Any, comes: Any, number: Any, memory: float, levels: Any, members: Any
) -> None:
    """Bring records, absences and levels up to date after a round of meetings.

    Parameters
    ----------
    group, comes : int64[entries], bool[entries]
        Rows of groups, and who came.
    number : int64[groups]
        Number of the meeting, -1 where there was none.
    memory : float
        Weight of this meeting in a record.
    levels : (float, float)
        Records from which one is a core and an active member.
    members : (float64, int32, int8)[entries]
        Changed: records, months of absence, levels.
    """
    record, absent, level = members
    core, active = levels
    for e in range(len(group)):
        if number[group[e]] >= 0:
            record[e] += memory * (comes[e] - record[e])
        if comes[e]:
            absent[e] = 0
        level[e] = PERIPHERAL
        if record[e] >= core:
            level[e] = CORE
        elif record[e] >= active:
            level[e] = ACTIVE
