"""Firms' jobs become people: hiring from those without a job, or laying off.

Each firm's employees are brought to its number of jobs. Those without an employer are
hired in keyed random order; where nobody is left, a newcomer enters the trade. After
a year without a job a worker leaves it. Nobody's home or skill matters yet for who is
hired: the choice of people belongs to projects and freelance work.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import fixed
from model.processes.state import EMPLOYEE, RegionState

MONTHS_TO_LEAVE = 12


class Parameters(NamedTuple):
    """Who the workers are."""

    outside_share: Annotated[
        float,
        fixed(
            0.495,
            unit="share",
            hard=(0.0, 1.0),
            source="jobs in the Region held by commuters, 2022 [S118, S119]",
            confidence="M",
            means="employees who live outside the Region",
        ),
    ]
    short_contract_share: Annotated[
        float,
        fixed(
            0.35,
            unit="share",
            hard=(0.0, 1.0),
            source="derived: 40 % precarious of workers less 8 % self-employed [S08]",
            confidence="L",
            means="employees on fixed-term or agency contracts",
        ),
    ]


@njit(cache=True)
def balance(kind: Any, employer: Any, idle: Any, row_of: Any, jobs: Any) -> Any:
    """Lay off those for whom a firm has no job, the latest to enter the trade first.

    Parameters
    ----------
    kind, employer, idle : int8, int64, int32 [people]
        ``employer`` is set to -1 for those laid off or whose firm is gone, and
        ``idle`` counts their months.
    row_of : int64[slots]
        Present rows of firms.
    jobs : int32[firms]

    Returns
    -------
    int64[seekers], int64[firms]
        Rows of those who look for a job, and the vacancies of each firm.
    """
    room = jobs.astype(np.int64)
    seeking = []
    for j in range(len(employer)):
        if kind[j] != EMPLOYEE:
            continue
        firm = row_of[employer[j]] if employer[j] >= 0 else -1
        if firm >= 0 and room[firm] > 0:
            room[firm] -= 1
        else:
            employer[j] = -1
            idle[j] += 1
            seeking.append(j)
    return np.array(seeking, np.int64), room


def apply(state: RegionState) -> None:
    """Bring every firm's staff to its number of jobs."""
    people, firms = state.people, state.firms
    seeking, room = balance(
        people.kind, people.employer, people.idle, firms.row_of, firms.jobs
    )
    turn = streams.uniforms(
        state.key, streams.HIRING, state.month, people.address[seeking]
    )
    order = seeking[np.argsort(turn)]
    hiring = np.repeat(np.arange(len(firms)), room)
    hired = order[: len(hiring)]
    people.employer[hired] = firms.slot[hiring[: len(hired)]]
    people.idle[hired] = 0
    rest = order[len(hired) :]
    _enter(state, hiring[len(hired) :])
    people.remove(rest[people.idle[rest] > MONTHS_TO_LEAVE])


def _enter(state: RegionState, firm: Any) -> None:
    """Newcomers to the trade, hired by these firm rows."""
    if not len(firm):
        return
    p = state.scenario.block(Parameters)
    firms, month = state.firms, state.month
    ordinal = streams.ordinals(firm)
    address, home, short = newcomers(
        firms.address[firm], ordinal, month, state.key, state.homes,
        p.outside_share, p.short_contract_share,
    )  # fmt: skip
    state.people.add(
        len(firm),
        kind=EMPLOYEE,
        address=address,
        skill=firms.subsector[firm],
        language=firms.language[firm],
        home=home,
        employer=firms.slot[firm],
        short_contract=short,
    )


@njit(cache=True)
def newcomers(
    parent: Any, ordinal: Any, month: int, key: Any, homes: Any, outside: float,
    short_share: float,
) -> Any:  # fmt: skip
    """Address, home cell (-1: outside) and contract of new workers.

    Parameters
    ----------
    parent, ordinal : uint64[k], int64[k]
        Address of the firm and number of the newcomer in it.
    month, key : int, uint64
    homes : float64[n]
        Cumulated shares of homes over cells.
    outside, short_share : float
        Shares that live outside, and that hold a short contract.
    """
    n = len(parent)
    address = np.empty(n, np.uint64)
    home = np.full(n, -1, np.int32)
    short = np.zeros(n, np.bool_)
    for k in range(n):
        address[k] = streams.newborn_address(parent[k], month, ordinal[k] + 1_000_000)
        u, v = streams.uniform_pair(key, streams.POPULATION_HOME, month, address[k], 0)
        if u >= outside:
            home[k] = np.searchsorted(homes, v)
        u = streams.uniform(key, streams.POPULATION_TRAIT, month, address[k], 1)
        short[k] = u < short_share
    return address, home, short
