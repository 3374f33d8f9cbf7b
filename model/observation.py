"""What is noted at the end of each month: sums by zone, and the Region's money.

What is noted of people stands in ``model/social_observation.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from model import indicators
from model.geography import Region
from model.history import History, space_by_zone, sums_by_zone
from model.processes import surroundings
from model.processes.journal import MOVE_KINDS
from model.processes.state import RegionState
from model.scenario import REGION
from model.social_observation import note_people

MOVE, DEPARTURE, ARRIVAL, BIRTH, CLOSURE = (
    MOVE_KINDS.index(kind)
    for kind in ("move", "departure", "arrival", "birth", "closure")
)


def note(state: RegionState, history: History, t: int) -> None:
    """Write the sums of the month that has passed into row ``t`` of the history."""
    firms, cells, region = state.firms, state.cells, state.region
    zone, count = region.zone, len(region.zones)
    sums_by_zone(
        firms.cell, firms.subsector, firms.jobs, firms.value_per_job, zone,
        history.jobs[t], history.firms[t], history.value[t],
    )  # fmt: skip
    per_job = state.scenario.block(surroundings.Parameters).background_m2_per_job
    space_by_zone(
        zone, (cells.stock, cells.captive, cells.vacant, cells.rent, cells.unmet),
        cells.background, per_job,
        (history.stock[t], history.taken[t], history.rent_bill[t], history.unmet[t],
         history.other_jobs[t]),
    )  # fmt: skip
    note_people(state, history, t)
    history.cost[t] = region_cost(state)
    if t > 0:
        history.flows[t] = flows(state, count)
    for policy in state.scenario.policies:
        watched = policy.when
        index = None if watched.zone == REGION else region.zone_at(watched.zone)
        state.latest[(watched.indicator, watched.zone)] = indicators.value_at(
            watched.indicator, index, history.cut(t, t + 1)
        )


def flows(state: RegionState, zones: int) -> NDArray[np.float64]:
    """Firms that came and went this month, float64[zones, 6]; see ``History``."""
    out = np.zeros((zones, 6))
    zone = state.region.zone
    for record in state.journal.moves[::-1]:
        if record["month"][0] != state.month - 1:
            break
        kind = int(record["kind"][0])
        if kind in (MOVE, DEPARTURE, CLOSURE):
            column = {MOVE: 0, DEPARTURE: 2, CLOSURE: 5}[kind]
            np.add.at(out[:, column], zone[record["from_cell"]], 1)
        if kind in (MOVE, ARRIVAL, BIRTH):
            column = {MOVE: 1, ARRIVAL: 3, BIRTH: 4}[kind]
            np.add.at(out[:, column], zone[record["to_cell"]], 1)
    return out


def region_cost(state: RegionState) -> float:
    """The Region's money of the month: levers that it pays, and rent subsidies, EUR."""
    month = state.month - 1
    cost = 0.0
    for pull in state.programme.pulls:
        if pull.works:
            lever = pull.lever
            spent = (lever.cost_eur_year or 0.0) / 12.0
            if pull.first == month:
                spent += lever.cost_eur or 0.0
            cost += spent * lever.region_share
    return cost + subsidy_cost(state)


def subsidy_cost(state: RegionState) -> float:
    """Rent that the Region pays this month for firms that are open to it, EUR."""
    cells, firms = state.cells, state.firms
    if not cells.subsidy.any():
        return 0.0
    here = firms.cell
    eligible = (
        (cells.subsidy[here] > 0.0)
        & (firms.jobs <= cells.subsidy_max_jobs[here])
        & cells.subsidy_open[firms.subsector, here]
        & ~firms.captive
    )
    rents = firms.space * firms.rent * cells.subsidy[here]
    return float(rents[eligible].sum()) / 12.0


def headlines(region: Region) -> dict[str, Callable[[History], NDArray[np.float64]]]:
    """Reporters of the data collector: a few figures of each month of a history."""
    zones = {zone.id for zone in region.zones}
    wanted = {
        "jobs": ("jobs", REGION),
        "firms": ("firms", REGION),
        "vacancy": ("vacancy", REGION),
        "rent": ("rent", REGION),
        "freelancers": ("freelancers", REGION),
        "communities": ("communities", REGION),
    }
    if "reyers" in zones:
        wanted["jobs_at_reyers"] = ("jobs", "reyers")
        wanted["firms_at_reyers"] = ("firms", "reyers")

    return {
        key: reporter(name, None if zone == REGION else region.zone_at(zone))
        for key, (name, zone) in wanted.items()
    }


def reporter(name: str, zone: int | None) -> Callable[[History], NDArray[np.float64]]:
    """A function from a history to an indicator's figures of each month."""
    return lambda history: indicators.series(name, zone, history)
