r"""Communities meet: who comes, who talks with whom, who becomes a core member.

A community with f meetings a month meets by the calendar. A member comes with chance

.. math::
    P = \mathrm{logistic}(a_{level} + \eta_j + a_r (\cos(V_j, topic_g) - c_0)
        + a_f \ln(1 + friends) - a_d (\tau - \tau_0) + a_S S_g - a_b\, evenings)

with eta a sociability of one's own, friends the expected number of one's ties and
colleagues who come, and tau minutes to the venue: from home on days of telework, from
work on others, and evenings the meetings of other communities that the member expects
to go to in the month. Each who comes begins on average half of ``talks`` talks; with
chance ``known`` with an acquaintance if one is there, else with anybody. A new
acquaintance becomes a tie with chance ``new_tie``, as strong as one contract; a later
talk adds a quarter of that. At business mixers guests mostly meet those they know
(Ingram & Morris 2007); friends who come are what draws most (Foursquare studies);
attendance falls with distance.

One's record is the share of recent meetings attended, the last with a weight of a
quarter. Core is who comes to nearly all, active who comes to a third, peripheral the
rest: 10-15, 15-20 and 65-75 % in the literature (Wenger, McDermott & Snyder 2002).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from model import streams
from model.network import COMMUNITIES, grouped
from model.parameters import calibrated, uncertain
from model.processes import workplace
from model.processes.journal import MEETING
from model.processes.meeting_kernels import (
    Gathering,
    attend,
    count_in,
    readiness,
    remember,
    ways,
)
from model.processes.projects import Parameters as Projects
from model.processes.society import Talks
from model.processes.state import SUBSECTOR_COUNT, Floats, Integers, RegionState
from model.processes.talk_kernels import sums_of_talks, talk

CORE_FROM, ACTIVE_FROM = 0.65, 0.33  # records, shares
MEMORY = 0.25  # weight of the last meeting in a record
NEW_TIE_WEIGHT, TALK_WEIGHT = 1.0, 0.25  # in contracts; assumed
THIN = 4  # persons; fewer is no meeting
TALKS = ("talks", "known", "across", "new_ties")  # as the journal counts them


class Parameters(NamedTuple):
    """Meetings of communities."""

    core: Annotated[
        float,
        uncertain(
            0.0,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(-0.4, 0.4),
            source="set for 12/18/70 % of core, active and peripheral",
            confidence="L",
            means="a_core: readiness of core members",
        ),
    ]
    active: Annotated[
        float,
        uncertain(
            -2.5,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(-2.9, -2.1),
            source="set for 12/18/70 % of core, active and peripheral",
            confidence="L",
            means="a_active: readiness of active members",
        ),
    ]
    peripheral: Annotated[
        float,
        uncertain(
            -2.0,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(-2.4, -1.6),
            source="set for 12/18/70 % of core, active and peripheral",
            confidence="L",
            means="a_peripheral: readiness of all others",
        ),
    ]
    sociability: Annotated[
        float,
        uncertain(
            0.8,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.4, 1.2),
            source="assumption; attendance counts are heavy-tailed",
            confidence="L",
            means="standard deviation of eta between people",
        ),
    ]
    topic: Annotated[
        float,
        uncertain(
            1.0,
            unit="-",
            hard=(0.0, 10.0),
            plausible=(0.3, 2.0),
            source="assumption; topic is a standard predictor of attendance",
            confidence="L",
            means="a_r: interest, by cosine of knowledge and topic",
        ),
    ]
    friends: Annotated[
        float,
        uncertain(
            0.5,
            unit="per ln(1 + friends)",
            hard=(0.0, 5.0),
            plausible=(0.2, 1.0),
            source="Foursquare studies: friends who come dominate",
            confidence="L",
            means="a_f: friends who come",
        ),
    ]
    travel: Annotated[
        float,
        calibrated(
            0.065,
            unit="/min",
            hard=(0.0, 0.5),
            plausible=(0.03, 0.10),
            source="decay of commuting 0.07-0.1; 15 to 30 minutes cost 30-60 % (P09)",
            confidence="L",
            means="a_d: attendance falls with minutes",
        ),
    ]
    support: Annotated[
        float,
        uncertain(
            0.5,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.0, 1.0),
            source="assumption",
            confidence="L",
            means="a_S: support brings people",
        ),
    ]
    evenings: Annotated[
        float,
        uncertain(
            0.5,
            unit="per meeting/month",
            hard=(0.0, 5.0),
            plausible=(0.2, 1.0),
            source="assumption: evenings are few, communities share their people",
            confidence="L",
            means="a_b: meetings of other communities keep one away",
        ),
    ]
    talks: Annotated[
        float,
        uncertain(
            6.0,
            unit="/person/meeting",
            hard=(0.0, 50.0),
            plausible=(3.0, 12.0),
            source="assumption",
            confidence="L",
            means="m_e: talks of each who comes",
        ),
    ]
    known: Annotated[
        float,
        uncertain(
            0.6,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.4, 0.8),
            source="Ingram & Morris 2007",
            confidence="M",
            means="pi_old: talks sought with acquaintances",
        ),
    ]
    new_tie: Annotated[
        float,
        uncertain(
            0.15,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.05, 0.3),
            source="assumption",
            confidence="L",
            means="pi_new: first talks that become a tie",
        ),
    ]


def gather(state: RegionState) -> Gathering:
    """Members of all communities, by community."""
    people, groups = state.people, state.communities
    members = state.society.memberships
    person, group = people.rows(members.person), groups.rows(members.community)
    start, _ = grouped(group, len(groups))
    contacts = state.society.contacts
    return Gathering(
        person=person,
        group=group,
        level=members.level,
        record=members.record,
        minutes=venue_minutes(state, person, groups.venue[group]),
        address=people.address,
        sociability=people.sociability,
        employer=people.employer,
        knowledge=people.knowledge,
        domain=groups.domain,
        support=groups.support,
        frequency=groups.frequency,
        start=start,
        contact_start=contacts.start,
        contact=contacts.other,
    )


def venue_minutes(state: RegionState, person: Integers, venue: Integers) -> Floats:
    """Minutes to a venue: from home on days of telework, from work on others."""
    people = state.people
    outside = state.scenario.block(workplace.Parameters).outside_minutes
    minutes: Floats = ways(
        person, venue, people.home, people.work, state.minutes, state.telework, outside
    )
    return minutes


def meetings_by_calendar(state: RegionState) -> Integers:
    """Meetings of each community this month, int64[groups]."""
    groups = state.communities
    phase = streams.uniforms(state.key, streams.ATTENDANCE, 0, groups.address)
    so_far = np.floor(groups.frequency * state.month + phase)
    count: Integers = (
        np.floor(groups.frequency * (state.month + 1) + phase) - so_far
    ).astype(np.int64)
    return count


def apply(state: RegionState) -> None:
    """Hold the month's meetings, one round after the other."""
    if not len(state.communities):
        return
    p = state.scenario.block(Parameters)
    count = meetings_by_calendar(state)
    if not len(state.society.memberships):
        return
    gathering = gather(state)
    log_odds = readiness(gathering, count > 0, p)
    for round_ in range(int(count.max(initial=0))):
        number = np.where(count > round_, round_, -1)
        hold(state, gathering, log_odds, number, p)


