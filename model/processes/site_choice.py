r"""Stage 2 of relocation: movers and new firms choose a cell, or the world outside.

.. math::
    V_{ic} = V_{s,c} + \ln(vacant_c) + b_R \ln(1 - \sigma_c) + b_N netprox_{ic}
             - \gamma \ln(1 + d_{c,0}/d_0)

over all cells with room (vacant >= need), and the nest "region" against the outside
node O with logsum parameter lambda_O:

.. math::
    U_{region} = \lambda_O \max_c (V_{ic} + g_{ic}) + \eta_i, \quad
    U_O = V_O + g_{iO}

where g is the firm's own Gumbel error for that cell and eta the shared error of the
nest (``streams.nest_error``). Its probabilities are the nested logit
exp(lambda_O LS) / (exp(lambda_O LS) + exp(V_O)), but every error has an address:
a policy elsewhere can draw a firm to the places it touched and to no other.

The full set of cells is used, not a sample of 50: with an exponential race
(argmin e/w, e = -ln u, the same as argmax V + Gumbel) one choice costs 50
microseconds, and sampling would only add noise to paired differences. Firms choose
one after the other in a keyed random order; capacity is never exceeded, and demand
that found its best site full is recorded there as unmet. A firm may move within its
own cell of 250 m.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model import streams
from model.parameters import calibrated, uncertain
from model.processes import attraction, space_market, surroundings
from model.processes.state import (
    MOVE_KINDS,
    MOVER,
    Chooser,
    Floats,
    Integers,
    RegionState,
)

OUTSIDE, STUCK = -1, -2


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
            0.15,
            unit="share",
            hard=(0.001, 0.9),
            plausible=(0.06, 0.30),
            source="Netherlands 6 % leave the region, 25 % the municipality",
            confidence="M",
            means="V_O: movers that leave the Region, base year",
        ),
    ]


class Offer(NamedTuple):
    """All that a choosing firm sees, as arrays for the kernels.

    Tables by offset of cells are flat: the entry of cell c seen from cell o is
    ``table[place[c] + centre - place[o]]``.
    """

    attraction: Floats
    own: Floats
    own_power: Floats
    rent: Floats
    subsidy: Floats
    subsidy_max_jobs: Integers
    subsidy_open: NDArray[np.bool_]
    rent_power: float
    stock: Floats
    background: Floats
    media: Floats
    closed: Floats
    place: NDArray[np.uint64]
    centre: np.uint64
    keep: Floats
    own_weight: Floats
    partner: Floats


class Look(NamedTuple):
    """One firm that looks at sites.

    ``own_jobs`` are its jobs when the surroundings were taken, to be left out there.
    """

    subsector: int
    jobs: int
    need: float
    origin: int
    own_cell: int
    own_jobs: int
    partners: Integers


@njit(cache=True)
def fits(offer: Any, look: Any) -> Any:
    """exp(V) of every cell for a firm, without the vacancy term; float64[n].

    One pass for each term, over local arrays: this is where the month's time goes.
    """
    s = look.subsector
    place = offer.place
    weight = offer.attraction[s].copy()
    if look.origin >= 0:
        keep, start = offer.keep, offer.centre - place[look.origin]
        for c in range(len(weight)):
            weight[c] *= keep[place[c] + start]
    if look.own_cell >= 0:
        own, power, near = offer.own[s], offer.own_power[s], offer.own_weight
        start = offer.centre - place[look.own_cell]
        for c in range(len(weight)):
            mine = look.own_jobs * near[place[c] + start]
            if mine > 0.0:
                others = max(own[c] - mine, 0.0)
                weight[c] *= ((1.0 + others) / (1.0 + own[c])) ** power
    for partner in look.partners:
        if partner >= 0:
            factor, start = offer.partner, offer.centre - place[partner]
            for c in range(len(weight)):
                weight[c] *= factor[place[c] + start]
    subsidy, largest, is_open = (
        offer.subsidy,
        offer.subsidy_max_jobs,
        offer.subsidy_open[s],
    )
    for c in range(len(weight)):
        if subsidy[c] > 0.0 and look.jobs <= largest[c] and is_open[c]:
            weight[c] *= (1.0 - subsidy[c]) ** offer.rent_power
    return weight


@njit(cache=True)
def room(offer: Any, subsector: int) -> Any:
    """Vacant floor space of every cell that a subsector may rent, m2; float64[n]."""
    stock, background, media = offer.stock, offer.background, offer.media
    closed = offer.closed[subsector]
    free = np.empty(len(stock))
    for c in range(len(stock)):
        free[c] = stock[c] - background[c] - media[c] - closed[c]
    return free


@njit(cache=True)
def logsum(offer: Any, look: Any, weight: Any) -> float:
    """ln of the sum of exp(V) over cells with room; -inf if there is none.

    ``weight`` is what :func:`fits` gives.
    """
    free = room(offer, look.subsector)
    total = 0.0
    for c in range(len(weight)):
        if free[c] >= look.need:
            total += weight[c] * free[c]
    return math.log(total) if total > 0.0 else -math.inf


@njit(cache=True)
def best_site(offer: Any, look: Any, key: Any, month: int, address: Any) -> Any:
    """The firm's best cell with room, its utility, and the best cell of all.

    Returns
    -------
    int, float, int
        Cell (-2: no room anywhere), max of V + Gumbel, and the cell it would have
        taken had every cell just the room it needs.
    """
    weight = fits(offer, look)
    free = room(offer, look.subsector)
    stock, need = offer.stock, look.need
    n = len(weight)
    draws = np.empty(n + 1)
    for pair in range(0, n, 2):
        draws[pair], draws[pair + 1] = streams.uniform_pair(
            key, streams.SITE, month, address, pair
        )
    best, wanted = STUCK, STUCK
    race, race_wanted = math.inf, math.inf
    for c in range(n):
        pull = weight[c] * max(free[c], need)
        if 1.0 - draws[c] >= race * pull or stock[c] <= 0.0:
            continue  # -ln u >= 1 - u: it cannot win
        finish = streams.exponential(draws[c]) / pull
        if finish < race_wanted:
            race_wanted, wanted = finish, c
        if free[c] >= need and finish < race:
            race, best = finish, c
    utility = -math.log(race) if best >= 0 else -math.inf
    return best, utility, wanted


@njit(cache=True)
def choose(
    order: Any, kind: Any, subsector: Any, jobs: Any, need: Any, origin: Any,
    own_jobs: Any, held: Any, partners: Any, address: Any, offer: Any, outside: Any, nest: float,
    unmet: Any, key: Any, month: int,
) -> Any:  # fmt: skip
    """All choices of a month, one after the other; takes and frees floor space.

    Parameters
    ----------
    order : int64[choosers]
        Who chooses first.
    kind, subsector, jobs, need, origin, address : arrays[choosers]
        As in ``state.Chooser``.
    own_jobs : int64[choosers]
        Jobs when the surroundings were taken; 0 for new firms.
    held : float64[choosers], m2
        Floor space that a mover gives back.
    partners : int64[choosers, 3]
        Cells of its partners, -1 for none.
    offer : Offer
        ``media`` is changed.
    outside : float64[3]
        Utility of the outside node by kind.
    nest : float
        lambda_O.
    unmet : float64[n]
        Added to, m2.
    key, month : uint64, int
        Address of the draws.

    Returns
    -------
    int32[choosers]
        Cell, -1 for outside, -2 where no cell has room.
    """
    chosen = np.full(len(order), STUCK, np.int32)
    for i in order:
        own_cell = origin[i] if kind[i] == MOVER else -1
        look = Look(
            int(subsector[i]), int(jobs[i]), need[i], int(origin[i]), int(own_cell),
            int(own_jobs[i]), partners[i],
        )  # fmt: skip
        best, utility, wanted = best_site(offer, look, key, month, address[i])
        u, v = streams.uniform_pair(key, streams.OUTSIDE, month, address[i], 0)
        w = streams.uniform(key, streams.OUTSIDE, month, address[i], 1)
        inside = streams.nest_error(nest, u, v)
        if best >= 0:
            inside += nest * utility
        elif nest > 0.0:
            inside = -math.inf
        if outside[kind[i]] + streams.gumbel(w) > inside:
            chosen[i] = OUTSIDE
        elif best >= 0:
            chosen[i] = best
            offer.media[best] += need[i]
            space_market.take_closed(offer.closed, subsector[i], best, need[i])
        if wanted >= 0 and wanted != best and chosen[i] != OUTSIDE:
            unmet[wanted] += need[i]
        if kind[i] == MOVER and chosen[i] != STUCK:
            offer.media[origin[i]] -= held[i]
    return chosen


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
        subsidy=cells.subsidy,
        subsidy_max_jobs=cells.subsidy_max_jobs,
        subsidy_open=cells.subsidy_open,
        rent_power=b.rent,
        stock=cells.stock,
        background=cells.background,
        media=cells.media,
        closed=cells.closed,
        place=surroundings.places(region),
        centre=np.uint64((region.rows - 1) * width + region.cols - 1),
        keep=keep,
        own_weight=tables.own.ravel(),
        partner=partner,
    )


@lru_cache(maxsize=8)
def choice_tables(
    region: Any, p: Parameters, ranges: Any, partner_sd: float
) -> tuple[Floats, Floats]:
    """Keep factor and partner factor by offset of cells, flat."""
    distances = surroundings.offset_distances(region)
    keep: Floats = (1.0 + distances / p.keep_km) ** -p.keep
    near = np.exp(-distances / ranges.partner_km)
    partner: Floats = np.exp(p.partners * near / (3.0 * partner_sd))
    return keep.ravel(), partner.ravel()


def cells_of_firms(state: RegionState, slots: Integers) -> Integers:
    """Cells of firms by slot, -1 for none; the shape of ``slots``."""
    rows = state.firms.rows(slots.ravel()).reshape(slots.shape)
    cells = np.full(slots.shape, -1, np.int64)
    cells[rows >= 0] = state.firms.cell[rows[rows >= 0]]
    return cells


@njit(cache=True)
def gap_kernel(
    rows: Any, subsector: Any, jobs: Any, own_jobs: Any, space: Any, cell: Any,
    rent: Any, partners: Any, per_job: float, offer: Any,
) -> Any:  # fmt: skip
    """Logsum of options minus utility of the present site, for each row."""
    out = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        here = int(cell[i])
        look = Look(
            int(subsector[i]), int(jobs[i]), jobs[i] * per_job, here, here,
            int(own_jobs[i]), partners[k],
        )
        weight = fits(offer, look)
        present = math.log(weight[here] * space[i])
        present += offer.rent_power * math.log(rent[i] / offer.rent[here])
        options = logsum(offer, look, weight)
        out[k] = options - present if options > -math.inf else -50.0
    return out


def raw_gaps(state: RegionState, rows: Any, per_job: float, own_jobs: Any) -> Floats:
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
        rows, firms.subsector, firms.jobs, own_jobs, firms.space, firms.cell, firms.rent,
        cells_of_firms(state, firms.partners[rows]), per_job, offer_of(state),
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
    turn = [
        streams.uniform(state.key, streams.TURN, state.month, a, 0)
        for a in who.address
    ]
    mover = who.kind == MOVER
    rows = who.row[mover]
    held, own_jobs = np.zeros(len(mover)), np.zeros(len(mover), np.int64)
    held[mover] = state.firms.space[rows]
    own_jobs[mover] = state.firms.past_jobs[rows, state.month % 12]
    chosen = choose(
        np.argsort(turn), who.kind, who.subsector, who.jobs, who.need, who.origin,
        own_jobs, held, cells_of_firms(state, who.partners), who.address,
        offer_of(state),
        state.base.outside, p.region_nest, state.cells.unmet, state.key, state.month,
    )  # fmt: skip
    settle(state, who, chosen)


def settle(state: RegionState, who: Chooser, chosen: NDArray[np.int32]) -> None:
    """Carry out choices: firms move, leave, arrive and are born."""
    firms = state.firms
    moving = (who.kind == MOVER) & (chosen >= 0)
    leaving = (who.kind == MOVER) & (chosen == OUTSIDE)
    stuck = (who.kind == MOVER) & (chosen == STUCK)
    coming = (who.kind != MOVER) & (chosen >= 0)
    for mask, kind in ((moving, "move"), (leaving, "departure"), (stuck, "stuck")):
        _record(state, who, chosen, mask, kind)
    rows = who.row[moving]
    firms.cell[rows] = chosen[moving]
    firms.space[rows] = who.need[moving]
    firms.lease[rows] = 0
    firms.rent[rows] = state.cells.rent[chosen[moving]]
    found(state, who, chosen, coming)
    firms.remove(who.row[leaving])


def _record(
    state: RegionState, who: Chooser, chosen: Any, mask: Any, kind: str
) -> None:
    if not mask.any():
        return
    name = np.full(int(mask.sum()), -1)
    mover = who.kind[mask] == MOVER
    name[mover] = state.firms.name[who.row[mask][mover]]
    state.journal.write(
        state.month,
        kind=MOVE_KINDS.index(kind),
        reason=who.reason[mask],
        address=who.address[mask],
        name=name,
        subsector=who.subsector[mask],
        jobs=who.jobs[mask],
        space=who.need[mask],
        from_cell=who.origin[mask],
        to_cell=np.maximum(chosen[mask], -1),
    )


def found(state: RegionState, who: Chooser, chosen: Any, coming: Any) -> None:
    """Add the firms that were born or that arrived."""
    if not coming.any():
        return
    firms, base = state.firms, state.base
    arrived = coming & (who.row < 0) & (who.origin < 0)
    for mask, kind in ((arrived, "arrival"), (coming & ~arrived, "birth")):
        _record(state, who, chosen, mask, kind)
    spun = who.row[coming] >= 0
    knowledge = [
        streams.normal(state.key, streams.NEWBORN_TRAIT, state.month, a, 0)
        for a in who.address[coming]
    ]
    cell = chosen[coming]
    firms.add(
        len(spun),
        address=who.address[coming],
        name=-1,
        subsector=who.subsector[coming],
        language=who.language[coming],
        jobs=who.jobs[coming],
        size=who.jobs[coming].astype(np.float64),
        cell=cell,
        space=who.need[coming],
        rent=state.cells.rent[cell],
        partners=who.partners[coming],
        knowledge=knowledge,
        value_per_job=base.value_per_job[who.subsector[coming]],
        origin=np.where(arrived[coming], 3, np.where(spun, 1, 2)),
    )

