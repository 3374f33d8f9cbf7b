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
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.geography import Region
from model.population import demography
from model.population.firms import value_per_job_of_the_rest
from model.population.people import language_shares
from model.processes import (
    attraction,
    closure,
    entry,
    growth,
    relocation,
    site_choice,
    space_market,
    surroundings,
)
from model.processes.state import (
    FREELANCER,
    SUBSECTOR_COUNT,
    BaseYear,
    Floats,
    RegionState,
)

ROUNDS = 40
SMALLEST_SHARE = 0.1  # of the mean loss: a zone without a subsector can still get it
SIZE_CLASSES = (1, 5, 20, 100)  # jobs, lower ends
CLASS_JOBS = np.array([2, 9, 40, 150])  # jobs that stand for a class
MEAN_BIRTH_JOBS = 1.0 + sum(1.0 - share for share in entry.SIZES)
MEAN_ARRIVAL_JOBS = sum(1.0 / k for k in range(1, entry.LARGEST_ARRIVAL + 1))


def invert(state: RegionState) -> None:
    """Find the constants and put them into the state."""
    state.base_year = scales(state)
    state.surroundings.firm_score = surroundings.own_access(state)
    attraction.apply(state)
    flows = base_flows(state)
    constants = zone_constants(state, flows)
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
        spin_offs_per_job=0.0,
        start_ups_per_freelancer=0.0,
        subsector_shares=np.cumsum(counts) / counts.sum(),
        language_shares=language_shares(firms),
        value_per_job=value_per_job_of_the_rest(),
        media_access=around.own_score.mean(axis=0),
        own_mass_exponent=own_mass_exponent(state, own_sd),
    )


def own_mass_exponent(state: RegionState, own_sd: Floats) -> float:
    """b_crit: what choices gain, in ln, per ln of own-sector jobs, less the rent's rise.

    The largest over subsectors. Below 1 clusters spread again, at 1 they are an urn, above
    they run away; in the long run a utility bonus works 1 / (1 - b) times.
    """
    p = state.scenario.block(attraction.Parameters)
    premium = state.scenario.block(space_market.Parameters).media_premium
    gain = p.own_sector + p.rent * premium / SUBSECTOR_COUNT
    return float((gain / own_sd).max())


def _positive(deviation: Floats) -> Floats:
    return np.where(deviation > 0.0, deviation, 1.0)


def partner_deviation(region: Region, partner_km: float, office: Any) -> float:
    """Standard deviation over office cells of nearness to a place in the middle."""
    x, y = region.x_km[office], region.y_km[office]
    near = np.exp(-np.hypot(x - x.mean(), y - y.mean()) / partner_km)
    return float(near.std()) or 1.0


class Flows(NamedTuple):
    """Jobs that choose a site in a month of the base state, and jobs that zones lose.

    Attributes
    ----------
    origin : int32[choosers]
        Cell that distance counts from, -1 for none.
    subsector, size_class : int8[choosers]
    weight : float64[choosers], jobs/month
    losses : float64[zones, 5], jobs/month
        By moves and closures.
    """

    origin: NDArray[np.int32]
    subsector: NDArray[np.int8]
    size_class: NDArray[np.int8]
    weight: Floats
    losses: Floats


def rates(state: RegionState) -> tuple[float, float, float]:
    """Spin-offs tried per job, start-ups per freelancer, arrivals: each a month.

    Tries are more than births and arrivals: most outside firms stay where they are.
    """
    p = state.scenario.block(entry.Parameters)
    share = state.scenario.block(site_choice.Parameters).outside_share
    rate = state.scenario.block(relocation.Parameters).rate
    firms, people = state.firms, state.people
    tries = p.birth_rate * len(firms) / 12.0 / (1.0 - share)
    freelancers = int(((people.kind == FREELANCER) & (people.home >= 0)).sum())
    start_ups = (1.0 - p.spin_off_share) * tries if freelancers else 0.0
    spin_offs = tries - start_ups
    leavers = rate / 12.0 * share * int((~firms.anchor).sum())
    arrivals = p.arrivals_per_departure * leavers / share
    return (
        spin_offs / max(1, int(firms.jobs.sum())),
        start_ups / max(1, freelancers),
        arrivals,
    )


