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
def acquaintances(gathering: Any, entry: int, here: Any, present: Any) -> Any:
    """Entries of those here whom somebody knows: ties first, then colleagues.

    Parameters
    ----------
    gathering : Gathering
    entry : int
    here : int64[k]
        Entries of all who came.
    present : int64[people]
        Entry of each who came, -1 for others.

    Returns
    -------
    list of int, int
        Entries, and how many of them are ties.
    """
    j = gathering.person[entry]
    known = [present[j] for _ in range(0)]
    for k in range(gathering.contact_start[j], gathering.contact_start[j + 1]):
        if present[gathering.contact[k]] >= 0:
            known.append(present[gathering.contact[k]])
    ties = len(known)
    employer = gathering.employer[j]
    if employer >= 0:
        for other in here:
            if other != entry and gathering.employer[gathering.person[other]] == (
                employer
            ):
                known.append(other)
    return known, ties


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
    one, two, knew, tied, where = [0], [0], [False], [False], [0]
    present = np.full(len(gathering.address), -1, np.int64)
    held = gathering.contact_start[1:] - gathering.contact_start[:-1]
    for g in range(len(gathering.start) - 1):
        first = gathering.start[g]
        here = first + np.flatnonzero(comes[first : gathering.start[g + 1]])
        if len(here) < 2:
            continue
        base = (group_address[g] + np.uint64(number[g])) & LOW
        circle, point = circle_of(gathering, here, np.int64(base), key, month)
        for e in here:
            present[gathering.person[e]] = e
        for e in here:
            j = gathering.person[e]
            known, ties = acquaintances(gathering, e, here, present)
            address = gathering.address[j]
            mark: Any = np.int64((base * SPREAD) & LOW)
            u = streams.uniform(key, streams.NEW_TIE, month, address, mark)
            for n in range(streams.poisson(u, p.talks / 2.0)):
                mark = np.int64((base * SPREAD + np.uint64(1 + n)) & LOW)
                seek, who = streams.uniform_pair(
                    key, streams.TALK, month, address, mark
                )
                if seek < p.known and len(known) > 0:
                    other = known[int(who * len(known))]
                else:
                    at = np.searchsorted(point, who) % len(here)
                    if circle[at] == e:
                        at = (at + 1) % len(here)
                    other = circle[at]
                met_before = other in known
                u = streams.uniform(key, streams.NEW_TIE, month, address, mark)
                room = max(held[j], held[gathering.person[other]]) < most_ties
                one.append(e)
                two.append(other)
                knew.append(met_before)
                tied.append(
                    other in known[:ties] if met_before else room and u < p.new_tie
                )
                where.append(g)
        for e in here:
            present[gathering.person[e]] = -1
    return (
        np.array(one)[1:], np.array(two)[1:], np.array(knew)[1:], np.array(tied)[1:],
        np.array(where)[1:],
    )  # fmt: skip


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
