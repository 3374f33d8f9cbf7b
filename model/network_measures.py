"""What the network of ties looks like: clustering, reach, bridges.

Measures of the ties that people keep outside a common payroll (projects, communities,
coworking, taken together). Clustering and brokerage are means over a fixed sample of a
part in 32 of the people, path length over three sources, drawn by address: exact enough
for shares at a small part of the cost.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from model.network import Adjacency

SAMPLE, SOURCES = 32, 3  # one in how many people; where paths are counted from


class Measures(NamedTuple):
    """Measures of a network.

    Attributes
    ----------
    ties : float, ties
    clustering : float, 0-1
        Share of pairs of somebody's contacts who know each other (Watts & Strogatz).
    path_length : float, steps
        Mean over pairs within reach of each other.
    giant_share : float, share
        People with ties who are in the largest component.
    cross_share : float, share
        Ties between people who share no employer.
    brokerage : float, share
        Pairs of somebody's contacts of different employers who do not know each other:
        what only that person connects (Burt 1992; Gould & Fernandez 1989).
    """

    ties: float
    clustering: float
    path_length: float
    giant_share: float
    cross_share: float
    brokerage: float


def measure(contacts: Adjacency, employer: Any, address: Any) -> Measures:
    """Measure a network of people.

    Parameters
    ----------
    contacts : Adjacency
    employer : int64[people]
        Slot of the employer; negative for none.
    address : uint64[people]
        What the sample is drawn by.
    """
    ends = len(contacts.other)
    if not ends:
        return Measures(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    sample = np.flatnonzero(address % np.uint64(SAMPLE) == 0)
    clustering, brokerage = _local(contacts.start, contacts.other, employer, sample)
    component, sizes = _components(contacts.start, contacts.other)
    giant = np.flatnonzero(component == sizes.argmax())
    drawn = address[giant]
    if len(giant) > SOURCES:
        giant = giant[np.argpartition(drawn, SOURCES)[:SOURCES]]
    return Measures(
        ties=ends / 2.0,
        clustering=clustering,
        path_length=_path_length(contacts.start, contacts.other, giant),
        giant_share=float(sizes.max() / np.count_nonzero(np.diff(contacts.start))),
        cross_share=_cross_share(contacts.start, contacts.other, employer),
        brokerage=brokerage,
    )


@njit(cache=True, inline="always")
def _apart(a: int, b: int, employer: Any) -> Any:
    return employer[a] != employer[b] or employer[a] < 0


@njit(cache=True)
def _local(start: Any, other: Any, employer: Any, sample: Any) -> tuple[float, float]:
    """Clustering and brokerage, means over those of a sample who know two people."""
    mark = np.full(len(start) - 1, -1, np.int64)
    clustering = brokerage = 0.0
    counted = 0
    for j in sample:
        first, last = start[j], start[j + 1]
        if last - first < 2:
            continue
        pairs = across = closed = closed_across = 0
        for k in range(first, last):
            mark[other[k]] = j
        for k in range(first, last):
            for m in range(k + 1, last):
                pairs += 1
                across += _apart(other[k], other[m], employer)
            a = other[k]
            for m in range(start[a], start[a + 1]):
                b = other[m]
                if mark[b] == j and a < b:
                    closed += 1
                    closed_across += _apart(a, b, employer)
        clustering += closed / pairs
        brokerage += (across - closed_across) / pairs
        counted += 1
    if counted == 0:
        return 0.0, 0.0
    return clustering / counted, brokerage / counted


@njit(cache=True)
def _components(start: Any, other: Any) -> tuple[Any, Any]:
    """Number of the component of each person, and people in each component."""
    n = len(start) - 1
    out = np.full(n, -1, np.int32)
    sizes = np.empty(n, np.int32)
    queue = np.empty(n + 1, np.int32)  # its end is written before it is known to be new
    count = 0
    for j in range(n):
        if out[j] >= 0:
            continue
        out[j] = count
        queue[0], head, tail = j, 0, 1
        while head < tail:
            a = queue[head]
            head += 1
            for k in range(start[a], start[a + 1]):
                queue[tail] = other[k]
                tail += out[other[k]] < 0
                out[other[k]] = count
        sizes[count] = tail
        count += 1
    return out, sizes[:count]


@njit(cache=True)
def _path_length(start: Any, other: Any, sources: Any) -> float:
    """Mean steps from some people to everybody whom they reach."""
    n = len(start) - 1
    steps = np.empty(n, np.int16)
    queue = np.empty(n + 1, np.int32)  # its end is written before it is known to be new
    total, reached = 0, 0
    for source in sources:
        steps[:] = -1
        steps[source] = 0
        queue[0], head, tail = source, 0, 1
        while head < tail:
            a = queue[head]
            head += 1
            further = steps[a] + 1
            for k in range(start[a], start[a + 1]):
                b = other[k]
                is_new = steps[b] < 0
                steps[b] = further if is_new else steps[b]
                total += further * is_new
                queue[tail] = b
                tail += is_new
        reached += tail - 1
    return total / reached if reached > 0 else 0.0


@njit(cache=True)
def _cross_share(start: Any, other: Any, employer: Any) -> float:
    """Share of ties between people who share no employer."""
    across = 0
    for j in range(len(start) - 1):
        own = employer[j]
        for k in range(start[j], start[j + 1]):
            across += (own < 0) | (own != employer[other[k]])
    return across / len(other) if len(other) > 0 else 0.0
