"""Sums by zone at the end of each month: all that indicators are made of."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOWS = 6
ZONE = {"shape": "zone"}
TRADE = {"shape": "zone and subsector"}
FLOW = {"shape": "zone and flow"}
REGION = {"shape": "region"}
PAIR = {"shape": "pair of subsectors"}


@dataclass
class History:
    """Sums by zone at the end of each month; the first month is the base state.

    Attributes
    ----------
    jobs, firms : float64[months, zones, 5]
    flows : float64[months, zones, 6], firms
        Moves out, moves in, departures, arrivals, births, closures.
    value : float64[months, zones], EUR/year
    stock, taken : float64[months, zones], m2
        Of the market, without owners' premises.
    rent_bill : float64[months, zones], EUR/year
        Asking rent of all the stock.
    unmet : float64[months, zones], m2
        Demand of the month that found its best site full.
    other_jobs : float64[months, zones], jobs
        Office jobs outside the media.
    freelancers : float64[months, zones], persons
        By home, as all that is told of freelancers.
    freelance_days, freelance_income : float64[months, zones]
        Sums of means of the last year, days/month and EUR/month.
    tight, clients : float64[months, zones]
        Freelancers whose income is below the cost of living; firms that they work for.
    work_minutes : float64[months, zones], min
        Sum of freelancers' ways to where they work.
    coworkers : float64[months, zones], persons
        Freelancers by coworking space.
    residents, commute_minutes : float64[months, zones]
        Employees who live in the Region, by home, and the sum of their ways to work
        (min); of the last December.
    staff, knowledge : float64[months, zones]
        Employees by workplace and the sum of their mean knowledge (points); of the
        last December.
    communities, supported : float64[months, zones]
        By venue; and the sum of the support that policy gives them (0-1 each).
    meetings, visits, talks, known_talks, across_talks, new_ties : [months, zones]
        Of the month, by venue.
    seekers, commuters, short_contracts : float64[months], persons
        Workers without a job; employees who live outside the Region; employees on
        short contracts.
    cost : float64[months], EUR
        The Region's money of the month.
    went_freelance, left_freelance : float64[months], persons
        Of the month.
    contract_days, repeat_days, unfilled_days : float64[months], days
        Freelance work contracted this month, of it with earlier clients, and in vain.
    contacts, outward : float64[months], talks
        Of the month, of everybody with anybody; of these, across employers.
    mean_knowledge, knowledge_gap : float64[months], points
        Mean of all workers, and standard deviation between firms; last December's, as
        the measures of ``model.network_measures`` that follow.
    ties, clustering, path_length, giant_share, cross_share, brokerage : [months]
    encounters : float64[months, 5, 5, 2], talks
        At meetings of the month, by subsectors of the two, within and across employers.
    """

    jobs: Floats = field(metadata=TRADE)
    firms: Floats = field(metadata=TRADE)
    flows: Floats = field(metadata=FLOW)
    value: Floats = field(metadata=ZONE)
    stock: Floats = field(metadata=ZONE)
    taken: Floats = field(metadata=ZONE)
    rent_bill: Floats = field(metadata=ZONE)
    unmet: Floats = field(metadata=ZONE)
    other_jobs: Floats = field(metadata=ZONE)
    freelancers: Floats = field(metadata=ZONE)
    freelance_days: Floats = field(metadata=ZONE)
    freelance_income: Floats = field(metadata=ZONE)
    tight: Floats = field(metadata=ZONE)
    clients: Floats = field(metadata=ZONE)
    work_minutes: Floats = field(metadata=ZONE)
    coworkers: Floats = field(metadata=ZONE)
    residents: Floats = field(metadata=ZONE)
    commute_minutes: Floats = field(metadata=ZONE)
    staff: Floats = field(metadata=ZONE)
    knowledge: Floats = field(metadata=ZONE)
    communities: Floats = field(metadata=ZONE)
    supported: Floats = field(metadata=ZONE)
    meetings: Floats = field(metadata=ZONE)
    visits: Floats = field(metadata=ZONE)
    talks: Floats = field(metadata=ZONE)
    known_talks: Floats = field(metadata=ZONE)
    across_talks: Floats = field(metadata=ZONE)
    new_ties: Floats = field(metadata=ZONE)
    seekers: Floats = field(metadata=REGION)
    commuters: Floats = field(metadata=REGION)
    short_contracts: Floats = field(metadata=REGION)
    cost: Floats = field(metadata=REGION)
    went_freelance: Floats = field(metadata=REGION)
    left_freelance: Floats = field(metadata=REGION)
    contract_days: Floats = field(metadata=REGION)
    repeat_days: Floats = field(metadata=REGION)
    unfilled_days: Floats = field(metadata=REGION)
    contacts: Floats = field(metadata=REGION)
    outward: Floats = field(metadata=REGION)
    mean_knowledge: Floats = field(metadata=REGION)
    knowledge_gap: Floats = field(metadata=REGION)
    ties: Floats = field(metadata=REGION)
    clustering: Floats = field(metadata=REGION)
    path_length: Floats = field(metadata=REGION)
    giant_share: Floats = field(metadata=REGION)
    cross_share: Floats = field(metadata=REGION)
    brokerage: Floats = field(metadata=REGION)
    encounters: Floats = field(metadata=PAIR)

    @classmethod
    def empty(cls, months: int, zones: int, subsectors: int) -> History:
        """Zeros for a number of months."""
        sizes = {
            "zone": (zones,),
            "zone and subsector": (zones, subsectors),
            "zone and flow": (zones, FLOWS),
            "region": (),
            "pair of subsectors": (subsectors, subsectors, 2),
        }
        return cls(
            **{
                f.name: np.zeros((months, *sizes[f.metadata["shape"]]))
                for f in fields(cls)
            }
        )

    def cut(self, first: int, last: int) -> History:
        """Some of the months: views, not copies."""
        return History(
            **{f.name: getattr(self, f.name)[first:last] for f in fields(self)}
        )

    def forget(self, first: int) -> None:
        """Make all months from one on zero again."""
        for f in fields(self):
            getattr(self, f.name)[first:] = 0.0

    def whole(self) -> History:
        """The same with all zones as one."""
        return History(
            **{
                f.name: (
                    getattr(self, f.name).sum(axis=1, keepdims=True)
                    if f.metadata["shape"].startswith("zone")
                    else getattr(self, f.name)
                )
                for f in fields(self)
            }
        )


@njit(cache=True)
def sums_by_zone(
    cell: Any, subsector: Any, jobs: Any, value: Any, zone: Any, out_jobs: Any,
    out_firms: Any, out_value: Any,
) -> None:  # fmt: skip
    """Jobs, firms and value added of firms by zone, added to the arrays given."""
    for i in range(len(cell)):
        z, s = zone[cell[i]], subsector[i]
        out_jobs[z, s] += jobs[i]
        out_firms[z, s] += 1
        out_value[z] += jobs[i] * value[i]


@njit(cache=True)
def count_employees(freelance: Any, home: Any, employer: Any, short: Any) -> Any:
    """Counts of those who do not work for themselves.

    Returns
    -------
    int, int, int
        Those without a job; of those with one, those who live outside the region and
        those on a short contract.
    """
    seekers = commuters = short_contracts = 0
    for j in range(len(home)):
        if freelance[j]:
            continue
        if employer[j] < 0:
            seekers += 1
        else:
            commuters += home[j] < 0
            short_contracts += short[j]
    return seekers, commuters, short_contracts
