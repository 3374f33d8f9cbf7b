r"""Who belongs to which community: invitations, joining, lapsing.

Before a community meets, Poisson(``recruits`` times its energy) people hear of it: most
from a member whom they know, the rest by themselves. They join with chance

.. math:: \mathrm{logistic}(a_r (\cos(V_j, topic_g) - c_0) - a_d (\tau - \tau_0))

with the coefficients of meetings. After a year of absence one is no member any more.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np

from model import streams
from model.network import Memberships
from model.parameters import fixed, uncertain
from model.processes import meetings
from model.processes.meetings import PERIPHERAL, USUAL_COSINE, USUAL_MINUTES
from model.processes.state import Integers, RegionState

LAPSED = 12  # months of absence after which a member is none any more
RING_MONTHS = 12  # after which the circle of workers is dealt anew


class Parameters(NamedTuple):
    """Joining a community."""

    recruits: Annotated[
        float,
        uncertain(
            15.0,
            unit="/meeting",
            hard=(0.0, 200.0),
            plausible=(8.0, 25.0),
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
    members.absent += 1
    kept = (
        (state.people.rows(members.person) >= 0)
        & (state.communities.rows(members.community) >= 0)
        & (members.absent <= LAPSED)
    )
    if not kept.all():
        state.society.memberships = members.take(kept)


def recruit(state: RegionState) -> None:
    """People who hear of this month's meetings, and join."""
    p = state.scenario.block(Parameters)
    groups, month, key = state.communities, state.month, state.key
    due = meetings.meetings_by_calendar(state)
    u = streams.uniforms(key, streams.PROSPECT, month, groups.address, 0)
    contacts = state.society.ties.adjacency(state.people.row_of, len(state.people))
    person, community = [], []
    for row in np.flatnonzero(due):
        count = streams.poisson(u[row], p.recruits * groups.energy[row] * due[row])
        asked = prospects(state, int(row), count, contacts, p)
        person.append(asked)
        community.append(np.full(len(asked), row))
    if not person:
        return
    rows, group = np.concatenate(person), np.concatenate(community)
    joins = willing(state, rows, group)
    rows, group = rows[joins], group[joins]
    new = Memberships(
        state.people.slot[rows],
        groups.slot[group],
        np.full(len(rows), PERIPHERAL, np.int8),
        np.full(len(rows), meetings.MEMORY),
        np.zeros(len(rows), np.int32),
    )
    state.society.memberships = state.society.memberships.joined_by(new)


def prospects(
    state: RegionState, row: int, count: int, contacts: Any, p: Parameters
) -> Integers:
    """Rows of people who hear of a community and do not belong to it yet."""
    people, groups, society = state.people, state.communities, state.society
    address, month, key = groups.address[row], state.month, state.key
    members = people.rows(society.memberships.members(int(groups.slot[row])))
    found: set[int] = set()
    for k in range(count):
        u, v = streams.uniform_pair(key, streams.PROSPECT, month, address, 2 + 2 * k)
        told, whom = streams.uniform_pair(
            key, streams.PROSPECT, month, address, 3 + 2 * k
        )
        if told < p.word_of_mouth and len(members):
            teller = members[int(u * len(members))]
            known = contacts.other[contacts.start[teller] : contacts.start[teller + 1]]
            person = int(known[int(whom * len(known))]) if len(known) else -1
        else:
            person = int(people.rows(society.ring.after(np.array([v])))[0])
        if person >= 0:
            found.add(person)
    return np.array(sorted(found - set(members.tolist())), np.int64)


def willing(state: RegionState, rows: Integers, group: Integers) -> Any:
    """Which of those who hear of a community join, bool[k]."""
    p = state.scenario.block(meetings.Parameters)
    people, groups = state.people, state.communities
    alike = meetings.cosines(people.knowledge[rows], groups.domain[group])
    minutes = meetings.venue_minutes(state, rows, groups.venue[group])
    score = p.topic * (alike - USUAL_COSINE) - p.travel * (minutes - USUAL_MINUTES)
    joins = np.empty(len(rows), bool)
    for k in range(len(rows)):
        alternative = int(groups.address[group[k]] & meetings.LOW)
        u = streams.uniform(
            state.key, streams.PROSPECT, state.month, people.address[rows[k]],
            alternative,
        )  # fmt: skip
        joins[k] = u < 1.0 / (1.0 + np.exp(-score[k]))
    return joins
