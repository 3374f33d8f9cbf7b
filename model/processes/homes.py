r"""Workers move house, and leave the trade.

A worker moves house with a yearly chance that falls at 40. A mover lives outside the
Region afterwards with the share that commuters have in the base year, so that their
number stays; otherwise the mover weighs ten homes, drawn as residents live, by

.. math::
    V_c = -b_\tau \tau(c, workplace) + Gumbel

Few move for the way to work: 6 % of commuters would (SD Worx). Everybody leaves the
trade at ``retirement_age``; they go at the end of a quarter, as those do who gave up.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import fixed, uncertain
from model.processes.freelance import Parameters as Freelance
from model.processes.newcomers import Parameters as Staffing
from model.processes.state import FREELANCER, Integers, RegionState

HOMES_SEEN = 10
SETTLED = 40 * 12  # months of age
QUARTER = 3  # months


class Parameters(NamedTuple):
    """Moves of homes, and the end of working life."""

    young_rate: Annotated[
        float,
        uncertain(
            0.12,
            unit="/year",
            hard=(0.0, 1.0),
            plausible=(0.06, 0.18),
            source="assumption from flows of residents",
            confidence="L",
            means="hm: chance to move house under 40",
        ),
    ]
    settled_rate: Annotated[
        float,
        uncertain(
            0.05,
            unit="/year",
            hard=(0.0, 1.0),
            plausible=(0.02, 0.08),
            source="assumption from flows of residents",
            confidence="L",
            means="hm: chance to move house from 40 on",
        ),
    ]
    commute_effect: Annotated[
        float,
        uncertain(
            0.01,
            unit="/min",
            hard=(0.0, 0.5),
            plausible=(0.0, 0.03),
            source="6 % of commuters would move for their way to work",
            confidence="L",
            means="b_tau: homes far from work are chosen less",
        ),
    ]
    retirement_age: Annotated[
        float,
        fixed(
            65,
            unit="years",
            hard=(40, 90),
            source="legal age of the years to 2024",
            confidence="H",
            means="age at which everybody leaves the trade",
            integer=True,
        ),
    ]


@njit(cache=True)
def moving(
    born: Any, own_month: Any, address: Any, key: Any, month: int, p: Any
) -> Any:
    """Rows of those who move house; everybody is asked in one month of the year."""
    out = []
    for j in range(len(born)):
        if own_month[j] != month % 12:
            continue
        u = streams.uniform(key, streams.HOME_MOVE, month, address[j], 0)
        if u < (p.young_rate if month - born[j] < SETTLED else p.settled_rate):
            out.append(j)
    return np.array(out, np.int64)


@njit(cache=True)
def new_homes(
    address: Any, work: Any, outside: Any, homes: Any, minutes: Any, effect: float,
    key: Any, month: int,
) -> Any:  # fmt: skip
    """Cells of new homes, -1 outside the Region.

    Parameters
    ----------
    address, work : uint64[k], int64[k]
        Address and cell of the workplace (-1: none) of those who move.
    outside : float64[k], share
        Chance to live outside afterwards.
    homes : float64[n]
        Cumulated shares of homes over cells.
    minutes : float32[n, n], min
    """
    out = np.full(len(address), -1, np.int32)
    for k in range(len(address)):
        u = streams.uniform(key, streams.HOME_MOVE, month, address[k], 1)
        if u < outside[k]:
            continue
        highest = -np.inf
        for s in range(HOMES_SEEN):
            u, v = streams.uniform_pair(key, streams.HOME_CHOICE, month, address[k], s)
            cell = np.searchsorted(homes, u)
            value = streams.gumbel(v)
            if work[k] >= 0:
                value -= effect * minutes[work[k], cell]
            if value > highest:
                out[k], highest = cell, value
    return out


def apply(state: RegionState) -> None:
    """Move homes; each quarter, let those leave who gave up or are of age."""
    p = state.scenario.block(Parameters)
    people = state.people
    rows = moving(
        people.born, people.own_month, people.address, state.key, state.month, p
    )
    if len(rows):
        people.home[rows] = new_homes(
            people.address[rows], people.work[rows],
            outside_shares(state, rows), state.homes, state.minutes,
            p.commute_effect, state.key, state.month,
        )  # fmt: skip
    if state.month % QUARTER == QUARTER - 1:
        of_age = state.month - people.born >= 12 * p.retirement_age
        people.remove(people.leaving | of_age)
        state.society.ties.forget_gone(people.row_of)


def outside_shares(state: RegionState, rows: Integers) -> Any:
    """Share of people of a kind who live outside the Region in the base year."""
    freelance = state.people.kind[rows] == FREELANCER
    return np.where(
        freelance,
        state.scenario.block(Freelance).outside_share,
        state.scenario.block(Staffing).outside_share,
    )
