r"""Zone constants: the fixed point at which zones get the jobs that they lose.

.. math::
    \xi_{z,s} \leftarrow \xi_{z,s} + \ln(target_{z,s} / expected_{z,s})

Choosers of the same origin, subsector and class of size share one row; a class stands
for its firms' need of floor space, since few places have room for the large.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from model.population.base_flows import Flows
from model.processes import site_choice, space_market
from model.processes.state import SUBSECTOR_COUNT, Floats, RegionState

ROUNDS = 40
CLASS_JOBS = np.array([2, 9, 40, 150])  # jobs that stand for a class of size


def zone_constants(state: RegionState, flows: Flows) -> Floats:
    """Zone constants at the fixed point, float64[zones, 5].

    A zone in which no chooser of a subsector finds room keeps 0, and so do all zones
    of a subsector in which nobody chooses, as in a region of a few cells.
    """
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
        if not target.sum() or not weight[here].sum():
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
    """Sum of exp(V) over each zone's cells by group of choosers.

    Parameters
    ----------
    origin, subsector, need : arrays[groups]
        Cell that distance counts from (-1: none), subsector, floor space needed (m2).
    zone : int32[n]
    zones : int
        Number of zones.
    vacant : float64[n], m2
    offer : Offer

    Returns
    -------
    float64[groups, zones]
    """
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
