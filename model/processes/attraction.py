r"""What a cell is worth to a firm of each subsector, before distance and vacancy.

.. math::
    V_{s,c} = \xi_{z,s} + b_R \ln R_c + b_A \tilde A_{s,c} + b_U \tilde U_c + b_D D_c
            + b_T T_c + b_W \tilde W_c + b_H \tilde H_c + b_q q_c

The zone constants xi are inverted from the base year, never fitted with the rest
(agglomeration and constants are confounded in a cross-section). The four groups of
drivers named by Brussels media firms stand behind the terms: urbanisation (U, T),
localisation (H, xi), agglomeration (A, D, W) and perception (q) [S24, S25].
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model.parameters import calibrated, uncertain
from model.processes.state import Floats, RegionState
from model.processes.surroundings import standardised


class Parameters(NamedTuple):
    """Coefficients of a cell's utility."""

    rent: Annotated[
        float,
        calibrated(
            -1.5,
            unit="per ln EUR/m2/year",
            hard=(-8.0, 0.0),
            plausible=(-4.0, -0.3),
            source="mixed evidence on tax and rent (Houston, England, France)",
            confidence="L",
            means="b_R: dear sites are chosen less",
        ),
    ]
    own_sector: Annotated[
        float,
        calibrated(
            0.15,
            unit="per SD",
            hard=(-1.0, 2.0),
            plausible=(0.0, 0.6),
            source="0.06-0.10 of abs(b_R) up to Berlin 0.35",
            confidence="M",
            means="b_A: one's own trade nearby",
        ),
    ]
    density: Annotated[
        float,
        uncertain(
            0.15,
            unit="per SD",
            hard=(-1.0, 2.0),
            plausible=(0.0, 0.4),
            source="Koster: 10 % rent per SD",
            confidence="M",
            means="b_U: jobs of all kinds around",
        ),
    ]
    diversity: Annotated[
        float,
        uncertain(
            0.05,
            unit="per nat",
            hard=(-1.0, 2.0),
            plausible=(0.0, 0.2),
            source="Sweden: small and local",
            confidence="M",
            means="b_D: mix of subsectors within 1 km",
        ),
    ]
    transit: Annotated[
        float,
        uncertain(
            0.15,
            unit="per SD",
            hard=(-1.0, 2.0),
            plausible=(0.05, 0.4),
            source="Debrezion: 16 % near stations; small in the United States",
            confidence="M",
            means="b_T: access to transit",
        ),
    ]
    talent: Annotated[
        float,
        uncertain(
            0.10,
            unit="per SD",
            hard=(-1.0, 2.0),
            plausible=(0.0, 0.4),
            source="the labour market keeps firms (Pellenbarg)",
            confidence="L",
            means="b_W: freelancers within reach",
        ),
    ]
    anchors: Annotated[
        float,
        calibrated(
            0.15,
            unit="per SD",
            hard=(-1.0, 2.0),
            plausible=(0.0, 0.5),
            source="to be tuned to BBC Salford, 0.33-0.55 jobs per anchor job",
            confidence="M",
            means="b_H: anchors nearby",
        ),
    ]
    quality: Annotated[
        float,
        uncertain(
            0.5,
            unit="per unit of quality",
            hard=(0.0, 4.0),
            plausible=(0.0, 1.0),
            source="image explains 25 % of Amsterdam rents; level assumed",
            confidence="L",
            means="b_q: quality and image of the place",
        ),
    ]


@njit(cache=True)
def utility(constant: Any, zone: Any, own: Any, shared: Any, b_own: float) -> Any:
    """V by subsector and cell, before distance and vacancy.

    Parameters
    ----------
    constant : float64[zones, 5]
        Zone constants.
    zone : int32[n]
    own : float64[5, n], SD
        Own-sector access.
    shared : float64[n]
        Terms that all subsectors share.
    b_own : float
        Coefficient of own-sector access.

    Returns
    -------
    float64[5, n]
    """
    kinds, n = own.shape
    out = np.empty((kinds, n))
    for s in range(kinds):
        for c in range(n):
            out[s, c] = constant[zone[c], s] + b_own * own[s, c] + shared[c]
    return out


def shared_terms(state: RegionState) -> Floats:
    """Terms of utility that all subsectors share, float64[n]."""
    p = state.scenario.block(Parameters)
    cells, around, base = state.cells, state.surroundings, state.base
    terms: Floats = (
        p.rent * np.log(cells.rent)
        + p.density * standardised(around.density, base.mean[0], base.sd[0])
        + p.talent * standardised(around.talent, base.mean[1], base.sd[1])
        + p.anchors * standardised(around.anchors, base.mean[2], base.sd[2])
        + p.diversity * around.diversity
        + p.transit * cells.transit
        + p.quality * cells.quality
    )
    return terms


def apply(state: RegionState) -> None:
    """Appraise every cell for every subsector."""
    p = state.scenario.block(Parameters)
    value = utility(
        state.base.zone_constant, state.region.zone, state.surroundings.own_score,
        shared_terms(state), p.own_sector,
    )  # fmt: skip
    state.attraction = np.exp(value, out=value)
