r"""Knowledge travels by talk, grows by novelty, and fades.

Each worker holds a vector of eight categories, 0-30 points. Whenever two talk, each
learns in the category in which the other is furthest ahead, by

.. math:: \alpha \Delta e^{-(\Delta / \theta_K)^2}

so that a small lead teaches little and a large one is not understood (Nooteboom et al.
2007). With ``barter`` they talk only if each has something to give (Cowan & Jonard
2004). All gains of a month are worked out from its beginning. Who talks: people of one
project, at one meeting, in one coworking space (where a talk becomes a tie with
``meetings.new_tie``), and colleagues. With chance
:math:`\iota (1 + outward)` a worker has something new, a point in the category that
comes to mind, outward being the share of the month's talks beyond one's employer; all
knowledge fades by :math:`\delta_K`.

A firm's knowledge is the mean of its staff, in standard deviations between firms, and
makes it grow (``growth.knowledge_effect``). It has no unit that can be observed: it
ranks mechanisms, and results are shown without its effect too.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit

from model import streams
from model.network import COWORKING, grouped
from model.parameters import fixed, uncertain
from model.processes.meetings import NEW_TIE_WEIGHT, TALK_WEIGHT
from model.processes.meetings import Parameters as Meetings
from model.processes.society import AT_HOME, CATEGORIES, Talks
from model.processes.state import FREELANCER, Integers, RegionState

MOST = 30.0  # points in a category
STANDARD_LIMIT = 3.0  # deviations at which a firm's score is held


class Parameters(NamedTuple):
    """How knowledge travels, grows and fades."""

    absorption: Annotated[
        float,
        uncertain(
            0.1,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.05, 0.3),
            source="Cowan & Jonard 2004",
            confidence="M",
            means="alpha: part of a small lead that a talk passes on",
        ),
    ]
    gap_scale: Annotated[
        float,
        uncertain(
            20.0,
            unit="points",
            hard=(0.1, 1000.0),
            plausible=(10.0, 40.0),
            source="inverted U of cognitive distance (Nooteboom et al. 2007)",
            confidence="M",
            means="theta_K: lead beyond which little is understood",
        ),
    ]
    barter: Annotated[
        float,
        fixed(
            0,
            unit="0 or 1",
            hard=(0, 1),
            plausible=(0, 1),
            source="variant of Cowan & Jonard 2004",
            confidence="L",
            means="1: people talk only if each can learn",
            integer=True,
        ),
    ]
    novelty: Annotated[
        float,
        uncertain(
            0.01,
            unit="/month",
            hard=(0.0, 1.0),
            plausible=(0.002, 0.03),
            source="assumption",
            confidence="L",
            means="iota: chance of something new",
        ),
    ]
    fading: Annotated[
        float,
        uncertain(
            0.005,
            unit="/month",
            hard=(0.0, 0.2),
            plausible=(0.002, 0.01),
            source="assumption",
            confidence="L",
            means="delta_K: knowledge that is lost",
        ),
    ]
    colleague_talks: Annotated[
        float,
        uncertain(
            0.5,
            unit="/month",
            hard=(0.0, 20.0),
            plausible=(0.25, 2.0),
            source="assumption",
            confidence="L",
            means="n_c: talks with colleagues from which one may learn",
        ),
    ]
    coworking_talks: Annotated[
        float,
        uncertain(
            1.0,
            unit="/month",
            hard=(0.0, 20.0),
            plausible=(0.5, 3.0),
            source="assumption",
            confidence="L",
            means="talks with others in a coworking space",
        ),
    ]


def exchange(
    knowledge: Any, first: Any, second: Any, gain: Any, alpha: float, scale: float,
    barter: bool,
) -> None:  # fmt: skip
    """What people learn in their talks, added to ``gain``.

    Parameters
    ----------
    knowledge : float32[people, 8], points
    first, second : int64[talks], rows
    gain : float32[people, 8], points
        Changed.
    alpha, scale : float
        Absorption and gap scale.
    barter : bool
        Nothing passes unless each leads in some category.
    """
    lead, category = leads(knowledge, first, second)
    if barter:
        lead[(lead <= 0.0).any(axis=1)] = 0.0
    learned = lead / scale
    learned *= -learned
    np.exp(learned, out=learned)
    learned *= alpha * lead
    hand_on(learned, category, first, second, gain)


@njit(cache=True)
def leads(knowledge: Any, first: Any, second: Any) -> Any:
    """By how much each of two is ahead where it is furthest ahead, and in what.

    Returns
    -------
    float64[talks, 2], uint8[talks, 2]
        Lead (points; 0 if there is none) of the first and of the second, and category.
    """
    lead = np.empty((len(first), 2))
    category = np.empty((len(first), 2), np.uint8)
    for t in range(len(first)):
        a, b = first[t], second[t]
        best_a, best_b = np.uint8(0), np.uint8(0)
        lead_a, lead_b = np.float32(0.0), np.float32(0.0)
        for c in range(CATEGORIES):
            ahead = knowledge[a, c] - knowledge[b, c]
            if ahead > lead_a:
                best_a, lead_a = np.uint8(c), ahead
            if -ahead > lead_b:
                best_b, lead_b = np.uint8(c), -ahead
        lead[t, 0], lead[t, 1] = lead_a, lead_b
        category[t, 0], category[t, 1] = best_a, best_b
    return lead, category


@njit(cache=True)
def hand_on(learned: Any, category: Any, first: Any, second: Any, gain: Any) -> None:
    """Add what each of two learned of the other to ``gain``."""
    for t in range(len(first)):
        gain[second[t], category[t, 0]] += learned[t, 0]
        gain[first[t], category[t, 1]] += learned[t, 1]


@njit(cache=True)
def partners(
    start: Any, member: Any, address: Any, mean: float, key: Any, month: int
) -> Any:
    """Talks within groups, each between two members whom chance brings together.

    Parameters
    ----------
    start, member : int64[groups + 1], int64[k]
        Rows of members by group.
    address : uint64[groups]
    mean : float, /month
        Talks of each person.

    Returns
    -------
    int64[talks], int64[talks]
        Rows of the two.
    """
    talks = np.zeros(len(address), np.int64)
    for g in range(len(address)):
        size = start[g + 1] - start[g]
        if size > 1:
            u = streams.uniform(key, streams.COLLEAGUE, month, address[g], 0)
            talks[g] = streams.poisson(u, mean * size / 2.0)
    count, t = talks.sum(), 0
    first, second = np.empty(count, np.int64), np.empty(count, np.int64)
    for g in range(len(address)):
        size = start[g + 1] - start[g]
        for k in range(talks[g]):
            u, v = streams.uniform_pair(
                key, streams.COLLEAGUE, month, address[g], 1 + k
            )
            one, other = int(u * size), int(v * (size - 1))
            first[t] = member[start[g] + one]
            second[t] = member[start[g] + other + (other >= one)]
            t += 1
    return first, second


@njit(cache=True)
def settle(
    knowledge: Any, gain: Any, address: Any, outward: Any, key: Any, month: int, p: Any
) -> None:
    """Add what was learned, have ideas, forget; ``knowledge`` is changed.

    Something new is a point in the category that comes to mind.
    """
    kept = np.float32(1.0 - p.fading)
    most = np.float32(MOST)
    idea, mind = streams.uniform_pairs(key, streams.NOVELTY, month, address)
    for j in range(len(address)):
        for c in range(CATEGORIES):
            knowledge[j, c] = min((knowledge[j, c] + gain[j, c]) * kept, most)
        if idea[j] < p.novelty * (1.0 + outward[j]):
            c = int(mind[j] * CATEGORIES)
            knowledge[j, c] = min(knowledge[j, c] + np.float32(1.0), most)


@njit(cache=True)
def outward_talks(first: Any, second: Any, employer: Any) -> Any:
    """Talks with people of no common employer.

    Returns
    -------
    float64[people], int
        Share of each one's talks, and the number of all.
    """
    share = np.zeros(len(employer))
    count = np.zeros(len(employer), np.int32)
    outward = 0
    for t in range(len(first)):
        a, b = first[t], second[t]
        apart = employer[a] != employer[b] or employer[a] < 0
        outward += apart
        for j in (a, b):
            share[j] += apart
            count[j] += 1
    for j in range(len(employer)):
        if count[j] > 0:
            share[j] /= count[j]
    return share, outward


@njit(cache=True)
def firm_means(knowledge: Any, firm: Any, firms: int) -> Any:
    """Mean knowledge of each firm's staff over categories, points; NaN without staff.

    Parameters
    ----------
    knowledge : float32[people, 8], points
    firm : int64[people], rows
        -1 for those whom no firm employs.
    """
    total, count = np.zeros(firms), np.zeros(firms)
    for j in range(len(firm)):
        if firm[j] >= 0:
            count[firm[j]] += 1.0
            points = 0.0
            for c in range(CATEGORIES):
                points += knowledge[j, c]
            total[firm[j]] += points
    for i in range(firms):
        total[i] = total[i] / (CATEGORIES * count[i]) if count[i] > 0 else np.nan
    return total


def apply(state: RegionState) -> None:
    """Talk, learn, have ideas, forget; then what firms know by their staff."""
    p = state.scenario.block(Parameters)
    people, month = state.people, state.month
    firm = state.firms.rows(people.employer)
    first, second = all_talks(state, firm, p)
    gain = np.zeros_like(people.knowledge)
    exchange(
        people.knowledge, first, second, gain, p.absorption, p.gap_scale,
        bool(p.barter),
    )  # fmt: skip
    outward, apart = outward_talks(first, second, people.employer)
    state.tally.contacts += len(first)
    state.tally.outward += apart
    settle(people.knowledge, gain, people.address, outward, state.key, month, p)
    firms = state.firms
    means = firm_means(people.knowledge, firm, len(firms))
    firms.knowledge[:] = standard_scores(means, firms.jobs, firms.anchor)


def all_talks(
    state: RegionState, firm: Integers, p: Parameters
) -> tuple[Integers, Integers]:
    """Rows of all pairs who talked this month."""
    people, society, key, month = state.people, state.society, state.key, state.month
    rows = people.of_kind(FREELANCER)
    desk = people.works_at[rows]
    rows, desk = rows[desk > AT_HOME], desk[desk > AT_HOME]
    spaces = society.coworking
    start, member = grouped(desk.astype(np.int64), len(spaces.cell))
    seats = partners(start, rows[member], spaces.address, p.coworking_talks, key, month)
    met = Talks(people.slot[seats[0]], people.slot[seats[1]], COWORKING)
    society.talks.append(met)
    u = streams.uniforms_of(
        key, streams.NEW_TIE, month, people.address[seats[0]], people.address[seats[1]]
    )
    chance = state.scenario.block(Meetings).new_tie
    weight = np.where(u < chance, NEW_TIE_WEIGHT, TALK_WEIGHT)
    society.ties.strengthen(met.first, met.second, COWORKING, weight)
    start, member = grouped(firm, len(state.firms))
    colleagues = partners(
        start, member, state.firms.address, p.colleague_talks, key, month
    )
    first = people.rows(np.concatenate([talks.first for talks in society.talks]))
    second = people.rows(np.concatenate([talks.second for talks in society.talks]))
    return (
        np.concatenate([first, colleagues[0]]),
        np.concatenate([second, colleagues[1]]),
    )


@njit(cache=True)
def standard_scores(means: Any, jobs: Any, anchor: Any) -> Any:
    """Knowledge of firms in standard deviations between firms; 0 without staff.

    Less the mean over jobs, so that knowledge moves growth between firms and the total
    follows the trend; anchors, which do not grow by it, do not count.

    Parameters
    ----------
    means : float64[firms], points
        Mean knowledge of staff, NaN without staff.
    jobs, anchor : int32[firms], bool[firms]
    """
    scores = np.zeros(len(means))
    count, mean, square = 0, 0.0, 0.0
    for i in range(len(means)):
        if not anchor[i] and np.isfinite(means[i]):
            count += 1
            mean += means[i]
    mean /= max(1, count)
    for i in range(len(means)):
        if not anchor[i] and np.isfinite(means[i]):
            square += (means[i] - mean) ** 2
    if count < 2 or square == 0.0:
        return scores
    deviation = math.sqrt(square / count)
    total, weight = 0.0, 0.0
    for i in range(len(means)):
        if np.isfinite(means[i]):
            score = (means[i] - mean) / deviation
            scores[i] = min(max(score, -STANDARD_LIMIT), STANDARD_LIMIT)
        if not anchor[i]:
            total += scores[i] * jobs[i]
            weight += jobs[i]
    return scores - total / weight
