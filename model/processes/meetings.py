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

from typing import Annotated, Any, NamedTuple

import numpy as np

from model import streams
from model.network import COMMUNITIES, Memberships, grouped
from model.parameters import calibrated, uncertain
from model.processes import workplace
from model.processes.journal import MEETING
from model.processes.meeting_kernels import (
    ACTIVE,
    CORE,
    PERIPHERAL,
    Gathering,
    attend,
    readiness,
    talk,
)
from model.processes.projects import Parameters as Projects
from model.processes.society import Talks
from model.processes.state import Floats, Integers, RegionState

CORE_FROM, ACTIVE_FROM = 0.65, 0.33  # records, shares
MEMORY = 0.25  # weight of the last meeting in a record
NEW_TIE_WEIGHT, TALK_WEIGHT = 1.0, 0.25  # in contracts; assumed
THIN = 4  # persons; fewer is no meeting


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
            -2.3,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(-2.7, -1.9),
            source="set for 12/18/70 % of core, active and peripheral",
            confidence="L",
            means="a_active: readiness of active members",
        ),
    ]
    peripheral: Annotated[
        float,
        uncertain(
            -1.9,
            unit="-",
            hard=(-10.0, 10.0),
            plausible=(-2.3, -1.5),
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
            0.05,
            unit="/min",
            hard=(0.0, 0.5),
            plausible=(0.02, 0.08),
            source="coworking 20 minutes; decay of commuting 0.07-0.1",
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
    home = people.home[person]
    work = people.work[person]
    from_home = np.where(home >= 0, state.minutes[home, venue], outside)
    from_work = np.where(work >= 0, state.minutes[work, venue], from_home)
    minutes: Floats = state.telework * from_home + (1.0 - state.telework) * from_work
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
    log_odds = readiness(gathering, state.key, p)
    for round_ in range(int(count.max(initial=0))):
        number = np.where(count > round_, round_, -1)
        hold(state, gathering, log_odds, number, p)


def hold(
    state: RegionState, gathering: Gathering, log_odds: Floats, number: Integers,
    p: Parameters,
) -> None:  # fmt: skip
    """One meeting of each group that has one: come, talk, and be counted."""
    groups, people, month = state.communities, state.people, state.month
    comes = attend(gathering, log_odds, groups.address, number, state.key, month)
    present = np.bincount(gathering.group[comes], minlength=len(groups))
    enough = present >= THIN
    comes &= enough[gathering.group]
    most = int(state.scenario.block(Projects).most_ties)
    one, two, knew, tied, where = talk(
        gathering, comes, groups.address, number, most, state.key, month, p
    )
    met = number >= 0
    groups.thin[met] = np.where(enough[met], 0, groups.thin[met] + 1)
    groups.turnout[met] += MEMORY * (present[met] - groups.turnout[met])
    first, second = gathering.person[one], gathering.person[two]
    talks = Talks(people.slot[first], people.slot[second], COMMUNITIES)
    state.society.talks.append(talks)
    fresh = tied & ~knew
    weight = np.where(knew, TALK_WEIGHT, NEW_TIE_WEIGHT)[tied]
    state.society.ties.strengthen(
        talks.first[tied], talks.second[tied], COMMUNITIES, weight
    )
    remember(state.society.memberships, comes, met[gathering.group])
    across = different_employers(gathering.employer, first, second)
    note(state, met, present, Said(first, second, knew, fresh, across, where))


def remember(members: Memberships, comes: Any, met: Any) -> None:
    """Bring records, absences and levels up to date after a round of meetings.

    Parameters
    ----------
    members : Memberships
        Changed.
    comes, met : bool[entries]
        Who came, and whose group met at all.
    """
    record = members.record
    record[met] += MEMORY * (comes[met] - record[met])
    members.absent[comes] = 0
    level = np.where(record >= ACTIVE_FROM, ACTIVE, PERIPHERAL)
    members.level[:] = np.where(record >= CORE_FROM, CORE, level)


class Said(NamedTuple):
    """Talks of one round of meetings, for the journal; one entry each.

    Attributes
    ----------
    first, second : int64[talks], rows
    knew, new_tie, across : bool[talks]
        Known before, a tie from now on, between people who share no employer.
    group : int64[talks], rows
    """

    first: Integers
    second: Integers
    knew: Any
    new_tie: Any
    across: Any
    group: Integers


def different_employers(employer: Any, first: Integers, second: Integers) -> Any:
    """Whether pairs of people (rows) share no employer; freelancers have none."""
    return (employer[first] != employer[second]) | (employer[first] < 0)


def note(state: RegionState, met: Any, present: Integers, said: Said) -> None:
    """Write meetings into the journal and the month's sums."""
    groups, people, tally = state.communities, state.people, state.tally
    rows, count = np.flatnonzero(met), len(groups)

    def talks(which: Any) -> Integers:
        found: Integers = np.bincount(said.group[which], minlength=count)[rows]
        return found

    every = np.ones(len(said.group), bool)
    record = np.zeros(len(rows), MEETING)
    record["month"] = state.month
    record["community"] = groups.address[rows]
    record["name"], record["topic"] = groups.name[rows], groups.topic[rows]
    record["venue"], record["room"] = groups.venue[rows], groups.room[rows]
    record["members"] = np.bincount(
        groups.rows(state.society.memberships.community), minlength=count
    )[rows]
    record["present"], record["talks"] = present[rows], talks(every)
    record["known"], record["across"] = talks(said.knew), talks(said.across)
    record["new_ties"] = talks(said.new_tie)
    state.journal.meetings.append(record)
    one, two = people.skill[said.first], people.skill[said.second]
    shape = tally.encounters.shape
    pair = np.ravel_multi_index(
        (np.minimum(one, two), np.maximum(one, two), said.across.astype(np.int64)),
        shape,
    )
    tally.encounters += np.bincount(pair, minlength=tally.encounters.size).reshape(
        shape
    )
