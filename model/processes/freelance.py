r"""Freelancers' accounts, and the ways in and out of freelancing.

Booked days are worked, at most 20 a month. Savings, in months of living cost, change by

.. math:: \Delta m_j = paid\ days \cdot fee_j / living\ cost - 1

and hold at most a year. A freelancer leaves the trade with chance
:math:`e_0 + e_1 1[m_j < 0\ for\ 6\ months]`; looks for a job on a payroll with chance
``to_job`` while savings are below zero. Those laid off and those who graduate in media
go freelance with one chance, :math:`\nu`, found in the burn-in so that the number of
freelancers is stationary; employees also leave by themselves (``to_freelance``), once
a year at most. The published growth of the self-employed (+193 % in 2011-15) is no
steady state and is not carried on [S02].
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import fixed, uncertain
from model.processes import newcomers
from model.processes.hiring_kernels import MAX_DAYS
from model.processes.society import AT_CLIENT
from model.processes.state import EMPLOYEE, FREELANCER, Integers, RegionState

GRADUATES = streams.named_address("graduates in media")
MOST_SAVINGS = 12.0  # months; beyond it people spend; assumed
PATIENCE = 6  # months with savings below zero before a freelancer gives up
YEAR = 12.0


class Parameters(NamedTuple):
    """Freelancers' numbers, work and money."""

    number: Annotated[
        float,
        fixed(
            1344,
            unit="persons",
            hard=(0, 20000),
            source="self-employed of December 2015 [S02]",
            confidence="H",
            means="self-employed media workers of the base year",
            integer=True,
        ),
    ]
    outside_share: Annotated[
        float,
        uncertain(
            0.25,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.1, 0.5),
            source="assumption: below the 49.5 % of all jobs",
            confidence="L",
            means="freelancers who live outside the Region",
        ),
    ]
    paid_days: Annotated[
        float,
        uncertain(
            11.9,
            unit="days/month",
            hard=(1.0, 20.0),
            plausible=(9.7, 16.2),
            source="Dutch media freelancers 2017: 22 paid hours a week",
            confidence="M",
            means="hp: days that a freelancer is paid for in the base state",
        ),
    ]
    fee: Annotated[
        float,
        uncertain(
            167.0,
            unit="EUR/day",
            hard=(20.0, 2000.0),
            plausible=(130.0, 210.0),
            source="derived: net 1,983 EUR/month, journalists 2018 [S126], by days",
            confidence="M",
            means="mean net fee of a day",
        ),
    ]
    fee_spread: Annotated[
        float,
        uncertain(
            0.40,
            unit="-",
            hard=(0.0, 1.5),
            plausible=(0.2, 0.6),
            source="assumption; incomes are skewed to the right",
            confidence="L",
            means="standard deviation of ln fee between freelancers",
        ),
    ]
    living_cost: Annotated[
        float,
        uncertain(
            1850.0,
            unit="EUR/month",
            hard=(300.0, 10000.0),
            plausible=(1500.0, 2100.0),
            source="assumption, set so that 30-50 % are short (Dutch surveys: 40 %)",
            confidence="L",
            means="what a month of living costs",
        ),
    ]
    exit: Annotated[
        float,
        uncertain(
            0.010,
            unit="/month",
            hard=(0.0, 0.2),
            plausible=(0.007, 0.018),
            source="closing of firms as a floor",
            confidence="L",
            means="e0: chance to leave the trade",
        ),
    ]
    exit_if_short: Annotated[
        float,
        uncertain(
            0.03,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.01, 0.08),
            source="assumption",
            confidence="L",
            means="e1: the same, besides, after half a year without savings",
        ),
    ]
    to_job: Annotated[
        float,
        uncertain(
            0.02,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.005, 0.05),
            source="assumption; artists switch in and out often",
            confidence="L",
            means="chance to look for a job while savings are below zero",
        ),
    ]
    to_freelance: Annotated[
        float,
        uncertain(
            0.004,
            unit="/year",
            hard=(0.0, 0.3),
            plausible=(0.001, 0.01),
            source="assumption; artists switch in and out often",
            confidence="L",
            means="chance that an employee goes freelance",
        ),
    ]
    graduates: Annotated[
        float,
        fixed(
            600,
            unit="persons/year",
            hard=(0, 20000),
            source="derived: a fifth of IHECS's 3,000 students [S85]; others left out",
            confidence="L",
            means="graduates in media who look for work",
        ),
    ]


class Accounts(NamedTuple):
    """Columns that an account is made of; changed by :func:`settle`."""

    booked: Any
    fee: Any
    paid_days: Any
    income: Any
    buffer: Any
    short: Any


@njit(cache=True)
def settle(accounts: Any, rows: Any, living_cost: float) -> float:
    """Work the booked days, draw the fee, live; the days worked by all of them."""
    total = 0.0
    for j in rows:
        days = min(accounts.booked[j], MAX_DAYS)
        accounts.booked[j] -= days
        income = days * accounts.fee[j]
        accounts.paid_days[j] += (days - accounts.paid_days[j]) / YEAR
        accounts.income[j] += (income - accounts.income[j]) / YEAR
        saved = accounts.buffer[j] + income / living_cost - 1.0
        accounts.buffer[j] = min(max(saved, -MOST_SAVINGS), MOST_SAVINGS)
        accounts.short[j] = accounts.short[j] + 1 if accounts.buffer[j] < 0.0 else 0
        total += days
    return total


