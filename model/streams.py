"""Randomness has an address: every draw can be named, none depends on the others.

A draw is a pure function of (replicate key, purpose, month, agent, alternative).
Two scenarios with the same replicate key share every draw, one agent more disturbs
nobody, and the order of work does not matter. The generator is Philox 4x32-10 [1]_:
the 64-bit key is the replicate key; the 128-bit counter holds the alternative
(32 bits), purpose and month (16 + 16) and the agent's address (64).

References
----------
.. [1] Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as
   1, 2, 3. SC '11. doi:10.1145/2063384.2063405
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Purposes: what a draw is for. Numbers are part of the results: never reuse one.
POPULATION_PLACE = 2
POPULATION_AGE = 3
POPULATION_LEASE = 4
POPULATION_TRAIT = 5
POPULATION_HOME = 6
POPULATION_MEMBER = 7
GROWTH = 16
CLOSURE = 18
SPIN_OFF = 19
START_UP = 20
ARRIVAL = 21
NEWBORN_SIZE = 22
MOVE = 24
SITE = 25
OUTSIDE = 26
TURN = 27
HIRING = 28
DELAY = 29
NEWBORN_ADDRESS = 30
SAMPLE = 31
PARAMETER = 32
POPULATION_KNOWLEDGE = 33
POPULATION_TIE = 34
POPULATION_BIRTHDAY = 35
RING = 36
PROJECT = 37
SLOT = 38
CANDIDATE = 39
CONTACT = 40
FREELANCE_EXIT = 41
FREELANCE_ENTRY = 42
SWITCH = 43
FEE = 44
SOCIABILITY = 45
ATTENDANCE = 46
TALK = 47
NEW_TIE = 48
PROSPECT = 49
FOUNDING = 50
FOUNDER = 51
VENUE = 52
COLLEAGUE = 53
NOVELTY = 54
HOME_MOVE = 55
HOME_CHOICE = 56
WORKPLACE = 57
SKILLS = 58
# Draws of analyses have purposes from 1024 up, the synthetic survey's from 2048, and
# those of the fit from 2112.
SURVEY_CARDS = 2048
SURVEY_SAMPLE = 2049
SURVEY_PROFILE = 2050
SURVEY_JOBS = 2051
SURVEY_COMMUNITIES = 2052
SURVEY_SILENCE = 2053
SURVEY_FIRM = 2054
SURVEY_MOVE = 2055
SURVEY_CHOICE = 2056
DESIGN_SHIFT = 2112
PROPOSAL = 2113
TRUTH = 2114
OBSERVATION = 2115
POSTERIOR_ROW = 2116

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_ELEVEN = np.uint64(11)
_SIXTEEN = np.uint64(16)
_STEP = 2.0**-53


@njit(cache=True, inline="always")
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Philox 4x32-10: four 32-bit words (held in uint64) of counter and key."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (
            (p1 >> _SHIFT) ^ c1 ^ k0,
            p1 & _MASK,
            (p0 >> _SHIFT) ^ c3 ^ k1,
            p0 & _MASK,
        )
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@njit(cache=True, inline="always")
def uniform_pair(
    key: Any, purpose: int, month: int, agent: Any, alternative: int
) -> tuple[float, float]:
    """Two independent uniforms on the open unit interval at one address.

    Parameters
    ----------
    key : uint64
        Replicate key.
    purpose, month : int
        What for, and when (at most 65,535 each).
    agent : uint64
        Address of the agent.
    alternative : int
        Alternative or ordinal (at most 2**32 - 1).
    """
    agent = np.uint64(agent)
    key = np.uint64(key)
    when = (np.uint64(purpose) << _SIXTEEN) | np.uint64(month)
    a, b, c, d = philox(
        np.uint64(alternative),
        when,
        agent & _MASK,
        agent >> _SHIFT,
        key & _MASK,
        key >> _SHIFT,
    )
    first = ((a << _SHIFT) | b) >> _ELEVEN
    second = ((c << _SHIFT) | d) >> _ELEVEN
    return (np.float64(first) + 0.5) * _STEP, (np.float64(second) + 0.5) * _STEP


@njit(cache=True, inline="always")
def uniform(
    key: Any, purpose: int, month: int, agent: Any, alternative: int = 0
) -> float:
    """One uniform on the open unit interval at an address."""
    return uniform_pair(key, purpose, month, agent, alternative)[0]


@njit(cache=True)
def uniforms(
    key: Any, purpose: int, month: int, agents: Any, alternative: int = 0
) -> Any:
    """One uniform at each agent's address, float64[agents]."""
    out = np.empty(len(agents))
    for i in range(len(agents)):
        out[i] = uniform(key, purpose, month, agents[i], alternative)
    return out


