r"""Stage 2 of relocation: movers and new firms choose a cell, or the world outside.

.. math::
    V_{ic} = V_{s,c} + \ln(vacant_c) + b_R \ln(1 - \sigma_c) + b_N netprox_{ic}
             - \gamma \ln(1 + d_{c,0}/d_0)

over all cells with room (vacant >= need). d_{c,0} is the way from the present site, the
parent's or the founder's home; netprox the mean nearness of the firm's three partners,
in deviations of the base year. A mover's own jobs are left out of the access to its
trade. The nest "region" stands against the outside node O with logsum parameter
lambda_O:

.. math::
    U_{region} = \lambda_O \max_c (V_{ic} + g_{ic}) + \eta_i, \quad
    U_O = V_O + g_{iO}

where g is the firm's own Gumbel error for that cell and eta the shared error of the
nest (``streams.nest_error``). Its probabilities are the nested logit
exp(lambda_O LS) / (exp(lambda_O LS) + exp(V_O)), but every error has an address:
a policy elsewhere can draw a firm to the places it touched and to no other.

The full set of cells is used, not a sample of 50: with an exponential race
(argmin e/w, e = -ln u, the same as argmax V + Gumbel) one choice costs 30
microseconds, and sampling would only add noise to paired differences. Firms choose
one after the other in a keyed random order; capacity is never exceeded, and demand
that found its best site full is recorded there as unmet. A firm may move within its
own cell of 250 m.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model import streams
from model.geography import Region
from model.parameters import calibrated, uncertain
from model.processes import attraction, surroundings
from model.processes.choice_kernels import (
    OUTSIDE,
    STUCK,
    Offer,
    choose,
    gap_kernel,
)
from model.processes.state import (
    ARRIVER,
    MOVER,
    ORIGINS,
    Chooser,
    Floats,
    Integers,
    RegionState,
)

SPIN_OFF, START_UP, ARRIVAL = (
    ORIGINS.index(origin) for origin in ("spin-off", "start-up", "arrival")
)


class Parameters(NamedTuple):
    """Distance, partners and the outside node."""

    keep: Annotated[
        float,
        calibrated(
            1.5,
            unit="-",
            hard=(0.0, 6.0),
            plausible=(1.2, 3.0),
            source="move distances of Finland, California, London",
            confidence="M",
            means="gamma: firms stay near their present site",
        ),
    ]
    keep_km: Annotated[
        float,
        uncertain(
            0.5,
            unit="km",
            hard=(0.05, 5.0),
            plausible=(0.25, 1.0),
            source="move distances; scale assumed",
            confidence="L",
            means="d_0: scale of the keep factor",
        ),
    ]
    partners: Annotated[
        float,
        uncertain(
            0.2,
            unit="per SD",
            hard=(-1.0, 3.0),
            plausible=(0.0, 0.6),
            source="to come from the survey",
            confidence="L",
            means="b_N: nearness to the firm's partners",
        ),
    ]
    region_nest: Annotated[
        float,
        calibrated(
            0.3,
            unit="-",
            hard=(0.0, 1.0),
            plausible=(0.0, 1.0),
            source="zero-sum (0) to positive-sum (1); varied in every comparison",
            confidence="L",
            means="lambda_O: how much better sites win firms from outside",
        ),
    ]
    outside_share: Annotated[
        float,
        uncertain(
            0.08,
            unit="share",
            hard=(0.001, 0.9),
            plausible=(0.04, 0.20),
            source="6 % of Dutch moves; Brussels information firms about 5 % [S88]",
            confidence="M",
            means="V_O: movers that leave the Region, base year",
        ),
    ]


def offer_of(state: RegionState) -> Offer:
    """What the region offers to choosing firms this month."""
    p = state.scenario.block(Parameters)
    b = state.scenario.block(attraction.Parameters)
    ranges = state.scenario.block(surroundings.Parameters)
    region, cells, base = state.region, state.cells, state.base
    tables = surroundings.tables_of(region, ranges)
    width = 2 * region.cols - 1
    keep, partner = choice_tables(region, p, ranges, base.partner_sd)
    return Offer(
        attraction=state.attraction,
        own=state.surroundings.own,
        own_power=b.own_sector / base.own_sd,
        rent=cells.rent,
        subsidised=np.flatnonzero(cells.subsidy > 0.0),
        subsidy=cells.subsidy,
        subsidy_max_jobs=cells.subsidy_max_jobs,
        subsidy_open=cells.subsidy_open,
        rent_power=b.rent,
        stock=cells.stock,
        background=cells.background,
        media=cells.media,
        closed=cells.closed,
        place=surroundings.places(region),
        stretch=surroundings.stretches(region),
        centre=np.uint64((region.rows - 1) * width + region.cols - 1),
        keep=keep,
        own_weight=tables.own.ravel(),
        partner=partner,
    )


@lru_cache(maxsize=8)
def choice_tables(
    region: Region, p: Parameters, ranges: surroundings.Parameters, partner_sd: float
) -> tuple[Floats, Floats]:
    """Keep factor, and factor of one of three partners, by offset of cells; flat."""
    distances = surroundings.offset_distances(region)
    keep: Floats = (1.0 + distances / p.keep_km) ** -p.keep
    near = np.exp(-distances / ranges.partner_km)
    partner: Floats = np.exp(p.partners * near / (3.0 * partner_sd))
    return keep.ravel(), partner.ravel()


def cells_of_firms(state: RegionState, slots: Integers) -> Integers:
    """Cells of firms by slot, -1 for none; the shape of ``slots``."""
    rows = state.firms.rows(slots)
    cells = np.full(slots.shape, -1, np.int64)
    cells[rows >= 0] = state.firms.cell[rows[rows >= 0]]
    return cells


def raw_gaps(
    state: RegionState, rows: Integers, per_job: float, own_jobs: Any
) -> Floats:
    """Gap of firms before it is set relative to the base year.

    Parameters
    ----------
    state : RegionState
    rows : int64[k]
        Rows of the firms.
    per_job : float, m2/job
        Floor space that they look for.
    own_jobs : int32[firms]
        Jobs of all firms when the surroundings were taken.
    """
    firms = state.firms
    gap: Floats = gap_kernel(
        rows, firms.subsector, firms.jobs, own_jobs, firms.space, firms.cell,
        firms.rent, cells_of_firms(state, firms.partners[rows]), per_job,
        offer_of(state),
    )  # fmt: skip
    return gap


def apply(state: RegionState) -> None:
    """Let the month's choosers choose, then move, remove and add firms."""
    p = state.scenario.block(Parameters)
    state.cells.unmet[:] = 0.0
    queue, state.choosers = state.choosers, []
    if not queue:
        return
    who = Chooser(*(np.concatenate(part) for part in zip(*queue, strict=True)))
    turn = streams.uniforms(state.key, streams.TURN, state.month, who.address)
    mover = who.kind == MOVER
    rows = who.row[mover]
    held, own_jobs = np.zeros(len(mover)), np.zeros(len(mover), np.int64)
    held[mover] = state.firms.space[rows]
    own_jobs[mover] = state.firms.past_jobs[rows, state.month % 12]
    chosen = choose(
        np.argsort(turn), who.kind, who.subsector, who.jobs, who.need, who.origin,
        own_jobs, held, cells_of_firms(state, who.partners), who.address,
        offer_of(state), state.base.outside, p.region_nest, state.cells.unmet,
        state.key, state.month,
    )  # fmt: skip
    settle(state, who, chosen)


