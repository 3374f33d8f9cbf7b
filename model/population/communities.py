"""Communities of the base year: known ones at their venues, then synthetic ones.

Their members, ties, ages and energy are synthetic. Members of a synthetic community
are drawn from its trade, those of a trade that is too small from everybody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model import streams
from model.network import COMMUNITIES, Memberships
from model.parameters import fixed, uncertain
from model.population.tables import named_firms, read
from model.processes import communities, meetings
from model.processes.lever_effects import heart_of
from model.processes.society import LEVELS, Coworking, Society, Venues
from model.processes.state import SUBSECTORS, RegionState

SIZES = (15, 90)  # members of synthetic communities; assumed
MEAN_AGE = 30.0  # months; assumed
RECORDS = (0.8, 0.45, 0.12)  # of core, active and peripheral members; assumed
TIES_EACH = 3  # with other members; assumed


class Parameters(NamedTuple):
    """Communities of the base year."""

    communities_per_1000: Annotated[
        float,
        uncertain(
            1.5,
            unit="/1000 workers",
            hard=(0.0, 20.0),
            plausible=(0.5, 4.0),
            source="count to be made from the project's inventory (D6.2)",
            confidence="L",
            means="live communities of practice per 1,000 workers",
        ),
    ]
    core_share: Annotated[
        float,
        fixed(
            0.12,
            unit="share",
            hard=(0.0, 0.5),
            plausible=(0.10, 0.15),
            source="Wenger, McDermott & Snyder 2002",
            confidence="M",
            means="members who carry a community",
        ),
    ]
    active_share: Annotated[
        float,
        fixed(
            0.18,
            unit="share",
            hard=(0.0, 0.5),
            plausible=(0.15, 0.20),
            source="Wenger, McDermott & Snyder 2002",
            confidence="M",
            means="members who take part regularly",
        ),
    ]


def places_of(state: RegionState) -> Society:
    """Venues and coworking spaces of the base year; nobody knows anybody yet."""
    region, firms = state.region, state.firms
    known = [
        row
        for row in read("venues").to_dict("records")
        if row["place"] in region.places
    ]
    names = [firm.id for firm in named_firms()]
    slot_of = {
        names[name]: slot
        for name, slot in zip(firms.name.tolist(), firms.slot.tolist(), strict=True)
        if name >= 0
    }
    spaces = read("coworkings")
    spaces = spaces[spaces.place.isin(list(region.places))]
    return replace(
        Society.empty(),
        venues=Venues(
            cell=np.array([heart_of(state, row["place"]) for row in known], np.int64),
            host=np.array([slot_of.get(row["host"], -1) for row in known], np.int64),
            rooms=np.zeros(len(known)),
        ),
        coworking=Coworking(
            address=np.array([streams.named_address(i) for i in spaces.id], np.uint64),
            cell=np.array([heart_of(state, name) for name in spaces.place], np.int64),
            desks=np.array([round(d * state.scale) for d in spaces.desks], np.int64),
            price=spaces.price_eur_month.to_numpy(np.float64),
        ),
    )


def add_communities(state: RegionState, p: Parameters) -> None:
    """Add the communities of the base year with their members and ties."""
    region, groups, people = state.region, state.communities, state.people
    wanted = round(p.communities_per_1000 * len(people) / 1000)
    known = [
        row
        for row in read("communities").to_dict("records")
        if row["venue"] in region.places
    ][:wanted]
    count = max(wanted, len(known))
    names: list[str] = [row["id"] for row in known]
    names += [f"community {k}" for k in range(count - len(known))]
    address = np.array([streams.named_address(name) for name in names], np.uint64)
    draws = np.stack(
        [
            streams.uniforms(state.key, streams.POPULATION_TRAIT, 0, address, k)
            for k in range(7)
        ],
        axis=1,
    )
    venues = state.society.venues
    if len(venues.cell):
        at = (draws[:, 0] * len(venues.cell)).astype(np.int64)
        venue, host = venues.cell[at], venues.host[at]
    else:
        homes = np.searchsorted(state.homes, draws[:, 0])
        venue, host = homes.astype(np.int64), np.full(count, -1)
    topic = (draws[:, 1] * len(SUBSECTORS)).astype(np.int8)
    low, high = communities.FREQUENCIES
    frequency = low + (high - low) * draws[:, 2]
    low, high = SIZES
    size = (low * (high / low) ** draws[:, 3]).astype(np.int64)
    for k, row in enumerate(known):
        venue[k] = heart_of(state, row["venue"])
        there = np.flatnonzero(venues.cell == venue[k])
        host[k] = venues.host[there[0]] if len(there) else -1
        topic[k] = SUBSECTORS.index(row["topic"])
        frequency[k] = row["meetings_per_month"]
        size[k] = row["members"]
    state.named_communities = tuple(row["name"] for row in known)
    name = np.full(count, -1, np.int16)
    name[: len(known)] = np.arange(len(known))
    size = np.minimum(size, max(1, len(people) // 4))
    age = (-MEAN_AGE * np.log(draws[:, 4])).astype(np.int32)
    energy = 0.4 + 0.5 * draws[:, 5]
    groups.add(
        count,
        address=address,
        name=name,
        topic=topic,
        domain=communities.domains(topic.astype(np.int64), draws[:, 6]),
        venue=venue,
        host=host,
        founder=-1,
        stage=communities.stages(age, energy),
        age=age,
        frequency=frequency,
        energy=energy,
        turnout=size * (p.core_share * RECORDS[0] + p.active_share * RECORDS[1]
                        + (1 - p.core_share - p.active_share) * RECORDS[2]),
    )  # fmt: skip
    add_members(state, size, p)


def add_members(state: RegionState, size: NDArray[np.int64], p: Parameters) -> None:
    """Members of each community, who know some of each other; one founded it."""
    people, groups = state.people, state.communities
    person, community, level = [], [], []
    for row in range(len(groups)):
        same = np.flatnonzero(people.skill == groups.topic[row])
        pool = same if len(same) >= size[row] else np.arange(len(people))
        order = streams.uniforms(
            state.key, streams.POPULATION_MEMBER, row, people.address[pool]
        )
        chosen = pool[np.argsort(order)[: size[row]]]
        core = max(1, round(p.core_share * len(chosen)))
        active = round(p.active_share * len(chosen))
        counts = [core, active, max(0, len(chosen) - core - active)]
        person.append(people.slot[chosen])
        community.append(np.full(len(chosen), groups.slot[row]))
        level.append(np.repeat(np.arange(len(LEVELS)), counts)[: len(chosen)])
        groups.founder[row] = people.slot[chosen[0]]
        befriend(state, people.slot[chosen], row)
    if person:
        levels = np.concatenate(level).astype(np.int8)
        state.society.memberships = Memberships(
            np.concatenate(person),
            np.concatenate(community),
            levels,
            np.array(RECORDS)[levels],
            np.zeros(len(levels), np.int32),
        )


def befriend(state: RegionState, members: NDArray[np.int64], row: int) -> None:
    """Tie each member (slot) to some others of the group, each tie a year of talk."""
    if len(members) < 2:
        return
    address = state.people.address[state.people.rows(members)]
    for k in range(TIES_EACH):
        u = streams.uniforms(state.key, streams.POPULATION_TIE, row, address, k)
        other = members[(u * len(members)).astype(np.int64)]
        apart = other != members
        state.society.ties.strengthen(
            members[apart], other[apart], COMMUNITIES, 4 * meetings.TALK_WEIGHT
        )
