"""Who knows and meets whom, in flat arrays; handed out as networkx on request.

Two structures: memberships, of people in communities of practice, and ties, between
two people, in one layer for each way in which they came about. Colleagues are a layer
too, but one that needs no array: whoever shares an employer. Both refer to people by
slot, so that nothing changes when others enter or leave the trade.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numba import njit
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

LAYERS = ("projects", "communities", "coworking")  # of ties; colleagues are implied
PROJECTS, COMMUNITIES, COWORKING = range(3)
_SHIFT = 32
_LOW = (1 << _SHIFT) - 1
_LAST = np.iinfo(np.int64).max  # after all pairs


@dataclass
class Memberships:
    """Members of communities, one entry for each person in each community.

    Attributes
    ----------
    person, community : int64[entries], slots
    level : int8[entries]
        Index in ``model.agents.LEVELS``.
    record : float64[entries], share
        Recent meetings attended, the latest weighing most.
    absent : int32[entries], months
        Since the person last came, or joined.
    """

    person: Integers
    community: Integers
    level: NDArray[np.int8]
    record: Floats
    absent: NDArray[np.int32]

    @classmethod
    def none(cls) -> Memberships:
        """No memberships at all."""
        nobody = np.zeros(0, np.int64)
        return cls(
            nobody, nobody, np.zeros(0, np.int8), np.zeros(0), np.zeros(0, np.int32)
        )

    def __len__(self) -> int:
        """Number of memberships."""
        return len(self.person)

    def members(self, community: int) -> Integers:
        """Slots of the members of a community (a slot)."""
        found: Integers = self.person[self.community == community]
        return found

    def take(self, entries: NDArray[Any]) -> Memberships:
        """Some of the memberships, by index or mask."""
        return Memberships(
            self.person[entries],
            self.community[entries],
            self.level[entries],
            self.record[entries],
            self.absent[entries],
        )

    def joined_by(self, others: Memberships) -> Memberships:
        """These memberships and others, by community; within one, the oldest first."""
        both = Memberships(
            np.concatenate([self.person, others.person]),
            np.concatenate([self.community, others.community]),
            np.concatenate([self.level, others.level]),
            np.concatenate([self.record, others.record]),
            np.concatenate([self.absent, others.absent]),
        )
        return both.take(np.argsort(both.community, kind="stable"))

    def as_networkx(self) -> nx.Graph[tuple[str, int]]:
        """Two kinds of nodes, ``("person", slot)`` and ``("community", slot)``."""
        graph: nx.Graph[tuple[str, int]] = nx.Graph()
        graph.add_edges_from(
            (("person", int(p)), ("community", int(c)), {"level": int(level)})
            for p, c, level in zip(self.person, self.community, self.level, strict=True)
        )
        return graph


class Adjacency(NamedTuple):
    """Contacts of everybody, by present row.

    Attributes
    ----------
    start : int64[people + 1]
        Where each person's contacts begin.
    other : int32[2 ties]
        Row of the contact.
    """

    start: Integers
    other: NDArray[np.int32]


@dataclass
class Ties:
    """Ties between people, with a weight in each layer.

    Attributes
    ----------
    pair : int64[ties]
        Slots of the two, the smaller in the upper 32 bits; in ascending order.
    weight : float64[ties, 3]
        Strength by layer (``LAYERS``): work done together, or talk, faded since.
    news : list
        Of this month: pairs, amounts and layers.
    """

    pair: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    weight: Floats = field(default_factory=lambda: np.zeros((0, len(LAYERS))))
    news: list[tuple[Integers, Floats, Integers]] = field(default_factory=list)

    def __len__(self) -> int:
        """Number of ties."""
        return len(self.pair)

    @property
    def first(self) -> Integers:
        """Slot of the one, int64[ties]."""
        return self.pair >> _SHIFT

    @property
    def second(self) -> Integers:
        """Slot of the other, int64[ties]."""
        return self.pair & _LOW

    def strengthen(
        self, a: Integers, b: Integers, layer: int, amount: float | Floats
    ) -> None:
        """Add to the weight of ties in a layer, from the next renewal on.

        Parameters
        ----------
        a, b : int64[k], slots
            The two; a pair may come up several times.
        layer : int
        amount : float or float64[k]
            Weight of each time.
        """
        weights = np.full(len(a), amount) if isinstance(amount, float) else amount
        self.news.append((_pairs(a, b), weights, np.full(len(a), layer)))

    def renew(self, share: float, least: float) -> None:
        """Weaken all ties, add what is new, and drop what is no tie any more.

        Parameters
        ----------
        share : float, /month
            What each loses.
        least : float
            Weight, over all layers, below which a tie is no tie any more.
        """
        nothing = (np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
        pairs, weights, layers = (
            np.concatenate(p) for p in zip(nothing, *self.news, strict=True)
        )
        self.news.clear()
        order = np.argsort(pairs)
        self.pair, self.weight = _renewed(
            self.pair, self.weight, pairs, weights, layers, order, 1.0 - share, least
        )

    def forget_gone(self, row_of: Integers) -> None:
        """Drop ties and news of people who are gone.

        Parameters
        ----------
        row_of : int64[slots]
            Row of everybody; -1 for those who are gone.
        """
        self.pair, self.weight = _of_those_alive(self.pair, self.weight, row_of)
        for k, (pairs, weights, layers) in enumerate(self.news):
            kept = _alive(pairs, row_of)
            self.news[k] = (pairs[kept], weights[kept], layers[kept])

    def adjacency(self, row_of: Integers, people: int) -> Adjacency:
        """Contacts by present row; ties of people who are gone are left out."""
        return Adjacency(*_adjacency(self.pair, row_of, people))

    def as_networkx(self) -> nx.Graph[int]:
        """People (slots) who are tied, with the weight in each layer."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_edges_from(
            (int(a), int(b), dict(zip(LAYERS, weights, strict=True)))
            for a, b, weights in zip(
                self.first, self.second, self.weight.tolist(), strict=True
            )
        )
        return graph


