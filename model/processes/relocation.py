r"""Stage 1 of relocation: does a firm look for another site this month?

.. math::
    p_i = q \cdot \mathrm{logistic}(a_0 - a_n \ln n - a_{age} \ln(1 + age/12)
          + a_g |\Delta_{12} \ln n| + a_x \max(0, need/S - 1) + a_G\, gap)

with q = 1 at the breaks of a Belgian 3-6-9 lease (months 36, 72, 108) and ``off_break``
otherwise. The gap is the logsum of all options minus the utility of the present site,
relative to the base year. Growth and decline, size and age matter most, the site
second (Brouwer, Mariotti & van Ommeren; de Bok & van Oort 2011); a_0 is found so that
``rate`` of the firms move in a year of the base state. Anchors move by scenario only.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import calibrated, uncertain
from model.processes import site_choice, space_market
from model.processes.journal import MOVE_REASONS
from model.processes.space_market import LEASE_BREAK
from model.processes.state import MOVER, Chooser, Floats, Integers, RegionState

GAP_LIMIT = 3.0

LEASE, SHORTAGE, CHANGE, BETTER = (
    MOVE_REASONS.index(reason)
    for reason in (
        "lease break",
        "shortage of space",
        "growth or shrinkage",
        "better site",
    )
)


class Parameters(NamedTuple):
    """The decision to move."""

    rate: Annotated[
        float,
        calibrated(
            0.06,
            unit="/year",
            hard=(0.001, 0.4),
            plausible=(0.035, 0.085),
            source="RPB 4 %, Finland 5.6-6 %, Netherlands 7.9 %",
            confidence="M",
            means="mv: firms that move in a year of the base state",
        ),
    ]
    off_break: Annotated[
        float,
        uncertain(
            0.10,
            unit="-",
            hard=(0.0, 1.0),
            plausible=(0.02, 0.4),
            source="3-6-9 lease law",
            confidence="L",
            means="q0: chance outside lease breaks relative to a break",
        ),
    ]
    size_effect: Annotated[
        float,
        uncertain(
            0.30,
            unit="per ln job",
            hard=(0.0, 2.0),
            plausible=(0.1, 0.6),
            source="sign: Dutch and Hamilton studies",
            confidence="L",
            means="a_n: larger firms move less",
        ),
    ]
    age_effect: Annotated[
        float,
        uncertain(
            0.25,
            unit="per ln year",
            hard=(0.0, 2.0),
            plausible=(0.0, 0.6),
            source="sign: Dutch and Hamilton studies",
            confidence="L",
            means="a_age: older firms move less",
        ),
    ]
    change_effect: Annotated[
        float,
        uncertain(
            1.5,
            unit="per ln",
            hard=(0.0, 6.0),
            plausible=(0.5, 3.0),
            source="Brouwer et al.; RPB: movers change 1.5-2 times as fast",
            confidence="M",
            means="a_g: growing and shrinking firms move more",
        ),
    ]
    shortage_effect: Annotated[
        float,
        uncertain(
            2.0,
            unit="-",
            hard=(0.0, 10.0),
            plausible=(0.5, 4.0),
            source="PBL Footloose; Elgar & Miller",
            confidence="L",
            means="a_x: firms short of space move more",
        ),
    ]
    gap_effect: Annotated[
        float,
        uncertain(
            0.15,
            unit="per unit of utility",
            hard=(0.0, 2.0),
            plausible=(0.0, 0.5),
            source="site factors are secondary (Dutch ordered logit)",
            confidence="L",
            means="a_G: better options elsewhere make firms move",
        ),
    ]


@njit(cache=True)
def index_without_gap(
    jobs: Any, age: Any, past_jobs: Any, space: Any, per_job: float, p: Any
) -> Any:
    """Moving index without constant and gap, and its largest reason; per firm.

    Returns
    -------
    float64[firms], int8[firms], float64[firms]
        Index, reason, and the contribution of that reason.
    """
    n = len(jobs)
    index = np.empty(n)
    reason = np.empty(n, np.int8)
    weight = np.empty(n)
    for i in range(n):
        change = 0.0
        if past_jobs[i] > 0:
            change = p.change_effect * abs(math.log(jobs[i] / past_jobs[i]))
        short = p.shortage_effect * max(0.0, jobs[i] * per_job / space[i] - 1.0)
        index[i] = change + short - p.size_effect * math.log(jobs[i])
        index[i] -= p.age_effect * math.log(1.0 + age[i] / 12.0)
        reason[i] = SHORTAGE if short >= change else CHANGE
        weight[i] = max(short, change)
    return index, reason, weight


@njit(cache=True)
def lease_factor(lease: int, p: Any) -> float:
    """Q: 1 at a break of the lease, ``off_break`` between breaks."""
    if lease > 0 and lease % LEASE_BREAK == 0:
        return 1.0
    factor: float = p.off_break
    return factor


@njit(cache=True)
def logistic(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True)
def candidates(
    index: Any, constant: float, lease: Any, anchor: Any, address: Any, key: Any,
    month: int, p: Any,
) -> Any:  # fmt: skip
    """Rows of firms that would move if the gap were at its limit.

    The rest cannot move whatever their gap: this spares the costly logsum.
    """
    out = []
    for i in range(len(index)):
        if anchor[i]:
            continue
        u = streams.uniform(key, streams.MOVE, month, address[i], 0)
        highest = logistic(constant + index[i] + p.gap_effect * GAP_LIMIT)
        if u < lease_factor(lease[i], p) * highest:
            out.append(i)
    return np.array(out, np.int64)


@njit(cache=True)
def deciding(
    rows: Any, index: Any, gap: Any, constant: float, lease: Any, address: Any,
    key: Any, month: int, p: Any,
) -> Any:  # fmt: skip
    """Which of the candidates move, bool[candidates]."""
    out = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        u = streams.uniform(key, streams.MOVE, month, address[i], 0)
        chance = logistic(constant + index[i] + p.gap_effect * gap[k])
        out[k] = u < lease_factor(lease[i], p) * chance
    return out


def apply(state: RegionState) -> None:
    """Queue the firms that look for another site."""
    p = state.scenario.block(Parameters)
    firms, base = state.firms, state.base
    per_job = space_market.space_per_job(state)
    index, reason, weight = index_without_gap(
        firms.jobs, firms.age, firms.past_jobs[:, (state.month + 1) % 12],
        firms.space, per_job, p,
    )  # fmt: skip
    rows = candidates(
        index, base.move_constant, firms.lease, firms.anchor, firms.address,
        state.key, state.month, p,
    )  # fmt: skip
    if not len(rows):
        return
    gap = gaps(state, rows, per_job)
    moving = deciding(
        rows, index, gap, base.move_constant, firms.lease, firms.address,
        state.key, state.month, p,
    )  # fmt: skip
    better = p.gap_effect * gap > np.maximum(weight[rows], 0.25)
    at_break = (firms.lease[rows] % LEASE_BREAK == 0) & (weight[rows] < 0.25)
    why = np.where(better, BETTER, np.where(at_break, LEASE, reason[rows]))
    rows, why = rows[moving], why[moving]
    state.choosers.append(
        Chooser(
            kind=np.full(len(rows), MOVER, np.int8),
            row=rows,
            address=firms.address[rows],
            subsector=firms.subsector[rows],
            jobs=firms.jobs[rows],
            origin=firms.cell[rows],
            partners=firms.partners[rows],
            need=firms.jobs[rows] * per_job,
            language=firms.language[rows],
            reason=why.astype(np.int8),
        )
    )


def gaps(state: RegionState, rows: Integers, per_job: float) -> Floats:
    """Logsum of options minus utility of the present site, relative to the base."""
    own_jobs = state.firms.past_jobs[:, state.month % 12]
    gap = site_choice.raw_gaps(state, rows, per_job, own_jobs)
    centred = gap - state.base.gap_mean[state.firms.subsector[rows]]
    limited: Floats = np.clip(centred, -GAP_LIMIT, GAP_LIMIT)
    return limited
