"""Workers: on a payroll, looking for a job, or self-employed."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from benchmarks.plain_mesa.firm import PlainFirm, poisson
from model import streams
from model.processes.staffing import MONTHS_TO_LEAVE

if TYPE_CHECKING:
    from benchmarks.plain_mesa.cell import PlainCell
    from benchmarks.plain_mesa.model import PlainModel


class PlainWorker(mesa.Agent):
    """A media worker, on a payroll or self-employed."""

    def __init__(self, model: PlainModel, **facts: Any) -> None:
        super().__init__(model)
        self.address = np.uint64(facts["address"])
        self.freelance: bool = facts.get("freelance", False)
        self.skill: int = facts["skill"]
        self.language: int = facts["language"]
        self.home: PlainCell | None = facts["home"]
        self.employer: PlainFirm | None = facts["employer"]
        self.idle: int = facts.get("idle", 0)
        self.short_contract: bool = facts["short_contract"]

    @classmethod
    def newcomer(cls, firm: PlainFirm, ordinal: int) -> None:
        """Enter the trade at a firm."""
        model, p = firm.model, firm.model.staff
        address = np.uint64(
            streams.newborn_address(firm.address, model.month, ordinal + 1_000_000)
        )
        u, v = model.draw_pair(streams.POPULATION_HOME, address, 0)
        lives_here = u >= p.outside_share
        home = model.cells[bisect_left(model.homes, v)] if lives_here else None
        u = model.draw(streams.POPULATION_TRAIT, address, 1)
        cls(
            model,
            address=address,
            skill=firm.subsector,
            language=firm.language,
            home=home,
            employer=firm,
            short_contract=u < p.short_contract_share,
        )

    def start_up(self) -> None:
        """A freelancer who lives here tries new firms from home."""
        if not self.freelance or self.home is None:
            return
        model = self.model
        u = model.draw(streams.START_UP, self.address)
        tries = poisson(u, model.base.start_ups_per_freelancer)
        for ordinal in range(tries):
            model.try_firm(self, self.skill, self.home, ordinal)

    def stay_or_go(self) -> None:
        """Keep the job while the firm has one left, else be laid off."""
        firm = self.employer
        if firm is None:
            return
        if firm.gone or firm.vacancies == 0:
            self.employer = None
        else:
            firm.vacancies -= 1

    def leave_trade(self) -> None:
        """After a year without a job."""
        if not self.freelance and self.idle > MONTHS_TO_LEAVE:
            self.remove()
