"""Firms: they give work, grow, close, spawn others, and move."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from benchmarks.plain_mesa.circle import Circle
from benchmarks.plain_mesa.project import Project
from benchmarks.plain_mesa.search import Event, Search
from benchmarks.plain_mesa.worker import PlainWorker
from model import streams
from model.processes import growth, relocation
from model.processes.closure import REFERENCE_ACCESS, REFERENCE_JOBS
from model.processes.knowledge import STANDARD_LIMIT
from model.processes.society import CATEGORIES
from model.processes.space_market import LEASE_BREAK
from model.processes.state import MOVER

if TYPE_CHECKING:
    from benchmarks.plain_mesa.cell import PlainCell
    from benchmarks.plain_mesa.community import PlainCommunity
    from benchmarks.plain_mesa.model import PlainModel

laplace = streams.laplace.py_func
poisson = streams.poisson.py_func


def logistic(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


class PlainFirm(mesa.Agent):
    """An employer firm: it gives work, grows, closes, spawns others, and moves.

    Attributes
    ----------
    staff : list of PlainWorker
        On the payroll, the longest in the trade first.
    collaborators : Circle
        This month's freelancers who have worked for it.
    communities : set of PlainCommunity
        That somebody on the payroll belonged to as the month began.
    """

    def __init__(self, model: PlainModel, **facts: Any) -> None:
        super().__init__(model)
        self.address = np.uint64(facts["address"])
        self.subsector: int = facts["subsector"]
        self.language: int = facts["language"]
        self.jobs: int = facts["jobs"]
        self.size = float(facts["size"])
        self.past_jobs: list[int] = facts.get("past_jobs", [0] * 12)
        self.age: int = facts.get("age", 0)
        self.lease: int = facts.get("lease", 0)
        self.cell: PlainCell = facts["cell"]
        self.space: float = facts["space"]
        self.rent: float = facts["rent"]
        self.anchor: bool = facts.get("anchor", False)
        self.captive: bool = facts.get("captive", False)
        self.knowledge: float = facts.get("knowledge", 0.0)
        self.students: int = facts.get("students", 0)
        self.partners: list[PlainFirm | None] = facts.get("partners", [])
        self.access = 0.0
        self.vacancies = 0
        self.gone = False
        self.staff: list[PlainWorker] = []
        self.collaborators = Circle()
        self.communities: set[PlainCommunity] = set()

    def count_in(self) -> None:
        """Be counted in the cell."""
        self.cell.jobs[self.subsector] += self.jobs
        if self.anchor:
            self.cell.anchor_jobs += self.jobs

    def look_around(self) -> None:
        """Own-sector access, own jobs left out, in base-year deviations."""
        s, base = self.subsector, self.model.base
        nearby = self.cell.own[s] - self.jobs * self.model.weights["own"][0][0]
        score = math.log1p(max(nearby, 0.0)) - base.own_mean[s]
        self.access = score / base.own_sd[s]

    def know_the_market(self) -> None:
        """Nobody has been called yet; communities of the staff as they are now."""
        self.collaborators = Circle()
        self.communities = {
            part.community for worker in self.staff for part in worker.memberships
        }

    def new_projects(self) -> list[Project]:
        """Projects of this month."""
        model, p = self.model, self.model.p.projects
        rate = model.base.days_per_job[self.subsector]
        mean = rate / (p.team_size * p.days_per_contract) * self.jobs
        projects, slots = [], 0
        for k in range(poisson(model.draw(streams.PROJECT, self.address, 0), mean)):
            u = model.draw(streams.PROJECT, self.address, 1 + k)
            size = 1 + poisson(u, p.team_size - 1.0)
            projects.append(Project(self, slots, size))
            slots += size
        return projects

    def contact_of(self, freelancer: PlainWorker) -> PlainWorker | None:
        """Whom on the payroll a freelancer deals with; the same while the staff is."""
        if not self.staff:
            return None
        alternative = int(self.address) & 0xFFFFFFFF
        u = streams.uniform(
            self.model.key, streams.CONTACT, 0, freelancer.address, alternative
        )
        return self.staff[int(u * len(self.staff))]

    def mean_knowledge(self) -> float:
        """Of the staff, over categories, points."""
        total = sum(sum(worker.knowledge.tolist()) for worker in self.staff)
        return total / (CATEGORIES * len(self.staff))

    def score_knowledge(self, mean: float, sd: float) -> None:
        """In standard deviations between firms; 0 without staff."""
        score = (self.mean_knowledge() - mean) / sd if self.staff and sd else 0.0
        self.knowledge = min(max(score, -STANDARD_LIMIT), STANDARD_LIMIT)

    def grow(self) -> None:
        """Remember last year's jobs, grow or shrink, and age a month."""
        self.past_jobs[self.model.month % 12] = self.jobs
        if not self.anchor:
            self.change_size()
        self.age += 1
        self.lease += 1

    def change_size(self) -> None:
        """One month's growth, in lumps."""
        p = self.model.p.growth
        chance = p.changes_per_year / 12.0
        step = self.model.base.drift + p.knowledge_effect * self.knowledge
        step = (step + p.access_effect * self.access) / 12.0
        scale = p.volatility * max(self.size, 1.0) ** -p.size_exponent
        scale /= math.sqrt(p.changes_per_year)
        if scale > 0.0:
            step -= math.log(1.0 - chance + chance / (1.0 - scale * scale))
            u, v = self.model.draw_pair(streams.GROWTH, self.address, 0)
            if u < chance:
                step += scale * laplace(v)
        self.size = max(growth.SMALLEST, self.size * math.exp(step))
        self.jobs = max(1, math.floor(self.size + 0.5))

    def face_closure(self) -> None:
        """Close by chance."""
        if self.anchor:
            return
        p = self.model.p.closure
        later = math.log(p.later / (1.0 - p.later))
        score = later + p.crowding_effect * (self.access - REFERENCE_ACCESS)
        score -= p.size_effect * math.log(self.jobs / REFERENCE_JOBS)
        if self.age <= 12:
            score += math.log(p.first_year / (1.0 - p.first_year)) - later
        if self.model.draw(streams.CLOSURE, self.address) < logistic(score):
            self.model.journal.append(
                Event(
                    self.model.month, "closure", "closure", int(self.address),
                    self.jobs, self.cell.index, -1,
                )
            )  # fmt: skip
            self.cell.media -= self.space
            self.leave()

    def leave(self) -> None:
        """Be gone."""
        self.gone = True
        self.remove()

    def spin_off(self) -> None:
        """Try new firms from this site."""
        model = self.model
        u = model.draw(streams.SPIN_OFF, self.address)
        rate = model.base.spin_offs_per_job[self.subsector]
        tries = poisson(u, self.jobs * rate)
        for ordinal in range(tries):
            model.try_firm(self, self.subsector, self.cell, ordinal, self)

    def consider_moving(self) -> None:
        """Look for another site, or stay."""
        if self.anchor:
            return
        model, p = self.model, self.model.p.relocation
        past = self.past_jobs[(model.month + 1) % 12]
        change = p.change_effect * abs(math.log(self.jobs / past)) if past else 0.0
        needed = self.jobs * model.space_per_job
        short = p.shortage_effect * max(0.0, needed / self.space - 1.0)
        index = change + short - p.size_effect * math.log(self.jobs)
        index -= p.age_effect * math.log(1.0 + self.age / 12.0)
        index += model.base.move_constant
        at_break = self.lease > 0 and self.lease % LEASE_BREAK == 0
        factor = 1.0 if at_break else p.off_break
        limit = relocation.GAP_LIMIT
        u = model.draw(streams.MOVE, self.address)
        highest = logistic(index + p.gap_effect * limit)
        if model.shortcuts and u >= factor * highest:
            return  # not even with the largest gap
        reason = "shortage of space" if short >= change else "growth or shrinkage"
        search = Search(
            model, MOVER, self, address=self.address, subsector=self.subsector,
            language=self.language, jobs=self.jobs, origin=self.cell, reason=reason,
            partners=self.partners,
        )  # fmt: skip
        gap = search.gap() - model.base.gap_mean[self.subsector]
        pull = p.gap_effect * min(max(gap, -limit), limit)
        if u < factor * logistic(index + pull):
            largest = max(short, change)
            if pull > max(largest, 0.25):
                search.reason = "better site"
            elif at_break and largest < 0.25:
                search.reason = "lease break"
            model.searches.append(search)

    def settle(self, cell: PlainCell, m2: float) -> None:
        """Move into a cell."""
        self.cell = cell
        self.space = m2
        self.rent = cell.rent
        self.lease = 0

    def post_jobs(self) -> None:
        """All jobs are vacant until the staff has been counted."""
        self.vacancies = self.jobs

    def hire(self, seekers: Circle) -> None:
        """Fill the vacancies: with the next who look for a job, or with newcomers."""
        model, newcomers = self.model, 0
        for vacancy in range(self.vacancies):
            u, new = model.draw_pair(streams.HIRING, self.address, 1 + vacancy)
            if new >= model.p.staff.newcomer_share and len(seekers):
                seekers.take(u).be_hired(self)
            else:
                PlainWorker.on_payroll(self, newcomers)
                newcomers += 1

    def list_staff(self) -> None:
        """Begin a new list of the staff."""
        self.staff = []

    def renew_contract(self) -> None:
        """At a break of the lease: the market's rent, and the space needed now."""
        if self.captive or self.lease == 0 or self.lease % LEASE_BREAK:
            return
        cell = self.cell
        self.rent = cell.rent
        free = max(0.0, cell.free_for(self.subsector))
        change = min(self.jobs * self.model.space_per_job - self.space, free)
        self.space += change
        cell.let(change, self.subsector)
