"""Two writings of one model: do the kernels and the plain Mesa agents agree?

Whole numbers, places, employers, members, clients and everything that happened must be
the same. Floor space, rents, utilities, ties and records may differ by 1e-9 of their
value, since sums are made in another order; what the kernels keep in single precision
(knowledge, accounts) by 1e-6, some last places of such a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from benchmarks.plain_mesa import (
    CommunityEvent,
    CoworkingSpace,
    Event,
    MeetingRecord,
    PlainCommunity,
    PlainFirm,
    PlainModel,
    PlainWorker,
)
from model.months import month_name
from model.network import LAYERS
from model.processes.journal import COMMUNITY_KINDS, MOVE_KINDS, MOVE_REASONS
from model.processes.state import FREELANCER
from model.simulation import MediaparkModel

RELATIVE, ABSOLUTE = 1e-9, 1e-7
SINGLE_RELATIVE = 1e-6
FIRM_NUMBERS = (
    "address", "subsector", "language", "jobs", "size", "age", "lease", "space",
    "rent", "anchor", "captive", "knowledge", "students",
)  # fmt: skip
WORKER_NUMBERS = (
    "address", "skill", "language", "born", "idle", "short_contract", "leaving",
)  # fmt: skip
ACCOUNT_NUMBERS = ("fee", "booked", "paid_days", "income", "buffer", "short")
COMMUNITY_NUMBERS = (
    "address", "topic", "stage", "age", "frequency", "energy", "turnout", "thin",
)  # fmt: skip
CELL_NUMBERS = ("stock", "background", "media", "rent", "unmet")
SURROUNDINGS = ("density", "talent", "anchors", "diversity")

Pairs = Iterator[tuple[str, Any, Any]]  # what, in the kernels, in the plain model


def first_difference(model: MediaparkModel, plain: PlainModel) -> str:
    """What the kernels and the plain model first disagree in; nothing if they agree."""
    pairs = (
        *_months(model, plain),
        *_events(model, plain),
        *_firms(model, plain),
        *_workers(model, plain),
        *_accounts(model, plain),
        *_ties(model, plain),
        *_communities(model, plain),
        *_venues(model, plain),
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
    if isinstance(one, np.ndarray):
        return np.allclose(one, other, rtol=SINGLE_RELATIVE, atol=ABSOLUTE)
    if isinstance(one, np.float32):
        return math.isclose(one, other, rel_tol=SINGLE_RELATIVE, abs_tol=ABSOLUTE)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return bool(one == other)


def _months(model: MediaparkModel, plain: PlainModel) -> Pairs:
    yield "month", model.state.month, plain.month


def _events(model: MediaparkModel, plain: PlainModel) -> Pairs:
    kernels = [
        Event(
            int(r["month"]), MOVE_KINDS[r["kind"]], MOVE_REASONS[r["reason"]],
            int(r["address"]), int(r["jobs"]), int(r["from_cell"]), int(r["to_cell"]),
        )
        for part in model.state.journal.moves for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    yield from _in_step("event", sorted(kernels), sorted(plain.journal))
    met = [
        MeetingRecord(
            int(r["month"]), int(r["community"]), int(r["venue"]), int(r["members"]),
            int(r["present"]), int(r["talks"]), int(r["known"]), int(r["across"]),
            int(r["new_ties"]),
        )
        for part in model.state.journal.meetings for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    yield from _in_step("meeting", sorted(met), sorted(plain.meeting_journal))
    lives = [
        CommunityEvent(
            int(r["month"]), COMMUNITY_KINDS[r["kind"]], int(r["community"]),
            int(r["topic"]), int(r["venue"]), int(r["age"]), int(r["members"]),
        )
        for part in model.state.journal.communities for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    journal = sorted(plain.community_journal)
    yield from _in_step("event of communities", sorted(lives), journal)


def _in_step(what: str, kernels: Iterable[Any], agents: Iterable[Any]) -> Pairs:
    """Pairs of two lists, and their lengths."""
    kernels, agents = list(kernels), list(agents)
    for place, pair in enumerate(zip(kernels, agents, strict=False)):
        yield f"{what} {place}", *pair
    yield f"number of {what}s", len(kernels), len(agents)


def _firms(model: MediaparkModel, plain: PlainModel) -> Pairs:
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


def _workers(model: MediaparkModel, plain: PlainModel) -> Pairs:
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
        yield f"knowledge of {who}", table.knowledge[row], worker.knowledge
        home = worker.home.index if worker.home is not None else -1
        yield f"home of {who}", columns["home"][row], home
        employer = int(worker.employer.address) if worker.employer else -1
        yield f"employer of {who}", firms[rows[row]], employer


def _accounts(model: MediaparkModel, plain: PlainModel) -> Pairs:
    people, firms = model.people, model.firms
    clients = firms.rows(people.clients.astype(np.int64))
    employs = [*firms.address.tolist(), -1]
    for row, worker in enumerate(plain.workers):
        who = f"worker {int(worker.address)}"
        freelance = bool(people.kind[row] == FREELANCER)
        yield f"self-employment of {who}", freelance, worker.account is not None
        desk = worker.works_at
        sits = desk.number if isinstance(desk, CoworkingSpace) else desk
        yield f"workplace of {who}", int(people.works_at[row]), sits
        if not freelance or worker.account is None:
            continue
        for name in ACCOUNT_NUMBERS:
            yield f"{name} of {who}", people[name][row], getattr(worker.account, name)
        for place, client in enumerate(worker.account.clients):
            what = f"client {place} of {who}"
            firm = client.firm
            address = int(firm.address) if firm and not firm.gone else -1
            yield what, employs[clients[row, place]], address
            if address >= 0:
                past = people.client_ties[row, place]
                yield f"past contracts with {what}", past, client.contracts
                month = int(people.client_month[row, place])
                yield f"last month with {what}", month, client.month


def _ties(model: MediaparkModel, plain: PlainModel) -> Pairs:
    people, ties = model.people, model.ties
    first, second = people.rows(ties.first), people.rows(ties.second)
    here = (first >= 0) & (second >= 0)
    address = people.address
    pairs = zip(address[first[here]], address[second[here]], strict=True)
    kernels = {
        (int(a), int(b)): weight
        for (a, b), weight in zip(pairs, ties.weight[here].tolist(), strict=True)
    }
    agents = {
        (int(worker.address), int(other.address)): tie.weight
        for worker in plain.workers
        for other, tie in worker.ties.items()
        if worker.unique_id < other.unique_id
    }
    yield from _in_step("tie", sorted(kernels), sorted(agents))
    for pair in kernels.keys() & agents.keys():
        for layer, a, b in zip(LAYERS, kernels[pair], agents[pair], strict=True):
            yield f"tie by {layer} of workers {pair[0]} and {pair[1]}", a, b


def _communities(model: MediaparkModel, plain: PlainModel) -> Pairs:
    table, members = model.communities, model.memberships
    address = table.address.tolist()
    agents: list[PlainCommunity] = plain.communities
    yield from _in_step("community", address, (int(one.address) for one in agents))
    people = model.people.address
    for row, community in enumerate(agents):
        who = f"community {address[row]}"
        for name in COMMUNITY_NUMBERS:
            yield f"{name} of {who}", table[name][row].item(), _plain(community, name)
        yield f"domain of {who}", table.domain[row], community.domain
        yield f"venue of {who}", int(table.venue[row]), community.cell.index
        host = model.firms.rows(table.host[row : row + 1])[0]
        yield f"host of {who}", _address(model.firms, host), _present(community.host)
        founder = model.people.rows(table.founder[row : row + 1])[0]
        carries = _present(community.founder)
        yield f"founder of {who}", _address(model.people, founder), carries
        mine = members.take(members.community == table.slot[row])
        here = [member for member in community.members if not member.person.gone]
        persons = people[model.people.rows(mine.person)].tolist()
        theirs = [int(member.person.address) for member in here]
        yield from _in_step(f"member of {who}", persons, theirs)
        for entry, member in enumerate(here):
            which = f"of member {persons[entry]} of {who}"
            yield f"level {which}", int(mine.level[entry]), member.level
            yield f"record {which}", float(mine.record[entry]), member.record
            yield f"absence {which}", int(mine.absent[entry]), member.absent


def _address(table: Any, row: int) -> int:
    return int(table.address[row]) if row >= 0 else -1


def _present(agent: PlainFirm | PlainWorker | None) -> int:
    return int(agent.address) if agent is not None and not agent.gone else -1


def _venues(model: MediaparkModel, plain: PlainModel) -> Pairs:
    society = model.state.society
    cells = [venue.cell.index for venue in plain.venues]
    yield from _in_step("venue", society.venues.cell.tolist(), cells)
    rows = model.people.rows(society.ring.slot)
    circle = model.people.address[rows[rows >= 0]].tolist()
    there = [int(one.address) for one in plain.ring.people if not one.gone]
    yield from _in_step("place on the circle", circle, there)


def _cells(model: MediaparkModel, plain: PlainModel) -> Pairs:
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
