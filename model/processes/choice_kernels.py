"""How a firm weighs all cells: kernels of the choice of a site.

The equations stand in ``model/processes/site_choice.py``. Weights are exp(V) of cells
without the vacancy term; floor space is taken and given back as firms choose.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model import streams
from model.processes import space_market
from model.processes.state import MOVER, Floats, Integers

OUTSIDE, STUCK = -1, -2
NO_OPTION = -50.0  # gap of a firm that no cell has room for


class Offer(NamedTuple):
    """All that a choosing firm sees, as arrays for the kernels.

    Tables by offset of cells are flat: the entry of cell c seen from cell o is
    ``table[place[c] + centre - place[o]]``, and cells of a stretch follow each other.

    Attributes
    ----------
    attraction : float64[5, n]
        exp(utility) before distance and vacancy.
    own : float64[5, n], jobs
        Own-sector access.
    own_power : float64[5]
        b_A over the deviation of ln(1 + own): what own-sector access counts for.
    rent : float64[n], EUR/m2/year
    subsidised : int64[k]
        Cells with a subsidy.
    subsidy, subsidy_max_jobs, subsidy_open : float64[n], int64[n], bool[5, n]
        As in ``state.Cells``.
    rent_power : float
        b_R.
    stock, background, media : float64[n], m2
    closed : float64[5, n], m2
    place : uint64[n]
        Place of a cell in the tables by offset.
    stretch : uint64[stretches + 1]
        First cells of the stretches: cells side by side in a row of the grid.
    centre : uint64
        Entry of a cell seen from itself.
    keep, own_weight, partner : float64[offsets]
        Factor of distance from the present site, decay of own-sector access, and
        factor of nearness to one partner.
    """

    attraction: Floats
    own: Floats
    own_power: Floats
    rent: Floats
    subsidised: Integers
    subsidy: Floats
    subsidy_max_jobs: Integers
    subsidy_open: NDArray[np.bool_]
    rent_power: float
    stock: Floats
    background: Floats
    media: Floats
    closed: Floats
    place: NDArray[np.uint64]
    stretch: NDArray[np.uint64]
    centre: np.uint64
    keep: Floats
    own_weight: Floats
    partner: Floats


class Look(NamedTuple):
    """One firm that looks at sites.

    Attributes
    ----------
    subsector, jobs : int
    need : float, m2
    origin : int
        Cell that distance counts from, -1 for none.
    own_cell : int
        Cell in which it sits, -1 if it is not in the region yet.
    own_jobs : int
        Its jobs when the surroundings were taken, to be left out there.
    partners : int64[k]
        Cells of its partners, -1 for none.
    """

    subsector: int
    jobs: int
    need: float
    origin: int
    own_cell: int
    own_jobs: int
    partners: Integers


@njit(cache=True, inline="always")
def weigh(weight: Any, table: Any, seen_from: int, offer: Any) -> None:
    """Multiply weights of cells by a table of factors by offset, in place.

    Stretch by stretch, so that table and weights are read in order.
    """
    place, stretch = offer.place, offer.stretch
    start = offer.centre - place[seen_from]
    for t in range(len(stretch) - 1):
        shift = place[stretch[t]] + start - stretch[t]
        for c in range(stretch[t], stretch[t + 1]):
            weight[c] *= table[c + shift]


@njit(cache=True)
def fits(offer: Any, look: Any) -> Any:
    """Weight exp(V) of every cell for a firm, without the vacancy term; float64[n].

    One pass for each term, over local arrays: this is where the month's time goes.
    """
    s = look.subsector
    weight = offer.attraction[s].copy()
    if look.origin >= 0:
        weigh(weight, offer.keep, look.origin, offer)
    if look.own_cell >= 0:
        place, own, near = offer.place, offer.own[s], offer.own_weight
        power, start = offer.own_power[s], offer.centre - place[look.own_cell]
        for c in range(len(weight)):
            mine = look.own_jobs * near[place[c] + start]
            if mine > 0.0:
                others = max(own[c] - mine, 0.0)
                left = math.log((1.0 + others) / (1.0 + own[c]))
                weight[c] *= math.exp(power * left)
    for partner in look.partners:
        if partner >= 0:
            weigh(weight, offer.partner, partner, offer)
    subsidy, is_open = offer.subsidy, offer.subsidy_open[s]
    for c in offer.subsidised:
        if look.jobs <= offer.subsidy_max_jobs[c] and is_open[c]:
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
        taken had every cell at least the room it needs.
    """
    weight = fits(offer, look)
    free = room(offer, look.subsector)
    stock, need = offer.stock, look.need
    n = len(weight)
    draws = np.empty(n + 1)
    for pair in range((n + 1) // 2):  # in steps of one, or it would not be vectorised
        draws[2 * pair], draws[2 * pair + 1] = streams.uniform_pair(
            key, streams.SITE, month, address, 2 * pair
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
    own_jobs: Any, held: Any, partners: Any, address: Any, offer: Any, outside: Any,
    nest: float, unmet: Any, key: Any, month: int,
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
        ``media`` and ``closed`` are changed.
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


@njit(cache=True)
def gap_kernel(
    rows: Any, subsector: Any, jobs: Any, own_jobs: Any, space: Any, cell: Any,
    rent: Any, partners: Any, per_job: float, offer: Any,
) -> Any:  # fmt: skip
    """Logsum of options minus utility of the present site, for each row.

    Parameters
    ----------
    rows : int64[k]
        Firms that ask.
    subsector, jobs, own_jobs, space, cell, rent : arrays[firms]
        ``own_jobs`` when the surroundings were taken; ``space`` m2 held and ``rent``
        of the contract, EUR/m2/year.
    partners : int64[k, 3]
        Cells of their partners, -1 for none.
    per_job : float, m2/job
        Floor space that they look for.
    offer : Offer

    Returns
    -------
    float64[k]
        ``NO_OPTION`` where no cell has room.
    """
    out = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        here = int(cell[i])
        look = Look(
            int(subsector[i]),
            int(jobs[i]),
            jobs[i] * per_job,
            here,
            here,
            int(own_jobs[i]),
            partners[k],
        )
        weight = fits(offer, look)
        present = math.log(weight[here] * space[i])
        present += offer.rent_power * math.log(rent[i] / offer.rent[here])
        options = logsum(offer, look, weight)
        out[k] = options - present if options > -math.inf else NO_OPTION
    return out
