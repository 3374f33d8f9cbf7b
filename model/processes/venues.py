r"""Communities find a venue: schools, newsrooms, coworking spaces and media houses.

A venue is chosen by a logit over :math:`-a_d \tau + b_{room} free`, tau the minutes
from where the one who carries the group works and a_d the deterrence of meetings. A
group looks again about once in two years, and within a year while policy pays for free
rooms and it has none. A venue in the house of a firm or school moves with it; floor
space that a lever builds for the media is a venue from then on.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import fixed, uncertain
from model.processes import workplace
from model.processes.meetings import Parameters as Meetings
from model.processes.state import Floats, Integers, RegionState

LOOKS_AGAIN = 1 / 24  # /month; assumed
LOOKS_FOR_ROOM = 1 / 12  # /month; assumed


class Parameters(NamedTuple):
    """Choice of a venue."""

    room_appeal: Annotated[
        float,
        uncertain(
            1.0,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.3, 2.0),
            source="assumption",
            confidence="L",
            means="b_room: liking of a free room",
        ),
    ]
    groups_per_room: Annotated[
        float,
        fixed(
            6,
            unit="communities/room",
            hard=(1, 100),
            source="assumption",
            confidence="L",
            means="communities that share a free room",
        ),
    ]


def apply(state: RegionState) -> None:
    """Venues and groups follow their hosts; some groups look for another venue."""
    groups, venues = state.communities, state.society.venues
    follow(state, venues.cell, venues.host)
    if not len(groups):
        return
    follow(state, groups.venue, groups.host)
    paid = venues.rooms > 0.0
    groups.room[:] &= np.isin(groups.venue, venues.cell[paid])
    address, month = groups.address, state.month
    u = streams.uniforms(state.key, streams.VENUE, month, address, 0)
    v = streams.uniforms(state.key, streams.VENUE, month, address, 1)
    wants_room = paid.any() & ~groups.room & (v < LOOKS_FOR_ROOM)
    for row in np.flatnonzero((u < LOOKS_AGAIN) | wants_room).tolist():
        settle(state, row, workplace.work_cell(state, int(groups.founder[row])))


def follow(state: RegionState, cell: Integers, host: Integers) -> None:
    """Whatever is in the house of a firm is where the firm is; ``cell`` is changed."""
    row = state.firms.rows(host)
    cell[row >= 0] = state.firms.cell[row[row >= 0]]


def settle(state: RegionState, row: int, origin: int) -> None:
    """A community (row) chooses its venue, seen from a cell; none sees it from -1."""
    groups, venues = state.communities, state.society.venues
    if origin < 0:
        return
    if not len(venues.cell):
        groups.venue[row] = origin
        return
    free = free_rooms(state) >= 1.0
    p = state.scenario.block(Parameters)
    deterrence = state.scenario.block(Meetings).travel
    value = p.room_appeal * free - deterrence * state.minutes[origin, venues.cell]
    value += errors(len(value), state.key, state.month, groups.address[row])
    best = int(np.argmax(value))
    groups.venue[row] = venues.cell[best]
    groups.host[row] = venues.host[best]
    groups.room[row] = free[best]


@njit(cache=True)
def errors(venues: int, key: Any, month: int, address: Any) -> Any:
    """Gumbel errors of a community's choice among venues, float64[venues]."""
    out = np.empty(venues)
    for v in range(venues):
        u = streams.uniform(key, streams.VENUE, month, address, 2 + v)
        out[v] = streams.gumbel(u)
    return out


def free_rooms(state: RegionState) -> Floats:
    """Groups that still find place in the paid rooms of each venue."""
    groups, venues = state.communities, state.society.venues
    guests = groups.venue[groups.room]
    held = (guests[:, None] == venues.cell).sum(axis=0)
    p = state.scenario.block(Parameters)
    free: Floats = venues.rooms * p.groups_per_room - held
    return free
