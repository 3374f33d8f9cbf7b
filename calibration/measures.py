"""What a model does when one thing is changed: measurements without a run.

Two targets are relations of the model's own equations at a state, not sums over
months: how far the pull of jobs on births reaches, and how attendance answers to the
way to a venue.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from model.processes import attraction, meetings, surroundings
from model.processes.lever_effects import heart_of
from model.processes.meeting_kernels import (
    ACTIVE,
    CORE,
    PERIPHERAL,
    Gathering,
    readiness,
)
from model.processes.state import RegionState
from model.simulation import SCHEDULE, MediaparkModel

Floats = NDArray[np.float64]
NEAR_KM, FAR_KM = 1.0, 5.0
_JOBS = 100
_MEETINGS = 12


def births_further_off(state: RegionState) -> float:
    """Effect of jobs on births of the trade at 1-5 km, to that within 1 km.

    Births follow exp(V) times vacant floor space. A firm of 100 audiovisual jobs is
    put into the heart of each zone in turn, and the mean gain of a cell is taken, all
    terms of the site's utility together.

    Parameters
    ----------
    state : RegionState

    Returns
    -------
    float
        Not a number where the region is too small for both rings.
    """
    region, vacant = state.region, state.cells.vacant
    births = vacant * pull_with(state)
    near, far = [], []
    for place in region.zones:
        cell = heart_of(state, place.id)
        gain = vacant * pull_with(state, cell) - births
        km = np.hypot(region.x_km - region.x_km[cell], region.y_km - region.y_km[cell])
        inner = region.office_ok & (km <= NEAR_KM)
        outer = region.office_ok & (km > NEAR_KM) & (km <= FAR_KM)
        if inner.any() and outer.any():
            near.append(gain[inner].mean())
            far.append(gain[outer].mean())
    pull_with(state)  # as it was
    if not near:
        return math.nan
    return float(np.mean(far) / np.mean(near))


def pull_with(state: RegionState, cell: int = -1) -> Floats:
    """exp(V) of every cell for audiovisual firms, with a firm of 100 jobs in one.

    Parameters
    ----------
    state : RegionState
    cell : int
        Where the firm is; negative for none.

    Returns
    -------
    float64[cells]
    """
    firms = state.firms
    if cell >= 0:
        firms.add(1, cell=cell, jobs=_JOBS, partners=-1)
    state.density_is_stale = True
    surroundings.apply(state)
    attraction.apply(state)
    if cell >= 0:
        firms.remove(np.array([len(firms) - 1]))
    pull: Floats = state.attraction[0].copy()
    return pull


def evening(model: MediaparkModel) -> RegionState:
    """Let a model come to the meetings of its next month; its months end there.

    Between months, members who have left the trade still stand in the lists.

    Parameters
    ----------
    model : MediaparkModel

    Returns
    -------
    RegionState
        Just before meetings are held.
    """
    for process in SCHEDULE:
        if process.name == "meetings":
            break
        process.apply(model.state)
    return model.state


def attendance_lost(state: RegionState) -> float:
    """Share of attendance that is lost when the way doubles from 15 to 30 minutes.

    Parameters
    ----------
    state : RegionState
        Just before meetings are held.

    Returns
    -------
    float, share
    """
    near, far = (attendance_at(state, minutes) for minutes in (15.0, 30.0))
    return 1.0 - far / near


def attendance_at(state: RegionState, minutes: float) -> float:
    """Mean chance to come when the venue has been so far away for twelve meetings.

    Expected records and levels follow, so that friends who stay away are felt too.

    Parameters
    ----------
    state : RegionState
    minutes : float, min

    Returns
    -------
    float, chance
        Not a number where no community has members.
    """
    group = meetings.gather(state)
    if not len(group.person):
        return math.nan
    group = group._replace(minutes=np.full(len(group.minutes), minutes))
    for _ in range(_MEETINGS):
        chance = coming(state, group)
        record = group.record + meetings.MEMORY * (chance - group.record)
        level = np.where(record >= meetings.ACTIVE_FROM, ACTIVE, PERIPHERAL)
        level = np.where(record >= meetings.CORE_FROM, CORE, level)
        group = group._replace(record=record, level=level.astype(np.int8))
    return float(coming(state, group).mean())


def coming(state: RegionState, group: Gathering, **given: float) -> Floats:
    """Chance of each member to come to the next meeting.

    Parameters
    ----------
    state : RegionState
    group : Gathering
    **given : float
        Fields of the parameters of meetings that have another value.

    Returns
    -------
    float64[entries], chance
    """
    p = state.scenario.block(meetings.Parameters)._replace(**given)
    every = np.ones(len(group.frequency), bool)
    chance: Floats = 1 / (1 + np.exp(-readiness(group, every, p)))
    return chance
