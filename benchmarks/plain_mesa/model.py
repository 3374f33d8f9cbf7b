"""The media city as an ordinary Mesa model, copied from a kernel model."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from benchmarks.plain_mesa.cell import PlainCell
from benchmarks.plain_mesa.circle import Circle
from benchmarks.plain_mesa.community import PlainCommunity
from benchmarks.plain_mesa.copying import Copying
from benchmarks.plain_mesa.firm import PlainFirm, poisson
from benchmarks.plain_mesa.search import Event, Search
from benchmarks.plain_mesa.society import Society
from benchmarks.plain_mesa.worker import PlainWorker
from model import streams
from model.processes import (
    drivers,
    entry,
    freelance,
    homes,
    site_choice,
    space_market,
    surroundings,
)
from model.processes.state import ARRIVER, MOVER, NEWBORN, RegionState
from model.simulation import CATALOGUE, MediaparkModel


class PlainModel(mesa.Model):
    """The media city as an ordinary Mesa model.

    Parameters
    ----------
    twin : MediaparkModel
        Model without levers and policies; its present state is copied.
    shortcuts : bool
        Take the kernels' two shortcuts: firms that would stay whatever their gap do
        not work it out, and cells that cannot win the race are passed over. Without
        them every firm weighs all cells, as the equations say; the result is the same.

    Attributes
    ----------
    cells : list of PlainCell
    searches : list of Search
        Who chooses a site this month.
    journal : list of Event
    society : Society
        Ties, talks, venues, and who happened to meet.
    first_month : int
        Month in which the journal begins.
    """

    def __init__(self, twin: MediaparkModel, *, shortcuts: bool = True) -> None:
        super().__init__(rng=0)
        self.shortcuts = shortcuts
        state, scenario = twin.state, twin.scenario
        if scenario.levers or scenario.policies:
            raise ValueError(f"{scenario.name}: levers are not written plainly")
        self.key, self.month, self.scale = state.key, state.month, state.scale
        self.first_month = state.month
        self.p = SimpleNamespace(
            **{name: scenario.block(kind) for name, kind in CATALOGUE.blocks.items()}
        )
        self.base = SimpleNamespace(
            **{
                name: value.tolist() if isinstance(value, np.ndarray) else value
                for name, value in vars(state.base).items()
            }
        )
        self.own_power = [self.p.site.own_sector / sd for sd in self.base.own_sd]
        self.homes = state.homes.tolist()
        self.minutes, self.nearness = state.minutes, state.nearness
        self.market_count = state.market_count
        self.telework = state.telework
        self.space_per_job = space_market.space_per_job(state)
        self.keep_distances(state)
        self.cells = [PlainCell(self, state, c) for c in range(len(state.region))]
        self.society = Society(self)
        Copying(self, state)
        self.searches: list[Search] = []
        self.journal: list[Event] = []

    def keep_distances(self, state: RegionState) -> None:
        """Weights by rows and columns between two cells, found once."""
        region, ranges = state.region, self.p.surroundings
        tables = surroundings.tables_of(region, ranges)._asdict()
        tables["keep"], tables["partner"] = site_choice.choice_tables(
            region, self.p.choice, ranges, self.base.partner_sd
        )
        shape = (2 * region.rows - 1, 2 * region.cols - 1)
        self.weights = {
            name: table.reshape(shape)[region.rows - 1 :, region.cols - 1 :].tolist()
            for name, table in tables.items()
        }
        self.keep, self.partner = self.weights["keep"], self.weights["partner"]
        self._near: dict[tuple[PlainCell, str], list[tuple[PlainCell, float]]] = {}

    def near(self, cell: PlainCell, kind: str) -> list[tuple[PlainCell, float]]:
        """Cells within reach of a cell, with their weights; kept once found."""
        if (cell, kind) not in self._near:
            table = self.weights[kind]
            there = [
                (other, table[abs(other.row - cell.row)][abs(other.col - cell.col)])
                for other in self.cells
            ]
            self._near[cell, kind] = [pair for pair in there if pair[1] > 0.0]
        return self._near[cell, kind]

    @property
    def firms(self) -> Any:
        """All firms, the oldest first."""
        return self.agents_by_type[PlainFirm]

    @property
    def workers(self) -> Any:
        """All workers, in the order in which they entered the trade."""
        return self.agents_by_type[PlainWorker]

    @property
    def freelancers(self) -> list[PlainWorker]:
        """Those who work for themselves, in the same order."""
        return [worker for worker in self.workers if worker.account is not None]

    @property
    def communities(self) -> list[PlainCommunity]:
        """All communities of practice, the oldest first."""
        return list(self.agents_by_type.get(PlainCommunity, ()))

    def draw(self, purpose: int, address: Any, alternative: int = 0) -> float:
        """One uniform of this month at an address."""
        return streams.uniform(self.key, purpose, self.month, address, alternative)

    def draw_pair(
        self, purpose: int, address: Any, alternative: int
    ) -> tuple[float, float]:
        """Two uniforms of this month at an address."""
        return streams.uniform_pair(self.key, purpose, self.month, address, alternative)

    def minutes_from(self, home: PlainCell | None, cell: PlainCell) -> float:
        """Minutes from door to door; None lives outside the Region."""
        if home is None:
            return self.p.workplace.outside_minutes
        return float(self.minutes[home.index, cell.index])

    def step(self) -> None:
        """One month, in the order of ``SCHEDULE``."""
        self.set_drivers()
        self.survey()
        self.society.renew_ties()
        self.society.run_projects()
        self.workers.do("settle_month")
        self.graduate()
        self.society.find_venues()
        self.society.find_members()
        self.society.carry_communities()
        self.society.hold_meetings()
        self.society.share_knowledge()
        self.firms.do("grow")
        self.firms.do("face_closure")
        self.firms.do("spin_off")
        self.workers.do("start_up")
        self.try_arrivals()
        self.agents_by_type[PlainCell].do("appraise")
        self.firms.do("consider_moving")
        self.choose_sites()
        self.workers.do("consider_moving_house")
        if self.month % homes.QUARTER == homes.QUARTER - 1:
            self.workers.do("retire")
        self.staff_firms()
        self.society.choose_workplaces()
        self.clear_market()
        self.month += 1

    def set_drivers(self) -> None:
        """Telework of the month, and the floor space that a job needs with it."""
        self.telework = drivers.telework_share(self.month, self.p.telework)
        p = self.p.space
        self.space_per_job = p.m2_per_job * (1.0 - p.telework_saving * self.telework)

    def survey(self) -> None:
        """What every site offers; density and talent only in January."""
        cells = self.agents_by_type[PlainCell]
        cells.do("forget")
        self.firms.do("count_in")
        cells.do("radiate")
        cells.do("take_stock")
        self.firms.do("look_around")
        if self.month % 12 == 0:
            for cell in self.cells:
                cell.density = cell.talent = cell.talents = 0.0
            cells.do("radiate_density")
            for freelancer in self.freelancers:
                if freelancer.home is not None:
                    freelancer.home.talents += 1
            for firm in self.firms:
                weight = self.p.surroundings.student_weight * self.scale
                firm.cell.talents += firm.students * weight
            cells.do("radiate_talent")

    def graduate(self) -> None:
        """Graduates in media who begin as freelancers."""
        base, p = self.base, self.p.freelance
        scale = base.freelancers / max(1.0, p.number)
        u = self.draw(streams.FREELANCE_ENTRY, freelance.GRADUATES)
        mean = base.freelance_entry * p.graduates * scale / 12.0
        for ordinal in range(poisson(u, mean)):
            PlainWorker.graduate(self, ordinal)

    def trade_of_a_random_job(self, address: np.uint64) -> dict[str, int]:
        """Trade and language of somebody who works for no firm."""
        firms = list(self.firms)
        jobs = list(accumulate(firm.jobs for firm in firms))
        u = self.draw(streams.POPULATION_TRAIT, address)
        firm = firms[bisect_left(jobs, u * jobs[-1])]
        return {"skill": firm.subsector, "language": firm.language}

    def try_firm(
        self,
        parent: PlainFirm | PlainWorker,
        subsector: int,
        origin: PlainCell,
        ordinal: int,
        firm: PlainFirm | None = None,
    ) -> None:
        """Queue a spin-off or start-up for the choice of a site."""
        address = np.uint64(
            streams.newborn_address(parent.address, self.month, ordinal)
        )
        u = self.draw(streams.NEWBORN_SIZE, address)
        self.searches.append(
            Search(
                self, NEWBORN, firm, address=address, subsector=subsector,
                language=parent.language, origin=origin,
                jobs=1 + sum(u > share for share in entry.SIZES),
                reason="start-up" if firm is None else "spin-off",
                partners=[] if firm is None else [firm, *firm.partners[:2]],
            )
        )  # fmt: skip

    def try_arrivals(self) -> None:
        """Queue the firms outside that consider the Region."""
        base, pool = self.base, entry.OUTSIDE_POOL
        u = self.draw(streams.ARRIVAL, np.uint64(pool))
        for ordinal in range(poisson(u, base.arrivals_per_month)):
            address = np.uint64(
                streams.newborn_address(np.uint64(pool), self.month, ordinal)
            )
            trade, size = self.draw_pair(streams.ARRIVAL, address, 1)
            tongue = self.draw(streams.ARRIVAL, address, 2)
            subsector = bisect_left(base.subsector_shares, trade)
            self.searches.append(
                Search(
                    self, ARRIVER, address=address, subsector=subsector,
                    language=bisect_left(base.language_shares[subsector], tongue),
                    jobs=min(int(1.0 / size), entry.LARGEST_ARRIVAL), origin=None,
                    reason="from outside",
                )
            )  # fmt: skip

    def choose_sites(self) -> None:
        """Let all choose, one after the other in keyed order, then carry it out."""
        for cell in self.cells:
            cell.unmet = 0.0
        searches, self.searches = self.searches, []
        for search in sorted(
            searches, key=lambda one: self.draw(streams.TURN, one.address)
        ):
            search.choose()
        for search in searches:
            search.carry_out()
        for search in searches:
            if search.kind == MOVER and search.leaves:
                search.firm.leave()

    def found(self, search: Search) -> None:
        """Found the firm of a newborn or arriver that has chosen its cell."""
        PlainFirm(
            self,
            address=search.address,
            subsector=search.subsector,
            language=search.language,
            jobs=search.jobs,
            size=search.jobs,
            cell=search.choice,
            space=search.need,
            rent=search.choice.rent,
            partners=search.partners,
        )

    def staff_firms(self) -> None:
        """Bring every firm's staff to its number of jobs."""
        self.firms.do("post_jobs")
        self.workers.do("stay_or_go")
        seekers = Circle(
            (self.draw(streams.HIRING, one.address), one)
            for one in self.workers
            if one.employer is None and one.account is None
        )
        for firm in list(self.firms):
            firm.hire(seekers)
        for seeker in seekers.people:
            seeker.keep_looking()
        self.firms.do("list_staff")
        for worker in self.workers:
            if worker.employer is not None:
                worker.employer.staff.append(worker)

    def clear_market(self) -> None:
        """Rents move, other tenants come and go, contracts are renewed at breaks."""
        held = [0.0] * self.market_count
        there = [0.0] * self.market_count
        for cell in self.cells:
            held[cell.market] += cell.background + cell.media - cell.captive
            there[cell.market] += cell.stock - cell.captive
        vacancy = [
            1.0 - taken / stock if stock > 0.0 else 0.0
            for taken, stock in zip(held, there, strict=True)
        ]
        for cell in self.cells:
            cell.adjust_rent(vacancy[cell.market])
            cell.absorb()
        self.firms.do("renew_contract")
