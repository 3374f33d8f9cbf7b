r"""The constants that make the base year come back; inverted, never fitted.

With the flows that the processes expect in the base state:

- zone constants :math:`\xi_{z,s}`: each zone gets as many jobs of each subsector, at
  moving and new firms, as it loses by moves and closures (fixed point of
  :math:`\xi \leftarrow \xi + \ln(target / expected)`), so that shares stay;
- the moving constant a_0: ``relocation.rate`` of the firms move in a year; found again
  after the burn-in, when firms have grown and shrunk in their space for a while;
- the outside utilities V_O: ``choice.outside_share`` of the movers leave, the same
  share of would-be founders does not start, and of the firms outside that consider
  the Region the same share comes;
- the drift: all jobs outside the anchors follow ``growth.trend``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.geography import Region
from model.population import demography
from model.population.base_flows import base_flows, rates, relative_mobility
from model.population.firms import value_per_job_of_the_rest
from model.population.people import language_shares
from model.population.zone_constants import zone_constants
from model.processes import (
    attraction,
    closure,
    entry,
    freelance,
    growth,
    projects,
    relocation,
    site_choice,
    space_market,
    surroundings,
)
from model.processes.choice_kernels import Look, fits, logsum
from model.processes.state import (
    FREELANCER,
    SUBSECTOR_COUNT,
    BaseYear,
    Floats,
    RegionState,
)


def invert(state: RegionState) -> None:
    """Find the constants and put them into the state."""
    state.base_year = scales(state)
    state.surroundings.firm_score = surroundings.own_access(state)
    attraction.apply(state)
    constants = zone_constants(state, base_flows(state))
    state.base_year = replace(state.base, zone_constant=constants)
    attraction.apply(state)
    every, per_job = np.arange(len(state.firms)), space_market.space_per_job(state)
    gap = site_choice.raw_gaps(state, every, per_job, state.firms.jobs)
    state.base_year = moving(state, gap)
    state.base_year = leaving_and_growing(state, gap)


def scales(state: RegionState) -> BaseYear:
    """Means and deviations of the surroundings, with all constants still zero."""
    region, around = state.region, state.surroundings
    p = state.scenario.block(surroundings.Parameters)
    office = region.office_ok & (state.cells.stock > 0)
    own = np.log1p(around.own[:, office])
    rest = [
        np.log1p(x[office]) for x in (around.density, around.talent, around.anchors)
    ]
    own_mean, own_sd = own.mean(axis=1), _positive(own.std(axis=1))
    around.own_score = surroundings.standardised(
        around.own, own_mean[:, None], own_sd[:, None]
    )
    firms = state.firms
    counts = np.bincount(firms.subsector, minlength=SUBSECTOR_COUNT)
    return BaseYear(
        own_mean=own_mean,
        own_sd=own_sd,
        mean=np.array([x.mean() for x in rest]),
        sd=_positive(np.array([x.std() for x in rest])),
        partner_sd=partner_deviation(region, p.partner_km, office),
        zone_constant=np.zeros((len(region.zones), SUBSECTOR_COUNT)),
        outside=np.zeros(3),
        move_constant=0.0,
        gap_mean=np.zeros(SUBSECTOR_COUNT),
        drift=0.0,
        arrivals_per_month=0.0,
        spin_offs_per_job=np.zeros(SUBSECTOR_COUNT),
        start_ups_per_freelancer=np.zeros(SUBSECTOR_COUNT),
        freelancers=int((state.people.kind == FREELANCER).sum()),
        freelance_entry=0.0,
        days_per_job=projects.days_per_job(
            state, state.scenario.block(freelance.Parameters).paid_days
        ),
        subsector_shares=np.cumsum(counts) / counts.sum(),
        language_shares=language_shares(firms),
        value_per_job=value_per_job_of_the_rest(),
        media_access=around.own_score.mean(axis=0),
        own_mass_exponent=own_mass_exponent(state, own_sd),
    )


def own_mass_exponent(state: RegionState, own_sd: Floats) -> float:
    """What choices gain, in ln, per ln of own-sector jobs, less the rent's rise.

    The largest over subsectors. Below 1 clusters spread again, at 1 they are an urn,
    above they run away; in the long run a utility bonus works 1 / (1 - b) times.
    """
    p = state.scenario.block(attraction.Parameters)
    premium = state.scenario.block(space_market.Parameters).media_premium
    gain = p.own_sector + p.rent * premium / SUBSECTOR_COUNT
    return float((gain / own_sd).max())


def _positive(deviation: Floats) -> Floats:
    return np.where(deviation > 0.0, deviation, 1.0)


def partner_deviation(
    region: Region, partner_km: float, office: NDArray[np.bool_]
) -> float:
    """Standard deviation over office cells of nearness to a place in the middle."""
    x, y = region.x_km[office], region.y_km[office]
    near = np.exp(-np.hypot(x - x.mean(), y - y.mean()) / partner_km)
    return float(near.std()) or 1.0


def bisect(
    rising: Callable[[float], float], target: float, low: float, high: float
) -> float:
    """Argument at which a rising function takes a value."""
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2.0


def moving(state: RegionState, gap: Floats) -> BaseYear:
    """Gap means, and the constant that gives the base year's relocation rate."""
    firms = state.firms
    free = ~firms.anchor
    means = np.array(
        [
            gap[free & (firms.subsector == s)].mean()
            if (free & (firms.subsector == s)).any()
            else 0.0
            for s in range(SUBSECTOR_COUNT)
        ]
    )
    return replace(
        state.base, gap_mean=means, move_constant=move_constant(state, gap, means)
    )


