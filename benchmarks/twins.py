"""Two writings of one model: do the kernels and the plain Mesa agents agree?

Whole numbers, places, employers, members, clients and everything that happened must be
the same. Floor space, rents, utilities, ties and records may differ by 1e-9 of their
value, since sums are made in another order; what the kernels keep in single precision
(knowledge, accounts) by 1e-6, a few last places of such a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from benchmarks.plain_mesa import Event, PlainFirm, PlainModel, PlainWorker
from benchmarks.society_twins import accounts, communities, happenings, places, ties
from benchmarks.twin_columns import Column, address_of, addresses, attributes
from model.months import month_name
from model.processes.journal import MOVE_KINDS, MOVE_REASONS
from model.simulation import MediaparkModel

FIRM_NUMBERS = (
    "subsector", "language", "jobs", "size", "past_jobs", "age", "lease", "space",
    "rent", "anchor", "captive", "knowledge", "students",
)  # fmt: skip
WORKER_NUMBERS = (
    "skill", "language", "born", "idle", "short_contract", "leaving", "knowledge",
)  # fmt: skip
CELL_NUMBERS = ("stock", "background", "media", "rent", "unmet")
SURROUNDINGS = ("density", "talent", "anchors", "diversity")


def first_difference(model: MediaparkModel, plain: PlainModel) -> str:
    """What the kernels and the plain model first disagree in; nothing if they agree."""
    for column in chain(
        events(model, plain),
        firms(model, plain),
        workers(model, plain),
        accounts(model, plain),
        ties(model, plain),
        communities(model, plain),
        places(model, plain),
        happenings(model, plain),
        cells(model, plain),
    ):
        difference = column.difference()
        if difference:
            return f"after {month_name(plain.month - 1)}, {difference}"
    return ""


def events(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """The month, and what firms have done so far."""
    yield Column("month", [""], [model.state.month], [plain.month])
    kernels = [
        Event(
            int(r["month"]), MOVE_KINDS[r["kind"]], MOVE_REASONS[r["reason"]],
            int(r["address"]), int(r["jobs"]), int(r["from_cell"]), int(r["to_cell"]),
        )
        for part in model.state.journal.moves for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    agents = sorted(plain.journal)
    yield Column("event", range(len(kernels)), sorted(kernels), agents)


def firms(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Firms, the oldest first, and whom they work with."""
    table = model.firms
    agents: list[PlainFirm] = list(plain.firms)
    who = table.address.tolist()
    yield Column("firm", range(len(who)), who, [int(f.address) for f in agents])
    yield from attributes("firm", FIRM_NUMBERS, who, table, agents)
    here = [firm.cell.index for firm in agents]
    yield Column("cell of firm", who, table.cell.tolist(), here)
    rows = table.rows(table.partners)
    known = [addresses(table, row[row >= 0]) for row in rows]
    theirs = [
        [
            int(partner.address)
            for partner in firm.partners
            if partner and not partner.gone
        ]
        for firm in agents
    ]
    yield Column("partners of firm", who, known, theirs)


def workers(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Workers, the longest in the trade first, their homes and employers."""
    table = model.people
    agents: list[PlainWorker] = list(plain.workers)
    who = table.address.tolist()
    yield Column("worker", range(len(who)), who, [int(w.address) for w in agents])
    yield from attributes("worker", WORKER_NUMBERS, who, table, agents)
    homes = [-1 if w.home is None else w.home.index for w in agents]
    yield Column("home of worker", who, table.home.tolist(), homes)
    employers = addresses(model.firms, model.firms.rows(table.employer))
    theirs = [address_of(worker.employer) for worker in agents]
    yield Column("employer of worker", who, employers, theirs)


def cells(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Floor space, rents, and what sites offer."""
    state, agents = model.state, plain.cells
    who = range(len(agents))
    yield from attributes("cell", CELL_NUMBERS, who, vars(state.cells), agents)
    around = vars(state.surroundings)
    yield from attributes("cell", SURROUNDINGS, who, around, agents)
    for what, kernels, name in (
        ("own-sector access", state.surroundings.own, "own"),
        ("attraction", state.attraction, "attraction"),
        ("floor space closed to some", state.cells.closed, "closed"),
    ):
        theirs = [getattr(cell, name) for cell in agents]
        yield Column(f"{what} of cell", who, kernels.T, theirs)
