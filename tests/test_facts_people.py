"""What a credible run must show of people: meetings, talk, learning, freelance work.

As in ``test_facts.py``, whose numbers and manner these facts share.
"""

from __future__ import annotations

import numpy as np
import pytest

from calibration.measures import attendance_at, coming
from model.processes import meetings
from model.processes.knowledge import MOST, exchange
from model.processes.lever_effects import heart_of
from model.processes.meeting_kernels import (
    Gathering,
    attend,
    readiness,
)
from model.processes.talk_kernels import talk
from model.simulation import MediaparkModel
from tests.replicates import Run, Spec, runs

pytestmark = pytest.mark.slow

MEETINGS = meetings.Parameters
REFERENCE = Spec(keys=8)  # made already where all facts are tested together
YEARS = 23


def mean(figure, spec: Spec = REFERENCE) -> float:
    return float(np.mean([figure(run) for run in runs(spec)]))


def months_of(column) -> np.ndarray:
    """Months of a table as numbers."""
    text = column.astype(str)
    return (text.str[:4].astype(int) * 12 + text.str[5:].astype(int)).to_numpy()


# -- 19: what support leaves behind

SUPPORT = (
    "kind: community_support, at: 2019-01, until: 2026-12, "
    "where: [reyers, canal, ixelles, european-quarter, centre, etterbeek], "
    "eur_year: 400000, rooms: 8, facilitators: 4"
)
AFTER = 12 * 9  # months until January 2027, counted from the base state


def years_until_half(excess: np.ndarray) -> float:
    """Years after the end of support until half of the mean excess is gone.

    Yearly means; the excess at the end is that of the last supported year. As long as
    the series lasts if it never is.
    """
    yearly = excess.mean(axis=0)[1:].reshape(-1, 12).mean(axis=1)
    last = AFTER // 12 - 1
    left = yearly[last:] / yearly[last]
    below = np.flatnonzero(left < 0.5)
    if not len(below):
        return float(len(left) - 1)
    k = below[0]
    return float(k - (0.5 - left[k]) / (left[k - 1] - left[k]))


def test_fact_19_support_of_communities_fades(fact):
    """Networks grow while they are funded, not after (BioRegio; LEGI)."""
    spec, plain = Spec(lever=SUPPORT, keys=6), Spec(keys=6)
    excess = np.array(
        [
            helped.history.communities.sum(axis=1)
            - alone.history.communities.sum(axis=1)
            for helped, alone in zip(runs(spec), runs(plain), strict=True)
        ]
    )
    last = excess[:, AFTER - 12 : AFTER].mean(axis=1)
    # There is something to fade: 4 standard errors of six pairs.
    assert last.mean() > 4 * last.std(ddof=1) / np.sqrt(len(last))
    fact("19a", "years until half of the communities that support brought are gone",
         years_until_half(excess), 3.0, 5.0)  # fmt: skip


def test_a_community_that_loses_its_founder_ends_more_often(fact):
    """Ends per community-year within two years of the loss, to those at other times.

    Change of leadership is what ends offline groups (Meetup panel, JCMC 2014).
    """
    window = 24
    ended, lived = np.zeros(2), np.zeros(2)
    for run in runs(REFERENCE):
        told = run.communities.assign(at=months_of(run.communities.month))
        end = told[told.kind == "closed"].set_index("community")["at"]
        loss = told[told.kind == "founder lost"].groupby("community")["at"].min()
        last = 2040 * 12 + 12
        after = (end.reindex(loss.index).fillna(np.inf) - loss).to_numpy()
        seen = np.minimum(after, last - loss.to_numpy())
        ended[0] += (after <= window).sum()
        lived[0] += np.minimum(seen, window).sum()
        ended[1] += len(end) - (after <= window).sum()
        lived[1] += run.history.communities[1:].sum() - np.minimum(seen, window).sum()
    rate = 12 * ended / lived
    fact("19b", "ends of communities that lost their founder, to those of others",
         rate[0] / rate[1], 1.0, np.inf)  # fmt: skip