def hold(
    state: RegionState, gathering: Gathering, log_odds: Floats, number: Integers,
    p: Parameters,
) -> None:  # fmt: skip
    """One meeting of each group that has one: come, talk, and be counted."""
    groups, people, month = state.communities, state.people, state.month
    members = state.society.memberships
    comes = attend(gathering, log_odds, groups.address, number, state.key, month)
    present = count_in(
        gathering.group, comes, number, THIN, MEMORY, groups.turnout, groups.thin
    )
    most = int(state.scenario.block(Projects).most_ties)
    one, two, knew, tied, where = talk(
        gathering, comes, groups.address, number, most, state.key, month, p
    )
    remember(
        gathering.group, comes, number, MEMORY, (CORE_FROM, ACTIVE_FROM),
        (members.record, members.absent, members.level),
    )  # fmt: skip
    first, second = gathering.person[one], gathering.person[two]
    talks = Talks(people.slot[first], people.slot[second], COMMUNITIES)
    state.society.talks.append(talks)
    weight = np.where(knew[tied], TALK_WEIGHT, NEW_TIE_WEIGHT)
    state.society.ties.strengthen(
        talks.first[tied], talks.second[tied], COMMUNITIES, weight
    )
    said, encounters = sums_of_talks(
        first, second, (knew, tied), where, len(groups), people.employer, people.skill,
        SUBSECTOR_COUNT,
    )  # fmt: skip
    state.tally.encounters += encounters
    note(state, np.flatnonzero(number >= 0), np.diff(gathering.start), present, said)


def note(
    state: RegionState, rows: Integers, members: Integers, present: Integers,
    said: Integers,
) -> None:  # fmt: skip
    """Write meetings into the journal.

    Parameters
    ----------
    rows : int64[k]
        Communities that met.
    members, present, said : int64[groups], int64[groups], int64[groups, 4]
        How many belong to each, how many came, and their talks by kind.
    """
    groups = state.communities
    record = np.zeros(len(rows), MEETING)
    record["month"] = state.month
    for name in ("name", "topic", "venue", "room"):
        record[name] = groups[name][rows]
    record["community"] = groups.address[rows]
    record["members"], record["present"] = members[rows], present[rows]
    for name, count in zip(TALKS, said[rows].T, strict=True):
        record[name] = count
    state.journal.meetings.append(record)
