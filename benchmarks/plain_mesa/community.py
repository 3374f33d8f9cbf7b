"""Communities of practice: they find people, are carried by somebody, and end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from model import streams
from model.processes import communities, meetings, membership, venues
from model.processes.communities import ACTIVE, CORE
from model.processes.meeting_kernels import PERIPHERAL, USUAL_COSINE, USUAL_MINUTES

if TYPE_CHECKING:
    from benchmarks.plain_mesa.cell import PlainCell
    from benchmarks.plain_mesa.firm import PlainFirm
    from benchmarks.plain_mesa.model import PlainModel
    from benchmarks.plain_mesa.worker import PlainWorker

gumbel = streams.gumbel.py_func
poisson = streams.poisson.py_func
LOW = 0xFFFFFFFF


@dataclass(frozen=True, order=True)
class CommunityEvent:
    """A community was founded, lost its founder, or closed."""

    month: int
    kind: str
    address: int
    topic: int
    venue: int
    age: int
    members: int


@dataclass(eq=False)
class Membership:
    """One person's part in a community.

    Attributes
    ----------
    level : int
        ``CORE``, ``ACTIVE`` or ``PERIPHERAL``.
    record : float, share
        Recent meetings attended, the latest weighing most.
    absent : int, months
    """

    person: PlainWorker
    community: PlainCommunity
    level: int
    record: float
    absent: int = 0

    @property
    def evenings(self) -> float:
        """Meetings that the member expects to go to in a month."""
        return self.community.frequency * self.record

    def end(self) -> None:
        """Be no member any more."""
        self.community.members.remove(self)
        self.person.memberships.remove(self)

    def note(self, came: bool) -> None:
        """Bring the record up to date after a meeting, and the level with it."""
        self.record += meetings.MEMORY * (came - self.record)
        if came:
            self.absent = 0
        self.level = PERIPHERAL
        if self.record >= meetings.ACTIVE_FROM:
            self.level = ACTIVE
        if self.record >= meetings.CORE_FROM:
            self.level = CORE


class PlainCommunity(mesa.Agent):
    """A community of practice: a group across employers that meets and learns.

    Attributes
    ----------
    cell, host : PlainCell, PlainFirm or None
        Where it meets, and in whose house.
    members : list of Membership
        The longest first.
    """

    def __init__(self, model: PlainModel, **facts: Any) -> None:
        super().__init__(model)
        self.address = np.uint64(facts["address"])
        self.topic: int = facts["topic"]
        self.domain: NDArray[np.float32] = facts["domain"]
        self.cell: PlainCell = facts["cell"]
        self.host: PlainFirm | None = facts.get("host")
        self.founder: PlainWorker | None = facts["founder"]
        self.stage: int = facts["stage"]
        self.age: int = facts.get("age", 0)
        self.frequency: float = facts["frequency"]
        self.energy: float = facts["energy"]
        self.turnout: float = facts["turnout"]
        self.thin: int = facts.get("thin", 0)
        self.members: list[Membership] = []

    @classmethod
    def found(
        cls, founder: PlainWorker, address: np.uint64, draws: list[float]
    ) -> None:
        """Somebody begins a group with those whom the founder knows."""
        model = founder.model
        low, high = communities.FREQUENCIES
        topic, which = np.array([founder.skill]), np.array(draws[:1])
        (domain,) = communities.domains(topic, which)
        community = cls(
            model,
            address=address,
            topic=founder.skill,
            domain=domain,
            cell=founder.work,
            founder=founder,
            stage=communities.POTENTIAL,
            frequency=low + (high - low) * draws[1],
            energy=0.5,
            turnout=model.p.communities.target,
        )
        community.join(founder, CORE, 1.0)
        for person in founder.contacts[: communities.MOST_FIRST]:
            community.join(person, ACTIVE, communities.FIRST_RECORD)
        community.choose_venue(founder.work)
        community.note("founded")

    def join(
        self, person: PlainWorker, level: int, record: float, absent: int = 0
    ) -> None:
        """Somebody becomes a member."""
        member = Membership(person, self, level, record, absent)
        self.members.append(member)
        person.memberships.append(member)

    def follow_host(self) -> None:
        """Be where the house of the host is."""
        if self.host and not self.host.gone:
            self.cell = self.host.cell

    def review_venue(self) -> None:
        """Look for another venue once in a while."""
        u = self.model.draw(streams.VENUE, self.address, 0)
        if u < venues.LOOKS_AGAIN and self.founder and not self.founder.gone:
            self.choose_venue(self.founder.work)

    def choose_venue(self, origin: PlainCell | None) -> None:
        """Choose the venue that is near, seen from where its founder works."""
        model, best, highest = self.model, None, -math.inf
        if origin is None:
            return
        for number, venue in enumerate(model.society.venues):
            u = model.draw(streams.VENUE, self.address, 2 + number)
            way = model.minutes_from(origin, venue.cell)
            value = gumbel(u) - model.p.meetings.travel * way
            if value > highest:
                best, highest = venue, value
        if best is None:
            self.cell = origin
        else:
            self.cell, self.host = best.cell, best.host

    def meetings_due(self) -> int:
        """Meetings of this month by the calendar."""
        model, f = self.model, self.frequency
        phase = streams.uniform(model.key, streams.ATTENDANCE, 0, self.address, 0)
        so_far = math.floor(f * model.month + phase)
        return math.floor(f * (model.month + 1) + phase) - so_far

    def lapse(self) -> None:
        """Who has left the trade, or not come for a year, is no member any more."""
        for member in self.members:
            member.absent += 1
        over = [
            member
            for member in self.members
            if member.person.gone or member.absent > membership.LAPSED
        ]
        for member in over:
            member.end()

    def recruit(self) -> None:
        """Some people hear of this month's meetings; some of them join."""
        model, p = self.model, self.model.p.membership
        old = [member.person for member in self.members]
        seen = set(old)
        u = model.draw(streams.PROSPECT, self.address, 0)
        mean = p.recruits * self.energy * self.meetings_due()
        for k in range(poisson(u, mean)):
            person = self.prospect(k, old)
            if person is not None and person not in seen:
                seen.add(person)
                if self.attracts(person):
                    self.join(person, PERIPHERAL, meetings.MEMORY)

    def prospect(self, k: int, members: list[PlainWorker]) -> PlainWorker | None:
        """Somebody who hears of a meeting: told by a member, or by chance."""
        model, by_mouth = self.model, self.model.p.membership.word_of_mouth
        who, place = model.draw_pair(streams.PROSPECT, self.address, 2 + 2 * k)
        mouth, whom = model.draw_pair(streams.PROSPECT, self.address, 3 + 2 * k)
        if mouth < by_mouth and members:
            known = members[int(who * len(members))].contacts
            if known:
                return known[int(whom * len(known))]
        return model.society.by_chance(place)

    def likeness(self, person: PlainWorker) -> float:
        """Cosine of what somebody knows and what the group is about."""
        known = person.knowledge
        length = float((known * known).sum(dtype=np.float64))
        inner = float((known * self.domain).sum(dtype=np.float64))
        return inner / math.sqrt(length) if length > 0.0 else 0.0

    def attracts(self, person: PlainWorker) -> bool:
        """Whether somebody who hears of the group joins it."""
        model, p = self.model, self.model.p.meetings
        score = p.topic * (self.likeness(person) - USUAL_COSINE)
        score -= p.travel * (person.minutes_to(self.cell) - USUAL_MINUTES)
        u = model.draw(streams.PROSPECT, person.address, int(self.address) & LOW)
        return u < 1.0 / (1.0 + math.exp(-score))

    def carry_on(self) -> None:
        """Grow older; lose or win energy by turnout, and with the founder."""
        p = self.model.p.communities
        self.age += 1
        pull = min(max(self.turnout / p.target - 1.0, -1.0), 1.0)
        energy = self.energy + p.attendance_effect * pull
        energy -= p.fatigue * (1.0 + self.age / p.wear)
        u = self.model.draw(streams.FOUNDER, self.address)
        if self.founder is None or self.founder.gone or u < p.founder_quits:
            self.pass_on()
            energy -= p.founder_loss
        self.energy = min(max(energy, 0.0), 1.0)
        self.stage = self.stage_of_life()

    def pass_on(self) -> None:
        """The most faithful core member takes over, if there is one."""
        heirs = [
            member
            for member in self.members
            if member.level == CORE and member.person is not self.founder
        ]
        heir = max(heirs, key=lambda member: member.record, default=None)
        self.founder = heir.person if heir else None
        self.note("founder lost")

    def stage_of_life(self) -> int:
        """By age and energy."""
        if self.age < 6:
            return communities.POTENTIAL
        if self.energy < 0.15:
            return communities.TRANSFORMING
        if self.age >= 60 and self.energy >= 0.3:
            return communities.STEWARDSHIP
        if self.age >= 18 and self.energy >= 0.3:
            return communities.MATURING
        return communities.COALESCING

    def may_end(self) -> None:
        """End without energy, or when nobody has come for long."""
        if self.energy <= 0.0 or self.thin >= communities.THIN_MEETINGS:
            self.note("closed")
            for member in list(self.members):
                member.end()
            self.remove()

    def note(self, kind: str) -> None:
        """Write what became of the group into the model's journal."""
        self.model.society.events.append(
            CommunityEvent(
                self.model.month, kind, int(self.address), self.topic,
                self.cell.index, self.age, len(self.members),
            )
        )  # fmt: skip