def settle(state: RegionState, who: Chooser, chosen: NDArray[np.int32]) -> None:
    """Carry out choices: firms move, leave, arrive and are born."""
    firms = state.firms
    mover = who.kind == MOVER
    moving, leaving = mover & (chosen >= 0), mover & (chosen == OUTSIDE)
    coming = ~mover & (chosen >= 0)
    arriving = coming & (who.kind == ARRIVER)
    name = np.full(len(mover), -1)
    name[mover] = firms.name[who.row[mover]]
    state.journal.write_by_kind(
        state.month,
        {
            "move": moving,
            "departure": leaving,
            "stuck": mover & (chosen == STUCK),
            "arrival": arriving,
            "birth": coming & ~arriving,
        },
        reason=who.reason,
        address=who.address,
        name=name,
        subsector=who.subsector,
        jobs=who.jobs,
        space=who.need,
        from_cell=who.origin,
        to_cell=np.maximum(chosen, -1),
    )
    rows = who.row[moving]
    firms.cell[rows] = chosen[moving]
    firms.space[rows] = who.need[moving]
    firms.lease[rows] = 0
    firms.rent[rows] = state.cells.rent[chosen[moving]]
    if coming.any():
        new = Chooser(*(column[coming] for column in who))
        found(state, new, chosen[coming])
    firms.remove(who.row[leaving])


def found(state: RegionState, who: Chooser, cell: NDArray[np.int32]) -> None:
    """Add firms that are born or arrive, each in its cell."""
    spun = who.row >= 0
    state.firms.add(
        len(cell),
        address=who.address,
        name=-1,
        subsector=who.subsector,
        language=who.language,
        jobs=who.jobs,
        size=who.jobs.astype(np.float64),
        cell=cell,
        space=who.need,
        rent=state.cells.rent[cell],
        partners=who.partners,
        value_per_job=state.base.value_per_job[who.subsector],
        origin=np.where(
            who.kind == ARRIVER, ARRIVAL, np.where(spun, SPIN_OFF, START_UP)
        ),
    )
