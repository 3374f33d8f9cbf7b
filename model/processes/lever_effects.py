"""What levers on floor space, anchors and access do when they start, work and end.

Those on people stand in ``model/processes/people_lever_effects.py``; the calendar of
all of them in ``model/processes/levers.py``.
"""

from __future__ import annotations

from functools import singledispatch
from typing import cast

import numpy as np
from numpy.typing import NDArray

from model import streams
from model.processes.journal import MOVE_KINDS, MOVE_REASONS
from model.processes.state import LANGUAGES, ORIGINS, SUBSECTORS, Pull, RegionState
from model.scenario.levers import (
    AnchorArrival,
    AnchorJobs,
    AnchorMove,
    FloorSpace,
    Lever,
    Quality,
    Transit,
)

OUTSIDE = "outside"
QUICKEST_WALK = 0.5  # minutes to a stop, at least


def cells_of(state: RegionState, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Cells of places, each once."""
    found = [state.region.places[name] for name in names]
    return np.unique(np.concatenate(found)).astype(np.int64)


def heart_of(state: RegionState, name: str) -> int:
    """The cell of a place that held most offices at the start: anchors go there."""
    cells = cells_of(state, (name,))
    return int(cells[np.argmax(state.region.stock_m2[cells])])


@singledispatch
def start(lever: Lever, state: RegionState, item: Pull) -> None:
    """What a lever does in its first month."""


@singledispatch
def go_on(lever: Lever, state: RegionState, item: Pull) -> None:
    """What a lever does in every month that it works."""


@singledispatch
def stop(lever: Lever, state: RegionState, item: Pull) -> None:
    """What ends with a lever."""


@start.register
def _(lever: FloorSpace, state: RegionState, item: Pull) -> None:
    for place in lever.where:
        cells = cells_of(state, (place,))
        cells = cells[state.region.office_ok[cells]]
        share = lever.m2 * state.scale / len(lever.where) / len(cells)
        for c in cells:
            if share >= 0:
                build(state, int(c), share, lever)
            else:
                clear(state, int(c), -share)
        if lever.media_only and lever.m2 > 0:
            state.society.venues.add(heart_of(state, place))


def build(state: RegionState, cell: int, m2: float, lever: FloorSpace) -> None:
    """New floor space in a cell, kept for the media or for some of them."""
    state.cells.stock[cell] += m2
    if lever.media_only:
        state.cells.reserved[cell] += m2
    if lever.open_to_subsectors is not None:
        for s, name in enumerate(SUBSECTORS):
            if name not in lever.open_to_subsectors:
                state.cells.closed[s, cell] += m2


def clear(state: RegionState, cell: int, m2: float) -> None:
    """Take away floor space that no media firm holds: empty first, then others'."""
    cells = state.cells
    gone = min(m2, cells.stock[cell] - cells.media[cell])
    cells.stock[cell] -= gone
    room = cells.stock[cell] - cells.media[cell]
    cells.background[cell] = min(cells.background[cell], room)
    cells.reserved[cell] = min(cells.reserved[cell], cells.stock[cell])
    cells.closed[:, cell] = np.minimum(cells.closed[:, cell], room)


def row_of(state: RegionState, who: str) -> int:
    """Row of a named firm; -1 if it is gone."""
    found = np.flatnonzero(state.firms.name == state.named_firms.index(who))
    return int(found[0]) if len(found) else -1


def own_premises(state: RegionState, cell: int, m2: float) -> None:
    """New premises that their owner fills, off the market."""
    cells = state.cells
    for kind in (cells.stock, cells.media, cells.captive):
        kind[cell] += m2


def leave_premises(state: RegionState, row: int, demolish: bool) -> None:
    """Give back the floor space of a firm; own premises may be taken down."""
    firms, cells = state.firms, state.cells
    cell, m2 = int(firms.cell[row]), float(firms.space[row])
    cells.media[cell] -= m2
    if firms.captive[row]:
        cells.captive[cell] -= m2
        if demolish:
            cells.stock[cell] -= m2


@start.register
def _(lever: AnchorMove, state: RegionState, item: Pull) -> None:
    firms = state.firms
    row = row_of(state, lever.who)
    if row < 0:
        state.journal.log(state.month, lever.slug, "the firm is gone")
        return
    leave_premises(state, row, lever.demolish)
    leaves = lever.to == OUTSIDE
    to_cell = -1 if leaves else heart_of(state, lever.to)
    state.journal.write(
        state.month,
        kind=MOVE_KINDS.index("departure" if leaves else "move"),
        reason=MOVE_REASONS.index("scenario"),
        address=firms.address[[row]],
        name=firms.name[row],
        subsector=firms.subsector[row],
        jobs=firms.jobs[row],
        space=firms.space[row],
        from_cell=firms.cell[row],
        to_cell=to_cell,
    )
    if leaves or lever.m2 is None:
        firms.remove(np.array([row]))
        return
    m2 = lever.m2 * state.scale
    own_premises(state, to_cell, m2)
    firms.cell[row] = to_cell
    firms.space[row] = m2
    firms.captive[row] = True
    firms.lease[row] = 0
    state.talent_is_stale |= bool(firms.students[row])


@start.register
def _(lever: AnchorJobs, state: RegionState, item: Pull) -> None:
    row = row_of(state, lever.who)
    if row >= 0:
        item.first_jobs = float(state.firms.jobs[row])


@go_on.register
def _(lever: AnchorJobs, state: RegionState, item: Pull) -> None:
    row = row_of(state, lever.who)
    first = item.first_jobs
    if row < 0 or first is None:
        return
    if lever.jobs is None:
        last = first * cast(float, lever.factor)  # a lever gives one of the two
    else:
        last = lever.jobs * state.scale
    done = min((state.month - item.first + 1) / lever.over_months, 1.0)
    jobs = max(1, round(first + done * (last - first)))
    state.firms.jobs[row] = jobs
    state.firms.size[row] = jobs


@start.register
def _(lever: AnchorArrival, state: RegionState, item: Pull) -> None:
    cell = heart_of(state, lever.where)
    jobs = max(1, round(lever.jobs * state.scale))
    m2 = lever.m2 * state.scale
    own_premises(state, cell, m2)
    state.named_firms = (*state.named_firms, lever.name)
    subsector = SUBSECTORS.index(lever.subsector)
    address = np.array([streams.named_address(lever.slug)], np.uint64)
    state.firms.add(
        1,
        address=address,
        name=len(state.named_firms) - 1,
        subsector=subsector,
        language=LANGUAGES.index(lever.language),
        jobs=jobs,
        size=float(jobs),
        cell=cell,
        space=m2,
        rent=state.cells.rent[cell],
        anchor=True,
        captive=True,
        partners=-1,
        value_per_job=state.base.value_per_job[subsector],
        origin=ORIGINS.index("arrival"),
    )
    state.journal.write(
        state.month,
        kind=MOVE_KINDS.index("arrival"),
        reason=MOVE_REASONS.index("scenario"),
        address=address,
        name=len(state.named_firms) - 1,
        subsector=subsector,
        jobs=jobs,
        space=m2,
        from_cell=-1,
        to_cell=cell,
    )


@start.register
def _(lever: Transit, state: RegionState, item: Pull) -> None:
    cells = cells_of(state, lever.where)
    access = state.cells.access_minutes
    access[:, cells] = np.maximum(access[:, cells] - lever.minutes_saved, QUICKEST_WALK)
    state.cells.transit[cells] += lever.access_change
    if lever.minutes_saved:  # a lever of size zero asks for no look at freelancers
        state.talent_is_stale = state.minutes_are_stale = True


@start.register
def _(lever: Quality, state: RegionState, item: Pull) -> None:
    cells = cells_of(state, lever.where)
    changed = state.cells.quality[cells] + lever.change
    state.cells.quality[cells] = np.clip(changed, 0.0, 1.0)
