"""Society: what workers do with each other in a month, besides having employers."""

from __future__ import annotations

from statistics import fmean, pstdev
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.plain_mesa.account import single
from benchmarks.plain_mesa.circle import Circle
from benchmarks.plain_mesa.community import CommunityEvent, PlainCommunity
from benchmarks.plain_mesa.meeting import MeetingRecord, Meetings
from benchmarks.plain_mesa.places import CoworkingSpace, Venue
from benchmarks.plain_mesa.tie import Bond, Talk, chance_talks
from model import streams
from model.network import PROJECTS
from model.processes import communities, membership, projects

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainModel
    from benchmarks.plain_mesa.worker import PlainWorker

poisson = streams.poisson.py_func


class Society:
    """Work, meetings and talk that bring people together.

    Attributes
    ----------
    venues : list of Venue
    coworking : list of CoworkingSpace
    ring : Circle
        All workers, dealt anew each January; None for who was gone at the copying.
    bonds : list of Bond
        What tightens ties, from next month on.
    talks, client_talks, team_talks : list of Talk
        Of this month: all, and those of them that come with projects.
    events : list of CommunityEvent
    meetings : list of MeetingRecord
    """

    def __init__(self, model: PlainModel) -> None:
        self.model = model
        self.venues: list[Venue] = []
        self.coworking: list[CoworkingSpace] = []
        self.ring = Circle()
        self.bonds: list[Bond] = []
        self.talks: list[Talk] = []
        self.client_talks: list[Talk] = []
        self.team_talks: list[Talk] = []
        self.events: list[CommunityEvent] = []
        self.meetings: list[MeetingRecord] = []

    def renew_ties(self) -> None:
        """Ties fade, last month's work and talk tightens them, the weakest end."""
        kept = 1.0 - self.model.p.projects.tie_decay
        for worker in self.model.workers:
            for other, tie in worker.ties.items():
                if worker.unique_id < other.unique_id:
                    tie.fade(kept)
        for bond in self.bonds:
            bond.tighten()
        self.bonds.clear()
        for worker in self.model.workers:
            for other, tie in list(worker.ties.items()):
                if tie.strength < projects.WEAKEST_TIE:
                    del worker.ties[other]

    def run_projects(self) -> None:
        """Firms post projects and fill their slots from the circle of freelancers."""
        model, turn = self.model, 2**32 - 1
        for talks in (self.talks, self.client_talks, self.team_talks):
            talks.clear()
        model.firms.do("know_the_market")
        market = self.job_market()
        for firm in sorted(
            model.firms, key=lambda one: model.draw(streams.PROJECT, one.address, turn)
        ):
            for project in firm.new_projects():
                project.fill(market)
        self.talks += self.client_talks + self.team_talks
        self.bonds += [Bond(*talk, PROJECTS, 1.0) for talk in self.talks]

    def job_market(self) -> Circle:
        """All freelancers on a circle; firms keep in mind who has worked for them."""
        model = self.model
        kept = single(1.0 - model.p.projects.tie_decay)
        market = Circle(
            (model.draw(streams.RING, one.address), one) for one in model.freelancers
        )
        for point, freelancer in zip(market.points, market.people, strict=True):
            for client in freelancer.account.clients:
                client.fade(kept)
                if client.firm is not None:
                    client.firm.collaborators.append(point, freelancer)
        return market

    def find_venues(self) -> None:
        """Venues and communities follow their hosts; some look for another venue."""
        for place in (*self.venues, *self.model.communities):
            place.follow_host()
        for community in self.model.communities:
            community.review_venue()

    def find_members(self) -> None:
        """A circle of all workers each January; members lapse, others join."""
        model = self.model
        if model.month % membership.RING_MONTHS == 0 or not len(self.ring):
            self.ring = Circle(
                (model.draw(streams.RING, one.address, 1), one) for one in model.workers
            )
        for community in model.communities:
            community.lapse()
        for community in model.communities:
            community.recruit()

    def by_chance(self, point: float) -> PlainWorker | None:
        """Whom chance brings up; nobody if that worker is gone since January."""
        one = self.ring.after(point)
        return one if one is not None and not one.gone else None

    def carry_communities(self) -> None:
        """Communities are carried on, end, and are founded."""
        for community in self.model.communities:
            community.carry_on()
        for community in self.model.communities:
            community.may_end()
        self.found_communities()

    def found_communities(self) -> None:
        """Of a few whom chance brings up, who knows most people begins a new one."""
        model, pool = self.model, communities.POOL
        mean = model.p.communities.founding * len(model.workers) / 1000.0 / 12.0
        for ordinal in range(poisson(model.draw(streams.FOUNDING, pool), mean)):
            address = np.uint64(streams.newborn_address(pool, model.month, ordinal))
            draws = [
                model.draw(streams.FOUNDING, address, k)
                for k in range(communities.WOULD_BE_FOUNDERS + 2)
            ]
            asked = [self.by_chance(point) for point in draws[2:]]
            founder = max(asked, key=lambda one: len(one.ties) if one else -1)
            if founder is not None and founder.work is not None:
                PlainCommunity.found(founder, address, draws)

    def hold_meetings(self) -> None:
        """The month's meetings, one round after the other."""
        calendar = [Meetings(community) for community in self.model.communities]
        for number in range(max((one.due for one in calendar), default=0)):
            for meetings in calendar:
                if number < meetings.due:
                    meetings.hold(number)

    def share_knowledge(self) -> None:
        """Talk at desks and with colleagues; learn, have ideas, forget."""
        model, p = self.model, self.model.p.knowledge
        for space in self.coworking:
            there = [one for one in model.freelancers if one.works_at is space]
            talks = chance_talks(model, space.address, there, p.coworking_talks)
            self.talks += talks
            self.bonds += [talk.at_a_desk(model) for talk in talks]
        for firm in model.firms:
            self.talks += chance_talks(
                model, firm.address, firm.staff, p.colleague_talks
            )
        for talk in self.talks:
            talk.be_noted()
            talk.teach(p)
        model.workers.do("remember")
        self.score_firms()

    def score_firms(self) -> None:
        """What firms know by their staff, against the others; anchors do not count."""
        means = [
            firm.mean_knowledge()
            for firm in self.model.firms
            if firm.staff and not firm.anchor
        ]
        mean, sd = (fmean(means), pstdev(means)) if len(means) > 1 else (0.0, 0.0)
        firms = self.model.firms
        firms.do("score_knowledge", mean, sd)
        free = [firm for firm in firms if not firm.anchor]
        centre = 0.0
        if sd:
            jobs = sum(firm.jobs for firm in free)
            centre = sum(firm.jobs * firm.knowledge for firm in free) / jobs
        for firm in firms:
            firm.knowledge -= centre

    def choose_workplaces(self) -> None:
        """Freelancers choose where to work, in turn, if theirs is gone or by chance."""
        model, freelancers = self.model, self.model.freelancers
        for space in self.coworking:
            space.taken = sum(one.works_at is space for one in freelancers)
        turns = []
        for one in freelancers:
            u = model.draw(streams.WORKPLACE, one.address)
            if u < model.p.workplace.review / 12.0 or one.has_lost_workplace:
                turns.append((u, one))
        for one in Circle(turns).people:
            one.choose_workplace()
        model.workers.do("go_to_work")