# -- 20 to 22: who comes, and who talks with whom


def base_gathering(key: int) -> tuple[MediaparkModel, Gathering]:
    """Members after a first month, in which nobody has left for good since they met."""
    model = MediaparkModel("reference", rng=key)
    model.step()
    return model, meetings.gather(model.state)


def test_fact_20_attendance_falls_with_the_way(fact):
    """Members of the base year, 15 and then 30 minutes from their venue."""
    falls, dominance = [], []
    for key in range(3):
        model, group = base_gathering(key)
        near, far = (attendance_at(model.state, way) for way in (15.0, 30.0))
        falls.append(1 - far / near)
        odds = np.log(1 / coming(model.state, group) - 1)
        terms = [
            odds - np.log(1 / coming(model.state, group, **{name: 0.0}) - 1)
            for name in ("friends", "topic")
        ]
        dominance.append(terms[0].std() / terms[1].std())
    fact("20a", "attendance lost when the way doubles from 15 to 30 minutes",
         float(np.mean(falls)), 0.30, 0.60)  # fmt: skip
    fact("20b", "spread of readiness by friends, to that by topic",
         float(np.mean(dominance)), 1.0, np.inf)  # fmt: skip


def levels(run: Run) -> np.ndarray:
    return run.extra["levels"] / run.extra["levels"].sum()


@pytest.mark.parametrize(
    ("number", "level", "low", "high"),
    [
        ("21a", "core", 0.10, 0.15),
        ("21b", "active", 0.15, 0.20),
        ("21c", "peripheral", 0.65, 0.75),
    ],
)
def test_fact_21_participation_is_a_pyramid(fact, number, level, low, high):
    """Wenger, McDermott & Snyder 2002; members at the end of 2040."""
    index = ("core", "active", "peripheral").index(level)
    fact(number, f"members who are {level}", mean(lambda run: levels(run)[index]),
         low, high)  # fmt: skip