def renew_move_constant(state: RegionState) -> None:
    """Find a_0 again at the present state of firms and their floor space."""
    per_job = space_market.space_per_job(state)
    own_jobs = state.firms.past_jobs[:, (state.month - 1) % 12]
    every = np.arange(len(state.firms))
    gap = site_choice.raw_gaps(state, every, per_job, own_jobs)
    constant = move_constant(state, gap, state.base.gap_mean)
    state.base_year = replace(state.base, move_constant=constant)


def keep_freelancers(state: RegionState, months: int) -> None:
    """Find nu, at which as many go freelance as have had to in the burn-in.

    Parameters
    ----------
    state : RegionState
        Its tally covers the last ``months`` months.
    """
    tally = state.tally
    chance = freelance.entry_chance(
        state, tally.replaced / months, tally.laid_off / months
    )
    state.base_year = replace(state.base, freelance_entry=chance)


def move_constant(state: RegionState, gap: Floats, gap_mean: Floats) -> float:
    """a_0 at which ``relocation.rate`` of the firms move in a year."""
    p = state.scenario.block(relocation.Parameters)
    firms = state.firms
    free = ~firms.anchor
    score, _, _ = relocation.index_without_gap(
        firms.jobs, firms.age, firms.past_jobs[:, state.month % 12], firms.space,
        space_market.space_per_job(state), p,
    )  # fmt: skip
    limit = relocation.GAP_LIMIT
    relative = np.clip(gap - gap_mean[firms.subsector], -limit, limit)
    score = (score + p.gap_effect * relative)[free]
    at_break = 1.0 / space_market.LEASE_BREAK
    q = at_break + (1.0 - at_break) * p.off_break
    return bisect(
        lambda a: q * float((1.0 / (1.0 + np.exp(-a - score))).mean()),
        p.rate / 12.0, -20.0, 20.0,
    )  # fmt: skip


