r"""Communities of practice are founded, carried, supported, and end.

Energy, the will to go on, moves each month by

.. math:: \Delta e_g = \gamma_1 (turnout / target - 1) + \gamma_2 S_g
          - \gamma_3 (1 + age / age_2)

held between 0 and 1, the first term at most :math:`\gamma_1` either way. Fatigue
doubles at the age :math:`age_2`: even a full room is carried for some years only. S is
the part of a community's needs that policy meets: a free room, a host and a grant, a
third each.
A community ends when its energy is gone, or when fewer than four came to six meetings
in a row. Whoever founded it carries it; when the founder leaves the trade or gives up,
energy falls by ``founder_loss``, and the most faithful core member takes over; with no
core there is nobody, and the loss comes every month. Shared leadership is what keeps
such groups alive (Meetup panel, JCMC 2014), and groups of Brussels' media are ephemeral
[S18]. Stages follow age and energy (Wenger, McDermott & Snyder 2002).

Founders are workers, anywhere, so that dense places found most: of five whom chance
brings up, the one who knows most people. A new group takes the topic of its founder's
trade and begins with those whom the founder knows.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model import streams
from model.network import Memberships
from model.parameters import fixed, uncertain
from model.processes import venues, workplace
from model.processes.journal import COMMUNITY_KINDS
from model.processes.lever_effects import cells_of
from model.processes.society import CATEGORIES, LEVELS, STAGES
from model.processes.state import SUBSECTOR_COUNT, Floats, Integers, RegionState
from model.scenario.levers import CommunitySupport

CORE, ACTIVE = LEVELS.index("core"), LEVELS.index("active")
WOULD_BE_FOUNDERS = 5  # of whom the one who knows most people founds; assumed
MOST_FIRST, FIRST_RECORD = 20, 0.45  # acquaintances who join at the founding; assumed
POOL = streams.named_address("communities to come")
THIN_MEETINGS = 6  # in a row, after which nobody calls another
POTENTIAL, COALESCING, MATURING, STEWARDSHIP, TRANSFORMING = range(len(STAGES))
FREQUENCIES = (0.15, 1.25)  # meetings per month of a new group; assumed


class Parameters(NamedTuple):
    """Life of communities."""

    founding: Annotated[
        float,
        uncertain(
            0.7,
            unit="/1000 workers/year",
            hard=(0.0, 20.0),
            plausible=(0.3, 1.2),
            source="assumption: keeps 1.5 per 1,000 workers alive",
            confidence="L",
            means="phi: communities founded",
        ),
    ]
    attendance_effect: Annotated[
        float,
        uncertain(
            0.04,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.02, 0.06),
            source="assumption",
            confidence="L",
            means="g1: full rooms give energy, empty ones take it",
        ),
    ]
    support_effect: Annotated[
        float,
        uncertain(
            0.05,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.0, 0.15),
            source="effects fade after funding ends (BioRegio)",
            confidence="L",
            means="g2: support gives energy",
        ),
    ]
    fatigue: Annotated[
        float,
        uncertain(
            0.008,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.005, 0.012),
            source="assumption",
            confidence="L",
            means="g3: energy that a month costs at first",
        ),
    ]
    wear: Annotated[
        float,
        uncertain(
            13.0,
            unit="months",
            hard=(1.0, 1200.0),
            plausible=(10.0, 24.0),
            source="assumption: what support adds is half gone in 3-5 years (BioRegio)",
            confidence="L",
            means="age_2: age at which fatigue has doubled",
        ),
    ]
    target: Annotated[
        float,
        uncertain(
            4.0,
            unit="persons",
            hard=(1.0, 500.0),
            plausible=(3.0, 6.0),
            source="assumption: 20-100 a night are seen, smaller groups are not",
            confidence="L",
            means="turnout that neither tires nor cheers",
        ),
    ]
    founder_quits: Annotated[
        float,
        uncertain(
            0.01,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.004, 0.03),
            source="assumption: one carries a group for some eight years",
            confidence="L",
            means="chance that the founder gives up",
        ),
    ]
    founder_loss: Annotated[
        float,
        uncertain(
            0.3,
            unit="0-1",
            hard=(0.0, 1.0),
            plausible=(0.1, 0.6),
            source="change of leadership ends groups (Meetup panel); size assumed",
            confidence="L",
            means="energy lost with the founder",
        ),
    ]
    groups_per_host: Annotated[
        float,
        fixed(
            6,
            unit="communities/FTE",
            hard=(1, 100),
            source="assumption",
            confidence="L",
            means="communities that a paid facilitator serves",
        ),
    ]
    grant: Annotated[
        float,
        fixed(
            20_000,
            unit="EUR/year",
            hard=(100, 10_000_000),
            source="assumption",
            confidence="L",
            means="money that meets all of a community's needs of money",
        ),
    ]


def apply(state: RegionState) -> None:
    """A month in the lives of all communities, before they meet.

    In the burn-in they meet, but none is founded and none ends, so that those of the
    base year are there when the calendar begins.
    """
    p = state.scenario.block(Parameters)
    if state.frozen:
        state.communities.thin[:] = 0
        return
    if len(state.communities):
        give_support(state, p)
        carry(state, p)
        end(state)
    found(state, p)


def give_support(state: RegionState, p: Parameters) -> None:
    """S: the part of each community's needs that working levers meet."""
    groups = state.communities
    share = np.zeros((3, len(groups)))
    share[0] = groups.room
    for item in state.programme.pulls:
        lever = item.lever
        if not (item.works and isinstance(lever, CommunitySupport)):
            continue
        here = np.isin(groups.venue, cells_of(state, lever.where))
        count = max(1, int(here.sum()))
        share[1, here] += lever.facilitators * p.groups_per_host / count
        share[2, here] += lever.eur_year / p.grant / count
    groups.support[:] = np.minimum(share, 1.0).sum(axis=0) / 3.0


