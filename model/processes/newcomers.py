"""Who enters the trade: address, home, age, contract and knowledge of a newcomer.

All of it is synthetic. Homes follow residents; knowledge is drawn evenly from 0 to 10
points in each category, up to 20 in one's own trade, and one in thirty is an expert
with 10 more (the set-up of Cowan & Jonard 2004, on a scale of 0 to 30).
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.columns import Table
from model.parameters import fixed, uncertain
from model.processes.society import AT_CLIENT, CATEGORIES
from model.processes.state import EMPLOYEE, FREELANCER, Floats, Integers, RegionState

EVERYDAY, EXPERT, EXPERTS = 10.0, 10.0, 1 / 30  # points, points, share; assumed
ENTRY_AGES = (22.0, 24.0, 40.0)  # years: youngest, likeliest, oldest; assumed
LEAVING_AGE = 65.0  # years; those of the base year are anywhere on the way there


class Parameters(NamedTuple):
    """Who the workers on a payroll are."""

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
    newcomer_share: Annotated[
        float,
        uncertain(
            0.4,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.3, 0.55),
            source="assumption: more than retirement leaves, so that some find no job",
            confidence="L",
            means="vacancies that go to newcomers to the trade",
        ),
    ]


@njit(cache=True)
def addresses(parent: Any, ordinal: Any, month: int) -> Any:
    """Addresses of newcomers by what they come from and their number there."""
    out = np.empty(len(parent), np.uint64)
    for k in range(len(parent)):
        out[k] = streams.newborn_address(parent[k], month, ordinal[k] + 1_000_000)
    return out


@njit(cache=True)
def traits(
    address: Any, skill: Any, month: int, key: Any, homes: Any, outside: float,
    short_share: float, settled: bool,
) -> Any:  # fmt: skip
    """Home cell (-1: outside), contract, age and knowledge of new workers.

    Parameters
    ----------
    address, skill : uint64[k], int8[k]
        Address and own trade.
    month, key : int, uint64
    homes : float64[n]
        Cumulated shares of homes over cells.
    outside, short_share : float
        Shares that live outside, and that hold a short contract.
    settled : bool
        They entered long ago, any time since: a stationary age, as in the base year.
    """
    n = len(address)
    home = np.full(n, -1, np.int32)
    short = np.zeros(n, np.bool_)
    age = np.empty(n, np.int32)
    knowledge = np.empty((n, CATEGORIES), np.float32)
    for k in range(n):
        u, v = streams.uniform_pair(key, streams.POPULATION_HOME, month, address[k], 0)
        if u >= outside:
            home[k] = np.searchsorted(homes, v)
        u = streams.uniform(key, streams.POPULATION_TRAIT, month, address[k], 1)
        short[k] = u < short_share
        u, v = streams.uniform_pair(
            key, streams.POPULATION_BIRTHDAY, month, address[k], 0
        )
        years = streams.triangular(u, *ENTRY_AGES)
        if settled:
            years += v * (LEAVING_AGE - years)
        age[k] = int(12.0 * years)
        for c in range(CATEGORIES):
            u, v = streams.uniform_pair(
                key, streams.POPULATION_KNOWLEDGE, month, address[k], c
            )
            knowledge[k, c] = EVERYDAY * u
            if c == skill[k]:
                knowledge[k, c] += EVERYDAY * v
                u = streams.uniform(
                    key, streams.POPULATION_KNOWLEDGE, month, address[k], CATEGORIES
                )
                if u < EXPERTS:
                    knowledge[k, c] += EXPERT
    return home, short, age, knowledge


class Newcomers(NamedTuple):
    """Newcomers of one kind; arrays have one entry each.

    Attributes
    ----------
    kind : int
        ``EMPLOYEE`` or ``FREELANCER``.
    address : uint64[k]
    skill, language : int8[k]
    employer : int64[k], slots
        -1 if nobody employs them.
    outside_share, short_contract_share : float
        Shares that live outside the Region, and that hold a short contract.
    settled : bool
        They entered long ago: ages of the base year.
    """

    kind: int
    address: Any
    skill: Any
    language: Any
    employer: Any
    outside_share: float
    short_contract_share: float
    settled: bool


def add(
    people: Table, new: Newcomers, key: np.uint64, month: int, homes: Floats,
    now: int,
) -> slice:  # fmt: skip
    """Add newcomers to the trade.

    Parameters
    ----------
    people : Table
    new : Newcomers
    key, month : uint64, int
        Address of the draws; month 0 for the base year.
    homes : float64[n]
        Cumulated shares of homes over cells.
    now : int
        Month from which their age is counted.

    Returns
    -------
    slice
        Their rows.
    """
    home, short, age, knowledge = traits(
        new.address, new.skill, month, key, homes, new.outside_share,
        new.short_contract_share, new.settled,
    )  # fmt: skip
    return people.add(
        len(new.address),
        kind=new.kind,
        address=new.address,
        skill=new.skill,
        language=new.language,
        home=home,
        employer=new.employer,
        short_contract=short,
        born=now - age,
        knowledge=knowledge,
        own_month=new.address % np.uint64(12),
        sociability=streams.normals(key, streams.SOCIABILITY, 0, new.address),
        works_at=AT_CLIENT,
        work=-1,
        clients=-1,
    )


def staff(firms: Table, firm: Integers, month: int, p: Parameters) -> Newcomers:
    """Newcomers on the payroll of these firm rows, which stand together."""
    parent = firms.address[firm]
    return Newcomers(
        kind=EMPLOYEE,
        address=addresses(parent, streams.ordinals(parent), month),
        skill=firms.subsector[firm],
        language=firms.language[firm],
        employer=firms.slot[firm],
        outside_share=p.outside_share,
        short_contract_share=p.short_contract_share,
        settled=month == 0,
    )


def self_employed(
    firms: Table, parent: np.uint64, count: int, key: np.uint64, month: int,
    outside: float,
) -> Newcomers:  # fmt: skip
    """Newcomers who work for themselves; trade and language as a random job's."""
    address = addresses(np.full(count, parent, np.uint64), np.arange(count), month)
    cumulated = np.cumsum(firms.jobs)
    u = streams.uniforms(key, streams.POPULATION_TRAIT, month, address)
    like = np.searchsorted(cumulated, u * cumulated[-1])
    return Newcomers(
        kind=FREELANCER,
        address=address,
        skill=firms.subsector[like],
        language=firms.language[like],
        employer=np.full(count, -1),
        outside_share=outside,
        short_contract_share=0.0,
        settled=month == 0,
    )


def hire(state: RegionState, firm: Integers) -> None:
    """Newcomers to the trade, hired by these firm rows."""
    if len(firm):
        p = state.scenario.block(Parameters)
        new = staff(state.firms, firm, state.month, p)
        add(state.people, new, state.key, state.month, state.homes, state.month)
