"""Cells: floor space, rents, and what a site offers around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from model.processes import space_market
from model.processes.state import SUBSECTOR_COUNT, RegionState

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainModel

SUBSECTORS = range(SUBSECTOR_COUNT)


class PlainCell(mesa.Agent):
    """A cell: floor space, its rent, and what it offers around it."""

    def __init__(self, model: PlainModel, state: RegionState, index: int) -> None:
        super().__init__(model)
        region, cells, around = state.region, state.cells, state.surroundings
        self.index = index
        self.row, self.col = int(region.row[index]), int(region.col[index])
        self.zone = int(region.zone[index])
        self.market = int(state.market[index])
        self.natural_vacancy = float(region.natural_vacancy[index])
        self.office_ok = bool(region.office_ok[index])
        self.first_transit = float(region.transit_access[index])
        for name in (
            "stock", "background", "media", "captive", "reserved", "rent",
            "base_rent", "subsidy", "quality", "transit", "unmet",
        ):  # fmt: skip
            setattr(self, name, float(getattr(cells, name)[index]))
        self.subsidy_max_jobs = int(cells.subsidy_max_jobs[index])
        self.subsidy_open = cells.subsidy_open[:, index].tolist()
        self.closed = cells.closed[:, index].tolist()
        self.density = float(around.density[index])
        self.talent = float(around.talent[index])
        self.talents = 0.0
        self.first_media_access = float(state.base.media_access[index])
        self.own_score = [0.0] * SUBSECTOR_COUNT
        self.attraction = [0.0] * SUBSECTOR_COUNT
        self.diversity = 0.0
        self.forget()

    def forget(self) -> None:
        """Begin a new count of jobs here and around."""
        self.jobs = [0] * SUBSECTOR_COUNT
        self.anchor_jobs = 0
        self.own = [0.0] * SUBSECTOR_COUNT
        self.mix = [0] * SUBSECTOR_COUNT
        self.anchors = 0.0

    def radiate(self) -> None:
        """Let the cells around feel the media jobs that are here."""
        present = [(s, self.jobs[s]) for s in SUBSECTORS if self.jobs[s]]
        if not present:
            return
        for cell, weight in self.model.near(self, "own"):
            for s, jobs in present:
                cell.own[s] += weight * jobs
        for cell, _ in self.model.near(self, "disc"):
            for s, jobs in present:
                cell.mix[s] += jobs
        if self.anchor_jobs:
            for cell, weight in self.model.near(self, "anchor"):
                cell.anchors += weight * self.anchor_jobs

    def radiate_density(self) -> None:
        """Let the cells around feel all jobs that are here, the media's or not."""
        amount = (
            sum(self.jobs)
            + self.background / self.model.p.surroundings.background_m2_per_job
        )
        table = self.model.weights["density"]
        for cell in self.model.cells:
            weight = table[abs(cell.row - self.row)][abs(cell.col - self.col)]
            cell.density += weight * amount

    def radiate_talent(self) -> None:
        """Let other cells feel the freelancers and students who are here."""
        if not self.talents:
            return
        near = self.model.nearness[self.index].tolist()
        for cell, weight in zip(self.model.cells, near, strict=True):
            if cell.office_ok:
                cell.talent += self.talents * weight

    def take_stock(self) -> None:
        """Scores of what has been counted."""
        base = self.model.base
        for s in SUBSECTORS:
            score = math.log1p(self.own[s]) - base.own_mean[s]
            self.own_score[s] = score / base.own_sd[s]
        total = sum(self.mix)
        self.diversity = 0.0
        for jobs in self.mix:
            if jobs:
                self.diversity -= jobs / total * math.log(jobs / total)

    def appraise(self) -> None:
        """exp(V) for each subsector, before distance and vacancy."""
        p, base = self.model.p.site, self.model.base
        shared = p.rent * math.log(self.rent)
        for weight, value, mean, sd in zip(
            (p.density, p.talent, p.anchors),
            (self.density, self.talent, self.anchors),
            base.mean,
            base.sd,
            strict=True,
        ):
            shared += weight * (math.log1p(value) - mean) / sd
        shared += p.diversity * self.diversity
        shared += p.transit * self.transit + p.quality * self.quality
        constant = base.zone_constant[self.zone]
        self.attraction = [
            math.exp(constant[s] + p.own_sector * self.own_score[s] + shared)
            for s in SUBSECTORS
        ]

    def free_for(self, subsector: int) -> float:
        """Vacant floor space that a subsector may rent, m2."""
        return self.stock - self.background - self.media - self.closed[subsector]

    def let(self, m2: float, subsector: int) -> None:
        """Let floor space to a firm of a subsector; it may take what others may not.

        A firm that gives space back lets a negative amount.
        """
        self.media += m2
        own = self.closed[subsector]
        for s in SUBSECTORS:
            if own < self.closed[s]:
                self.closed[s] = max(0.0, self.closed[s] - max(0.0, m2))

    def adjust_rent(self, vacancy: float) -> None:
        """Move the asking rent, given the present vacancy of the market."""
        p = self.model.p.space
        media = sum(self.own_score) / SUBSECTOR_COUNT
        lift = p.media_premium * (media - self.first_media_access)
        lift += p.transit_premium * (self.transit - self.first_transit)
        target = self.base_rent * math.exp(lift)
        step = p.vacancy_response * (self.natural_vacancy - vacancy)
        step += p.rent_pull * math.log(target / self.rent)
        limit = space_market.LARGEST_STEP
        self.rent *= math.exp(min(max(step / 12.0, -limit), limit))

    def absorb(self) -> None:
        """Other tenants take part of the space above natural vacancy, or leave it."""
        stock, media = self.stock - self.captive, self.media - self.captive
        open_stock = max(0.0, stock - self.reserved)
        room = open_stock * (1.0 - self.natural_vacancy) - self.background
        room -= max(0.0, media - self.reserved)
        step = self.model.p.space.absorption / 12.0 * room
        free = stock - self.background - media
        self.background += max(min(step, free), -self.background)