def carry(state: RegionState, p: Parameters) -> None:
    """Founders may give up; energy and stage of the month."""
    groups = state.communities
    groups.age[:] += 1
    lost = losing_founder(state, p)
    spend(groups.energy, groups.age, groups.turnout, groups.support, lost, p)
    groups.stage[:] = stages(groups.age, groups.energy)


@njit(cache=True)
def spend(energy: Any, age: Any, turnout: Any, support: Any, lost: Any, p: Any) -> None:
    """Energy that a month gives and takes; ``energy`` (0-1) is changed."""
    for g in range(len(energy)):
        pull = min(turnout[g] / p.target - 1.0, 1.0)  # and never below -1
        now = energy[g] + p.attendance_effect * pull
        now += p.support_effect * support[g]
        now -= p.fatigue * (1.0 + age[g] / p.wear)
        now -= p.founder_loss * lost[g]
        energy[g] = min(max(now, 0.0), 1.0)


def losing_founder(state: RegionState, p: Parameters) -> NDArray[np.bool_]:
    """Which communities have nobody to carry them, or have just lost them."""
    groups, members = state.communities, state.society.memberships
    u = streams.uniforms(state.key, streams.FOUNDER, state.month, groups.address)
    lost: NDArray[np.bool_] = state.people.rows(groups.founder) < 0
    lost |= u < p.founder_quits
    for row in np.flatnonzero(lost):
        core = (members.community == groups.slot[row]) & (members.level == CORE)
        core &= members.person != groups.founder[row]
        heirs = np.flatnonzero(core)
        groups.founder[row] = -1
        if len(heirs):
            groups.founder[row] = members.person[heirs[members.record[heirs].argmax()]]
        note(state, np.array([row]), "founder lost")
    return lost


@njit(cache=True)
def stages(age: Any, energy: Any) -> Any:
    """Stage of life by age (months) and energy, int8[k]."""
    stage = np.empty(len(age), np.int8)
    for g in range(len(age)):
        stage[g] = COALESCING
        if age[g] < 6:
            stage[g] = POTENTIAL
        elif energy[g] < 0.15:
            stage[g] = TRANSFORMING
        elif energy[g] >= 0.3 and age[g] >= 60:
            stage[g] = STEWARDSHIP
        elif energy[g] >= 0.3 and age[g] >= 18:
            stage[g] = MATURING
    return stage


