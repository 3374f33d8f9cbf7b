"""Meetings, membership, venues and the lives of communities against truths by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model import streams
from model.network import Memberships
from model.processes import (
    communities,
    lever_effects,
    meeting_kernels,
    meetings,
    membership,
    talk_kernels,
    venues,
)
from model.processes.meeting_kernels import ACTIVE, CORE, PERIPHERAL
from model.processes.society import STAGES, Venues
from model.simulation import CATALOGUE, MediaparkModel

DEFAULTS = CATALOGUE.values()
P = DEFAULTS["meetings"]
KEY = np.uint64(11)


def addresses(n: int) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64)


def gathering(n: int, **given) -> meeting_kernels.Gathering:
    """One community of ``n`` strangers who know what it is about."""
    domain = np.zeros((1, 8), np.float32)
    domain[0, 0] = 1.0
    whole = {
        "person": np.arange(n),
        "group": np.zeros(n, np.int64),
        "level": np.full(n, PERIPHERAL, np.int8),
        "record": np.full(n, 0.5),
        "minutes": np.full(n, meeting_kernels.USUAL_MINUTES),
        "address": addresses(n),
        "sociability": streams.normals(KEY, streams.SOCIABILITY, 0, addresses(n)),
        "employer": np.full(n, -1),
        "knowledge": np.repeat(domain, n, axis=0),
        "domain": domain,
        "support": np.zeros(1),
        "frequency": np.ones(1),
        "start": np.array([0, n]),
        "contact_start": np.zeros(n + 1, np.int64),
        "contact": np.zeros(0, np.int32),
    }
    return meeting_kernels.Gathering(**whole | given)


def every_group(group: meeting_kernels.Gathering) -> np.ndarray:
    return np.ones(len(group.frequency), bool)


def knows(n: int, each: int) -> dict[str, np.ndarray]:
    """Contacts on a circle: everybody knows the next ``each / 2`` on either side."""
    steps = [k for k in range(-each // 2, each // 2 + 1) if k]
    other = (np.arange(n)[:, None] + steps) % n
    return {
        "contact_start": np.arange(n + 1) * each,
        "contact": other.ravel().astype(np.int32),
    }


# -- who comes


def test_readiness_is_the_sum_of_its_terms():
    """A core member with two friends and a colleague; an active and two others."""
    knowledge = np.zeros((4, 8), np.float32)
    knowledge[0, :2] = [3.0, 4.0]  # a cosine of 0.6 with the topic
    knowledge[1:, 0] = 1.0
    group = gathering(
        4,
        level=np.array([CORE, ACTIVE, PERIPHERAL, PERIPHERAL], np.int8),
        record=np.array([0.9, 0.5, 0.2, 0.1]),
        minutes=np.array([25.0, 15.0, 30.0, 25.0]),
        employer=np.array([7, -1, -1, 7]),
        knowledge=knowledge,
        support=np.array([0.5]),
        contact_start=np.array([0, 2, 3, 4, 4]),
        contact=np.array([1, 2, 0, 0], np.int32),
    )
    eta = streams.normals(KEY, streams.SOCIABILITY, 0, group.address)
    found = (
        meeting_kernels.readiness(group, every_group(group), P) - P.sociability * eta
    )
    friends = np.array([0.5 + 0.2 + 0.1, 0.9, 0.9, 0.9])
    expected = (
        np.array([P.core, P.active, P.peripheral, P.peripheral])
        + P.topic * (np.array([0.6, 1.0, 1.0, 1.0]) - meeting_kernels.USUAL_COSINE)
        + P.friends * np.log1p(friends)
        - P.travel * (group.minutes - meeting_kernels.USUAL_MINUTES)
        + P.support * 0.5
    )
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_evenings_spent_elsewhere_keep_one_away():
    """One person in three groups, of 1, 2 and 0.5 meetings a month; another in one."""
    group = gathering(4)
    group = group._replace(
        person=np.array([0, 0, 0, 1]),
        group=np.array([0, 1, 2, 2]),
        record=np.array([0.5, 0.25, 0.8, 0.6]),
        frequency=np.array([1.0, 2.0, 0.5]),
        domain=np.repeat(group.domain, 3, axis=0),
        support=np.zeros(3),
        start=np.array([0, 1, 2, 4]),
    )
    idle = meeting_kernels.readiness(
        group, every_group(group), P._replace(evenings=0.0)
    )
    found = meeting_kernels.readiness(group, every_group(group), P)
    elsewhere = np.array([0.5 + 0.4, 0.5 + 0.4, 0.5 + 0.5, 0.0])
    np.testing.assert_allclose(idle - found, P.evenings * elsewhere)


def test_people_come_as_often_as_their_chance():
    n = 40_000
    group = gathering(n)
    odds = np.where(np.arange(n) % 2 == 0, -1.0, 0.5)
    here = np.array([5], np.uint64)
    comes = meeting_kernels.attend(group, odds, here, np.zeros(1, np.int64), KEY, 3)
    seen = np.array([comes[::2].mean(), comes[1::2].mean()])
    expected = 1 / (1 + np.exp([1.0, -0.5]))
    assert (np.abs(seen - expected) < 4 * np.sqrt(0.25 / (n / 2))).all()
    none = meeting_kernels.attend(group, odds, here, np.full(1, -1), KEY, 3)
    assert not none.any()


def test_twice_the_way_keeps_away_every_third_to_six_in_ten():
    """15 and 30 minutes; strangers of all sociabilities, who come about one in ten."""
    n = 20_000
    share = [
        (1 / (1 + np.exp(-meeting_kernels.readiness(
            gathering(n, minutes=np.full(n, minutes)), np.ones(1, bool), P
        )))).mean()
        for minutes in (15.0, 30.0)
    ]  # fmt: skip
    assert 0.30 < 1 - share[1] / share[0] < 0.60


def test_records_and_levels():
    members = Memberships(
        np.arange(4), np.zeros(4, np.int64), np.full(4, PERIPHERAL, np.int8),
        np.array([0.6, 0.4, 0.7, 0.9]), np.array([3, 3, 3, 3], np.int32),
    )  # fmt: skip
    comes = np.array([True, False, False, False])
    meeting_kernels.remember(
        np.array([0, 0, 0, 1]), comes, np.array([0, -1]), 0.25, (0.65, 0.33),
        (members.record, members.absent, members.level),
    )  # fmt: skip
    np.testing.assert_allclose(members.record, [0.7, 0.3, 0.525, 0.9])
    assert members.level.tolist() == [CORE, PERIPHERAL, ACTIVE, CORE]
    assert members.absent.tolist() == [0, 3, 3, 3]


def test_groups_meet_as_often_as_declared(small_model):
    model = small_model()
    state, groups = model.state, model.communities
    first, months = state.month, 240
    held = np.zeros(len(groups))
    for month in first + np.arange(months):
        state.month = int(month)
        held += meetings.meetings_by_calendar(state)
    assert (np.abs(held - months * groups.frequency) <= 1.0).all()


# -- who talks


def talks(group, months=1, p=P, most=150):
    """Talks of everybody, who all come, in each of some months."""
    n = len(group.person)
    heard = [
        talk_kernels.talk(
            group, np.ones(n, bool), np.array([9], np.uint64), np.zeros(1, np.int64),
            most, KEY, month, p,
        )
        for month in range(months)
    ]  # fmt: skip
    return [np.concatenate(columns) for columns in zip(*heard, strict=True)]


def test_talks_are_as_many_as_declared_and_nobody_talks_alone():
    n, months = 50, 40
    one, two, *_ = talks(gathering(n), months)
    assert (one != two).all()
    mean = P.talks / 2 * n * months
    assert abs(len(one) - mean) < 4 * math.sqrt(mean)


def test_acquaintances_are_sought_as_declared():
    """Everybody knows 4 of 39 others; three in five talks seek one of them."""
    n, months = 40, 100
    one, two, knew, *_ = talks(gathering(n, **knows(n, 4)), months)
    gap = np.minimum((one - two) % n, (two - one) % n)
    np.testing.assert_array_equal(knew, gap <= 2)
    expected = P.known + (1 - P.known) * 4 / (n - 1)
    # Chance talks of one evening share a circle; they are too few to matter.
    assert abs(knew.mean() - expected) < 4 * math.sqrt(0.25 / len(one))


def test_chance_brings_any_two_together_alike():
    """Ten strangers on 1,500 evenings: each of 90 directed pairs, against its share."""
    n, months = 10, 1_500
    p = P._replace(talks=2.0)
    counts = np.zeros((months, n, n))
    for month in range(months):
        one, two, *_ = talk_kernels.talk(
            gathering(n), np.ones(n, bool), np.array([9], np.uint64),
            np.zeros(1, np.int64), 150, KEY, month, p,
        )  # fmt: skip
        np.add.at(counts[month], (one, two), 1.0)
    apart = ~np.eye(n, dtype=bool)
    seen, error = counts.mean(axis=0), counts.std(axis=0) / math.sqrt(months)
    assert (np.abs(seen - p.talks / 2 / (n - 1))[apart] < 4.5 * error[apart]).all()
    # Either way round: who begins a talk does not matter.
    both = seen + seen.T
    assert abs(both[apart].mean() - p.talks / (n - 1)) < 4 * error[apart].mean()


def test_one_guest_less_changes_talks_with_that_guest_only():
    n, months = 30, 20
    group = gathering(n)
    number, home = np.zeros(1, np.int64), np.array([9], np.uint64)
    for month in range(months):
        heard = []
        for comes in (np.ones(n, bool), np.arange(n) != 4):
            one, two, *_ = talk_kernels.talk(
                group, comes, home, number, 150, KEY, month, P
            )
            heard.append([*zip(one.tolist(), two.tolist(), strict=True)])
        every, without = heard
        kept = [pair for pair in every if 4 not in pair]
        begun = [one for one, _ in every if one != 4]
        assert begun == [one for one, _ in without]
        changed = sum(a != b for a, b in zip(
            [pair for pair in every if pair[0] != 4], without, strict=True
        ))  # fmt: skip
        assert changed == len(begun) - len(kept)


def test_a_first_talk_becomes_a_tie_as_declared_up_to_the_cap():
    n, months = 60, 60
    _, _, knew, tied, _ = talks(gathering(n), months)
    chance = P.new_tie
    assert not knew.any()
    assert abs(tied.mean() - chance) < 4 * math.sqrt(chance * (1 - chance) / len(tied))
    full = talks(gathering(n, **knows(n, 4)), 20, most=4)
    assert not (full[3] & ~full[2]).any()  # nobody holds a fifth
    assert full[3][full[2]].all()  # and what is held is renewed


def test_colleagues_are_known_without_being_tied():
    n = 20
    _, _, knew, tied, _ = talks(gathering(n, employer=np.full(n, 3)), 10)
    assert knew.all() and not tied.any()


# -- joining and lapsing


def test_those_who_hear_are_told_by_members_or_by_chance():
    """Members 0-9 know 10-19 only; the circle holds 20-119 only."""
    groups, people = 4_000, 120
    start = np.arange(groups + 1) * 10
    member = np.tile(np.arange(10), groups)
    contact_start = np.concatenate([np.arange(11), np.full(people - 10, 10)])
    contact = np.arange(10, 20, dtype=np.int32)
    point, on_ring = (np.arange(100) + 0.5) / 100, np.arange(20, people)
    every = np.append(np.arange(people), -1)
    person, group = membership.hear(
        np.full(groups, 1.5), addresses(groups), start, member, contact_start, contact,
        point, on_ring, every, 0.6, KEY, 4,
    )  # fmt: skip
    assert len(set(zip(person.tolist(), group.tolist(), strict=True))) == len(person)
    assert person.min() >= 10  # nobody joins who is a member
    told = (person < 20).mean()
    # 1.5 people each: the same one of ten is told twice in 4 % of groups, which takes
    # 1.5^2 / 2 x 0.36 / 10 off the 1.5 x 0.6.
    expected = (0.9 - 0.0405) / (1.5 - 0.0405 - 1.5**2 / 2 * 0.16 / 100)
    assert abs(told - expected) < 4 * math.sqrt(0.25 / len(person))


def test_who_hears_joins_by_interest_and_way(small_model):
    model = small_model()
    state, people, groups = model.state, model.people, model.communities
    rows = np.arange(min(4_000, len(people)))
    group = rows % len(groups)
    joined = np.zeros(len(rows))
    for month in state.month + np.arange(60):
        state.month = int(month)
        joined += membership.willing(state, rows, group) / 60
    alike = meeting_kernels.cosines(people.knowledge[rows], groups.domain[group])
    minutes = meetings.venue_minutes(state, rows, groups.venue[group])
    score = P.topic * (alike - meeting_kernels.USUAL_COSINE)
    score -= P.travel * (minutes - meeting_kernels.USUAL_MINUTES)
    chance = 1 / (1 + np.exp(-score))
    z = (joined - chance) / np.sqrt(chance * (1 - chance) / 60)
    assert abs(z.mean()) < 4 / math.sqrt(len(rows))
    assert abs(z.std() - 1) < 4 / math.sqrt(2 * len(rows)) + 0.02


def test_after_a_year_of_absence_one_is_no_member_any_more(small_model):
    model = small_model()
    members = model.state.society.memberships
    members.absent[:] = 0
    members.absent[3] = membership.LAPSED
    person, count = members.person[3], len(members)
    membership.lapse(model.state)
    kept = model.state.society.memberships
    gone = (model.people.rows(members.person) < 0).sum()
    assert len(kept) == count - 1 - gone
    assert person not in kept.person[kept.community == members.community[3]]


# -- energy, support, founders, ends


@pytest.fixture
def group_of_ten(small_model):
    """A model with one community: nobody gives up, the first member carries it."""
    model = small_model(**{"communities.founder_quits": 0.0})
    state, groups = model.state, model.communities
    groups.remove(np.arange(1, len(groups)))
    state.society.memberships = Memberships(
        model.people.slot[:10].copy(), np.full(10, groups.slot[0]),
        np.array([CORE] * 3 + [ACTIVE] * 7, np.int8),
        np.array([1.0, 0.8, 0.9] + [0.5] * 7), np.zeros(10, np.int32),
    )  # fmt: skip
    groups.founder[0] = model.people.slot[0]
    groups.energy[0], groups.thin[0], groups.age[0] = 0.5, 0, 30
    return model


@pytest.mark.parametrize(
    ("turnout", "support", "pull"),
    [(10.0, 0.0, 0.0), (15.0, 0.5, 0.5), (90.0, 1.0, 1.0), (0.0, 0.0, -1.0)],
)
def test_energy_is_turnout_support_and_fatigue(group_of_ten, turnout, support, pull):
    state, p = group_of_ten.state, DEFAULTS["communities"]
    groups = state.communities
    groups.turnout[0] = turnout * p.target / 10.0
    groups.support[0] = support
    communities.carry(state, p)
    fatigue = p.fatigue * (1 + 31 / p.wear)
    expected = 0.5 + p.attendance_effect * pull + p.support_effect * support - fatigue
    assert groups.energy[0] == pytest.approx(expected)
    groups.energy[0] = 1.0
    communities.carry(state, p)
    assert 0.0 <= groups.energy[0] <= 1.0


def test_a_lost_founder_costs_energy_and_the_most_faithful_takes_over(group_of_ten):
    model = group_of_ten
    state, p = model.state, DEFAULTS["communities"]
    groups, members = state.communities, state.society.memberships
    groups.turnout[0] = p.target
    heir = members.person[2]  # the record of 0.9
    model.people.remove(np.array([0]))
    communities.carry(state, p)
    assert groups.founder[0] == heir
    fatigue = p.fatigue * (1 + 31 / p.wear)
    assert groups.energy[0] == pytest.approx(0.5 - fatigue - p.founder_loss)
    communities.carry(state, p)
    fatigue += p.fatigue * (1 + 32 / p.wear)
    assert groups.energy[0] == pytest.approx(0.5 - fatigue - p.founder_loss)
    told = state.journal.communities[-1]
    assert communities.COMMUNITY_KINDS[told["kind"][0]] == "founder lost"


def test_without_a_core_nobody_takes_over_and_the_loss_goes_on(group_of_ten):
    model = group_of_ten
    state, p = model.state, DEFAULTS["communities"]
    groups = state.communities
    state.society.memberships.level[:] = ACTIVE
    groups.energy[0], groups.turnout[0] = 1.0, p.target
    model.people.remove(np.array([0]))
    communities.carry(state, p)
    communities.carry(state, p)
    assert groups.founder[0] == -1
    fatigue = p.fatigue * (2 + (31 + 32) / p.wear)
    assert groups.energy[0] == pytest.approx(1 - fatigue - 2 * p.founder_loss)


def test_founders_give_up_at_their_rate(small_model):
    chance, months = 0.05, 400
    model = small_model(**{"communities.founder_quits": chance})
    state, groups = model.state, model.communities
    anybody = model.people.slot[100]
    p = DEFAULTS["communities"]._replace(founder_quits=chance)
    lost = 0
    for month in state.month + np.arange(months):
        state.month = int(month)
        groups.founder[:] = anybody
        lost += communities.losing_founder(state, p).sum()
    n = months * len(groups)
    assert abs(lost / n - chance) < 4 * math.sqrt(chance / n)


@pytest.mark.parametrize(
    ("energy", "thin", "ends"),
    [(0.0, 0, True), (0.5, 6, True), (0.01, 5, False)],
)
def test_a_community_ends_without_energy_or_guests(group_of_ten, energy, thin, ends):
    state = group_of_ten.state
    groups = state.communities
    groups.energy[0], groups.thin[0] = energy, thin
    communities.end(state)
    assert len(groups) == (0 if ends else 1)
    assert len(state.society.memberships) == (0 if ends else 10)


def test_stages_follow_age_and_energy():
    age = np.array([0, 6, 17, 18, 60, 60, 6, 3])
    energy = np.array([0.1, 0.5, 0.5, 0.3, 0.9, 0.2, 0.1, 0.9])
    found = [STAGES[k] for k in communities.stages(age, energy)]
    assert found == [
        "potential", "coalescing", "coalescing", "maturing", "stewardship",
        "coalescing", "transforming", "potential",
    ]  # fmt: skip


def test_communities_are_founded_at_their_rate(small_model):
    model = small_model(**{"communities.founding": 5.0})
    state, months = model.state, 48
    p = DEFAULTS["communities"]._replace(founding=5.0)
    mean = 5.0 * len(model.people) / 1000 / 12 * months
    before = len(model.communities)
    society, people = state.society, model.people  # people have left since they met
    society.contacts = society.ties.adjacency(people.row_of, len(people))
    for month in state.month + np.arange(months):
        state.month = int(month)
        communities.found(state, p)
    new = len(model.communities) - before
    # A few who turn up are out of work and found nothing.
    assert mean - 4 * math.sqrt(mean) - 0.1 * mean < new < mean + 4 * math.sqrt(mean)
    rows = np.arange(before, before + new)
    founders = model.people.rows(model.communities.founder[rows])
    assert (founders >= 0).all()
    np.testing.assert_array_equal(
        model.communities.topic[rows], model.people.skill[founders]
    )
    np.testing.assert_allclose(
        np.linalg.norm(model.communities.domain[rows], axis=1), 1.0, rtol=1e-6
    )


# -- venues


def test_a_venue_in_the_house_of_a_school_moves_with_it(scenario):
    """IHECS goes to Reyers in `committed`, and with it who meets in its house."""
    model = MediaparkModel(scenario("committed"), rng=0)
    state, groups = model.state, model.communities
    old = model.region.places["ihecs"][0]
    row = 0
    groups.venue[row] = old
    groups.host[row] = model.firms.slot[lever_effects.row_of(state, "ihecs")]
    before = groups.venue.copy()
    pull = next(pull for pull in state.programme.pulls if pull.lever.slug == "ihecs")
    lever_effects.start(pull.lever, state, pull)
    venues.follow(state, groups.venue, groups.host)
    venues.follow(state, state.society.venues.cell, state.society.venues.host)
    new = int(lever_effects.heart_of(state, "mediapark"))
    assert groups.venue[row] == new != old
    assert old not in state.society.venues.cell
    elsewhere = groups.host != groups.host[row]
    np.testing.assert_array_equal(groups.venue[elsewhere], before[elsewhere])


def test_venues_are_chosen_by_logit_over_minutes_and_free_rooms(small_model):
    model = small_model()
    state, groups = model.state, model.communities
    society = state.society
    society.venues = Venues(np.array([0, 5, 100]), np.full(3, -1), np.zeros(3))
    society.venues.rooms[2] = 1e9
    origin, n = 7, 6_000
    seen = np.zeros(3)
    for month in state.month + np.arange(n):
        state.month = int(month)
        venues.settle(state, 0, origin)
        seen += society.venues.cell == groups.venue[0]
        assert groups.room[0] == (groups.venue[0] == 100)
    room = np.array([0.0, 0.0, DEFAULTS["venues"].room_appeal])
    weight = np.exp(room - P.travel * state.minutes[origin, society.venues.cell])
    expected = weight / weight.sum()
    error = np.sqrt(expected * (1 - expected) / n)
    assert (np.abs(seen / n - expected) < 4 * error).all()


def test_paid_rooms_fill_up(small_model):
    model = small_model()
    state, groups = model.state, model.communities
    per_room = int(DEFAULTS["venues"].groups_per_room)
    society = state.society
    society.venues = Venues(np.array([3]), np.full(1, -1), np.array([1.0]))
    groups.room[:] = False
    communities_now = len(groups)
    assert venues.free_rooms(state)[0] == per_room
    for row in range(communities_now):
        venues.settle(state, row, 3)
    assert groups.room.sum() == min(per_room, communities_now)
