"""The flows that the processes expect in a month of the base state.

Firms that move, that are born and that arrive choose a site; zones lose jobs by moves
and closures. The constants of the base year make the one equal to the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.processes import closure, entry, relocation, site_choice
from model.processes.state import SUBSECTOR_COUNT, Floats, RegionState

SMALLEST_SHARE = 0.1  # of the mean loss: a zone without a subsector can still get it
SIZE_CLASSES = (1, 5, 20, 100)  # jobs, lower ends
MEAN_BIRTH_JOBS = 1.0 + sum(1.0 - share for share in entry.SIZES)
MEAN_ARRIVAL_JOBS = sum(1.0 / k for k in range(1, entry.LARGEST_ARRIVAL + 1))


class Flows(NamedTuple):
    """Jobs that choose a site in a month of the base state, and jobs that zones lose.

    Attributes
    ----------
    origin : int32[choosers]
        Cell that distance counts from, -1 for none.
    subsector, size_class : int8[choosers]
        Class of size: index in ``SIZE_CLASSES``.
    weight : float64[choosers], jobs/month
    losses : float64[zones, 5], jobs/month
        By moves and closures; at least a small share everywhere.
    """

    origin: NDArray[np.int32]
    subsector: NDArray[np.int8]
    size_class: NDArray[np.int8]
    weight: Floats
    losses: Floats


def rates(state: RegionState) -> tuple[Floats, Floats, float]:
    """Spin-offs tried per job and start-ups per freelancer by trade, arrivals.

    More are tried than come about: founders may give up, most firms outside stay there.

    Returns
    -------
    float64[5], float64[5], float
        /job/month, /freelancer/month and firms/month.
    """
    p = state.scenario.block(entry.Parameters)
    share = state.scenario.block(site_choice.Parameters).outside_share
    rate = state.scenario.block(relocation.Parameters).rate
    firms, people = state.firms, state.people
    stock = np.bincount(firms.subsector, minlength=SUBSECTOR_COUNT)
    jobs = np.bincount(firms.subsector, firms.jobs, SUBSECTOR_COUNT)
    skill = people.skill[entry.founders(people)]
    founders = np.bincount(skill, minlength=SUBSECTOR_COUNT)
    tries = p.birth_rate * stock / 12.0 / (1.0 - share)
    start_ups = np.where(founders > 0, (1.0 - p.spin_off_share) * tries, 0.0)
    spin_offs = tries - start_ups
    leavers = rate / 12.0 * share * int((~firms.anchor).sum())
    arrivals = p.arrivals_per_departure * leavers / share
    return (
        spin_offs / np.maximum(1.0, jobs),
        start_ups / np.maximum(1.0, founders),
        arrivals,
    )


def base_flows(state: RegionState) -> Flows:
    """Who chooses a site in a month of the base state, and what zones lose."""
    firms, people, region = state.firms, state.people, state.region
    per_job, per_freelancer, arrivals = rates(state)
    outside_share = state.scenario.block(site_choice.Parameters).outside_share
    free = ~firms.anchor
    move = np.where(free, relative_mobility(state), 0.0)
    founder = entry.founders(people)
    shares = np.diff(state.base.subsector_shares, prepend=0.0)
    every = np.arange(SUBSECTOR_COUNT)
    origin = [firms.cell, firms.cell, people.home[founder], np.full(len(every), -1)]
    trade = [firms.subsector, firms.subsector, people.skill[founder], every]
    size = [
        np.searchsorted(SIZE_CLASSES, firms.jobs, "right") - 1,
        np.zeros(len(firms)),
        np.zeros(len(founder)),
        np.zeros(len(every)),
    ]
    weight = [
        move * firms.jobs,
        firms.jobs * per_job[firms.subsector] * MEAN_BIRTH_JOBS,
        per_freelancer[people.skill[founder]] * MEAN_BIRTH_JOBS,
        arrivals * outside_share * shares * MEAN_ARRIVAL_JOBS,
    ]
    closing = closure.chances(
        firms.jobs, firms.age, firms.anchor, state.surroundings.firm_score,
        state.scenario.block(closure.Parameters),
    )  # fmt: skip
    losses = np.zeros((len(region.zones), SUBSECTOR_COUNT))
    lost = (move + closing) * firms.jobs
    np.add.at(losses, (region.zone[firms.cell], firms.subsector), lost)
    least = SMALLEST_SHARE * losses.sum() / losses.size
    return Flows(
        origin=np.concatenate(origin).astype(np.int32),
        subsector=np.concatenate(trade).astype(np.int8),
        size_class=np.concatenate(size).astype(np.int8),
        weight=np.concatenate(weight),
        losses=np.maximum(losses, least),
    )


def relative_mobility(state: RegionState) -> Floats:
    """Monthly chance of moving by size and age alone, with the base year's mean."""
    p = state.scenario.block(relocation.Parameters)
    firms = state.firms
    score = -p.size_effect * np.log(firms.jobs) - p.age_effect * np.log1p(
        firms.age / 12.0
    )
    chance: Floats = np.exp(score)
    chance = chance / chance[~firms.anchor].mean() * p.rate / 12.0
    return chance
