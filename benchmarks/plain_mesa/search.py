"""The choice of a site: a firm weighs all cells against the world outside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model import streams
from model.processes.choice_kernels import NO_OPTION
from model.processes.state import ARRIVER, MOVER

if TYPE_CHECKING:
    from benchmarks.plain_mesa.cell import PlainCell
    from benchmarks.plain_mesa.firm import PlainFirm
    from benchmarks.plain_mesa.model import PlainModel

# Shapes of draws: one line of arithmetic each, cheaper in Python than a call to
# compiled code.
gumbel = streams.gumbel.py_func
nest_error = streams.nest_error.py_func


@dataclass(frozen=True, order=True)
class Event:
    """A move, departure, arrival, birth or closure of a firm, or a mover stuck."""

    month: int
    kind: str
    reason: str
    address: int
    jobs: int
    from_cell: int
    to_cell: int


class Search:
    """A firm, present or future, that looks at sites.

    Attributes
    ----------
    kind : int
        Mover, newborn or arriver.
    firm : PlainFirm or None
        The firm that moves, or the parent of a spin-off.
    origin : PlainCell or None
        Where distance counts from.
    partners : list of PlainFirm or None
        Firms it works with, or will work with.
    need : float, m2
    """

    def __init__(
        self, model: PlainModel, kind: int, firm: PlainFirm | None = None, **facts: Any
    ) -> None:
        self.model = model
        self.kind = kind
        self.firm = firm
        self.address = facts["address"]
        self.subsector: int = facts["subsector"]
        self.language: int = facts["language"]
        self.jobs: int = facts["jobs"]
        self.origin: PlainCell | None = facts["origin"]
        self.reason: str = facts["reason"]
        self.need = self.jobs * model.space_per_job
        self.partners: list[PlainFirm | None] = facts.get("partners", [])
        self.partner_cells = [
            partner.cell for partner in self.partners if partner and not partner.gone
        ]
        moves = firm is not None and kind == MOVER
        self.own_cell = self.origin if moves else None
        self.own_jobs = firm.past_jobs[model.month % 12] if moves else 0
        self.held = firm.space if moves else 0.0
        self.choice: PlainCell | None = None
        self.leaves = False

    def worth(self, cell: PlainCell) -> float:
        """exp(V) of a cell, without the vacancy term."""
        model, s = self.model, self.subsector
        row, col = cell.row, cell.col
        worth = cell.attraction[s]
        origin = self.origin
        if origin is not None:
            worth *= model.keep[abs(row - origin.row)][abs(col - origin.col)]
        home = self.own_cell
        if home is not None:
            near = model.weights["own"][abs(row - home.row)][abs(col - home.col)]
            if near > 0.0:
                others = max(cell.own[s] - self.own_jobs * near, 0.0)
                ratio = (1.0 + others) / (1.0 + cell.own[s])
                worth *= ratio ** model.own_power[s]
        for place in self.partner_cells:
            worth *= model.partner[abs(row - place.row)][abs(col - place.col)]
        if (
            cell.subsidy > 0.0
            and self.jobs <= cell.subsidy_max_jobs
            and cell.subsidy_open[s]
        ):
            worth *= (1.0 - cell.subsidy) ** model.p.site.rent
        return worth

    def logsum(self) -> float:
        """ln of the sum of exp(V) over cells with room; -inf if there is none."""
        total = 0.0
        for cell in self.model.cells:
            free = cell.free_for(self.subsector)
            if free >= self.need:
                total += self.worth(cell) * free
        return math.log(total) if total > 0.0 else -math.inf

    def gap(self) -> float:
        """Logsum of options minus utility of the present site of a mover."""
        firm = self.firm
        present = math.log(self.worth(firm.cell) * firm.space)
        present += self.model.p.site.rent * math.log(firm.rent / firm.cell.rent)
        options = self.logsum()
        return options - present if options > -math.inf else NO_OPTION

    def best_site(self) -> tuple[PlainCell | None, float, PlainCell | None]:
        """Best cell with room, its utility, and the best had all cells room."""
        model = self.model
        best = wanted = None
        race = race_wanted = math.inf
        for cell, u in zip(model.cells, self.site_draws(), strict=False):
            if cell.stock <= 0.0:
                continue
            free = cell.free_for(self.subsector)
            pull = self.worth(cell) * max(free, self.need)
            if model.shortcuts and 1.0 - u >= race * pull:
                continue  # -ln u >= 1 - u: it cannot win
            finish = -math.log(u) / pull
            if finish < race_wanted:
                race_wanted, wanted = finish, cell
            if free >= self.need and finish < race:
                race, best = finish, cell
        return best, -math.log(race) if best is not None else -math.inf, wanted

    def site_draws(self) -> Any:
        """One uniform for each cell, in order."""
        key, month = self.model.key, self.model.month
        for pair in range(0, len(self.model.cells), 2):
            yield from streams.uniform_pair(
                key, streams.SITE, month, self.address, pair
            )

    def choose(self) -> None:
        """Choose a cell with room or the world outside; take and free floor space."""
        model = self.model
        best, utility, wanted = self.best_site()
        u, v = model.draw_pair(streams.OUTSIDE, self.address, 0)
        w = model.draw(streams.OUTSIDE, self.address, 1)
        nest = model.p.choice.region_nest
        inside = nest_error(nest, u, v)
        if best is not None:
            inside += nest * utility
        elif nest > 0.0:
            inside = -math.inf
        if model.base.outside[self.kind] + gumbel(w) > inside:
            self.leaves = True
        elif best is not None:
            self.choice = best
            best.let(self.need, self.subsector)
        if wanted is not None and wanted is not best and not self.leaves:
            wanted.unmet += self.need
        if self.kind == MOVER and (self.leaves or self.choice is not None):
            self.origin.media -= self.held

    def carry_out(self) -> None:
        """Move the firm, or found it; who leaves is removed when all have chosen."""
        settles = self.choice is not None
        if self.kind == MOVER:
            kind = "departure" if self.leaves else "move" if settles else "stuck"
            self.note(kind)
            if settles:
                self.firm.settle(self.choice, self.need)
        elif settles:
            self.note("arrival" if self.kind == ARRIVER else "birth")
            self.model.found(self)

    def note(self, kind: str) -> None:
        """Write the outcome into the model's journal."""
        self.model.journal.append(
            Event(
                self.model.month,
                kind,
                self.reason,
                int(self.address),
                self.jobs,
                self.origin.index if self.origin is not None else -1,
                self.choice.index if self.choice is not None else -1,
            )
        )
