"""Two writings of one model: do the kernels and the plain Mesa agents agree?

Whole numbers, places, events and employers must be the same. Floor space, rents and
utilities may differ by 1e-9 of their value, since sums are made in another order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.plain_mesa import Event, PlainFirm, PlainModel, PlainWorker
from model.months import month_name
from model.processes.journal import MOVE_KINDS, MOVE_REASONS
from model.simulation import MediaparkModel

RELATIVE, ABSOLUTE = 1e-9, 1e-7
FIRM_NUMBERS = (
    "address", "subsector", "language", "jobs", "size", "age", "lease", "space",
    "rent", "anchor", "captive", "knowledge",
)  # fmt: skip
WORKER_NUMBERS = ("address", "skill", "language", "idle", "short_contract")
CELL_NUMBERS = ("stock", "background", "media", "rent", "unmet")
SURROUNDINGS = ("density", "talent", "anchors", "diversity")


def first_difference(model: MediaparkModel, plain: PlainModel) -> str:
    """What the kernels and the plain model first disagree in; nothing if they agree."""
    pairs = (
        *_months(model, plain),
        *_events(model, plain),
        *_firms(model, plain),
        *_workers(model, plain),
        *_cells(model, plain),
    )
    for what, kernels, agents in pairs:
        if not _same(kernels, agents):
            return (
                f"after {month_name(plain.month - 1)}, {what}: "
                f"kernels {kernels!r}, plain Mesa {agents!r}"
            )
    return ""


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return bool(one == other)


def _months(model: MediaparkModel, plain: PlainModel) -> Iterator[tuple[str, Any, Any]]:
    yield "month", model.state.month, plain.month


def _events(model: MediaparkModel, plain: PlainModel) -> Iterator[tuple[str, Any, Any]]:
    kernels = [
        Event(
            int(r["month"]), MOVE_KINDS[r["kind"]], MOVE_REASONS[r["reason"]],
            int(r["address"]), int(r["jobs"]), int(r["from_cell"]), int(r["to_cell"]),
        )
        for part in model.state.journal.moves for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    yield from _in_step("event", sorted(kernels), sorted(plain.journal))


def _in_step(
    what: str, kernels: Iterable[Any], agents: Iterable[Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of two lists, and their lengths."""
    kernels, agents = list(kernels), list(agents)
    for place, pair in enumerate(zip(kernels, agents, strict=False)):
        yield f"{what} {place}", *pair
    yield f"number of {what}s", len(kernels), len(agents)


def _firms(model: MediaparkModel, plain: PlainModel) -> Iterator[tuple[str, Any, Any]]:
    table = model.firms
    address = table.address.tolist()
    agents: list[PlainFirm] = list(plain.firms)
    yield from _in_step("firm", address, (int(firm.address) for firm in agents))
    partners = table.rows(table.partners.ravel()).reshape(table.partners.shape)
    for row, firm in enumerate(agents):
        who = f"firm {address[row]}"
        for name in FIRM_NUMBERS:
            yield f"{name} of {who}", table[name][row].item(), _plain(firm, name)
        yield f"cell of {who}", int(table.cell[row]), firm.cell.index
        past = table.past_jobs[row].tolist()
        yield f"last year's jobs of {who}", past, firm.past_jobs
        known = [address[other] for other in partners[row] if other >= 0]
        theirs = [int(p.address) for p in firm.partners if p and not p.gone]
        yield f"partners of {who}", known, theirs


def _plain(agent: Any, name: str) -> Any:
    value = getattr(agent, name)
    return int(value) if name == "address" else value


def _workers(
    model: MediaparkModel, plain: PlainModel
) -> Iterator[tuple[str, Any, Any]]:
    table = model.people
    address = table.address.tolist()
    agents: list[PlainWorker] = list(plain.workers)
    yield from _in_step("worker", address, (int(one.address) for one in agents))
    columns = {name: table[name].tolist() for name in (*WORKER_NUMBERS, "home")}
    rows = model.firms.rows(table.employer).tolist()
    firms = [*model.firms.address.tolist(), -1]
    for row, worker in enumerate(agents):
        who = f"worker {address[row]}"
        for name in WORKER_NUMBERS:
            yield f"{name} of {who}", columns[name][row], _plain(worker, name)
        home = worker.home.index if worker.home is not None else -1
        yield f"home of {who}", columns["home"][row], home
        employer = int(worker.employer.address) if worker.employer else -1
        yield f"employer of {who}", firms[rows[row]], employer


def _cells(model: MediaparkModel, plain: PlainModel) -> Iterator[tuple[str, Any, Any]]:
    state = model.state
    for cell in plain.cells:
        c = cell.index
        for name in CELL_NUMBERS:
            kernels = float(getattr(state.cells, name)[c])
            yield f"{name} of cell {c}", kernels, getattr(cell, name)
        for name in SURROUNDINGS:
            kernels = float(getattr(state.surroundings, name)[c])
            yield f"{name} of cell {c}", kernels, getattr(cell, name)
        for s, (own, worth) in enumerate(zip(cell.own, cell.attraction, strict=True)):
            kernels = float(state.surroundings.own[s, c])
            yield f"own-sector access {s} of cell {c}", kernels, own
            kernels = float(state.attraction[s, c])
            yield f"attraction {s} of cell {c}", kernels, worth
            kernels = float(state.cells.closed[s, c])
            yield f"floor space closed to {s} in cell {c}", kernels, cell.closed[s]
