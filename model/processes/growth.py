r"""Firms grow and shrink.

.. math::
    \Delta \ln n_i = [\mu + \eta_K k_i + \eta_A \tilde A_{s,c}] / 12 + \epsilon_i

The noise comes in lumps, f = 2 a year on average, each Laplace with scale
:math:`\sigma_0 n^{-\beta} / \sqrt{f}`: monthly Laplace noise would add up to a normal
yearly rate, while yearly rates of firms are tent-shaped (Stanley et al.; Bottazzi &
Secchi) with a volatility that falls as about size^-0.2. The mean of the exponential is
taken out, so that noise moves no expectation. Jobs are the rounded latent size, at
least one. Anchors change by scenario only.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.parameters import fixed, uncertain
from model.processes.state import RegionState

SMALLEST = 0.5  # latent size, FTE


class Parameters(NamedTuple):
    """Growth of firms."""

    trend: Annotated[
        float,
        uncertain(
            -0.005,
            unit="/year",
            hard=(-0.2, 0.2),
            plausible=(-0.02, 0.015),
            source="16,649 to 16,169 workers in 2011-15 [S02]",
            confidence="M",
            means="trend of all media jobs outside the anchors",
        ),
    ]
    volatility: Annotated[
        float,
        uncertain(
            0.30,
            unit="-",
            hard=(0.0, 0.8),
            plausible=(0.2, 0.5),
            source="Laplace form; level assumed",
            confidence="L",
            means="scale of yearly log growth at one job",
        ),
    ]
    size_exponent: Annotated[
        float,
        uncertain(
            0.2,
            unit="-",
            hard=(0.0, 1.0),
            plausible=(0.14, 0.25),
            source="size-variance law of firm growth",
            confidence="M",
            means="beta: volatility falls as size^-beta",
        ),
    ]
    changes_per_year: Annotated[
        float,
        fixed(
            2.0,
            unit="/year",
            hard=(1.0, 12.0),
            source="assumption: makes yearly growth tent-shaped (fact 6)",
            confidence="L",
            means="times a year that a firm's size changes",
        ),
    ]
    knowledge_effect: Annotated[
        float,
        uncertain(
            0.01,
            unit="/year per SD",
            hard=(0.0, 0.2),
            plausible=(0.0, 0.03),
            source="weakly identified; results are shown at 0 too",
            confidence="L",
            means="eta_K: growth by knowledge of the firm",
        ),
    ]
    access_effect: Annotated[
        float,
        uncertain(
            0.005,
            unit="/year per SD",
            hard=(0.0, 0.2),
            plausible=(0.0, 0.02),
            source="Ahlfeldt et al. 2015: elasticity 0.071",
            confidence="L",
            means="eta_A: growth by own-sector access",
        ),
    ]


@njit(cache=True)
def lump_scale(size: float, p: Any) -> float:
    """Laplace scale of one change of a firm of this size."""
    scale: float = p.volatility * max(size, 1.0) ** -p.size_exponent
    return scale / math.sqrt(p.changes_per_year)


@njit(cache=True)
def grow(
    size: Any, jobs: Any, anchor: Any, address: Any, access: Any, knowledge: Any,
    drift: float, key: Any, month: int, p: Any,
) -> None:  # fmt: skip
    """One month of growth, in place.

    Parameters
    ----------
    size, jobs : float64[firms], int32[firms]
        Latent size (FTE) and jobs; changed.
    anchor, address, access, knowledge : arrays[firms]
        Flag, address, own-sector access (SD), knowledge (SD).
    drift : float, /year
        Expected growth of a firm with mean access and knowledge.
    key, month : uint64, int
        Address of the draws.
    p : Parameters
    """
    chance = p.changes_per_year / 12.0
    for i in range(len(size)):
        if anchor[i]:
            continue
        mean = drift + p.knowledge_effect * knowledge[i] + p.access_effect * access[i]
        step = mean / 12.0
        scale = lump_scale(size[i], p)
        if scale > 0.0:
            step -= math.log(1.0 - chance + chance / (1.0 - scale * scale))
            u, v = streams.uniform_pair(key, streams.GROWTH, month, address[i], 0)
            if u < chance:
                step += scale * streams.laplace(v)
        size[i] = max(SMALLEST, size[i] * math.exp(step))
        jobs[i] = max(1, math.floor(size[i] + 0.5))


def apply(state: RegionState) -> None:
    """Remember last year's jobs, then let firms grow; everybody ages a month."""
    p = state.scenario.block(Parameters)
    firms, base = state.firms, state.base
    firms.past_jobs[:, state.month % 12] = firms.jobs
    grow(
        firms.size, firms.jobs, firms.anchor, firms.address,
        state.surroundings.firm_score, firms.knowledge, base.drift, state.key,
        state.month, p,
    )  # fmt: skip
    firms.age[:] += 1
    firms.lease[:] += 1


@njit(cache=True)
def jobs_a_year_before(jobs: Any, anchor: Any, address: Any, key: Any, p: Any) -> Any:
    """Jobs of the base year's firms twelve months earlier, by the law of growth."""
    out = jobs.astype(np.int32)
    for i in range(len(jobs)):
        if not anchor[i]:
            u = streams.uniform(key, streams.GROWTH, 0, address[i], 0)
            scale = p.volatility * max(jobs[i], 1.0) ** -p.size_exponent
            out[i] = max(1, round(jobs[i] * math.exp(scale * streams.laplace(u))))
    return out
