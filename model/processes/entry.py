r"""New firms are tried: spin-offs, start-ups, and firms from outside the Region.

As many are born in each trade as ``birth_rate`` of its firms of the base year, since
entry and exit go together across trades (Dunne, Roberts & Samuelson 1988): six in ten
audiovisual jobs are with three broadcasters, who do not bring forth as many firms as
small employers with as many staff (Elfenbein, Hamilton & Zenger 2010). Within a trade
spin-offs come from firms in proportion to their jobs and start from the parent's site;
start-ups come from freelancers and start from home; founders stay near both (SimFirms
2; Sorenson). Firms outside consider the Region at the rate that makes arrivals
0.72 of departures (employers of 2009-20, 2,123 for 2,941 [S88]). Whether any of them
starts here, and where, is settled by the choice of site: its nest against the outside
node decides how much of a policy's gain is new to the Region.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.columns import Table
from model.parameters import uncertain
from model.processes import space_market
from model.processes.journal import MOVE_REASONS
from model.processes.state import (
    ARRIVER,
    FREELANCER,
    NEWBORN,
    Chooser,
    Integers,
    RegionState,
)

SIZES = (0.60, 0.82, 0.94)  # cumulated shares of 1, 2, 3 jobs; the rest start with 4
LARGEST_ARRIVAL = 50
OUTSIDE_POOL = streams.named_address("firms outside the Region")


class Parameters(NamedTuple):
    """Births of firms and arrivals from outside."""

    birth_rate: Annotated[
        float,
        uncertain(
            0.075,
            unit="/firm/year",
            hard=(0.0, 0.5),
            plausible=(0.07, 0.13),
            source="Belgium 2022: 11.6 %; level set for a stationary number of firms",
            confidence="M",
            means="b0: firms born in the base year per firm of a trade",
        ),
    ]
    spin_off_share: Annotated[
        float,
        uncertain(
            0.5,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.3, 0.7),
            source="SimFirms 2; founders stay near their former employer",
            confidence="L",
            means="phi_sp: births that spin off a firm",
        ),
    ]
    arrivals_per_departure: Annotated[
        float,
        uncertain(
            0.72,
            unit="-",
            hard=(0.0, 2.0),
            plausible=(0.4, 1.0),
            source="employers 2009-20, 2,941 out and 2,123 in [S88]; all: 0.67 [S90]",
            confidence="M",
            means="firms that come for each that leaves, base year",
        ),
    ]


@njit(cache=True)
def count_tries(mean: Any, address: Any, key: Any, purpose: int, month: int) -> Any:
    """Poisson counts at the addresses of parents, int64[parents]."""
    out = np.zeros(len(mean), np.int64)
    for i in range(len(mean)):
        u = streams.uniform(key, purpose, month, address[i], 0)
        out[i] = streams.poisson(u, mean[i])
    return out


@njit(cache=True)
def newborns(parent: Any, ordinal: Any, month: int, key: Any, sizes: Any) -> Any:
    """Addresses and jobs of newborn firms, by parent's address and ordinal."""
    address = np.empty(len(parent), np.uint64)
    jobs = np.empty(len(parent), np.int32)
    for i in range(len(parent)):
        address[i] = streams.newborn_address(parent[i], month, ordinal[i])
        u = streams.uniform(key, streams.NEWBORN_SIZE, month, address[i], 0)
        jobs[i] = 1
        for share in sizes:
            if u > share:
                jobs[i] += 1
    return address, jobs


def founders(people: Table) -> Integers:
    """Rows of those who may start a firm: freelancers who live in the Region."""
    rows = people.of_kind(FREELANCER)
    return rows[people.home[rows] >= 0]


def apply(state: RegionState) -> None:
    """Queue this month's new firms for the choice of a site."""
    firms, people, base = state.firms, state.people, state.base
    tries = count_tries(
        firms.jobs * base.spin_offs_per_job[firms.subsector], firms.address,
        state.key, streams.SPIN_OFF, state.month,
    )  # fmt: skip
    parent = np.repeat(np.arange(len(firms)), tries)
    founder = founders(people)
    tries = count_tries(
        base.start_ups_per_freelancer[people.skill[founder]], people.address[founder],
        state.key, streams.START_UP, state.month,
    )  # fmt: skip
    founder = np.repeat(founder, tries)
    if len(parent) + len(founder):
        _queue_births(state, parent, founder)
    _queue_arrivals(state)


def _queue_births(state: RegionState, parent: Integers, founder: Integers) -> None:
    """Queue spin-offs of firms (rows) and start-ups of people (rows)."""
    firms, people, spun = state.firms, state.people, len(parent)
    origin = np.concatenate([firms.address[parent], people.address[founder]])
    address, jobs = newborns(
        origin, streams.ordinals(origin), state.month, state.key, SIZES
    )
    partners = np.full((len(origin), 3), -1, np.int64)
    partners[:spun, 0] = firms.slot[parent]
    partners[:spun, 1:] = firms.partners[parent, :2]
    reasons = [MOVE_REASONS.index(name) for name in ("spin-off", "start-up")]
    state.choosers.append(
        Chooser(
            kind=np.full(len(origin), NEWBORN, np.int8),
            row=np.concatenate([parent, np.full(len(founder), -1)]),
            address=address,
            subsector=np.concatenate([firms.subsector[parent], people.skill[founder]]),
            jobs=jobs,
            origin=np.concatenate([firms.cell[parent], people.home[founder]]),
            partners=partners,
            need=jobs * space_market.space_per_job(state),
            language=np.concatenate([firms.language[parent], people.language[founder]]),
            reason=np.repeat(np.array(reasons, np.int8), [spun, len(founder)]),
        )
    )


@njit(cache=True)
def arrival_traits(address: Any, key: Any, month: int) -> Any:
    """Draws for subsector, size and language of firms that arrive, float64[3, k]."""
    out = np.empty((3, len(address)))
    for i in range(len(address)):
        out[0, i], out[1, i] = streams.uniform_pair(
            key, streams.ARRIVAL, month, address[i], 1
        )
        out[2, i] = streams.uniform(key, streams.ARRIVAL, month, address[i], 2)
    return out


def _queue_arrivals(state: RegionState) -> None:
    """Queue firms that come from outside the Region."""
    base, month = state.base, state.month
    u = streams.uniform(state.key, streams.ARRIVAL, month, OUTSIDE_POOL, 0)
    count = streams.poisson(u, base.arrivals_per_month)
    if not count:
        return
    parent = np.full(count, OUTSIDE_POOL, np.uint64)
    address, _ = newborns(parent, np.arange(count), month, state.key, SIZES)
    trade, size, tongue = arrival_traits(address, state.key, month)
    subsector = np.searchsorted(base.subsector_shares, trade)
    jobs = np.minimum(1.0 / size, LARGEST_ARRIVAL).astype(np.int32)
    below = base.language_shares[subsector] < tongue[:, None]
    state.choosers.append(
        Chooser(
            kind=np.full(count, ARRIVER, np.int8),
            row=np.full(count, -1),
            address=address,
            subsector=subsector.astype(np.int8),
            jobs=jobs,
            origin=np.full(count, -1, np.int32),
            partners=np.full((count, 3), -1, np.int64),
            need=jobs * space_market.space_per_job(state),
            language=below.sum(axis=1).astype(np.int8),
            reason=np.full(count, MOVE_REASONS.index("from outside"), np.int8),
        )
    )
