r"""Who belongs to which community: invitations, joining, lapsing.

Before a community meets, Poisson(``recruits`` times its energy) people hear of it: most
from a member whom they know, the rest by themselves. They join with chance

.. math:: \mathrm{logistic}(a_r (\cos(V_j, topic_g) - c_0) - a_d (\tau - \tau_0))

with the coefficients of meetings. After a year of absence one is no member any more.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.network import Memberships, grouped
from model.parameters import uncertain
from model.processes import meetings
from model.processes.meeting_kernels import (
    PERIPHERAL,
    USUAL_COSINE,
    USUAL_MINUTES,
    cosines,
)
from model.processes.state import Integers, RegionState

LAPSED = 12  # months of absence after which a member is none any more
RING_MONTHS = 12  # after which the circle of workers is dealt anew


class Parameters(NamedTuple):
    """Joining a community."""

    recruits: Annotated[
        float,
        uncertain(
            18.0,
            unit="/meeting",
            hard=(0.0, 200.0),
            plausible=(10.0, 25.0),
            source="assumption",
            confidence="L",
            means="people who hear of a meeting of a community of full energy",
        ),
    ]
    word_of_mouth: Annotated[
        float,
        uncertain(
            0.6,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.3, 0.9),
            source="assumption",
            confidence="L",
            means="of these, told by a member whom they know",
        ),
    ]


def apply(state: RegionState) -> None:
    """Deal the circle of workers, drop members who lapsed, and find new ones."""
    deal_ring(state)
    lapse(state)
    society, people = state.society, state.people
    society.contacts = society.ties.adjacency(people.row_of, len(people))
    if len(state.communities):
        recruit(state)


def deal_ring(state: RegionState) -> None:
    """Deal the circle of workers anew, each January and at the start."""
    society, people, month = state.society, state.people, state.month
    if len(society.ring.slot) and month % RING_MONTHS:
        return
    point = streams.uniforms(state.key, streams.RING, month, people.address, 1)
    order = np.argsort(point)
    society.ring = society.ring._replace(point=point[order], slot=people.slot[order])


def lapse(state: RegionState) -> None:
    """Members who are gone, or have long been absent, are none any more."""
    members = state.society.memberships
    kept = still_members(
        members.person, members.community, members.absent, state.people.row_of,
        state.communities.row_of,
    )  # fmt: skip
    if not kept.all():
        state.society.memberships = members.take(kept)


@njit(cache=True)
def still_members(
    person: Any, community: Any, absent: Any, person_row: Any, group_row: Any
) -> Any:
    """Which memberships go on, bool[entries]; ``absent`` is a month more."""
    kept = np.empty(len(person), np.bool_)
    for e in range(len(person)):
        absent[e] += 1
        there = person_row[person[e]] >= 0 and group_row[community[e]] >= 0
        kept[e] = there and absent[e] <= LAPSED
    return kept


def recruit(state: RegionState) -> None:
    """People who hear of this month's meetings, and join."""
    p = state.scenario.block(Parameters)
    people, groups, society = state.people, state.communities, state.society
    members, ring, contacts = society.memberships, society.ring, society.contacts
    mean = p.recruits * groups.energy * meetings.meetings_by_calendar(state)
    start, _ = grouped(groups.rows(members.community), len(groups))
    rows, group = hear(
        mean, groups.address, start, people.rows(members.person), contacts.start,
        contacts.other, ring.point, ring.slot, people.row_of, p.word_of_mouth,
        state.key, state.month,
    )  # fmt: skip
    joins = willing(state, rows, group)
    rows, group = rows[joins], group[joins]
    if not len(rows):
        return
    new = Memberships(
        people.slot[rows],
        groups.slot[group],
        np.full(len(rows), PERIPHERAL, np.int8),
        np.full(len(rows), meetings.MEMORY),
        np.zeros(len(rows), np.int32),
    )
    society.memberships = members.joined_by(new)


@njit(cache=True)
def hear(
    mean: Any, address: Any, member_start: Any, member: Any, contact_start: Any,
    contact: Any, point: Any, slot: Any, row_of: Any, by_mouth: float, key: Any,
    month: int,
) -> Any:  # fmt: skip
    """People who hear of a community and do not belong to it yet.

    Parameters
    ----------
    mean, address : float64[groups], uint64[groups]
        Expected number of people who hear of each, and its address.
    member_start, member : int64[groups + 1], int64[k]
        Rows of members by community.
    contact_start, contact : int64[people + 1], int32[...]
        Contacts by row.
    point, slot : float64[n], int64[n]
        The circle of workers.
    row_of : int64[slots]
        Present rows, -1 of those who are gone.
    by_mouth : float, share
        Of those told by a member.

    Returns
    -------
    int64[k], int64[k]
        Rows of people and of communities; nobody twice in one.
    """
    person, group = [0], [0]
    latest = np.full(len(contact_start) - 1, -1, np.int64)  # group that has each one
    for g in range(len(mean)):
        u = streams.uniform(key, streams.PROSPECT, month, address[g], 0)
        latest[member[member_start[g] : member_start[g + 1]]] = g
        members = member_start[g + 1] - member_start[g]
        for k in range(streams.poisson(u, mean[g])):
            who, place = streams.uniform_pair(
                key, streams.PROSPECT, month, address[g], 2 + 2 * k
            )
            mouth, whom = streams.uniform_pair(
                key, streams.PROSPECT, month, address[g], 3 + 2 * k
            )
            told = -1
            if mouth < by_mouth and members > 0:
                teller = member[member_start[g] + int(who * members)]
                known = contact_start[teller + 1] - contact_start[teller]
                if known > 0:
                    told = contact[contact_start[teller] + int(whom * known)]
            if told < 0:
                told = row_of[slot[np.searchsorted(point, place) % len(point)]]
            if told >= 0 and latest[told] != g:
                latest[told] = g
                person.append(told)
                group.append(g)
    return np.array(person)[1:], np.array(group)[1:]


def willing(state: RegionState, rows: Integers, group: Integers) -> Any:
    """Which of those who hear of a community join, bool[k]."""
    p = state.scenario.block(meetings.Parameters)
    people, groups = state.people, state.communities
    alike = cosines(people.knowledge[rows], groups.domain[group])
    minutes = meetings.venue_minutes(state, rows, groups.venue[group])
    score = p.topic * (alike - USUAL_COSINE) - p.travel * (minutes - USUAL_MINUTES)
    u = streams.uniforms_of(
        state.key, streams.PROSPECT, state.month, people.address[rows],
        groups.address[group],
    )  # fmt: skip
    return u < 1.0 / (1.0 + np.exp(-score))