@njit(cache=True)
def fees(address: Any, key: Any, mean: float, spread: float) -> Any:
    """Net fee of a day, log-normal about its mean; float64[people], EUR/day."""
    z = streams.normals(key, streams.FEE, 0, address)
    return mean * np.exp(spread * z - 0.5 * spread * spread)


def go_freelance(state: RegionState, rows: Integers) -> None:
    """People begin as freelancers: three months saved, a mean income expected."""
    p = state.scenario.block(Parameters)
    people = state.people
    people.turn(rows, FREELANCER)
    people.employer[rows] = people.work[rows] = -1
    people.works_at[rows] = AT_CLIENT
    people.idle[rows] = 0
    people.short_contract[rows] = False
    fee = fees(people.address[rows], state.key, p.fee, p.fee_spread)
    people.fee[rows] = fee
    people.paid_days[rows] = p.paid_days
    people.income[rows] = p.paid_days * fee
    people.buffer[rows] = 3.0
    people.short[rows] = 0
    people.booked[rows] = 0.0
    people.clients[rows] = -1
    people.client_ties[rows] = 0.0


def apply(state: RegionState) -> None:
    """Settle accounts; let people leave, look for a job, and go freelance."""
    p = state.scenario.block(Parameters)
    people, tally = state.people, state.tally
    rows = people.of_kind(FREELANCER)
    accounts = Accounts(**{name: people[name] for name in Accounts._fields})
    tally.paid_days += settle(accounts, rows, p.living_cost)
    fresh = beginners(state, p)
    leaves, seeks = ends(
        rows, people.leaving, people.short, people.buffer, people.address, state.key,
        state.month, p,
    )  # fmt: skip
    people.turn(seeks, EMPLOYEE)
    people.idle[seeks] = 0
    people.leaving[leaves] = True
    fresh = np.concatenate([fresh, graduates(state, p, len(fresh))])
    go_freelance(state, fresh)
    tally.left_freelance += len(leaves) + len(seeks)
    tally.went_freelance += len(fresh)


@njit(cache=True)
def ends(
    rows: Any, leaving: Any, short: Any, buffer: Any, address: Any, key: Any,
    month: int, p: Any,
) -> Any:  # fmt: skip
    """Rows of freelancers who leave the trade, and of those who look for a job."""
    leaves, seeks = [-1], [-1]
    for j in rows:
        if leaving[j]:
            continue
        chance = p.exit + (p.exit_if_short if short[j] >= PATIENCE else 0.0)
        u = streams.uniform(key, streams.FREELANCE_EXIT, month, address[j], 0)
        if u < chance:
            leaves.append(j)
        elif buffer[j] < 0.0:
            u = streams.uniform(key, streams.FREELANCE_EXIT, month, address[j], 1)
            if u < p.to_job:
                seeks.append(j)
    return np.array(leaves)[1:], np.array(seeks)[1:]


@njit(cache=True)
def asked(
    kind: Any, employer: Any, idle: Any, own_month: Any, address: Any, key: Any,
    month: int, willing: float, entry: float,
) -> Any:  # fmt: skip
    """Rows of employees who go freelance, and the number of those just laid off.

    Those at work are asked in one month of the year, with chance ``willing``; those
    just laid off at once, with chance ``entry``, and stand last.
    """
    from_work, laid_off, count = [-1], [-1], 0
    for j in range(len(kind)):
        if kind[j] != EMPLOYEE:
            continue
        if employer[j] >= 0:
            if own_month[j] == month % 12:
                u = streams.uniform(key, streams.SWITCH, month, address[j], 0)
                if u < willing:
                    from_work.append(j)
        elif idle[j] == 1:
            count += 1
            u = streams.uniform(key, streams.SWITCH, month, address[j], 1)
            if u < entry:
                laid_off.append(j)
    return np.array(from_work[1:] + laid_off[1:], np.int64), count


def beginners(state: RegionState, p: Parameters) -> Integers:
    """Rows of employees, with or without a job, who go freelance this month."""
    people = state.people
    rows: Integers
    rows, laid_off = asked(
        people.kind, people.employer, people.idle, people.own_month, people.address,
        state.key, state.month, p.to_freelance, state.base.freelance_entry,
    )  # fmt: skip
    state.tally.laid_off += laid_off
    return rows


def graduates(state: RegionState, p: Parameters, others: int) -> Integers:
    """Rows of graduates who begin as freelancers.

    In the burn-in they are as many as are missing beside ``others`` who begin.
    """
    people, base, month = state.people, state.base, state.month
    if state.frozen:
        there = len(people.of_kind(FREELANCER)) + others
        count = max(0, base.freelancers - there)
        state.tally.replaced += count
    else:
        u = streams.uniform(state.key, streams.FREELANCE_ENTRY, month, GRADUATES, 0)
        scale = base.freelancers / max(1.0, p.number)
        count = streams.poisson(u, base.freelance_entry * p.graduates * scale / 12.0)
    if not count:
        return np.zeros(0, np.int64)
    new = newcomers.self_employed(
        state.firms, GRADUATES, count, state.key, month, p.outside_share
    )
    rows = newcomers.add(people, new, state.key, month, state.homes, month)
    return np.arange(rows.start, rows.stop)


def entry_chance(state: RegionState, missing: float, laid_off: float) -> float:
    """nu: chance to go freelance of those laid off and of graduates.

    Parameters
    ----------
    missing, laid_off : float, persons/month
        Freelancers to be replaced, and employees laid off, at the end of the burn-in.
    """
    p = state.scenario.block(Parameters)
    scale = state.base.freelancers / max(1.0, p.number)
    return min(1.0, missing / max(1.0, laid_off + p.graduates * scale / 12.0))