def test_fact_21_visits_are_heavy_tailed(fact):
    """A year's months of attendance, over all communities, of whoever came at all."""
    shares = []
    for key in range(3):
        model = MediaparkModel("reference", rng=key)
        visits = np.zeros(10**6)
        for _ in range(12):
            model.step()
            members = model.memberships
            came = (members.absent == 0) & (members.record > meetings.MEMORY)
            np.add.at(visits, members.person[came], 1)
        visits = np.sort(visits[visits > 0])[::-1]
        shares.append(visits[: len(visits) // 10].sum() / visits.sum())
    # [design] An even tenth would be 0.10; a Poisson of mean 3 gives 0.2.
    fact("21d", "visits by the most faithful tenth of visitors",
         float(np.mean(shares)), 0.25, 0.70)  # fmt: skip


def test_fact_22_events_mostly_reunite(fact):
    """Ingram & Morris 2007: guests of a mixer met those whom they knew."""

    def known(run):
        return run.history.known_talks.sum() / run.history.talks.sum()

    fact(
        "22a", "talks at meetings that are with acquaintances", mean(known), 0.40, 0.80
    )


def strangers(group: Gathering, here: np.ndarray) -> np.ndarray:
    """Pairs of guests (entries), neither tied nor colleagues, int64[pairs, 2]."""
    person = group.person[here]
    employer = group.employer[person]
    known = (employer[:, None] == employer) & (employer >= 0)
    for k, j in enumerate(person):
        first, last = group.contact_start[j], group.contact_start[j + 1]
        known[k] |= np.isin(person, group.contact[first:last])
    first, second = np.triu_indices(len(here), 1)
    apart = ~known[first, second]
    return np.stack([here[first[apart]], here[second[apart]]], axis=1)


def test_fact_22_new_ties_are_hardly_homophilous(fact):
    """New ties within one trade, to pairs of that evening's guests who were strangers.

    Ingram & Morris found no average homophily. Groups have topics, so that against
    all workers new ties are within a trade somewhat more often. Working bands [design].
    """
    seen, by_guests, by_workers, count = 0.0, 0.0, 0.0, 0
    for key in range(3):
        model, group = base_gathering(key)
        state, trade = model.state, model.people.skill[group.person]
        every = np.ones(len(group.frequency), bool)
        odds = readiness(group, every, model.scenario.block(MEETINGS))
        number = np.zeros(len(model.communities), np.int64)
        address = model.communities.address
        at_large = np.bincount(model.people.skill) / len(model.people)
        for month in range(24):  # the same lists of guests, other evenings
            comes = attend(group, odds, address, number, state.key, month)
            one, two, knew, tied, where = talk(
                group, comes, address, number, 150, state.key, month,
                model.scenario.block(MEETINGS),
            )  # fmt: skip
            new = tied & ~knew
            seen += (trade[one[new]] == trade[two[new]]).sum()
            count += new.sum()
            for g in np.unique(where[new]):
                pairs = trade[
                    strangers(group, np.flatnonzero(comes & (group.group == g)))
                ]
                by_guests += (where[new] == g).sum() * (
                    pairs[:, 0] == pairs[:, 1]
                ).mean()
            by_workers += new.sum() * (at_large**2).sum()
    # Some 5,000 new ties, so that a share near a half has a standard error of 0.007.
    assert count > 2_000
    fact("22b", "new ties within a trade, to strangers at the same meeting",
         seen / by_guests, 0.9, 1.3)  # fmt: skip
    fact("22c", "new ties within a trade, to pairs of workers", seen / by_workers,
         1.0, 2.0)  # fmt: skip


# -- 23: bridging

FIRMS, SIZE, TALKS, MONTHS = 40, 10, 4.0, 120
SHARES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8)


def bridged(share: float, seed: int) -> tuple[float, float]:
    """Mean knowledge, and its spread between firms, after ten years of talk.

    The design of "check 3" on the model's own exchange: 40 firms of 10, of one trade
    each, with the model's newcomers' knowledge (0-10 points, up to 20 in the own trade,
    one in thirty an expert). One of ten in each firm belongs to a group across firms.
    Everybody has four talks a month, whatever the share of them that runs in the group;
    the rest are between colleagues. Nothing fades and nothing is new: diffusion alone.
    """
    draw = np.random.default_rng(seed)
    n = FIRMS * SIZE
    knowledge = 10.0 * draw.random((n, 8))
    trade = np.repeat(draw.integers(0, 5, FIRMS), SIZE)
    expert = draw.random(n) < 1 / 30
    knowledge[np.arange(n), trade] += 10.0 * draw.random(n) + 10.0 * expert
    knowledge = knowledge.astype(np.float32)
    count = int(TALKS * n / 2)
    for _ in range(MONTHS):
        one = draw.integers(0, n, count)
        other = one // SIZE * SIZE + (one + draw.integers(1, SIZE, count)) % SIZE
        across = draw.random(count) < share
        bridge = draw.integers(0, FIRMS, across.sum())
        one[across] = SIZE * bridge
        far = (bridge + draw.integers(1, FIRMS, across.sum())) % FIRMS
        other[across] = SIZE * far
        gain = np.zeros_like(knowledge)
        exchange(knowledge, one, other, gain, 0.1, 20.0, False)
        knowledge = np.minimum(knowledge + gain, np.float32(MOST))
    firms = knowledge.mean(axis=1).reshape(FIRMS, SIZE).mean(axis=1)
    return float(knowledge.mean()), float(firms.std())


def test_fact_23_bridging_at_equal_contact_volume(fact):
    """Cowan & Jonard 2004: best with some 10 % of long links."""
    seeds = 16
    found = np.array(
        [[bridged(share, seed) for share in SHARES] for seed in range(seeds)]
    )
    level, spread = found.mean(axis=0).T
    best = int(level.argmax())
    # The gain over no bridging is paired by seed: beyond 4 standard errors.
    gain = found[:, best, 0] - found[:, 0, 0]
    assert gain.mean() > 4 * gain.std(ddof=1) / np.sqrt(seeds)
    fact("23a", "mean knowledge with the best share of bridging, to without any",
         level[best] / level[0], 1.0, np.inf)  # fmt: skip
    fact("23b", "share of talks across firms at which mean knowledge is highest",
         SHARES[best], 0.05, 0.20)  # fmt: skip
    least = int(spread.argmin())
    fact("23c", "share of talks across firms at which firms are most alike",
         SHARES[least], 0.02, 0.40)  # fmt: skip
    fact("23d", "spread between firms at 80 % of talks across, to the least",
         spread[-1] / spread[least], 1.0, np.inf)  # fmt: skip


# -- 24: freelancers


def per_freelancer(run: Run, what: str) -> float:
    return getattr(run.history, what)[1:].sum() / run.history.freelancers[1:].sum()


def test_fact_24_repeat_hiring(fact):
    """[design] for repeat days and tight budgets; clients: 3.4 in the Netherlands."""

    def repeat(run):
        return run.history.repeat_days[1:].sum() / run.history.contract_days[1:].sum()

    fact("24a", "freelance days from earlier clients", mean(repeat), 0.50, 0.80)
    fact("24b", "clients of a freelancer", mean(lambda r: per_freelancer(r, "clients")),
         2.0, 6.0)  # fmt: skip


def test_fact_24_incomes(fact):
    """Dutch media freelancers: 40 % barely make ends meet; few earn much.

    Tight budgets are a known miss: the cost of living is assumed, and those who cannot
    live on their fees leave the trade.
    """

    def to_median(run):
        return run.extra["income"].mean() / np.median(run.extra["income"])

    fact("24c", "mean income of freelancers, to the median", mean(to_median), 1.0, 2.0)
    tight = mean(lambda run: per_freelancer(run, "tight"))
    fact("24d", "freelancers in tight budgets", tight, 0.30, 0.50, known_miss=True)


# -- 27: telework


def test_fact_27_telework_takes_less_space_and_hires_from_further(fact):
    """Three tenths of work time more, from 2022 on; paired."""
    lever = "kind: telework, at: 2022-01, change: 0.3"
    spec, plain = Spec(lever=lever, keys=4), Spec(keys=4)

    def m2_per_job(run):
        last = run.firms[(run.firms.month == "2040-12") & ~run.firms.anchor]
        return last.m2.sum() / last.jobs.sum()

    fact("27a", "floor space per job with more telework, to without",
         mean(m2_per_job, spec) / mean(m2_per_job, plain), 0.5, 0.99)  # fmt: skip
    way = [
        apart.extra["client_minutes"] - together.extra["client_minutes"]
        for apart, together in zip(runs(spec), runs(plain), strict=True)
    ]
    fact("27b", "minutes that freelancers live further from their clients",
         float(np.mean(way)), 0.0, np.inf)  # fmt: skip


def test_fact_27_fewer_come_to_reyers(fact):
    """Members of the base year, all groups at the site; telework of 65 and 35 %."""
    ratios = []
    for key in range(3):
        model, group = base_gathering(key)
        state = model.state
        venue = np.full(len(group.person), heart_of(state, "mediapark"))
        by_telework = []
        for state.telework in (0.65, 0.35):
            minutes = meetings.venue_minutes(state, group.person, venue)
            by_telework.append(
                coming(model.state, group._replace(minutes=minutes)).sum()
            )
        ratios.append(by_telework[0] / by_telework[1])
    fact("27c", "attendance at Reyers with more telework, to without",
         float(np.mean(ratios)), 0.5, 1.0)  # fmt: skip
