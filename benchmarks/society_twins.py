"""State of society in both writings: accounts, ties, communities, what was said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.plain_mesa import (
    CommunityEvent,
    CoworkingSpace,
    MeetingRecord,
    PlainCommunity,
    PlainModel,
    PlainWorker,
)
from benchmarks.twin_columns import Column, address_of, addresses, attributes
from model.processes.journal import COMMUNITY_KINDS
from model.processes.state import FREELANCER
from model.simulation import MediaparkModel

ACCOUNT_NUMBERS = ("fee", "booked", "paid_days", "income", "buffer", "short")
COMMUNITY_NUMBERS = (
    "topic", "domain", "stage", "age", "frequency", "energy", "turnout", "thin",
)  # fmt: skip


def accounts(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Who is self-employed, where they work, their money and their clients."""
    people, firms = model.people, model.firms
    agents: list[PlainWorker] = list(plain.workers)
    who = people.address.tolist()
    freelance = people.kind == FREELANCER
    theirs = [worker.account is not None for worker in agents]
    yield Column("self-employment of worker", who, freelance, theirs)
    sits = [
        one.works_at.number
        if isinstance(one.works_at, CoworkingSpace)
        else one.works_at
        for one in agents
    ]
    yield Column("workplace of worker", who, people.works_at, sits)
    work = [-1 if one.work is None else one.work.index for one in agents]
    yield Column("cell of work of worker", who, people.work, work)
    rows = np.flatnonzero(freelance)
    own = [worker.account for worker in plain.freelancers]
    who = people.address[rows].tolist()
    table = {name: people[name][rows] for name in ACCOUNT_NUMBERS}
    yield from attributes("worker", ACCOUNT_NUMBERS, who, table, own)
    clients = firms.rows(people.clients[rows].astype(np.int64))
    known = [addresses(firms, row) for row in clients]
    minds = [[address_of(client.firm) for client in one.clients] for one in own]
    yield Column("clients of worker", who, known, minds)
    past = np.where(clients >= 0, people.client_ties[rows], np.float32(0.0))
    faded = [
        [c.contracts if address_of(c.firm) >= 0 else 0.0 for c in one.clients]
        for one in own
    ]
    yield Column("past contracts of worker", who, past, faded)
    last = np.where(clients >= 0, people.client_month[rows], 0)
    months = [
        [c.month if address_of(c.firm) >= 0 else 0 for c in one.clients] for one in own
    ]
    yield Column("last contracts of worker", who, last, months)


def ties(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Ties, by who has been in the trade for longer, and their weights by layer."""
    people, known = model.people, model.ties
    first, second = people.rows(known.first), people.rows(known.second)
    here = (first >= 0) & (second >= 0)
    pairs = list(
        zip(
            people.address[first[here]].tolist(),
            people.address[second[here]].tolist(),
            strict=True,
        )
    )
    agents = [
        (worker, other)
        for worker in plain.workers
        for other in worker.contacts
        if worker.unique_id < other.unique_id
    ]
    theirs = [(int(one.address), int(other.address)) for one, other in agents]
    yield Column("tie", range(len(pairs)), pairs, theirs)
    weights = [one.ties[other].weight for one, other in agents]
    yield Column("weight of tie", pairs, known.weight[here], weights)


def communities(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Communities, the oldest first, and their members, the longest first."""
    table, people, members = model.communities, model.people, model.memberships
    agents: list[PlainCommunity] = plain.communities
    who = table.address.tolist()
    yield Column("community", range(len(who)), who, [int(a.address) for a in agents])
    yield from attributes("community", COMMUNITY_NUMBERS, who, table, agents)
    venues = [community.cell.index for community in agents]
    yield Column("venue of community", who, table.venue.tolist(), venues)
    hosts = addresses(model.firms, model.firms.rows(table.host))
    theirs = [address_of(community.host) for community in agents]
    yield Column("host of community", who, hosts, theirs)
    founders = addresses(people, people.rows(table.founder))
    theirs = [address_of(community.founder) for community in agents]
    yield Column("founder of community", who, founders, theirs)
    mine = [
        member
        for community in agents
        for member in community.members
        if not member.person.gone
    ]
    pairs = list(
        zip(
            addresses(people, people.rows(members.person)),
            addresses(table, table.rows(members.community)),
            strict=True,
        )
    )
    theirs = [(int(m.person.address), int(m.community.address)) for m in mine]
    yield Column("membership", range(len(pairs)), pairs, theirs)
    yield from attributes(
        "membership", ("level", "record", "absent"), pairs, vars(members), mine
    )


def places(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Venues, and the circle of workers."""
    society, people = model.state.society, model.people
    cells = society.venues.cell.tolist()
    theirs = [venue.cell.index for venue in plain.society.venues]
    yield Column("venue", range(len(cells)), cells, theirs)
    rows = people.rows(society.ring.slot)
    circle = addresses(people, rows[rows >= 0])
    ring = plain.society.ring.people
    there = [int(one.address) for one in ring if one is not None and not one.gone]
    yield Column("place on the circle", range(len(circle)), circle, there)


def happenings(model: MediaparkModel, plain: PlainModel) -> Iterator[Column]:
    """Meetings, and communities that were founded, passed on or closed."""
    journal = model.state.journal
    met = [
        MeetingRecord(
            int(r["month"]), int(r["community"]), int(r["venue"]), int(r["members"]),
            int(r["present"]), int(r["talks"]), int(r["known"]), int(r["across"]),
            int(r["new_ties"]),
        )
        for part in journal.meetings for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    agents = sorted(plain.society.meetings)
    yield Column("meeting", range(len(met)), sorted(met), agents)
    lives = [
        CommunityEvent(
            int(r["month"]), COMMUNITY_KINDS[r["kind"]], int(r["community"]),
            int(r["topic"]), int(r["venue"]), int(r["age"]), int(r["members"]),
        )
        for part in journal.communities for r in part
        if r["month"] >= plain.first_month
    ]  # fmt: skip
    events = sorted(plain.society.events)
    yield Column("event of communities", range(len(lives)), sorted(lives), events)
