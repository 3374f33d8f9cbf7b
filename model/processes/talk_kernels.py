"""Kernels of meetings: who talks with whom.

The story stands in ``model/processes/meetings.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from model import streams
from model.processes.meeting_kernels import LOW

SPREAD = np.uint64(1_000_003)  # keeps the draws of two meetings apart


@njit(cache=True)
def acquaintances(
    gathering: Any, entry: int, here: Any, staff: Any, present: Any, known: Any
) -> Any:
    """Entries of those here whom somebody knows: ties first, then colleagues.

    Parameters
    ----------
    gathering : Gathering
    entry : int
    here, staff : int64[k]
        Entries of all who came, and their employers.
    present : int32[people]
        Entry of each who came, -1 for others.
    known : int64[entries]
        Changed: the entries.

    Returns
    -------
    int, int
        How many they are, and how many of them are ties.
    """
    j = gathering.person[entry]
    count = 0
    for k in range(gathering.contact_start[j], gathering.contact_start[j + 1]):
        known[count] = present[gathering.contact[k]]  # kept only if it counts
        count += known[count] >= 0
    ties = count
    employer = gathering.employer[j]
    if employer >= 0:
        for k in range(len(here)):
            known[count] = here[k]
            count += staff[k] == employer and here[k] != entry
    return count, ties


@njit(cache=True)
def circle_of(gathering: Any, here: Any, mark: Any, key: Any, month: int) -> Any:
    """Those who came, in the order of a circle dealt for the meeting, and their points.

    One person more or less changes only the talks that fall to that person.
    """
    point = np.empty(len(here))
    for k in range(len(here)):
        address = gathering.address[gathering.person[here[k]]]
        point[k] = streams.uniform(key, streams.TALK, month, address, mark)
    order = np.argsort(point)
    return here[order], point[order]


@njit(cache=True)
def next_on(point: Any, u: float) -> int:
    """Place of the first point of a circle that is not before ``u``.

    Points are uniform, so that the search begins where they would lie if even.
    """
    n = len(point)
    at = int(u * n)
    while at > 0 and point[at - 1] >= u:
        at -= 1
    while at < n and point[at] < u:
        at += 1
    return at if at < n else 0


@njit(cache=True)
def talks_sought(
    gathering: Any, comes: Any, base: Any, key: Any, month: int, mean: float
) -> Any:
    """Talks that each who came begins, int64[entries]; none where nobody else came.

    Parameters
    ----------
    base : uint64[groups]
        Mark of each group's meeting.
    mean : float
        Talks that each begins.
    """
    sought = np.zeros(len(comes), np.int64)
    for g in range(len(gathering.start) - 1):
        first, last = gathering.start[g], gathering.start[g + 1]
        if comes[first:last].sum() < 2:
            continue
        mark: Any = np.int64((base[g] * SPREAD) & LOW)
        for e in range(first, last):
            if comes[e]:
                address = gathering.address[gathering.person[e]]
                u = streams.uniform(key, streams.NEW_TIE, month, address, mark)
                sought[e] = streams.poisson(u, mean)
    return sought


@njit(cache=True)
def talk(
    gathering: Any, comes: Any, group_address: Any, number: Any, most_ties: int,
    key: Any, month: int, p: Any,
) -> Any:  # fmt: skip
    """Talks at the meetings of a month.

    Parameters
    ----------
    gathering : Gathering
    comes : bool[entries]
    group_address : uint64[groups]
    number : int64[groups]
        Number of the meeting in the month.
    most_ties : int
        Ties that a person can hold.

    Returns
    -------
    int64[talks], int64[talks], bool[talks], bool[talks], int64[talks]
        Entries of the two, whether they knew each other, whether they are tied from
        now on, and the group.
    """
    base = (group_address + number.astype(np.uint64)) & LOW
    sought = talks_sought(gathering, comes, base, key, month, p.talks / 2.0)
    talks, t = sought.sum(), 0
    one, two = np.empty(talks, np.int64), np.empty(talks, np.int64)
    knew, tied = np.empty(talks, np.bool_), np.empty(talks, np.bool_)
    where = np.empty(talks, np.int64)
    person, begin = gathering.person, gathering.contact_start
    present = np.full(len(gathering.address), -1, np.int32)
    known = np.empty(2 * len(comes), np.int64)  # ties, and colleagues
    knows = np.full(len(comes), -1, np.int64)  # the last entry who knows each
    is_tied = np.full(len(comes), -1, np.int64)  # and to whom each is tied
    for g in range(len(gathering.start) - 1):
        first = gathering.start[g]
        here = first + np.flatnonzero(comes[first : gathering.start[g + 1]])
        if len(here) < 2:
            continue
        circle, point = circle_of(gathering, here, np.int64(base[g]), key, month)
        staff = gathering.employer[person[here]]
        for e in here:
            present[person[e]] = e
        for e in here:
            j, address = person[e], gathering.address[person[e]]
            count, ties = acquaintances(gathering, e, here, staff, present, known)
            knows[known[:count]] = is_tied[known[:ties]] = e
            for n in range(sought[e]):
                mark: Any = np.int64((base[g] * SPREAD + np.uint64(1 + n)) & LOW)
                seek, who = streams.uniform_pair(
                    key, streams.TALK, month, address, mark
                )
                if seek < p.known and count > 0:
                    other = known[int(who * count)]
                else:
                    at = next_on(point, who)
                    if circle[at] == e:
                        at = (at + 1) % len(here)
                    other = circle[at]
                u = streams.uniform(key, streams.NEW_TIE, month, address, mark)
                k = person[other]
                held = max(begin[j + 1] - begin[j], begin[k + 1] - begin[k])
                one[t], two[t], where[t] = e, other, g
                knew[t] = knows[other] == e
                tied[t] = is_tied[other] == e
                if not knew[t]:
                    tied[t] = held < most_ties and u < p.new_tie
                t += 1
        for e in here:
            present[person[e]] = -1
    return one, two, knew, tied, where


@njit(cache=True)
def sums_of_talks(
    first: Any, second: Any, marks: Any, where: Any, groups: int, employer: Any,
    skill: Any, trades: int,
) -> Any:  # fmt: skip
    """Talks by community and kind, and by the trades of the two.

    Parameters
    ----------
    first, second : int64[talks], rows
    marks : (bool[talks], bool[talks])
        Whether they knew each other, and whether they are tied from now on.
    where : int64[talks], rows
    employer, skill : int64[people], int8[people]

    Returns
    -------
    int64[groups, 4]
        Talks, of these between acquaintances, across employers, and those that made
        a new tie.
    float64[trades, trades, 2]
        Talks by the two's trades, the smaller index first, within and across employers.
    """
    knew, tied = marks
    count = np.zeros((groups, 4), np.int64)
    trade = np.zeros((trades, trades, 2))
    for t in range(len(first)):
        a, b, g = first[t], second[t], where[t]
        across = employer[a] != employer[b] or employer[a] < 0
        count[g, 0] += 1
        count[g, 1] += knew[t]
        count[g, 2] += across
        count[g, 3] += tied[t] and not knew[t]
        low, high = min(skill[a], skill[b]), max(skill[a], skill[b])
        trade[low, high, int(across)] += 1.0
    return count, trade
