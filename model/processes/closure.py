r"""Firms close.

.. math::
    p_i = \mathrm{logistic}(x_0 + x_1 1[first\ year] - x_2 \ln (n_i / n_0)
          + x_3 (\tilde A_i - A_0))

x_0 and x_1 are set so that starters close at ``first_year`` and then at ``later`` a
month on average. Of the Brussels starters of 2018, who met Covid, 89.0, 81.4, 74.6,
67.5 and 61.5 % were alive after one to five years (Statbel); of those of 2012, who did
not, 67.1 % after five [S94]. The hazards are those of 2018 times 0.91, at which the
mean of both, 64.3 %, is alive after five years. n_0 and A_0 are size and access of
starters in their first five years, as runs to 2022 show them. Survival rises with staff
(Statbel); crowding by one's own trade within a mile kills (Texas high-tech firms).
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import uncertain
from model.processes.journal import MOVE_KINDS, MOVE_REASONS
from model.processes.state import RegionState

REFERENCE_JOBS = 1.5  # n_0: starters are born with 1.4 on average; survivors grow
REFERENCE_ACCESS = 1.2  # A_0, SD: firms sit where their trade is, cells on average not


class Parameters(NamedTuple):
    """Closing of firms."""

    first_year: Annotated[
        float,
        uncertain(
            0.0088,
            unit="/month",
            hard=(0.0001, 0.1),
            plausible=(0.007, 0.013),
            source="Statbel, Brussels starters of 2012 and 2018; screen firms 9-11 %",
            confidence="H",
            means="chance of closing of starters, under a year old",
        ),
    ]
    later: Annotated[
        float,
        uncertain(
            0.0068,
            unit="/month",
            hard=(0.0001, 0.1),
            plausible=(0.005, 0.010),
            source="Statbel, survival of Brussels starters of 2012 and 2018 [S94]",
            confidence="H",
            means="chance of closing of starters, older",
        ),
    ]
    size_effect: Annotated[
        float,
        uncertain(
            0.5,
            unit="per ln job",
            hard=(0.0, 3.0),
            plausible=(0.2, 1.0),
            source="Statbel: survival rises with staff; size of effect assumed",
            confidence="L",
            means="x2: larger firms close less",
        ),
    ]
    crowding_effect: Annotated[
        float,
        uncertain(
            0.05,
            unit="per SD",
            hard=(-1.0, 1.0),
            plausible=(-0.1, 0.2),
            source="Texas high-tech firms, neighbours within a mile",
            confidence="L",
            means="x3: own trade nearby makes firms close more",
        ),
    ]


@njit(cache=True)
def chances(jobs: Any, age: Any, anchor: Any, access: Any, p: Any) -> Any:
    """Monthly chance of closing, float64[firms]; anchors never close by chance."""
    out = np.zeros(len(jobs))
    base = math.log(p.later / (1.0 - p.later))
    young = math.log(p.first_year / (1.0 - p.first_year)) - base
    for i in range(len(jobs)):
        if not anchor[i]:
            score = base + p.crowding_effect * (access[i] - REFERENCE_ACCESS)
            score -= p.size_effect * math.log(jobs[i] / REFERENCE_JOBS)
            if age[i] <= 12:
                score += young
            out[i] = 1.0 / (1.0 + math.exp(-score))
    return out


@njit(cache=True)
def closing(chance: Any, address: Any, key: Any, month: int) -> Any:
    """Which firms close this month, bool[firms]."""
    out = np.zeros(len(chance), np.bool_)
    for i in range(len(chance)):
        u = streams.uniform(key, streams.CLOSURE, month, address[i], 0)
        out[i] = u < chance[i]
    return out


def apply(state: RegionState) -> None:
    """Close firms; their floor space is free and their staff look for work."""
    p = state.scenario.block(Parameters)
    firms = state.firms
    score = state.surroundings.firm_score
    chance = chances(firms.jobs, firms.age, firms.anchor, score, p)
    gone = np.flatnonzero(closing(chance, firms.address, state.key, state.month))
    if not len(gone):
        return
    np.subtract.at(state.cells.media, firms.cell[gone], firms.space[gone])
    state.journal.write(
        state.month,
        kind=MOVE_KINDS.index("closure"),
        reason=MOVE_REASONS.index("closure"),
        address=firms.address[gone],
        name=firms.name[gone],
        subsector=firms.subsector[gone],
        jobs=firms.jobs[gone],
        space=firms.space[gone],
        from_cell=firms.cell[gone],
        to_cell=-1,
    )
    firms.remove(gone)