@njit(cache=True)
def uniform_pairs(
    key: Any, purpose: int, month: int, agents: Any, alternative: int = 0
) -> Any:
    """Two independent uniforms at each agent's address, float64[agents] both."""
    first, second = np.empty(len(agents)), np.empty(len(agents))
    for i in range(len(agents)):
        first[i], second[i] = uniform_pair(key, purpose, month, agents[i], alternative)
    return first, second


@njit(cache=True)
def uniforms_of(key: Any, purpose: int, month: int, agents: Any, others: Any) -> Any:
    """One uniform for each pair of an agent and another one, float64[pairs].

    The other's address, cut to 32 bits, is the alternative.
    """
    out = np.empty(len(agents))
    for i in range(len(agents)):
        alternative: Any = np.int64(np.uint64(others[i]) & _MASK)
        out[i] = uniform(key, purpose, month, agents[i], alternative)
    return out


@njit(cache=True)
def normals(
    key: Any, purpose: int, month: int, agents: Any, alternative: int = 0
) -> Any:
    """One standard normal at each agent's address, float64[agents]."""
    out = np.empty(len(agents))
    for i in range(len(agents)):
        out[i] = normal(key, purpose, month, agents[i], alternative)
    return out


@njit(cache=True)
def newborn_address(parent: Any, month: int, ordinal: int) -> Any:
    """Address of an agent born to ``parent``: it depends on nobody else's births."""
    parent = np.uint64(parent)
    when = (np.uint64(NEWBORN_ADDRESS) << _SIXTEEN) | np.uint64(month)
    zero = np.uint64(0)
    a, b, _, _ = philox(
        np.uint64(ordinal), when, parent & _MASK, parent >> _SHIFT, zero, zero
    )
    return (a << _SHIFT) | b


def ordinals(parents: NDArray[Any]) -> NDArray[np.int64]:
    """Number of each newborn among those of its parent; siblings stand together."""
    first = np.concatenate([[True], parents[1:] != parents[:-1]])
    place = np.arange(len(parents))
    return place - np.maximum.accumulate(np.where(first, place, 0))


def named_address(name: str) -> np.uint64:
    """Address of something that has a name rather than a parent (a lever, a pool)."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest))


@njit(cache=True, inline="always")
def exponential(u: float) -> float:
    """Unit exponential from a uniform; ``-ln`` of it is a standard Gumbel."""
    return -math.log(u)


@njit(cache=True, inline="always")
def gumbel(u: float) -> float:
    """Standard Gumbel from a uniform: the error of a logit choice."""
    return -math.log(-math.log(u))


@njit(cache=True, inline="always")
def laplace(u: float) -> float:
    """Laplace of mean 0 and scale 1 from a uniform."""
    if u < 0.5:
        return math.log(2.0 * u)
    return -math.log(2.0 * (1.0 - u))


@njit(cache=True)
def normal(key: Any, purpose: int, month: int, agent: Any, alternative: int) -> float:
    """Standard normal at an address (Box and Muller)."""
    u, v = uniform_pair(key, purpose, month, agent, alternative)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@njit(cache=True)
def poisson(u: float, mean: float) -> int:
    """Poisson count by inversion: never falls when the mean rises (same uniform)."""
    probability = math.exp(-mean)
    cumulative = probability
    count = 0
    while u > cumulative and count < 1000:
        count += 1
        probability *= mean / count
        cumulative += probability
    return count


@njit(cache=True)
def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Triangular draw by inversion."""
    if high <= low:
        return low
    split = (mode - low) / (high - low)
    if u < split:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


@njit(cache=True)
def nest_error(share: float, u: float, v: float) -> float:
    """Error shared by all alternatives of a nest with logsum parameter ``share``.

    ``share * (value + Gumbel) + nest_error`` has the distribution of a nested logit:
    the shared part is ``share * ln S`` with S positive stable of index ``share`` [1]_,
    drawn by Kanter's formula; it is a Gumbel at 0 and nothing at 1. Its mean is
    ``(1 - share)`` times Euler's constant.

    Parameters
    ----------
    share : float
        Logsum parameter of the nest, 0 to 1.
    u, v : float
        Independent uniforms.

    References
    ----------
    .. [1] Cardell (1997), Variance components structures for the extreme-value and
       logistic distributions. Econometric Theory 13(2).
    """
    angle = math.pi * u
    error = -math.log(math.sin(angle))
    if share > 0.0:
        error += share * math.log(math.sin(share * angle))
    if share < 1.0:
        error += (1.0 - share) * (
            math.log(math.sin((1.0 - share) * angle)) - math.log(-math.log(v))
        )
    return error
