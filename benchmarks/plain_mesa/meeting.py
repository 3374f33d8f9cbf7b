"""A meeting of a community: who comes, who talks with whom, what comes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.circle import Circle
from benchmarks.plain_mesa.tie import Bond, Talk
from model import streams
from model.network import COMMUNITIES
from model.processes.communities import ACTIVE, CORE
from model.processes.meeting_kernels import USUAL_COSINE, USUAL_MINUTES
from model.processes.meetings import MEMORY, NEW_TIE_WEIGHT, TALK_WEIGHT, THIN
from model.processes.talk_kernels import SPREAD

if TYPE_CHECKING:
    from benchmarks.plain_mesa.community import Membership, PlainCommunity
    from benchmarks.plain_mesa.worker import PlainWorker

poisson = streams.poisson.py_func
LOW = 0xFFFFFFFF


@dataclass(frozen=True, order=True)
class MeetingRecord:
    """A meeting that was held: who was there, and what was said."""

    month: int
    address: int
    venue: int
    members: int
    present: int
    talks: int
    known: int
    across: int
    new_ties: int


class Meetings:
    """The meetings of one community in one month.

    How ready its members are to come is settled once, before the first of them.
    """

    def __init__(self, community: PlainCommunity) -> None:
        self.community = community
        self.model = community.model
        self.due = community.meetings_due()
        self.chances = []
        if self.due:
            for member in community.members:
                odds = self.readiness(member)
                self.chances.append(1.0 / (1.0 + math.exp(-odds)))

    def readiness(self, member: Membership) -> float:
        """Log-odds to come."""
        group, person, p = self.community, member.person, self.model.p.meetings
        odds = p.peripheral
        if member.level == CORE:
            odds = p.core
        elif member.level == ACTIVE:
            odds = p.active
        odds += p.sociability * person.sociability()
        odds += p.topic * (group.likeness(person) - USUAL_COSINE)
        odds += p.friends * math.log(1.0 + self.friends_coming(member))
        odds -= p.travel * (person.minutes_to(group.cell) - USUAL_MINUTES)
        elsewhere = sum(other.evenings for other in person.memberships)
        return odds - p.evenings * (elsewhere - member.evenings)

    def friends_coming(self, member: Membership) -> float:
        """Expected number of somebody's ties and colleagues who come."""
        person, expected = member.person, 0.0
        for other in self.community.members:
            if other.person in person.ties:
                expected += other.record
            if other is not member and colleagues(other.person, person):
                expected += other.record
        return expected

    def hold(self, number: int) -> None:
        """One meeting; with less than a handful of people it does not take place."""
        group, model = self.community, self.model
        base = (int(group.address) + number) & LOW
        come = [
            model.draw(streams.ATTENDANCE, member.person.address, base) < chance
            for member, chance in zip(group.members, self.chances, strict=True)
        ]
        present = sum(come)
        group.turnout += MEMORY * (present - group.turnout)
        if present < THIN:
            group.thin += 1
            come = [False] * len(come)
        else:
            group.thin = 0
        here = [m.person for m, came in zip(group.members, come, strict=True) if came]
        circle = Circle(
            (model.draw(streams.TALK, one.address, base), one) for one in here
        )
        said = [talk for one in here for talk in self.talks_of(one, circle, here, base)]
        for member, came in zip(group.members, come, strict=True):
            member.note(came)
        model.society.talks += [talk for talk, _, _ in said]
        model.society.meetings.append(
            MeetingRecord(
                model.month, int(group.address), group.cell.index, len(group.members),
                present, len(said), sum(knew for _, knew, _ in said),
                sum(talk.across for talk, _, _ in said),
                sum(tied and not knew for _, knew, tied in said),
            )
        )  # fmt: skip

    def talks_of(
        self, person: PlainWorker, circle: Circle, here: list[PlainWorker], base: int
    ) -> list[tuple[Talk, bool, bool]]:
        """Talks that somebody begins; whether with somebody known, and tied by it.

        Chance brings together who is next to each other on the circle.
        """
        model, p = self.model, self.model.p.meetings
        ties = [other for other in person.contacts if other in here]
        staff = [one for one in here if one is not person and colleagues(one, person)]
        known = ties + staff
        mark = base * int(SPREAD)
        u = model.draw(streams.NEW_TIE, person.address, mark & LOW)
        said = []
        for n in range(poisson(u, p.talks / 2.0)):
            alternative = (mark + 1 + n) & LOW
            seek, who = model.draw_pair(streams.TALK, person.address, alternative)
            if seek < p.known and known:
                other = known[int(who * len(known))]
            else:
                first, second, *_ = circle.around(who)
                other = second if first is person else first
            u = model.draw(streams.NEW_TIE, person.address, alternative)
            room = max(len(person.ties), len(other.ties)) < model.p.projects.most_ties
            knew = other in known
            tied = other in ties if knew else room and u < p.new_tie
            if tied:
                weight = TALK_WEIGHT if knew else NEW_TIE_WEIGHT
                model.society.bonds.append(Bond(person, other, COMMUNITIES, weight))
            said.append((Talk(person, other), knew, tied))
        return said


def colleagues(one: PlainWorker, other: PlainWorker) -> bool:
    """Whether two people share an employer."""
    return one.employer is not None and one.employer is other.employer
