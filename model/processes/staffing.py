"""Firms' jobs become people: hiring from those without a job, or laying off.

Each firm's employees are brought to its number of jobs. Seekers stand on a circle that
is dealt anew each month; a vacancy takes the next of them after a point of its own, so
that one vacancy more moves few others. Where nobody is left, a newcomer enters the
trade, and a share of vacancies goes to newcomers anyway: firms do not only hire the
unemployed. After a year without a job a worker leaves it. Nobody's home or skill
matters for who is hired on a payroll: the choice of people belongs to projects.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from model import streams
from model.processes import newcomers
from model.processes.state import EMPLOYEE, RegionState

MONTHS_TO_LEAVE = 12


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


@njit(cache=True)
def match(
    point: Any, firm: Any, address: Any, newcomers: float, key: Any, month: int
) -> Any:
    """Seeker that each vacancy takes, -1 where it goes to a newcomer.

    Parameters
    ----------
    point : float64[seekers], 0-1
        Their places on the circle, ascending.
    firm : int64[vacancies]
        Rows of firms; those of one firm stand together.
    address : uint64[firms]
    newcomers : float, share
        Vacancies that go to newcomers whoever looks for a job.

    Returns
    -------
    int64[vacancies]
        Index in ``point``.
    """
    n = len(point)
    following = np.arange(n + 1)  # the next who is free, from here on; n: start again
    out = np.full(len(firm), -1, np.int64)
    ordinal, left = 0, n
    for v in range(len(firm)):
        ordinal = ordinal + 1 if v > 0 and firm[v] == firm[v - 1] else 0
        u, new = streams.uniform_pair(
            key, streams.HIRING, month, address[firm[v]], 1 + ordinal
        )
        if new < newcomers or left == 0:
            continue
        left -= 1
        at: Any = np.searchsorted(point, u)
        for _ in range(2):
            last = at
            while following[last] != last:
                last = following[last]
            while following[at] != last:  # shorten the way for those to come
                following[at], at = last, following[at]
            if last < n:
                break
            at = 0
        out[v] = last
        following[last] = last + 1
    return out


def apply(state: RegionState) -> None:
    """Bring every firm's staff to its number of jobs."""
    people, firms = state.people, state.firms
    seeking, room = balance(
        people.kind, people.employer, people.idle, firms.row_of, firms.jobs
    )
    point = streams.uniforms(
        state.key, streams.HIRING, state.month, people.address[seeking]
    )
    order = np.argsort(point)
    seeking = seeking[order]
    vacancy = np.repeat(np.arange(len(firms)), room)
    share = state.scenario.block(newcomers.Parameters).newcomer_share
    found = match(point[order], vacancy, firms.address, share, state.key, state.month)
    filled = found >= 0
    hired = seeking[found[filled]]
    people.employer[hired] = firms.slot[vacancy[filled]]
    people.idle[hired] = 0
    newcomers.hire(state, vacancy[~filled])
    people.leaving[seeking] = people.idle[seeking] > MONTHS_TO_LEAVE
