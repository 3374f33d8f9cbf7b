"""Knowledge that travels, grows and fades, against truths worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model.processes import growth, knowledge, surroundings
from model.simulation import CATALOGUE

P = CATALOGUE.values()["knowledge"]
KEY = np.uint64(3)


def addresses(n: int) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64)


def gains(points, pairs, alpha=0.1, scale=20.0, barter=False):
    points = np.asarray(points, np.float32)
    gain = np.zeros_like(points)
    first, second = np.array(pairs).T
    knowledge.exchange(points, first, second, gain, alpha, scale, barter)
    return gain


def two(lead: float, back: float = 0.0) -> np.ndarray:
    """Two people: the first leads in category 2, the second in category 5."""
    points = np.full((2, 8), 4.0, np.float32)
    points[0, 2] += lead
    points[1, 5] += back
    return points


def test_each_learns_where_the_other_is_furthest_ahead():
    points = two(6.0, 3.0)
    points[0, 1] += 2.0  # a smaller lead, in which nothing passes
    gain = gains(points, [(0, 1)])
    expected = np.zeros((2, 8))
    expected[1, 2] = 0.1 * 6.0 * math.exp(-((6 / 20) ** 2))
    expected[0, 5] = 0.1 * 3.0 * math.exp(-((3 / 20) ** 2))
    np.testing.assert_allclose(gain, expected, rtol=1e-6)
    np.testing.assert_array_equal(gains(points, [(1, 0)]), gain)


@pytest.mark.parametrize("scale", [10.0, 20.0, 40.0])
def test_the_inverted_u_peaks_at_the_scale_over_root_two(scale):
    leads = np.arange(0.0, 30.0, 0.01)
    gain = np.array([gains(two(lead), [(0, 1)], scale=scale)[1, 2] for lead in leads])
    best = leads[gain.argmax()]
    assert best == pytest.approx(scale / math.sqrt(2), abs=0.02)
    assert (np.diff(gain[leads < best - 0.02]) > 0).all()
    assert (np.diff(gain[leads > best + 0.02]) < 0).all()


def test_in_barter_nothing_is_given_for_nothing():
    assert gains(two(6.0), [(0, 1)], barter=True).sum() == 0.0
    np.testing.assert_array_equal(
        gains(two(6.0, 0.5), [(0, 1)], barter=True), gains(two(6.0, 0.5), [(0, 1)])
    )


POINTS = hnp.arrays(
    np.float32, (6, 8), elements=st.floats(0.0, knowledge.MOST, width=32)
)
PAIRS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] != p[1]),
    min_size=1,
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(POINTS, PAIRS, st.booleans())
def test_talk_takes_from_nobody_and_teaches_nobody_beyond_the_best(
    points, pairs, barter
):
    gain = gains(points, pairs, barter=barter)
    assert (gain >= 0.0).all()
    talked = np.bincount(np.ravel(pairs), minlength=6)
    assert (gain[talked == 0] == 0.0).all()
    # One talk passes on a tenth of a lead at most.
    most = 0.1 * talked[:, None] * (points.max(axis=0) - points)
    assert (gain <= most + 1e-4).all()


@settings(max_examples=40, deadline=None)
@given(POINTS, PAIRS)
def test_the_order_of_talks_does_not_matter(points, pairs):
    np.testing.assert_allclose(
        gains(points, pairs), gains(points, pairs[::-1]), rtol=1e-4, atol=1e-5
    )


def test_something_new_comes_as_often_as_declared_and_more_to_the_outward():
    n, iota = 200_000, 0.02
    points = np.zeros((n, 8), np.float32)
    outward = np.where(np.arange(n) % 2 == 0, 0.0, 1.0)
    p = P._replace(novelty=iota, fading=0.0)
    knowledge.settle(points, np.zeros_like(points), addresses(n), outward, KEY, 5, p)
    assert set(np.unique(points).tolist()) == {0.0, 1.0}
    seen = points.sum(axis=1).reshape(-1, 2).mean(axis=0)
    assert abs(seen[0] - iota) < 4 * math.sqrt(iota / (n / 2))
    assert abs(seen[1] - 2 * iota) < 4 * math.sqrt(2 * iota / (n / 2))
    by_category = points.sum(axis=0) / points.sum()
    assert np.abs(by_category - 1 / 8).max() < 4 * math.sqrt(1 / 8 / points.sum())


def test_nobody_knows_more_than_all():
    points = np.full((4_000, 8), 29.5, np.float32)
    p = P._replace(novelty=0.5, fading=0.0)
    gain = np.full_like(points, 0.25)
    knowledge.settle(points, gain, addresses(4_000), np.ones(4_000), KEY, 5, p)
    assert points.max() == knowledge.MOST


def test_outward_is_the_share_of_talks_beyond_ones_employer():
    employer = np.array([7, 7, 8, -1, -1])
    first, second = np.array([0, 0, 3]), np.array([1, 2, 0])
    share, outward = knowledge.outward_talks(first, second, employer)
    np.testing.assert_allclose(share, [2 / 3, 0.0, 1.0, 1.0, 0.0])
    assert outward == 2
    share, outward = knowledge.outward_talks(np.array([3]), np.array([4]), employer)
    np.testing.assert_allclose(share, [0, 0, 0, 1, 1])  # two freelancers: apart
    assert outward == 1


def test_firms_know_the_mean_of_their_staff():
    points = np.arange(32, dtype=np.float32).reshape(4, 8)
    means = knowledge.firm_means(points, np.array([1, -1, 1, 0]), 3)
    np.testing.assert_allclose(means[:2], [points[3].mean(), points[[0, 2]].mean()])
    assert math.isnan(means[2])


def test_scores_of_firms_are_standardised_and_held():
    means = np.array([4.0, 6.0, np.nan, 50.0, 5.0])
    anchor = np.array([False, False, False, True, False])
    jobs = np.array([1, 4, 2, 900, 3])
    scores = knowledge.standard_scores(means, jobs, anchor)
    counted = means[[0, 1, 4]]
    plain = (counted - 5.0) / counted.std()
    centre = (plain * jobs[[0, 1, 4]]).sum() / jobs[~anchor].sum()
    np.testing.assert_allclose(scores[[0, 1, 4]], plain - centre, atol=1e-12)
    np.testing.assert_allclose(scores[2], -centre, atol=1e-12)  # no staff yet
    assert scores[3] == knowledge.STANDARD_LIMIT - centre
    # Weighed by jobs the firms that grow by it are at nothing: the total stays.
    assert abs((scores * jobs)[~anchor].sum()) < 1e-9
    still = knowledge.standard_scores(np.full(3, 5.0), jobs[:3], anchor[:3])
    assert (still == 0.0).all()


def test_partners_are_brought_together_evenly_within_their_group():
    groups, size, mean = 3_000, 5, 1.4
    start, member = np.arange(groups + 1) * size, np.arange(groups * size)
    first, second = knowledge.partners(start, member, addresses(groups), mean, KEY, 4)
    np.testing.assert_array_equal(first // size, second // size)
    assert (first != second).all()
    expected = mean * size / 2 * groups
    assert abs(len(first) - expected) < 4 * math.sqrt(expected)
    pair = np.bincount(first % size * size + second % size, minlength=size * size)
    pair = pair.reshape(size, size)[~np.eye(size, dtype=bool)] / len(first)
    assert np.abs(pair - 1 / 20).max() < 4 * math.sqrt(1 / 20 / len(first))
    alone = knowledge.partners(np.array([0, 1]), np.array([3]), addresses(1), 5, KEY, 4)
    assert len(alone[0]) == 0


# -- a month of the model


def test_without_talk_and_novelty_knowledge_only_fades(small_model):
    model = small_model(
        **{"knowledge.absorption": 0.0, "knowledge.novelty": 0.0,
           "knowledge.fading": 0.01}
    )  # fmt: skip
    before = model.people.knowledge.copy()
    knowledge.apply(model.state)
    np.testing.assert_allclose(model.people.knowledge, 0.99 * before, rtol=1e-6)


def test_knowledge_stays_between_nothing_and_all(small_model):
    model = small_model(
        **{"knowledge.absorption": 1.0, "knowledge.gap_scale": 1000.0,
           "knowledge.fading": 0.0, "knowledge.novelty": 1.0}
    )  # fmt: skip
    model.people.knowledge[::50] = knowledge.MOST
    for _ in range(6):
        model.step()
        assert model.people.knowledge.min() >= 0.0
        assert model.people.knowledge.max() <= knowledge.MOST
    assert model.people.knowledge.max() == knowledge.MOST


def test_gains_of_a_month_are_worked_out_from_its_beginning(small_model):
    """A chain of talks: what one learns this month is taught from the next on."""
    points = np.zeros((3, 8), np.float32)
    points[0, 0] = 10.0
    gain = gains(points, [(0, 1), (1, 2)])
    assert gain[1, 0] > 0.0 and gain[2, 0] == 0.0


@pytest.mark.parametrize("effect", [0.0, 0.03])
def test_knowledge_moves_growth_as_declared_and_not_at_all_without(small_model, effect):
    sizes = []
    for score in (0.0, 2.0):
        model = small_model(rng=6, **{"growth.knowledge_effect": effect})
        model.firms.size[:] = 1e6  # far from rounding and from the smallest size
        model.firms.knowledge[:] = score
        surroundings.apply(model.state)
        growth.apply(model.state)
        sizes.append(model.firms.size[~model.firms.anchor].copy())
    np.testing.assert_allclose(sizes[1] / sizes[0], math.exp(2.0 * effect / 12))
