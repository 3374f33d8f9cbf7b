"""The calendar of levers: what the Region, a broadcaster or the room has chosen.

Each lever has a first month (moved by its delay, drawn once per replicate) and perhaps
a last one. Levers of duration are undone when they end; policies watch an indicator
and add levers when it has crossed its line for long enough. Everything that happens
goes to the journal with its cost.
"""

from __future__ import annotations

import numpy as np

from model import streams
from model.processes import people_lever_effects as _people  # noqa: F401  registers
from model.processes.lever_effects import cells_of, go_on, start, stop
from model.processes.state import SUBSECTORS, Programme, Pull, RegionState
from model.scenario.levers import Lever, RentSubsidy


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
