"""Sums by zone at the end of each month: all that indicators are made of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass
class History:
    """Sums by zone at the end of each month; the first month is the base state.

    Attributes
    ----------
    jobs, firms : float64[months, zones, 5]
    value : float64[months, zones], EUR/year
    stock, taken : float64[months, zones], m2
        Of the market, without owners' premises.
    rent_bill : float64[months, zones], EUR/year
        Asking rent of all the stock.
    unmet : float64[months, zones], m2
        Demand of the month that found its best site full.
    freelancers : float64[months, zones], persons
        By home.
    flows : float64[months, zones, 6], firms
        Moves out, moves in, departures, arrivals, births, closures.
    seekers, commuters, short_contracts, communities, cost : float64[months]
        Workers without a job; employees who live outside the Region; employees on
        short contracts; live communities; the Region's money of the month (EUR).
    other_jobs : float64[months, zones], jobs
        Office jobs outside the media.
    """

    jobs: Floats
    firms: Floats
    value: Floats
    stock: Floats
    taken: Floats
    rent_bill: Floats
    unmet: Floats
    freelancers: Floats
    flows: Floats
    other_jobs: Floats
    seekers: Floats
    commuters: Floats
    short_contracts: Floats
    communities: Floats
    cost: Floats

    @classmethod
    def empty(cls, months: int, zones: int, subsectors: int) -> History:
        """Zeros for a number of months."""
        zone = (months, zones)
        by = (months, zones, subsectors)
        sizes = {"jobs": by, "firms": by, "flows": (months, zones, 6)}
        flat = {"seekers", "commuters", "short_contracts", "communities", "cost"}
        return cls(
            **{
                f.name: np.zeros(
                    (months,) if f.name in flat else sizes.get(f.name, zone)
                )
                for f in fields(cls)
            }
        )

    def cut(self, first: int, last: int) -> History:
        """Some of the months: views, not copies."""
        return History(
            **{f.name: getattr(self, f.name)[first:last] for f in fields(self)}
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
def count_people(
    freelance: Any, home: Any, employer: Any, short: Any, zone: Any, out: Any
) -> Any:
    """Freelancers by zone of their home, added to ``out``; and counts of employees.

    Returns
    -------
    int, int, int
        Those without a job; of those with one, those who live outside the region and
        those on a short contract.
    """
    seekers = commuters = short_contracts = 0
    for j in range(len(home)):
        if freelance[j]:
            if home[j] >= 0:
                out[zone[home[j]]] += 1
        elif employer[j] < 0:
            seekers += 1
        else:
            commuters += home[j] < 0
            short_contracts += short[j]
    return seekers, commuters, short_contracts
