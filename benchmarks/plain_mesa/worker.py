"""Workers: they enter the trade, work, learn, move house, and leave it."""

from __future__ import annotations

import math
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from benchmarks.plain_mesa.account import Account
from benchmarks.plain_mesa.places import CoworkingSpace
from model import streams
from model.processes import freelance, homes, newcomers
from model.processes.knowledge import MOST
from model.processes.society import AT_CLIENT, AT_HOME, CATEGORIES
from model.processes.staffing import MONTHS_TO_LEAVE

if TYPE_CHECKING:
    from benchmarks.plain_mesa.cell import PlainCell
    from benchmarks.plain_mesa.community import Membership
    from benchmarks.plain_mesa.firm import PlainFirm
    from benchmarks.plain_mesa.model import PlainModel
    from benchmarks.plain_mesa.tie import Tie

gumbel = streams.gumbel.py_func
poisson = streams.poisson.py_func
triangular = streams.triangular.py_func
ONE_POINT, FULL = np.float32(1.0), np.float32(MOST)


class PlainWorker(mesa.Agent):
    """A media worker: on a payroll, looking for a job, or a freelancer.

    Attributes
    ----------
    employer : PlainFirm or None
    account : Account or None
        Of a freelancer.
    works_at : CoworkingSpace or int
        A freelancer's workplace: a desk, ``AT_HOME`` or ``AT_CLIENT``.
    work : PlainCell or None
        Where the worker has worked since the last month's end.
    knowledge, gain : float32[8], points
        What the worker knows, and what this month's talks add to it.
    ties : dict of PlainWorker to Tie
    memberships : list of Membership
        Of communities.
    """

    def __init__(self, model: PlainModel, **facts: Any) -> None:
        super().__init__(model)
        self.address = np.uint64(facts["address"])
        self.skill: int = facts["skill"]
        self.language: int = facts["language"]
        self.born: int = facts["born"]
        self.home: PlainCell | None = facts["home"]
        self.employer: PlainFirm | None = facts.get("employer")
        self.idle: int = facts.get("idle", 0)
        self.short_contract: bool = facts.get("short_contract", False)
        self.leaving: bool = facts.get("leaving", False)
        self.gone = False
        self.knowledge: NDArray[np.float32] = facts["knowledge"]
        self.gain = np.zeros(CATEGORIES, np.float32)
        self.talks = self.outward_talks = 0
        self.works_at: CoworkingSpace | int = facts.get("works_at", AT_CLIENT)
        self.work: PlainCell | None = facts.get("work")
        self.ties: dict[PlainWorker, Tie] = {}
        self.memberships: list[Membership] = []
        self.account: Account | None = None

    @classmethod
    def enter(
        cls, model: PlainModel, parent: np.uint64, ordinal: int, p: Any, **facts: Any
    ) -> PlainWorker:
        """Somebody new to the trade; where they come from and their number there."""
        address = np.uint64(
            streams.newborn_address(parent, model.month, ordinal + 1_000_000)
        )
        if "skill" not in facts:
            facts |= model.trade_of_a_random_job(address)
        u, v = model.draw_pair(streams.POPULATION_HOME, address, 0)
        home = None
        if u >= p.outside_share:
            home = model.cells[bisect_left(model.homes, v)]
        u = model.draw(streams.POPULATION_BIRTHDAY, address)
        age = int(12.0 * triangular(u, *newcomers.ENTRY_AGES))
        return cls(
            model, address=address, home=home, born=model.month - age,
            knowledge=cls.schooling(model, address, facts["skill"]), **facts,
        )  # fmt: skip

    @classmethod
    def graduate(cls, model: PlainModel, ordinal: int) -> None:
        """Begin as a freelancer, out of a media school."""
        p = model.p.freelance
        cls.enter(model, freelance.GRADUATES, ordinal, p).go_freelance()

    @classmethod
    def on_payroll(cls, firm: PlainFirm, ordinal: int) -> None:
        """Enter the trade at a firm."""
        model, p = firm.model, firm.model.p.staff
        new = cls.enter(
            model, firm.address, ordinal, p, skill=firm.subsector,
            language=firm.language, employer=firm,
        )  # fmt: skip
        u = model.draw(streams.POPULATION_TRAIT, new.address, 1)
        new.short_contract = u < p.short_contract_share

    @staticmethod
    def schooling(
        model: PlainModel, address: np.uint64, skill: int
    ) -> NDArray[np.float32]:
        """What a newcomer knows: most of the own trade, and few are experts."""
        purpose = streams.POPULATION_KNOWLEDGE
        knowledge = np.zeros(CATEGORIES, np.float32)
        for c in range(CATEGORIES):
            u, v = model.draw_pair(purpose, address, c)
            knowledge[c] = newcomers.EVERYDAY * u
            if c == skill:
                knowledge[c] = float(knowledge[c]) + newcomers.EVERYDAY * v
        if model.draw(purpose, address, CATEGORIES) < newcomers.EXPERTS:
            knowledge[skill] = float(knowledge[skill]) + newcomers.EXPERT
        return knowledge

    @property
    def contacts(self) -> list[PlainWorker]:
        """Whom the worker is tied to, the longest in the trade first."""
        return sorted(self.ties, key=attrgetter("unique_id"))

    @property
    def own_month(self) -> bool:
        """Whether this is the month of the year in which the worker is asked."""
        return int(self.address) % 12 == self.model.month % 12

    def fee_trait(self) -> float:
        """Standard normal that the worker's fee comes from."""
        return streams.normal(self.model.key, streams.FEE, 0, self.address, 0)

    def sociability(self) -> float:
        """Standard normal that the worker's going out comes from."""
        return streams.normal(self.model.key, streams.SOCIABILITY, 0, self.address, 0)

    def go_to_work(self) -> None:
        """Note in which cell the worker works, from now to the next month's end."""
        if self.account is None:
            self.work = self.employer.cell if self.employer else None
        elif isinstance(self.works_at, CoworkingSpace):
            self.work = self.works_at.cell
        elif self.works_at == AT_HOME:
            self.work = self.home
        else:
            client = self.account.main_client
            self.work = client.cell if client else None

    def minutes_to(self, venue: PlainCell) -> float:
        """From home on days of telework, from work on others."""
        model, work = self.model, self.work
        from_home = model.minutes_from(self.home, venue)
        from_work = model.minutes_from(work, venue) if work else from_home
        return model.telework * from_home + (1.0 - model.telework) * from_work

    def settle_month(self) -> None:
        """Freelancers settle accounts and may give up; others may go freelance."""
        model, p = self.model, self.model.p.freelance
        if self.account is not None:
            self.account.settle(p.living_cost)
            if not self.leaving:
                self.consider_giving_up()
        elif self.employer is not None:
            u = model.draw(streams.SWITCH, self.address, 0) if self.own_month else 1.0
            if u < p.to_freelance:
                self.go_freelance()
        elif self.idle == 1:
            u = model.draw(streams.SWITCH, self.address, 1)
            if u < model.base.freelance_entry:
                self.go_freelance()

    def consider_giving_up(self) -> None:
        """A freelancer leaves the trade by chance, or looks for a job when short."""
        model, p = self.model, self.model.p.freelance
        short = self.account.short >= freelance.PATIENCE
        u = model.draw(streams.FREELANCE_EXIT, self.address, 0)
        v = model.draw(streams.FREELANCE_EXIT, self.address, 1)
        if u < p.exit + p.exit_if_short * short:
            self.leaving = True
        elif v < p.to_job and self.account.buffer < 0.0:
            self.account = None
            self.idle = 0

    def go_freelance(self) -> None:
        """Begin as a freelancer."""
        if self.employer is not None:
            self.employer.staff.remove(self)
        self.employer = self.work = None
        self.works_at = AT_CLIENT
        self.idle = 0
        self.short_contract = False
        self.account = Account(self)

    def learn(self, category: int, points: float) -> None:
        """Learn from a talk; it is known from the month's end on."""
        self.gain[category] = float(self.gain[category]) + points

    def remember(self) -> None:
        """Add what was learned, forget, and have an idea by chance."""
        p = self.model.p.knowledge
        known = (self.knowledge + self.gain) * np.float32(1.0 - p.fading)
        self.knowledge = np.minimum(known, FULL)
        u, v = self.model.draw_pair(streams.NOVELTY, self.address, 0)
        outward = self.outward_talks / self.talks if self.talks else 0.0
        if u < p.novelty * (1.0 + outward):
            c = int(v * CATEGORIES)
            self.knowledge[c] = min(self.knowledge[c] + ONE_POINT, FULL)
        self.gain[:] = 0.0
        self.talks = self.outward_talks = 0

    def start_up(self) -> None:
        """A freelancer who lives here tries new firms from home."""
        if self.account is None or self.home is None:
            return
        model = self.model
        u = model.draw(streams.START_UP, self.address)
        tries = poisson(u, model.base.start_ups_per_freelancer[self.skill])
        for ordinal in range(tries):
            model.try_firm(self, self.skill, self.home, ordinal)

    def consider_moving_house(self) -> None:
        """Move house by chance, once a year at most."""
        if not self.own_month:
            return
        model, p = self.model, self.model.p.homes
        young = model.month - self.born < homes.SETTLED
        u = model.draw(streams.HOME_MOVE, self.address)
        if u < (p.young_rate if young else p.settled_rate):
            self.home = self.new_home()

    def new_home(self) -> PlainCell | None:
        """The best of some homes, or one outside the Region."""
        model = self.model
        p = model.p.staff if self.account is None else model.p.freelance
        if model.draw(streams.HOME_MOVE, self.address, 1) < p.outside_share:
            return None
        work, best, highest = self.work, None, -math.inf
        for s in range(homes.HOMES_SEEN):
            u, v = model.draw_pair(streams.HOME_CHOICE, self.address, s)
            cell = model.cells[bisect_left(model.homes, u)]
            value = gumbel(v)
            if work is not None:
                value -= model.p.homes.commute_effect * model.minutes_from(cell, work)
            if value > highest:
                best, highest = cell, value
        return best

    def retire(self) -> None:
        """Leave the trade with age, or having given up."""
        age = self.model.month - self.born
        if self.leaving or age >= 12 * self.model.p.homes.retirement_age:
            for other in self.ties:
                del other.ties[self]
            self.gone = True
            self.remove()

    def stay_or_go(self) -> None:
        """Keep the job while the firm has one left; else be without, a month longer."""
        if self.account is not None:
            return
        firm = self.employer
        if firm is None or firm.gone or firm.vacancies == 0:
            self.employer = None
            self.idle += 1
        else:
            firm.vacancies -= 1

    def be_hired(self, firm: PlainFirm) -> None:
        """Find a job."""
        self.employer = firm
        self.idle = 0
        self.leaving = False

    def keep_looking(self) -> None:
        """Without a job this month; after a year, leave the trade with the next."""
        self.leaving = self.idle > MONTHS_TO_LEAVE

    @property
    def has_lost_workplace(self) -> bool:
        """Whether a freelancer works at a client's but has none."""
        return self.works_at == AT_CLIENT and self.account.main_client is None

    def choose_workplace(self) -> None:
        """A freelancer chooses between home, the main client's place, and desks."""
        model, p = self.model, self.model.p.workplace
        kappa = model.p.surroundings.minutes_deterrence
        if isinstance(self.works_at, CoworkingSpace):
            self.works_at.taken -= 1
        best: CoworkingSpace | int = AT_HOME
        highest = gumbel(model.draw(streams.WORKPLACE, self.address, 1))
        client = self.account.main_client
        if client is not None:
            u = model.draw(streams.WORKPLACE, self.address, 2)
            way = model.minutes_from(self.home, client.cell)
            value = p.client - kappa * way + gumbel(u)
            if value > highest:
                best, highest = AT_CLIENT, value
        for space in model.society.coworking:
            if space.taken >= space.desks:
                continue
            u = model.draw(streams.WORKPLACE, self.address, 3 + space.number)
            way = model.minutes_from(self.home, space.cell)
            value = p.coworking - kappa * way - p.price_effect * space.price / 100.0
            value += p.peer_effect * math.log(1.0 + space.taken) + gumbel(u)
            if value > highest:
                best, highest = space, value
        self.works_at = best
        if isinstance(best, CoworkingSpace):
            best.taken += 1