def base_flows(state: RegionState) -> Flows:
    """Who chooses a site in a month of the base state, and what zones lose."""
    firms, people, region = state.firms, state.people, state.region
    per_job, per_freelancer, arrivals = rates(state)
    outside_share = state.scenario.block(site_choice.Parameters).outside_share
    free = ~firms.anchor
    move = np.where(free, relative_mobility(state), 0.0)
    founder = np.flatnonzero((people.kind == FREELANCER) & (people.home >= 0))
    shares = np.diff(state.base.subsector_shares, prepend=0.0)
    origin = [firms.cell, firms.cell, people.home[founder], np.full(5, -1)]
    trade = [firms.subsector, firms.subsector, people.skill[founder], np.arange(5)]
    size = [
        np.searchsorted(SIZE_CLASSES, firms.jobs, "right") - 1,
        np.zeros(len(firms)),
        np.zeros(len(founder)),
        np.zeros(5),
    ]
    weight = [
        move * firms.jobs,
        firms.jobs * per_job * MEAN_BIRTH_JOBS,
        np.full(len(founder), per_freelancer * MEAN_BIRTH_JOBS),
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
    mean = chance[~firms.anchor].mean()
    return chance / mean * p.rate / 12.0


def zone_constants(state: RegionState, flows: Flows) -> Floats:
    """Fixed point of the zone constants, float64[zones, 5]."""
    region = state.region
    offer = site_choice.offer_of(state)
    group, member = np.unique(
        np.stack([flows.origin, flows.subsector, flows.size_class]),
        axis=1,
        return_inverse=True,
    )
    weight = np.bincount(member.ravel(), flows.weight, minlength=group.shape[1])
    need = CLASS_JOBS[group[2]] * space_market.space_per_job(state)
    mass = zone_masses(
        group[0], group[1], need, region.zone, len(region.zones),
        state.cells.vacant, offer,
    )  # fmt: skip
    constants = np.zeros((len(region.zones), SUBSECTOR_COUNT))
    for s in range(SUBSECTOR_COUNT):
        here = group[1] == s
        reachable = mass[here].sum(axis=0) > 0.0
        target = np.where(reachable, flows.losses[:, s], 0.0)
        if not target.sum():
            continue
        target = target / target.sum()
        constants[:, s] = fixed_point(mass[here], weight[here], target)
    return constants


def fixed_point(mass: Floats, weight: Floats, target: Floats) -> Floats:
    """Constants at which weighted choice shares of zones equal the target.

    Parameters
    ----------
    mass : float64[groups, zones]
        Sum of exp(V) over a zone's cells, for each group of choosers.
    weight : float64[groups]
    target : float64[zones]
        Shares; zero where there is nothing to choose.

    Returns
    -------
    float64[zones]
        With mean 0 over the zones that can be chosen.
    """
    reachable = target > 0.0
    constant = np.zeros(len(target))
    weight = weight / weight.sum()
    for _ in range(ROUNDS):
        share = mass * np.exp(constant)
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
        expected = weight @ share
        step = np.log(target[reachable] / expected[reachable])
        constant[reachable] += step
        if np.abs(step).max() < 1e-6:
            break
    constant[reachable] -= constant[reachable].mean()
    return constant


@njit(cache=True)
def zone_masses(
    origin: Any, subsector: Any, need: Any, zone: Any, zones: int, vacant: Any,
    offer: Any,
) -> Any:  # fmt: skip
    """Sum of exp(V) over each zone's cells by group of choosers, float64[g, zones]."""
    out = np.zeros((len(origin), zones))
    for g in range(len(origin)):
        s = subsector[g]
        for c in range(len(zone)):
            if vacant[c] < need[g]:
                continue
            weight = offer.attraction[s, c] * vacant[c]
            if origin[g] >= 0:
                start = offer.centre - offer.place[origin[g]]
                weight *= offer.keep[offer.place[c] + start]
            out[g, zone[c]] += weight
    return out


def bisect(rising: Any, target: float, low: float, high: float) -> float:
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
    q = 1.0 / relocation.BREAK + (1.0 - 1.0 / relocation.BREAK) * p.off_break
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
    outside = np.array(
        [
            outside_utility(movers, weight, p.region_nest, p.outside_share),
            outside_utility(movers, firms.jobs * 1.0, p.region_nest, p.outside_share),
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
def _logsums(
    origin: Any, subsector: Any, jobs: Any, per_job: float, offer: Any
) -> Any:
    out = np.empty(len(origin))
    nobody = np.full(0, -1, np.int64)
    for i in range(len(origin)):
        look = site_choice.Look(
            int(subsector[i]), int(jobs[i]), jobs[i] * per_job, int(origin[i]), -1, 0,
            nobody,
        )  # fmt: skip
        out[i] = site_choice.logsum(offer, look, site_choice.fits(offer, look))
    return out


def logsums(state: RegionState, origin: Any, subsector: Any, jobs: Any) -> Floats:
    """Logsum of the region for firms at these origins."""
    per_job = space_market.space_per_job(state)
    found: Floats = _logsums(
        np.asarray(origin, np.int64), np.asarray(subsector, np.int64),
        np.asarray(jobs, np.int64), per_job, site_choice.offer_of(state),
    )  # fmt: skip
    return found


def outside_utility(logsum: Floats, weight: Floats, nest: float, share: float) -> float:
    """V_O at which a share of choosers goes outside."""
    known = np.isfinite(logsum) & (weight > 0.0)
    if not known.any():
        return math.log(share / (1.0 - share))
    inside, weight = nest * logsum[known], weight[known] / weight[known].sum()
    centre = float(inside @ weight)
    return bisect(
        lambda v: float(weight @ (1.0 / (1.0 + np.exp(inside - v)))),
        share, centre - 30.0, centre + 30.0,
    )  # fmt: skip


def drift(state: RegionState) -> float:
    """Growth of a continuing firm of mean access and knowledge, per year."""
    p = state.scenario.block(growth.Parameters)
    choice = state.scenario.block(site_choice.Parameters)
    births = state.scenario.block(entry.Parameters)
    move = state.scenario.block(relocation.Parameters)
    firms, people = state.firms, state.people
    free = ~firms.anchor
    if not free.any():
        return p.trend
    per_job, per_freelancer, arrivals = rates(state)
    inside = 1.0 - choice.outside_share
    founders = int(((people.kind == FREELANCER) & (people.home >= 0)).sum())
    jobs = firms.jobs[free].astype(np.float64)
    mobility = relative_mobility(state)[free] * jobs**move.size_effect
    expected = demography.drift_for_trend(
        demography.Demography(
            jobs=jobs,
            anchor_jobs=float(firms.jobs[firms.anchor].sum()),
            leaving=float(mobility.mean()) * choice.outside_share,
            leaving_exponent=-move.size_effect,
            spin_offs_per_job=per_job * inside,
            start_ups=per_freelancer * founders * inside,
            arrivals=arrivals * choice.outside_share,
        ),
        p,
        state.scenario.block(closure.Parameters),
    )
    access = state.surroundings.firm_score[free]
    systematic = p.knowledge_effect * firms.knowledge[free] + p.access_effect * access
    return expected - float(np.average(systematic, weights=jobs))