def leaving_and_growing(state: RegionState, gap: Floats) -> BaseYear:
    """Outside utilities, rates of entry, and the drift of continuing firms."""
    p = state.scenario.block(site_choice.Parameters)
    firms = state.firms
    per_job, per_freelancer, arrivals = rates(state)
    movers = logsums(state, firms.cell, firms.subsector, firms.jobs)
    none = np.full(SUBSECTOR_COUNT, -1)
    arrivers = logsums(
        state, none, np.arange(SUBSECTOR_COUNT), np.ones(SUBSECTOR_COUNT, np.int32)
    )
    weight = relative_mobility(state) * ~firms.anchor
    births = firms.jobs * per_job[firms.subsector]
    outside = np.array(
        [
            outside_utility(movers, weight, p.region_nest, p.outside_share),
            outside_utility(movers, births, p.region_nest, p.outside_share),
            outside_utility(
                arrivers, np.diff(state.base.subsector_shares, prepend=0.0),
                p.region_nest, 1.0 - p.outside_share,
            ),
        ]
    )  # fmt: skip
    return replace(
        state.base,
        outside=outside,
        spin_offs_per_job=per_job,
        start_ups_per_freelancer=per_freelancer,
        arrivals_per_month=arrivals,
        drift=drift(state),
    )


@njit(cache=True)
def _logsums(origin: Any, subsector: Any, jobs: Any, per_job: float, offer: Any) -> Any:
    out = np.empty(len(origin))
    nobody = np.full(0, -1, np.int64)
    for i in range(len(origin)):
        look = Look(
            int(subsector[i]), int(jobs[i]), jobs[i] * per_job, int(origin[i]), -1, 0,
            nobody,
        )  # fmt: skip
        out[i] = logsum(offer, look, fits(offer, look))
    return out


def logsums(state: RegionState, origin: Any, subsector: Any, jobs: Any) -> Floats:
    """Logsum of the region for firms of these origins (-1: none), float64[k]."""
    per_job = space_market.space_per_job(state)
    found: Floats = _logsums(
        np.asarray(origin, np.int64), np.asarray(subsector, np.int64),
        np.asarray(jobs, np.int64), per_job, site_choice.offer_of(state),
    )  # fmt: skip
    return found


def outside_utility(
    logsums: Floats, weight: Floats, nest: float, share: float
) -> float:
    """V_O at which a share of choosers goes outside."""
    known = np.isfinite(logsums) & (weight > 0.0)
    if not known.any():
        return math.log(share / (1.0 - share))
    inside, weight = nest * logsums[known], weight[known] / weight[known].sum()
    centre = float(inside @ weight)
    return bisect(
        lambda v: float(weight @ (1.0 / (1.0 + np.exp(inside - v)))),
        share, centre - 30.0, centre + 30.0,
    )  # fmt: skip


def drift(state: RegionState) -> float:
    """Growth of a continuing firm of mean access and knowledge, per year."""
    p = state.scenario.block(growth.Parameters)
    choice = state.scenario.block(site_choice.Parameters)
    move = state.scenario.block(relocation.Parameters)
    firms = state.firms
    free = ~firms.anchor
    per_job, per_freelancer, arrivals = rates(state)
    inside = 1.0 - choice.outside_share
    skill = state.people.skill[entry.founders(state.people)]
    spin_offs = firms.jobs * per_job[firms.subsector] * inside
    jobs = firms.jobs[free].astype(np.float64)
    mobility = relative_mobility(state)[free] * jobs**move.size_effect
    expected = demography.drift_for_trend(
        demography.Demography(
            jobs=jobs,
            leaving=float(mobility.mean()) * choice.outside_share,
            leaving_exponent=-move.size_effect,
            spin_offs_per_job=float(spin_offs[free].sum() / jobs.sum()),
            steady_births=float(
                spin_offs[~free].sum() + per_freelancer[skill].sum() * inside
            ),
            arrivals=arrivals * choice.outside_share,
        ),
        p,
        state.scenario.block(closure.Parameters),
    )
    access = state.surroundings.firm_score[free]
    systematic = p.knowledge_effect * firms.knowledge[free] + p.access_effect * access
    return expected - float(np.average(systematic, weights=jobs))
