r"""From where to where: each job of a paired difference has one cause.

The two runs of a pair share every random draw, so a firm has the same address in
both. What a firm brings to the focus zone :math:`F` is its jobs there in the variant
less its jobs there in the reference,

.. math::
    \Delta_i = n_i^v \, [i \in F]^v - n_i^r \, [i \in F]^r

which falls apart without rest into jobs that change place (:math:`n_i^r`, from or to
another zone), firms that only one run has (:math:`n_i^v` or :math:`-n_i^r`: born,
arrived, stayed in the Region or alive in one run only) and the change of size of
firms that both runs have. The sum over firms is the paired difference: it is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.comparison.tables import (
    Floats,
    Integers,
    Pairs,
    codes_of,
    column,
    rows_of,
)
from model.errors import ModelError

SIZE, BIRTH, ARRIVAL, DEPARTURE, CLOSURE = range(5)
CAUSES = ("size", "birth", "arrival", "departure", "closure")
PLACE = "place"
BY_ITSELF, DECIDED = range(2)
ARRIVED = "arrival"


class Census(NamedTuple):
    """Firms of one side of the pairs at the end of years; one entry each.

    Attributes
    ----------
    key : int64
        Pair, month and firm as one number.
    firm : int64
        Pair and firm as one number.
    pair, month, zone : int64
        Positions in their lists.
    jobs : float64
    anchor, arrived : bool
        Moves by decision only; came from outside.
    """

    key: Integers
    firm: Integers
    pair: Integers
    month: Integers
    zone: Integers
    jobs: Floats
    anchor: NDArray[np.bool_]
    arrived: NDArray[np.bool_]


@dataclass(frozen=True)
class Flows:
    """Paired difference of jobs in a zone, or in the Region, by cause.

    Attributes
    ----------
    gain, loss : float64[pairs, months, causes, 2], jobs
        At or above and at or below zero. The causes are those of ``CAUSES``, then
        one for each zone that jobs come from or go to. The last axis parts firms
        that choose for themselves from anchors, which a decision moves.
    causes : tuple of str
    months : tuple of str
    """

    gain: Floats
    loss: Floats
    causes: tuple[str, ...]
    months: tuple[str, ...]

    @property
    def net(self) -> Floats:
        """Gains and losses together, float64[pairs, months, causes, 2]."""
        return self.gain + self.loss

    @property
    def total(self) -> Floats:
        """Paired difference, float64[pairs, months]."""
        total: Floats = self.net.sum(axis=(2, 3))
        return total

    def part(self, kind: int) -> Floats:
        """Paired difference of anchors or of all others, float64[pairs, months]."""
        part: Floats = self.net[..., kind].sum(axis=2)
        return part


class Firms(NamedTuple):
    """Both sides of the pairs, matched firm by firm.

    Attributes
    ----------
    reference, variant : Census
    twin : int64
        For each entry of the variant, its entry in the reference; -1 if it has none.
    only_reference : int64
        Entries of the reference without one in the variant.
    ended : tuple of two dict
        For reference and variant: pair and firm of departures and closures.
    months : tuple of str
    pairs : int
        Number of pairs.
    """

    reference: Census
    variant: Census
    twin: Integers
    only_reference: Integers
    ended: tuple[dict[int, Integers], dict[int, Integers]]
    months: tuple[str, ...]
    pairs: int


def match_firms(
    firms: pd.DataFrame, moves: pd.DataFrame, pairs: Pairs,
    months: tuple[str, ...], zones: tuple[str, ...],
) -> Firms:  # fmt: skip
    """Match the firms of each pair by their address.

    Parameters
    ----------
    firms, moves : DataFrame
        Tables of runs.
    pairs : Pairs
    months : tuple of str
        Months of ``firms`` to look at.
    zones : tuple of str
    """
    sides = [rows_of(firms, runs) for runs in (pairs.reference, pairs.variant)]
    ends = [rows_of(moves, runs) for runs in (pairs.reference, pairs.variant)]
    addresses = [column(part, "firm") for part, _ in (*sides, *ends)]
    ids, known = pd.factorize(np.concatenate(addresses))
    cuts = np.cumsum([len(part) for part in addresses])[:-1]
    one, two, gone_one, gone_two = np.split(ids.astype(np.int64), cuts)
    lists = _Lists(len(known), months, zones)
    reference, variant = (
        _census(*side, firm, lists)
        for side, firm in zip(sides, (one, two), strict=True)
    )
    wanted = pd.Index(variant.key)
    twin = pd.Index(reference.key).get_indexer(wanted).astype(np.int64)
    alone = np.ones(len(reference.key), np.bool_)
    alone[twin[twin >= 0]] = False
    ended = tuple(
        _ended(*end, firm, len(known))
        for end, firm in zip(ends, (gone_one, gone_two), strict=True)
    )
    return Firms(
        reference, variant, twin, np.flatnonzero(alone), (ended[0], ended[1]),
        months, len(pairs),
    )  # fmt: skip


class _Lists(NamedTuple):
    firms: int
    months: tuple[str, ...]
    zones: tuple[str, ...]


def _census(
    table: pd.DataFrame, pair: Integers, firm: Integers, lists: _Lists
) -> Census:
    month = codes_of(table["month"], lists.months)
    wanted = month >= 0
    table, pair, firm, month = table[wanted], pair[wanted], firm[wanted], month[wanted]
    key = (pair * len(lists.months) + month) * lists.firms + firm
    zone = codes_of(table["zone"], lists.zones)
    if (zone < 0).any():
        raise ModelError("a firm sits in a zone that the region does not have")
    return Census(
        key, pair * lists.firms + firm, pair, month, zone,
        column(table, "jobs").astype(np.float64),
        column(table, "anchor").astype(np.bool_),
        codes_of(table["origin"], (ARRIVED,)) == 0,
    )  # fmt: skip


def _ended(
    moves: pd.DataFrame, pair: Integers, firm: Integers, firms: int
) -> dict[int, Integers]:
    key = pair * firms + firm
    kind = codes_of(moves["kind"], ("departure", "closure"))
    return {DEPARTURE: key[kind == 0], CLOSURE: key[kind == 1]}


def account(matched: Firms, zones: tuple[str, ...], focus: str | None = None) -> Flows:
    """The paired difference of jobs by cause.

    Parameters
    ----------
    matched : Firms
    zones : tuple of str
        As given to :func:`match_firms`.
    focus : str, optional
        Zone whose jobs are accounted for; the whole Region if not given.

    Raises
    ------
    ModelError
        If the causes do not add up to the difference.
    """
    before, after = matched.reference, matched.variant
    place = None if focus is None else zones.index(focus)
    here_before = _here(before, place)
    here_after = _here(after, place)
    book = _Book(matched, len(zones))
    twin = matched.twin
    both = twin >= 0
    stays = both & here_after
    old = twin[stays]
    book.write(after, stays, SIZE, after.jobs[stays] - before.jobs[old])
    comes = stays.copy()
    comes[stays] = ~here_before[old]
    old = twin[comes]
    book.write(after, comes, len(CAUSES) + before.zone[old], before.jobs[old])
    leaves = np.zeros(len(before.key), np.bool_)
    leaves[twin[both & ~here_after]] = True
    leaves &= here_before
    back = np.full(len(before.key), -1, np.int64)
    back[twin[both]] = np.flatnonzero(both)
    to_zone = after.zone[back[leaves]]
    book.write(before, leaves, len(CAUSES) + to_zone, -before.jobs[leaves])
    new = ~both & here_after
    why = cause_of_absence(after, new, matched.ended[0])
    book.write(after, new, why, after.jobs[new])
    lost = np.zeros(len(before.key), np.bool_)
    lost[matched.only_reference] = True
    lost &= here_before
    why = cause_of_absence(before, lost, matched.ended[1])
    book.write(before, lost, why, -before.jobs[lost])
    flows = book.flows(zones)
    _check(flows, matched, here_before, here_after)
    return flows


def _here(census: Census, place: int | None) -> NDArray[np.bool_]:
    if place is None:
        return np.ones(len(census.key), np.bool_)
    return np.asarray(census.zone == place, np.bool_)


def cause_of_absence(
    census: Census, rows: NDArray[np.bool_], ended: dict[int, Integers]
) -> Integers:
    """Why the other run of the pair does not have these firms.

    Parameters
    ----------
    census : Census
        The side that has them.
    rows : bool[entries]
    ended : dict
        Departures and closures of the other side.
    """
    firm = census.firm[rows]
    never = np.where(census.arrived[rows], ARRIVAL, BIRTH)
    left = np.where(np.isin(firm, ended[DEPARTURE]), DEPARTURE, never)
    return np.where(np.isin(firm, ended[CLOSURE]), CLOSURE, left).astype(np.int64)


class _Book:
    """Gains and losses that are written down one cause after the other."""

    def __init__(self, matched: Firms, zones: int) -> None:
        shape = (matched.pairs, len(matched.months), len(CAUSES) + zones, 2)
        self.gain = np.zeros(shape)
        self.loss = np.zeros(shape)
        self.months = matched.months

    def write(
        self, census: Census, rows: NDArray[np.bool_], cause: Integers | int,
        jobs: Floats,
    ) -> None:  # fmt: skip
        """Enter jobs of some firms under a cause."""
        kind = np.where(census.anchor[rows], DECIDED, BY_ITSELF)
        index = np.broadcast_to(cause, kind.shape)
        at: Any = (census.pair[rows], census.month[rows], index, kind)
        np.add.at(self.gain, at, np.maximum(jobs, 0.0))
        np.add.at(self.loss, at, np.minimum(jobs, 0.0))

    def flows(self, zones: tuple[str, ...]) -> Flows:
        """All that was written."""
        return Flows(self.gain, self.loss, (*CAUSES, *zones), self.months)


def _check(
    flows: Flows, matched: Firms, before: NDArray[np.bool_], after: NDArray[np.bool_]
) -> None:
    expected = np.zeros_like(flows.total)
    for census, here, sign in (
        (matched.variant, after, 1.0),
        (matched.reference, before, -1.0),
    ):
        at = (census.pair[here], census.month[here])
        np.add.at(expected, at, sign * census.jobs[here])
    if (flows.total != expected).any():
        worst = float(np.abs(flows.total - expected).max())
        raise ModelError(f"flows and paired difference of jobs differ by {worst:g}")
