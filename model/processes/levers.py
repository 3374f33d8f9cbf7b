"""The calendar of levers: what the Region, a broadcaster or the room has chosen.

Each lever has a first month (moved by its delay, drawn once per replicate) and perhaps
a last one. Levers of duration are undone when they end; policies watch an indicator
and add levers when it has crossed its line for long enough. Everything that happens
goes to the journal with its cost.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import cast

import numpy as np
from numpy.typing import NDArray

from model import streams
from model.processes.journal import MOVE_KINDS, MOVE_REASONS
from model.processes.knowledge import MOST
from model.processes.state import (
    AT_HOME,
    LANGUAGES,
    ORIGINS,
    SUBSECTORS,
    Programme,
    Pull,
    RegionState,
)
from model.scenario.levers import (
    AnchorArrival,
    AnchorJobs,
    AnchorMove,
    CommunitySupport,
    Coworking,
    FloorSpace,
    Lever,
    Quality,
    RentSubsidy,
    SkillsProgramme,
    Telework,
    Transit,
)

OUTSIDE = "outside"
QUICKEST_WALK = 0.5  # minutes to a stop, at least


def pull(state: RegionState, lever: Lever) -> Pull:
    """A lever with its delay drawn: the same in every scenario of a replicate."""
    u = streams.uniform(
        state.key, streams.DELAY, 0, streams.named_address(lever.slug), 0
    )
    delay = lever.delay_months
    late = round(streams.triangular(u, delay.low, delay.mode, delay.high))
    last = None if lever.until is None else lever.until + late
    return Pull(lever, lever.at + late, last)


def calendar(state: RegionState) -> Programme:
    """All levers of the scenario, dated, and its policies, waiting."""
    return Programme(
        pulls=[pull(state, lever) for lever in state.scenario.levers],
        waiting={policy.slug: 0 for policy in state.scenario.policies},
    )


def apply(state: RegionState) -> None:
    """Start, continue and end the levers of the month; let policies fire."""
    if state.frozen:
        return
    watch_policies(state)
    for item in state.programme.pulls:
        if not item.started and state.month >= item.first:
            item.started = True
            lever = item.lever
            late = item.first - lever.at
            text = lever.title["en"] + (f" ({late} months late)" if late else "")
            cost = (lever.cost_eur or 0.0, lever.region_share)
            state.journal.log(state.month, lever.slug, text, *cost)
            start(lever, state, item)
        if item.started and not item.ended:
            if item.last is not None and state.month > item.last:
                item.ended = True
                stop(item.lever, state, item)
                state.journal.log(state.month, item.lever.slug, "ends")
            else:
                go_on(item.lever, state, item)
    subsidise(state)


def watch_policies(state: RegionState) -> None:
    """Count months beyond the line, by the last month's figure; fire once."""
    for policy in state.scenario.policies:
        count = state.programme.waiting.get(policy.slug)
        if count is None or state.month < policy.when.since:
            continue
        value = state.latest.get(
            (policy.when.indicator, policy.when.zone), float("nan")
        )
        count = count + 1 if policy.when.holds(value) else 0
        state.programme.waiting[policy.slug] = count
        if count >= policy.when.for_months:
            state.programme.waiting[policy.slug] = None
            text = f"fires: {policy.when.indicator} in {policy.when.zone} is {value:g}"
            state.journal.log(state.month, policy.slug, text)
            state.programme.pulls += [
                pull(state, response.lever(state.month)) for response in policy.then
            ]


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


def subsidise(state: RegionState) -> None:
    """Set rent subsidies from the levers that work; where two do, the larger share."""
    cells = state.cells
    cells.subsidy[:] = 0.0
    cells.subsidy_open[:] = False
    working = [
        item.lever
        for item in state.programme.pulls
        if item.works and isinstance(item.lever, RentSubsidy)
    ]
    for lever in sorted(working, key=lambda lever: lever.share):
        where = cells_of(state, lever.where)
        cells.subsidy[where] = lever.share
        cells.subsidy_max_jobs[where] = lever.max_jobs or np.iinfo(np.int32).max
        open_to = lever.subsectors or SUBSECTORS
        for s, name in enumerate(SUBSECTORS):
            cells.subsidy_open[s, where] = name in open_to


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
    state.talent_is_stale = state.minutes_are_stale = True


@start.register
def _(lever: Quality, state: RegionState, item: Pull) -> None:
    cells = cells_of(state, lever.where)
    changed = state.cells.quality[cells] + lever.change
    state.cells.quality[cells] = np.clip(changed, 0.0, 1.0)


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
