"""The media city as an ordinary Mesa model, copied from a kernel model."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from benchmarks.plain_mesa.cell import PlainCell
from benchmarks.plain_mesa.firm import PlainFirm, poisson
from benchmarks.plain_mesa.search import Event, Search
from benchmarks.plain_mesa.worker import PlainWorker
from model import streams
from model.processes import (
    attraction,
    closure,
    drivers,
    entry,
    growth,
    relocation,
    site_choice,
    space_market,
    staffing,
    surroundings,
)
from model.processes.state import ARRIVER, FREELANCER, MOVER, NEWBORN, RegionState
from model.simulation import MediaparkModel


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
    first_month : int
        Month in which the journal begins.
    """

    def __init__(self, twin: MediaparkModel, *, shortcuts: bool = True) -> None:
        super().__init__(rng=0)
        self.shortcuts = shortcuts
        state, scenario = twin.state, twin.scenario
        if scenario.levers or scenario.policies:
            raise ValueError(f"{scenario.name}: levers are not written plainly")
        self.key, self.month = state.key, state.month
        self.first_month = state.month
        self.growth = scenario.block(growth.Parameters)
        self.closure = scenario.block(closure.Parameters)
        self.entry = scenario.block(entry.Parameters)
        self.relocation = scenario.block(relocation.Parameters)
        self.site = scenario.block(attraction.Parameters)
        self.choice = scenario.block(site_choice.Parameters)
        self.space = scenario.block(space_market.Parameters)
        self.staff = scenario.block(staffing.Parameters)
        self.telework = scenario.block(drivers.Parameters)
        ranges = scenario.block(surroundings.Parameters)
        self.m2_per_other_job = ranges.background_m2_per_job
        self.base = SimpleNamespace(
            **{
                name: value.tolist() if isinstance(value, np.ndarray) else value
                for name, value in vars(state.base).items()
            }
        )
        self.own_power = [self.site.own_sector / sd for sd in self.base.own_sd]
        self.homes = state.homes.tolist()
        self.market_count = state.market_count
        self.space_per_job = space_market.space_per_job(state)
        self.keep_distances(state, ranges)
        self.cells = [PlainCell(self, state, c) for c in range(len(state.region))]
        self.copy_firms(twin)
        self.copy_people(twin)
        self.searches: list[Search] = []
        self.journal: list[Event] = []

    def keep_distances(self, state: RegionState, ranges: Any) -> None:
        """Weights by rows and columns between two cells, found once."""
        region = state.region
        tables = surroundings.tables_of(region, ranges)._asdict()
        tables["keep"], tables["partner"] = site_choice.choice_tables(
            region, self.choice, ranges, self.base.partner_sd
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

    def copy_firms(self, twin: MediaparkModel) -> None:
        """Firms of the twin, in its order."""
        table = twin.firms
        by_slot: dict[int, PlainFirm] = {}
        plain = ("subsector", "language", "jobs", "size", "age", "lease", "space")
        flags = ("rent", "anchor", "captive", "knowledge")
        for row in range(len(table)):
            by_slot[int(table.slot[row])] = PlainFirm(
                self,
                address=table.address[row],
                past_jobs=table.past_jobs[row].tolist(),
                cell=self.cells[table.cell[row]],
                **{name: table[name][row].item() for name in plain + flags},
            )
        for row, firm in enumerate(by_slot.values()):
            slots = table.partners[row].tolist()
            firm.partners = [by_slot.get(slot) for slot in slots]
        self._by_slot = by_slot

    def copy_people(self, twin: MediaparkModel) -> None:
        """Workers of the twin, in its order."""
        table = twin.people
        plain = ("skill", "language", "idle", "short_contract")
        for row in range(len(table)):
            home = int(table.home[row])
            PlainWorker(
                self,
                address=table.address[row],
                freelance=bool(table.kind[row] == FREELANCER),
                home=self.cells[home] if home >= 0 else None,
                employer=self._by_slot.get(int(table.employer[row])),
                **{name: table[name][row].item() for name in plain},
            )
        del self._by_slot

    @property
    def firms(self) -> Any:
        """All firms, the oldest first."""
        return self.agents_by_type[PlainFirm]

    @property
    def workers(self) -> Any:
        """All workers, in the order in which they entered the trade."""
        return self.agents_by_type[PlainWorker]

    def draw(self, purpose: int, address: Any, alternative: int = 0) -> float:
        """One uniform of this month at an address."""
        return streams.uniform(self.key, purpose, self.month, address, alternative)

    def draw_pair(
        self, purpose: int, address: Any, alternative: int
    ) -> tuple[float, float]:
        """Two uniforms of this month at an address."""
        return streams.uniform_pair(self.key, purpose, self.month, address, alternative)

    def step(self) -> None:
        """One month, in the order of ``SCHEDULE``."""
        self.set_drivers()
        self.survey()
        self.firms.do("grow")
        self.firms.do("face_closure")
        self.firms.do("spin_off")
        self.workers.do("start_up")
        self.try_arrivals()
        self.agents_by_type[PlainCell].do("appraise")
        self.firms.do("consider_moving")
        self.choose_sites()
        self.staff_firms()
        self.clear_market()
        self.month += 1

    def set_drivers(self) -> None:
        """Telework of the month, and the floor space that a job needs with it."""
        telework = drivers.telework_share(self.month, self.telework)
        p = self.space
        self.space_per_job = p.m2_per_job * (1.0 - p.telework_saving * telework)

    def survey(self) -> None:
        """What every site offers; density only in January."""
        cells = self.agents_by_type[PlainCell]
        cells.do("forget")
        self.firms.do("count_in")
        cells.do("radiate")
        cells.do("take_stock")
        self.firms.do("look_around")
        if self.month % 12 == 0:
            for cell in self.cells:
                cell.density = 0.0
            cells.do("radiate_density")

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
            knowledge=streams.normal(
                self.key, streams.NEWBORN_TRAIT, self.month, search.address, 0
            ),
            partners=search.partners,
        )

    def staff_firms(self) -> None:
        """Bring every firm's staff to its number of jobs."""
        self.firms.do("post_jobs")
        self.workers.do("stay_or_go")
        seeking = sorted(
            (w for w in self.workers if w.employer is None and not w.freelance),
            key=lambda worker: self.draw(streams.HIRING, worker.address),
        )
        queue = iter(seeking)
        for firm in list(self.firms):
            hired = 0
            for worker in islice(queue, firm.vacancies):
                worker.employer = firm
                worker.idle = 0
                hired += 1
            for ordinal in range(firm.vacancies - hired):
                PlainWorker.newcomer(firm, ordinal)
        for worker in queue:
            worker.idle += 1
        self.workers.do("leave_trade")

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
