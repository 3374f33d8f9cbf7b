"""The calendar of levers: what the Region, a broadcaster or the room has chosen.

Each lever has a first month (moved by its delay, drawn once per replicate) and perhaps
a last one. Levers of duration are undone when they end; policies watch an indicator
and add levers when it has crossed its line for long enough. Everything that happens
goes to the journal with its cost.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from model import streams
from model.errors import Fault, ScenarioError
from model.months import month_name
from model.processes import people_lever_effects as _people  # noqa: F401  registers
from model.processes.lever_effects import cells_of, go_on, start, stop
from model.processes.state import SUBSECTORS, Programme, Pull, RegionState
from model.scenario import Scenario
from model.scenario.levers import Lever, RentSubsidy


def months_late(key: np.uint64, lever: Lever) -> int:
    """Delay of a lever, months: the same in every scenario of a replicate."""
    u = streams.uniform(key, streams.DELAY, 0, streams.named_address(lever.slug), 0)
    delay = lever.delay_months
    return round(streams.triangular(u, delay.low, delay.mode, delay.high))


def pull(state: RegionState, lever: Lever) -> Pull:
    """A lever with its delay drawn."""
    late = months_late(state.key, lever)
    last = None if lever.until is None else lever.until + late
    return Pull(lever, lever.at + late, last)


def calendar(state: RegionState) -> Programme:
    """All levers of the scenario, dated, and its policies, waiting."""
    return Programme(
        pulls=[pull(state, lever) for lever in state.scenario.levers],
        waiting={policy.slug: 0 for policy in state.scenario.policies},
    )


def amend(state: RegionState, scenario: Scenario) -> None:
    """Go on with another scenario: the run that it would have been from its start.

    Levers that have begun stay as they are, but may end in a month to come; others may
    come, go and change as long as they begin in a month to come.

    Raises
    ------
    ScenarioError
        With one fault for everything that would have changed the past.
    """
    known = {item.lever.slug: item for item in state.programme.pulls}
    answers = {part.slug for policy in scenario.policies for part in policy.then}
    pulls = [pull(state, lever) for lever in scenario.levers]
    faults = list(_changes_of_the_world(state.scenario, scenario))
    for new in pulls:
        slug = new.lever.slug
        faults += _changes_of_the_past(new, known.get(slug), state.month)
        if slug in known:
            new.keep_state_of(known[slug])
    kept = answers | {item.lever.slug for item in pulls}
    faults += [
        Fault("has begun, and cannot be taken away", key=f"levers.{slug}")
        for slug, item in known.items()
        if item.started and slug not in kept
    ]
    if faults:
        raise ScenarioError(faults)
    fired = [item for item in known.values() if item.lever.slug in answers]
    state.scenario, state.programme.pulls = scenario, [*pulls, *fired]


def _changes_of_the_world(old: Scenario, new: Scenario) -> Iterator[Fault]:
    for what in ("start", "until", "policies", "given"):
        if getattr(old, what) != getattr(new, what):
            allowed = "only levers, while a run goes on"
            yield Fault("cannot change any more", key=what, allowed=allowed)


def _changes_of_the_past(new: Pull, old: Pull | None, month: int) -> Iterator[Fault]:
    """Faults of a lever, as it is to be and as it was, before a month is simulated."""
    key = f"levers.{new.lever.slug}"
    if old is None or not old.started:
        if new.first < month:
            allowed = f"a month from {month_name(month)} on"
            value = month_name(new.first)
            yield Fault("begins in the past", key=key, value=value, allowed=allowed)
        return
    if old.lever.model_copy(update={"until": new.lever.until}) != new.lever:
        yield Fault("has begun, and cannot change", key=key, allowed="another 'until'")
    past = old.ended and new.last != old.last
    if past or (not old.ended and new.last is not None and new.last < month - 1):
        allowed = "an end from the present month on"
        yield Fault("ends in the past", key=key, allowed=allowed)


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
