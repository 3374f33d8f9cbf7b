"""What levers on people do: rooms, coworking, telework, courses.

The rest of a community's support (hosts, grants) is worked out where it is used, in
``model/processes/communities.py``.
"""

from __future__ import annotations

import math

import numpy as np

from model import streams
from model.processes.knowledge import MOST
from model.processes.lever_effects import cells_of, go_on, heart_of, start, stop
from model.processes.society import AT_HOME
from model.processes.state import SUBSECTORS, Pull, RegionState
from model.scenario.levers import (
    CommunitySupport,
    Coworking,
    SkillsProgramme,
    Telework,
)


@start.register
def _(lever: CommunitySupport, state: RegionState, item: Pull) -> None:
    open_rooms(state, lever, lever.rooms)


@stop.register
def _(lever: CommunitySupport, state: RegionState, item: Pull) -> None:
    open_rooms(state, lever, -lever.rooms)


def open_rooms(state: RegionState, lever: CommunitySupport, rooms: float) -> None:
    """Free rooms at places, or none any more; a place without a venue becomes one."""
    venues = state.society.venues
    for place in lever.where if rooms else ():
        there = np.flatnonzero(np.isin(venues.cell, cells_of(state, (place,))))
        at = int(there[0]) if len(there) else venues.add(heart_of(state, place))
        venues.rooms[at] += rooms / len(lever.where)


@start.register
def _(lever: Coworking, state: RegionState, item: Pull) -> None:
    spaces, share = (
        state.society.coworking,
        lever.desks * state.scale / len(lever.where),
    )
    item.spaces = range(len(spaces.cell), len(spaces.cell) + len(lever.where))
    names = [streams.named_address(f"{lever.slug} {place}") for place in lever.where]
    spaces.address = np.append(spaces.address, np.array(names, np.uint64))
    spaces.cell = np.append(
        spaces.cell, [heart_of(state, place) for place in lever.where]
    )
    spaces.desks = np.append(spaces.desks, [round(share)] * len(lever.where))
    spaces.price = np.append(spaces.price, [lever.price_eur_month] * len(lever.where))


@stop.register
def _(lever: Coworking, state: RegionState, item: Pull) -> None:
    spaces = list(item.spaces)
    state.society.coworking.desks[spaces] = 0
    sitting = np.isin(state.people.works_at, spaces)
    state.people.works_at[sitting] = AT_HOME


@start.register
def _(lever: Telework, state: RegionState, item: Pull) -> None:
    state.telework_change += lever.change


@stop.register
def _(lever: Telework, state: RegionState, item: Pull) -> None:
    state.telework_change -= lever.change


@go_on.register
def _(lever: SkillsProgramme, state: RegionState, item: Pull) -> None:
    """A twelfth of the year's participants, met on the circle of workers, learn."""
    people, ring = state.people, state.society.ring
    since = state.month - item.first
    a_month = lever.participants_year * state.scale / 12.0
    count = math.floor(a_month * (since + 1)) - math.floor(a_month * since)
    name = streams.named_address(lever.slug)
    points = [
        streams.uniform(state.key, streams.SKILLS, state.month, name, k)
        for k in range(count)
    ]
    rows = people.rows(ring.after(np.array(points))) if count else np.zeros(0, int)
    category = SUBSECTORS.index(lever.subsector)
    for row in rows[rows >= 0]:
        known = people.knowledge[row, category]
        people.knowledge[row, category] = min(known + lever.points, MOST)