def end(state: RegionState) -> None:
    """Communities without energy, or to which nobody comes, are no more."""
    groups = state.communities
    over = np.flatnonzero((groups.energy <= 0.0) | (groups.thin >= THIN_MEETINGS))
    if len(over):
        note(state, over, "closed")
        groups.remove(over)
        members = state.society.memberships
        kept = groups.rows(members.community) >= 0
        state.society.memberships = members.take(kept)


def found(state: RegionState, p: Parameters) -> None:
    """New communities, by workers who turn up on the circle."""
    people, month, key = state.people, state.month, state.key
    u = streams.uniform(key, streams.FOUNDING, month, POOL, 0)
    count = streams.poisson(u, p.founding * len(people) / 1000.0 / 12.0)
    for ordinal in range(count):
        address = np.uint64(streams.newborn_address(POOL, month, ordinal))
        draws = np.array(
            [
                streams.uniform(key, streams.FOUNDING, month, address, k)
                for k in range(WOULD_BE_FOUNDERS + 2)
            ]
        )
        asked = people.rows(state.society.ring.after(draws[2:]))
        contacts = state.society.contacts
        ties = contacts.start[asked + 1] - contacts.start[asked]
        known = np.where(asked >= 0, ties, -1)
        founder = int(asked[known.argmax()])
        slot = int(people.slot[founder]) if founder >= 0 else -1
        origin = workplace.work_cell(state, slot)
        if origin < 0:
            continue  # gone, out of work or abroad: nobody founds
        first = contacts.other[contacts.start[founder] : contacts.start[founder + 1]]
        rows = add(state, founder, first[:MOST_FIRST], address, draws)
        venues.settle(state, rows.start, origin)
        note(state, np.arange(rows.start, rows.stop), "founded")


def add(
    state: RegionState, founder: int, known: Any, address: np.uint64, draws: Floats
) -> slice:
    """Add a new community of its founder and people whom the founder knows; its row."""
    people, low, high = state.people, *FREQUENCIES
    topic = int(people.skill[founder])
    rows = state.communities.add(
        1,
        address=address,
        name=-1,
        topic=topic,
        domain=domains(np.array([topic]), draws[:1]),
        host=-1,
        founder=people.slot[founder],
        stage=POTENTIAL,
        frequency=low + (high - low) * draws[1],
        energy=0.5,
        turnout=state.scenario.block(Parameters).target,
    )
    first = np.concatenate([[founder], known])
    founds = np.arange(len(first)) == 0
    members = Memberships(
        people.slot[first],
        np.repeat(state.communities.slot[rows], len(first)),
        np.where(founds, CORE, ACTIVE).astype(np.int8),
        np.where(founds, 1.0, FIRST_RECORD),
        np.zeros(len(first), np.int32),
    )
    state.society.memberships = state.society.memberships.joined_by(members)
    return rows


def domains(topic: Integers, draw: Floats) -> NDArray[np.float32]:
    """What communities are about, by category: their trade, and one of the rest.

    Parameters
    ----------
    topic : int64[k]
        Subsector.
    draw : float64[k]
        Uniform: which of technology, story and business comes with it.

    Returns
    -------
    float32[k, 8]
        Of length one.
    """
    out = np.zeros((len(topic), CATEGORIES), np.float32)
    every = np.arange(len(topic))
    out[every, topic] = 2.0
    rest = CATEGORIES - SUBSECTOR_COUNT
    out[every, SUBSECTOR_COUNT + (draw * rest).astype(np.int64)] = 1.0
    return out / np.float32(np.sqrt(5.0))


def note(state: RegionState, rows: Integers, kind: str) -> None:
    """Write into the journal what became of some communities."""
    groups = state.communities
    members = state.society.memberships.community
    state.journal.write_communities(
        state.month,
        kind=COMMUNITY_KINDS.index(kind),
        community=groups.address[rows],
        name=groups.name[rows],
        topic=groups.topic[rows],
        venue=groups.venue[rows],
        age=groups.age[rows],
        energy=groups.energy[rows],
        members=[int((members == slot).sum()) for slot in groups.slot[rows]],
    )
