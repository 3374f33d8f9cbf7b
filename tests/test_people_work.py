"""Projects, accounts, staffing, workplaces and homes against truths by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model import streams
from model.agents import Employee, Freelancer
from model.network import PROJECTS
from model.processes import (
    freelance,
    hiring_kernels,
    hiring_pool,
    homes,
    projects,
    staffing,
    workplace,
)
from model.processes.society import AT_CLIENT, AT_HOME, CLIENTS
from model.processes.state import EMPLOYEE, FREELANCER
from model.simulation import CATALOGUE, MediaparkModel

DEFAULTS = CATALOGUE.values()
P = DEFAULTS["projects"]
KEY = np.uint64(5)


def addresses(n: int) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64)


# -- projects: what is posted


@pytest.mark.parametrize("team_size", [1.0, 2.0, 5.0])
def test_firms_post_as_many_days_as_declared(team_size):
    n, p = 4_000, P._replace(team_size=team_size)
    days_per_job = np.array([0.0, 0.5, 1.0, 2.0, 4.0])
    subsector = (np.arange(n) % 5).astype(np.int8)
    jobs = np.full(n, 10, np.int32)
    rate = days_per_job / (p.team_size * p.days_per_contract)
    posted = hiring_kernels.Posted(
        *hiring_kernels.post(
            np.arange(n), jobs, subsector, addresses(n), rate, KEY, 3, p
        )
    )  # fmt: skip
    asked = np.bincount(subsector[posted.firm], posted.days, 5)
    assert asked[0] == 0.0
    # Poisson projects of Poisson slots of exponential days: the variance of a sum is
    # projects x E[(sum of a project)^2] <= projects x (2 m^2 + m + 1) days^2.
    projects_each = rate * 10 * n / 5
    largest = (2 * team_size**2 + team_size + 1) * p.days_per_contract**2
    error = np.sqrt(projects_each * largest)
    assert (np.abs(asked - days_per_job * 10 * n / 5) <= 4 * error).all()
    teams = np.bincount(posted.project)
    assert teams.min() >= 1
    spread = math.sqrt(max(team_size - 1.0, 1e-12) / len(teams))
    assert abs(teams.mean() - team_size) <= 4 * spread
    assert (np.diff(posted.project) >= 0).all()


def test_one_firm_more_changes_no_other_firms_slots():
    n = 200
    jobs, subsector = np.full(n, 20, np.int32), np.zeros(n, np.int8)
    rate = np.full(5, 0.05)
    every = [
        hiring_kernels.Posted(
            *hiring_kernels.post(
                np.arange(first, n), jobs, subsector, addresses(n), rate, KEY, 3, P
            )
        )
        for first in (0, 1)
    ]  # fmt: skip
    without = every[0].firm > 0
    for name in ("firm", "ordinal", "days"):
        np.testing.assert_array_equal(
            getattr(every[0], name)[without], getattr(every[1], name)
        )


# -- projects: who gets a slot


def pool_of(n: int, booked: float = 0.0) -> hiring_pool.Pool:
    """Freelancers of no client, all alike, who live in cell 0."""
    return hiring_pool.Pool(
        point=(np.arange(n) + 0.5) / n,
        row=np.arange(n),
        address=addresses(n),
        language=np.zeros(n, np.int8),
        home=np.zeros(n, np.int32),
        knowledge=np.zeros((n, 8), np.float32),
        booked=np.full(n, booked, np.float32),
        clients=np.full((n, CLIENTS), -1, np.int32),
        ties=np.zeros((n, CLIENTS), np.float32),
        last=np.zeros((n, CLIENTS), np.int16),
        group_start=np.zeros(n + 1, np.int64),
        group=np.zeros(0, np.int64),
    )


def one_firm(former=(), count: int = 1) -> hiring_pool.Firms:
    """Firms in cell 0; the first has former collaborators (places in the pool)."""
    start = np.full(count + 1, len(former), np.int64)
    start[0] = 0
    return hiring_pool.Firms(
        address=addresses(count) + np.uint64(1000),
        subsector=np.zeros(count, np.int8),
        language=np.zeros(count, np.int8),
        cell=np.zeros(count, np.int32),
        repeat_start=start,
        repeat_count=np.diff(start),
        repeat=np.array(former, np.int64),
        groups=np.zeros((count, 1), bool),
    )


def slots(count: int, days: float = 0.0, team: int = 1, firm: int = 0):
    return hiring_kernels.Posted(
        np.full(count, firm), np.arange(count) // team, np.arange(count),
        np.full(count, days),
    )  # fmt: skip


def fill(posted, firms, pool, p=P, kappa=0.05, minutes=None):
    minutes = np.zeros((1, 1), np.float32) if minutes is None else minutes
    return hiring_kernels.fill(posted, firms, pool, minutes, 55.0, kappa, KEY, 7, p)


def test_choice_among_candidates_is_a_logit():
    """Freelancers who differ in past work, knowledge, language, way and community."""
    n = hiring_kernels.CANDIDATES
    assert n == 5  # all of them are looked at
    pool = pool_of(n)
    pool.clients[0, 2], pool.ties[0, 2] = 0, 3.0
    pool.knowledge[1, 0] = 20.0
    pool.language[2] = 1
    pool.home[3] = 1
    pool.home[4] = -1
    member = np.array([0, 0, 0, 0, 0, 1])
    pool = pool._replace(group_start=member, group=np.zeros(1, np.int64))
    firms = one_firm()
    firms.groups[0, 0] = True
    minutes = np.array([[0.0, 30.0], [30.0, 0.0]], np.float32)
    utility = np.array(
        [
            P.tie_effect * math.log(4.0),
            P.fit_effect * 2.0,
            -P.language_effect,
            -0.05 * 30.0,
            P.community_effect - 0.05 * 55.0,
        ]
    )
    expected = np.exp(utility) / np.exp(utility).sum()
    draws, busy = 20_000, np.zeros(n, bool)
    taken = [
        hiring_kernels.best_of(
            0, k, 0.3, hiring_kernels.OPEN, firms, pool, busy, minutes, 55.0, 0.05,
            KEY, 7, P,
        )
        for k in range(draws)
    ]  # fmt: skip
    seen = np.bincount(taken, minlength=n) / draws
    error = np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(seen - expected) < 4 * error).all()


def test_slots_are_open_for_incumbents_or_repeated_as_declared():
    """A tenth worked for this firm, four tenths for another, half for nobody.

    All are equally liked and stand in turn on the circle, so a slot that is open goes
    to each kind by its number.
    """
    n, count = 6_000, 20_000
    p = P._replace(tie_effect=0.0)
    # Those with clients (0-4) and those without in turn, so that gaps are even.
    pool, kind = pool_of(n), np.tile([0, 5, 1, 6, 2, 7, 3, 8, 4, 9], n // 10)
    former = np.flatnonzero(kind == 0)
    pool.clients[former, 0], pool.ties[former, 0] = 0, 1e-6
    others = (kind >= 1) & (kind <= 4)
    pool.clients[others, 0], pool.ties[others, 0] = 1, 1e-6
    before = pool.clients.copy()
    firms = one_firm(former, count=2)
    taken, busy = [], np.zeros(n, bool)
    minutes = np.zeros((1, 1), np.float32)
    for s in range(count):  # one at a time: nobody is changed by being hired
        fresh = pool._replace(clients=before.copy(), ties=pool.ties.copy())
        if s % 500 == 0:
            busy[:] = False
        posted = hiring_kernels.Posted(*(np.array([x]) for x in (0, 0, s, 0.0)))
        got, known, *_ = hiring_kernels.fill(
            posted, firms, fresh, minutes, 55.0, 0.05, KEY, 7, p
        )
        taken.append(got[0])
        assert known[0] == (kind[got[0]] == 0)
    seen = np.bincount(np.minimum(kind[taken], 5), minlength=6) / count
    repeat, incumbent = p.incumbent * p.repeat, p.incumbent * (1 - p.repeat)
    expected_former = repeat + incumbent * 0.2 + (1 - p.incumbent) * 0.1
    error = math.sqrt(0.25 / count)
    assert abs(seen[0] - expected_former) < 4 * error
    assert abs(seen[5] - (1 - p.incumbent) * 0.5) < 4 * error


def test_nobody_is_taken_on_who_is_booked_out():
    pool = pool_of(50, booked=5.0)
    pool.booked[:20] = hiring_kernels.MAX_DAYS
    taken, *_ = fill(slots(400, days=7.0), one_firm(), pool)
    # Whoever is below the limit may be booked beyond it once, not twice: 5, 12, 19
    # and 26 days after three contracts.
    hired = np.bincount(taken[taken >= 0], minlength=50)
    assert (hired[:20] == 0).all() and (hired[20:] == 3).all()
    assert (taken < 0).sum() == 400 - 90
    np.testing.assert_allclose(pool.booked[20:], 26.0)


def test_a_team_holds_nobody_twice_and_its_members_are_tied():
    pool = pool_of(30)
    taken, _, first, second = fill(slots(60, days=0.0, team=6), one_firm(), pool)
    teams = taken.reshape(10, 6)
    assert all(len(set(team)) == 6 for team in teams.tolist())
    pairs = {
        frozenset((a, b))
        for team in teams.tolist()
        for k, a in enumerate(team)
        for b in team[:k]
    }
    assert len(first) == 10 * 15
    assert {
        frozenset(pair) for pair in zip(first.tolist(), second.tolist(), strict=True)
    } == pairs


def test_the_client_least_worked_for_gives_way_to_a_new_one():
    pool = pool_of(1)
    pool.clients[0] = np.arange(10, 10 + CLIENTS)
    pool.ties[0] = [3, 2, 1, 0.5, 2, 2, 2, 2]
    assert not hiring_kernels.sign(pool, 0, 0, 4.0, 7)
    assert pool.clients[0, 3] == 0 and pool.ties[0, 3] == 1.0
    assert pool.last[0, 3] == 7 and (np.delete(pool.last[0], 3) == 0).all()
    assert hiring_kernels.sign(pool, 0, 0, 4.0, 7)
    assert pool.ties[0, 3] == 2.0 and pool.booked[0] == 8.0


def test_client_ties_fade_and_gone_clients_are_forgotten(small_model):
    model = small_model()
    people, firms = model.people, model.firms
    rows = np.flatnonzero(people.kind == FREELANCER)[:2]
    people.clients[rows] = -1
    people.client_ties[rows] = 0.0
    people.clients[rows[0], :2] = firms.slot[0]
    people.client_ties[rows[0], :2] = [2.0, hiring_pool.WEAKEST]
    people.clients[rows[1], 0] = firms.slot[1]
    people.client_ties[rows[1], 0] = 5.0
    firms.remove(np.array([1]))
    pool = hiring_pool.pool_of(model.state, rows, 0.25)
    first, second = np.argsort(pool.row)
    assert pool.ties[first, 0] == pytest.approx(1.5)
    assert pool.clients[first].tolist() == [0] + [-1] * 7  # 0.05 x 0.75 is too little
    assert (pool.clients[second] == -1).all() and (pool.ties[second] == 0.0).all()


def test_a_freelancer_deals_with_the_same_employee_of_a_firm_each_time():
    start, staff = np.array([0, 4, 4]), np.array([12, 15, 18, 21])
    n = 8_000
    who, firm = addresses(n), np.zeros(n, np.int64)
    met = hiring_kernels.contacts(firm, who, start, staff, addresses(2), KEY)
    again = hiring_kernels.contacts(firm[:9], who[:9], start, staff, addresses(2), KEY)
    np.testing.assert_array_equal(again, met[:9])
    seen = np.bincount(met, minlength=22)[staff] / n
    assert (np.abs(seen - 0.25) < 4 * math.sqrt(0.25 * 0.75 / n)).all()
    nobody = hiring_kernels.contacts(firm + 1, who, start, staff, addresses(2), KEY)
    assert (nobody == -1).all()


def test_contracts_tie_freelancers_to_staff_and_to_each_other(small_model):
    model = small_model()
    state, people = model.state, model.people
    state.society.ties.news.clear()
    projects.apply(state)
    pairs, weights, layers = state.society.ties.news[0]
    assert (layers == PROJECTS).all() and (weights == 1.0).all()
    kinds = people.kind[people.rows(np.stack([pairs >> 32, pairs & 0xFFFFFFFF]))]
    freelancers = (kinds == FREELANCER).sum(axis=0)
    assert set(freelancers.tolist()) == {1, 2}
    assert state.tally.days > state.tally.repeat_days > 0.0
    talks = state.society.talks[0]
    assert len(talks.first) == len(pairs) and (talks.first != talks.second).all()


# -- accounts


def accounts(n: int, booked, fee, buffer) -> freelance.Accounts:
    return freelance.Accounts(
        booked=np.full(n, booked, np.float32),
        fee=np.full(n, fee, np.float32),
        paid_days=np.full(n, 12.0, np.float32),
        income=np.full(n, 1200.0, np.float32),
        buffer=np.full(n, buffer, np.float32),
        short=np.full(n, 4, np.int16),
    )


def test_savings_are_days_times_fee_over_the_cost_of_living_less_one():
    book = accounts(1, booked=26.0, fee=100.0, buffer=2.0)
    worked = freelance.settle(book, np.arange(1), 1600.0)
    assert worked == 20.0 and book.booked[0] == 6.0
    assert book.buffer[0] == pytest.approx(2.0 + 2000 / 1600 - 1)
    assert book.paid_days[0] == pytest.approx(12 + 8 / 12)
    assert book.income[0] == pytest.approx(1200 + 800 / 12, rel=1e-6)
    assert book.short[0] == 0


@pytest.mark.parametrize(("start", "end"), [(0.5, -0.5), (-11.5, -12.0)])
def test_without_work_savings_go_down_to_a_year_of_debt(start, end):
    book = accounts(1, booked=0.0, fee=100.0, buffer=start)
    freelance.settle(book, np.arange(1), 1600.0)
    assert book.buffer[0] == end and book.short[0] == 5


def test_fees_are_log_normal_about_their_mean():
    n, p = 100_000, DEFAULTS["freelance"]
    fee = freelance.fees(addresses(n), KEY, p.fee, p.fee_spread)
    assert abs(fee.mean() / p.fee - 1) < 4 * p.fee_spread / math.sqrt(n)
    logs = np.log(fee)
    assert abs(logs.std() - p.fee_spread) < 4 * p.fee_spread / math.sqrt(2 * n)


def test_freelancers_leave_and_seek_jobs_at_their_rates(scenario):
    """A month of 1,344 freelancers, half of them without savings for half a year.

    Ten months of accounts, each from the same beginning, give 13,440 chances.
    """
    model = MediaparkModel(scenario("reference"), rng=2)
    state, people = model.state, model.people
    p = DEFAULTS["freelance"]
    free = np.flatnonzero(people.kind == FREELANCER)
    n = len(free)
    left, sought, chances, seekers = np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2)
    names = ("kind", "employer", "idle", "leaving", "buffer", "short", "booked")
    before = {name: people[name][: len(people)].copy() for name in names}
    count = len(people)
    for _ in range(10):
        state.month += 1
        broke = np.arange(n) % 2 == 1
        people.buffer[free] = np.where(broke, -8.0, 3.0)
        people.short[free] = np.where(broke, 20, 0)
        people.booked[free] = 0.0
        freelance.apply(state)
        gone, employed = people.leaving[free], people.kind[free] == EMPLOYEE
        for kind in (0, 1):
            these = broke == kind
            left[kind] += gone[these].sum()
            sought[kind] += employed[these].sum()
            chances[kind] += these.sum()
            seekers[kind] += (these & ~gone).sum()
        people.remove(np.arange(count, len(people)))  # graduates of this month
        people.turn(np.flatnonzero(people.kind != before["kind"]), FREELANCER)
        back = np.flatnonzero(before["kind"] == EMPLOYEE)
        people.turn(back[people.kind[back] == FREELANCER], EMPLOYEE)
        for name, values in before.items():
            people[name][:] = values
    assert sought[0] == 0
    for seen, of, chance in (
        (left[0], chances[0], p.exit),
        (left[1], chances[1], p.exit + p.exit_if_short),
        (sought[1], seekers[1], p.to_job),
    ):
        assert abs(seen / of - chance) < 4 * math.sqrt(chance / of), (seen, of, chance)


def test_everybody_is_one_agent_of_the_right_class_after_every_switch(small_model):
    model = small_model(
        **{
            "freelance.to_freelance": 0.3,
            "freelance.to_job": 0.5,
            "freelance.exit": 0.1,
        }
    )
    people = model.people
    classes = {EMPLOYEE: Employee, FREELANCER: Freelancer}
    switched, kinds = 0, {}
    for _ in range(18):
        model.step()
        assert set(people.agents) == set(people.slot.tolist())
        registered = {
            a.slot for a in model.agents if isinstance(a, Employee | Freelancer)
        }
        assert registered == set(people.slot.tolist())
        for slot, kind in zip(people.slot.tolist(), people.kind.tolist(), strict=True):
            assert type(people.agents[slot]) is classes[kind]
            switched += kinds.get(slot, kind) != kind
            kinds[slot] = kind
        free = people.kind == FREELANCER
        assert (people.employer[free] == -1).all()
    assert switched > 20


# -- staffing


def test_a_shrinking_firm_lays_off_the_latest_and_a_gone_one_all():
    kind = np.array([EMPLOYEE] * 6 + [FREELANCER], np.int8)
    employer = np.array([0, 0, 0, 1, 1, -1, -1])
    idle = np.zeros(7, np.int32)
    row_of = np.array([0, -1, 1, -1])  # slot 1 is gone, slot 2 is a new firm
    jobs = np.array([2, 3], np.int32)
    seeking, room = staffing.balance(kind, employer, idle, row_of, jobs)
    assert seeking.tolist() == [2, 3, 4, 5] and room.tolist() == [0, 3]
    assert employer.tolist() == [0, 0, -1, -1, -1, -1, -1]
    assert idle.tolist() == [0, 0, 1, 1, 1, 1, 0]


def vacancies(firms: int, each: int = 1) -> np.ndarray:
    return np.repeat(np.arange(firms), each)


def test_each_seeker_is_hired_once_and_newcomers_take_their_share():
    n, share = 3_000, 0.3
    point = np.sort(streams.uniforms(KEY, streams.HIRING, 4, addresses(5_000)))
    found = staffing.match(point, vacancies(n), addresses(n), share, KEY, 4)
    hired = found[found >= 0]
    assert len(set(hired.tolist())) == len(hired)
    assert abs(1 - len(hired) / n - share) < 4 * math.sqrt(share * (1 - share) / n)
    few = staffing.match(point[:100], vacancies(n), addresses(n), share, KEY, 4)
    assert sorted(few[few >= 0].tolist()) == list(range(100))


def test_the_next_after_a_vacancys_point_is_hired():
    point = np.array([0.1, 0.4, 0.7])
    address = addresses(1)
    u, _ = streams.uniform_pair(KEY, streams.HIRING, 4, address[0], 1)
    found = staffing.match(point, vacancies(1), address, 0.0, KEY, 4)
    assert found[0] == np.searchsorted(point, u) % 3


def test_one_vacancy_more_moves_few_others():
    """2,000 seekers, 400 vacancies; one more takes one seeker and pushes few on."""
    point = np.sort(streams.uniforms(KEY, streams.HIRING, 4, addresses(2_000)))
    moved = []
    for extra in range(1, 40):
        address = np.concatenate([addresses(400), [np.uint64(10_000 + extra)]])
        more = staffing.match(point, vacancies(401), address, 0.0, KEY, 4)
        first = np.concatenate([[400], vacancies(400)])  # the newcomer is asked first
        moved_by = staffing.match(point, first, address, 0.0, KEY, 4)[1:]
        moved.append((moved_by != more[:400]).sum())
    # A run of neighbours that are taken is 1 / (1 - 0.2) long on average.
    assert np.mean(moved) < 1.0 and max(moved) < 10


# -- workplaces and homes


def choose_once(n, client, space, kappa=0.05, home=0, peers=0):
    minutes = np.array([[0.0, 20.0], [20.0, 0.0]], np.float32)
    works_at = np.full(n + peers, AT_HOME, np.int16)
    works_at[n:] = 0
    workplace.choose(
        np.arange(n), addresses(n + peers), np.full(n + peers, home, np.int32),
        np.full(n + peers, client), works_at, space, minutes, kappa, KEY, 9,
        DEFAULTS["workplace"],
    )  # fmt: skip
    return works_at[:n]


def test_workplaces_are_chosen_by_logit():
    n, p = 20_000, DEFAULTS["workplace"]
    # Two spaces of so many desks and peers that nobody's choice changes another's.
    p = p._replace(peer_effect=0.0)
    minutes = np.array([[0.0, 20.0], [20.0, 0.0]], np.float32)
    works_at = np.full(n, AT_HOME, np.int16)
    space = (np.array([1, 1]), np.array([n, n]), np.array([200.0, 50.0]))
    workplace.choose(
        np.arange(n), addresses(n), np.zeros(n, np.int32), np.ones(n, np.int64),
        works_at, space, minutes, 0.05, KEY, 9, p,
    )  # fmt: skip
    utility = np.array(
        [
            0.0,
            p.client - 0.05 * 20,
            p.coworking - 0.05 * 20 - p.price_effect * 2.0,
            p.coworking - 0.05 * 20 - p.price_effect * 0.5,
        ]
    )
    expected = np.exp(utility) / np.exp(utility).sum()
    seen = np.array([(works_at == k).mean() for k in (AT_HOME, AT_CLIENT, 0, 1)])
    error = np.sqrt(expected * (1 - expected) / n)
    assert (np.abs(seen - expected) < 4 * error).all()


def test_desks_are_respected_and_peers_draw():
    space = (np.array([0]), np.array([7]), np.array([0.0]))
    assert (choose_once(500, -1, space) == 0).sum() == 7
    wide = (np.array([0]), np.array([5_000]), np.array([0.0]))
    alone = np.mean([choose_once(300, -1, wide, peers=k) == 0 for k in (0, 1000)], 1)
    assert alone[1] > alone[0]


def test_spaces_are_never_fuller_than_their_desks(small_model):
    model = small_model("incubator", 1)
    spaces = model.state.society.coworking
    for _ in range(12):
        model.step()
        sits = model.people.works_at[model.people.kind == FREELANCER]
        held = np.bincount(sits[sits >= 0], minlength=len(spaces.cell))
        assert (held <= spaces.desks).all()


def test_homes_move_at_their_rates():
    n, p = 60_000, DEFAULTS["homes"]
    month = 400
    born = np.where(np.arange(n) % 2 == 0, month - 30 * 12, month - 50 * 12)
    own_month = np.arange(n) // 2 % 12
    moved = [
        row
        for k in range(12)
        for row in homes.moving(born + k, own_month, addresses(n), KEY, month + k, p)
    ]
    assert len(set(moved)) == len(moved)  # asked once a year
    seen = np.bincount(np.array(moved) % 2, minlength=2) / (n / 2)
    expected = np.array([p.young_rate, p.settled_rate])
    error = np.sqrt(expected * (1 - expected) / (n / 2))
    assert (np.abs(seen - expected) < 4 * error).all()


def test_homes_are_a_logit_over_ten_drawn_and_the_outside_keeps_its_share():
    """Two cells of equal shares; the near one is drawn about five times in ten."""
    n, outside, effect, way = 20_000, 0.3, 0.05, 40.0
    minutes = np.array([[0.0, way], [way, 0.0]], np.float32)
    found = homes.new_homes(
        addresses(n), np.zeros(n, np.int64), np.full(n, outside), np.array([0.5, 1.0]),
        minutes, effect, KEY, 3,
    )  # fmt: skip
    away = (found < 0).mean()
    assert abs(away - outside) < 4 * math.sqrt(outside * (1 - outside) / n)
    draws = homes.HOMES_SEEN
    near = sum(
        math.comb(draws, k) / 2**draws
        * k / (k + (draws - k) * math.exp(-effect * way))
        for k in range(draws + 1)
    )  # fmt: skip
    seen = (found[found >= 0] == 0).mean()
    assert abs(seen - near) < 4 * math.sqrt(near * (1 - near) / (n * (1 - outside)))


def test_everybody_retires_by_the_end_of_the_quarter(small_model):
    model = small_model()
    age = DEFAULTS["homes"].retirement_age * 12
    model.people.born[0] = model.state.month - age
    slot = int(model.people.slot[0])
    for _ in range(homes.QUARTER):
        model.step()
    assert slot not in model.people.agents
    assert (model.state.month - 1 - model.people.born < age).all()