@njit(cache=True)
def _renewed(
    pair: Any, weight: Any, added: Any, amount: Any, layer: Any, order: Any,
    kept: float, least: float,
) -> Any:  # fmt: skip
    """Old ties, faded, and new ones in one ascending list; see :meth:`Ties.renew`.

    News come in any order; ``order`` sorts them. Stretches of old ties without news,
    which are nearly all, are copied in a loop of their own.
    """
    out = np.empty(len(pair) + len(added), np.int64)
    heavy = np.empty((len(out), len(LAYERS)))
    count = old = new = 0
    while old < len(pair) or new < len(added):
        next_new = added[order[new]] if new < len(added) else _LAST
        while old < len(pair) and pair[old] < next_new:
            out[count] = pair[old]
            total = 0.0
            for k in range(len(LAYERS)):
                faded = kept * weight[old, k]
                heavy[count, k] = faded
                total += faded
            old += 1
            count += total >= least
        if new == len(added):
            break
        out[count] = next_new
        heavy[count] = 0.0
        total = 0.0
        if old < len(pair) and pair[old] == next_new:
            for k in range(len(LAYERS)):
                heavy[count, k] = kept * weight[old, k]
                total += heavy[count, k]
            old += 1
        while new < len(added) and added[order[new]] == next_new:
            heavy[count, layer[order[new]]] += amount[order[new]]
            total += amount[order[new]]
            new += 1
        count += total >= least
    return out[:count], heavy[:count]


@njit(cache=True)
def _pairs(a: Any, b: Any) -> Any:
    """Pairs of slots as one number each, the smaller in the upper 32 bits."""
    out = np.empty(len(a), np.int64)
    for t in range(len(a)):
        out[t] = (min(a[t], b[t]) << _SHIFT) | max(a[t], b[t])
    return out


@njit(cache=True)
def _alive(pair: Any, row_of: Any) -> Any:
    """Which pairs of slots are of people who are both still there."""
    out = np.empty(len(pair), np.bool_)
    for t in range(len(pair)):
        out[t] = row_of[pair[t] >> _SHIFT] >= 0 and row_of[pair[t] & _LOW] >= 0
    return out


@njit(cache=True)
def _of_those_alive(pair: Any, weight: Any, row_of: Any) -> Any:
    """Ties of people who are both still there; each is written, and kept if so."""
    out, heavy = np.empty_like(pair), np.empty_like(weight)
    count = 0
    for t in range(len(pair)):
        out[count] = pair[t]
        for k in range(len(LAYERS)):
            heavy[count, k] = weight[t, k]
        there = row_of[pair[t] >> _SHIFT] >= 0 and row_of[pair[t] & _LOW] >= 0
        count += there
    return out[:count], heavy[:count]


@njit(cache=True)
def _adjacency(pair: Any, row_of: Any, people: int) -> Any:
    start = np.zeros(people + 1, np.int64)
    first = np.empty(len(pair), np.int32)
    second = np.empty(len(pair), np.int32)
    for t in range(len(pair)):
        a, b = row_of[pair[t] >> _SHIFT], row_of[pair[t] & _LOW]
        if a >= 0 and b >= 0:
            start[a + 1] += 1
            start[b + 1] += 1
        else:
            a = -1
        first[t], second[t] = a, b
    for j in range(people):
        start[j + 1] += start[j]
    filled = start[:-1].copy()
    other = np.empty(start[people], np.int32)
    for t in range(len(pair)):
        a, b = first[t], second[t]
        if a >= 0:
            other[filled[a]], other[filled[b]] = b, a
            filled[a] += 1
            filled[b] += 1
    return start, other


@njit(cache=True)
def grouped(group: Any, groups: int) -> Any:
    """Members of groups, by counting: where each group begins, and who is in it.

    Parameters
    ----------
    group : int64[k]
        Group of each member; negative for none.
    groups : int
        Number of groups.

    Returns
    -------
    int64[groups + 1], int64[members]
        Members in the order in which they are given.
    """
    start = np.zeros(groups + 1, np.int64)
    for k in range(len(group)):
        if group[k] >= 0:
            start[group[k] + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    filled = start[:-1].copy()
    member = np.empty(start[groups], np.int64)
    for k in range(len(group)):
        if group[k] >= 0:
            member[filled[group[k]]] = k
            filled[group[k]] += 1
    return start, member
