"""Ties, memberships and their measures against dictionaries and networkx."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.network import COMMUNITIES, LAYERS, Memberships, Ties, grouped
from model.network_measures import SAMPLE, SOURCES, measure

PEOPLE = 8
FADED, LEAST = 0.25, 0.5  # a quarter is lost a month: all sums are exact in binary

PERSON = st.integers(0, PEOPLE - 1)
NEWS = st.tuples(
    PERSON, PERSON, st.integers(0, len(LAYERS) - 1), st.sampled_from([0.25, 0.5, 1.0])
).filter(lambda one: one[0] != one[1])
MONTH = st.tuples(st.lists(NEWS, max_size=12), st.sets(PERSON, max_size=2))


def strengthen(ties, news):
    for a, b, layer, amount in news:
        ties.strengthen(np.array([a]), np.array([b]), layer, amount)


def as_dictionary(ties):
    pairs = zip(ties.first.tolist(), ties.second.tolist(), strict=True)
    return dict(zip(pairs, ties.weight.tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(MONTH, min_size=1, max_size=6))
def test_ties_are_renewed_as_a_dictionary_would(months):
    ties, expected = Ties(), {}
    row_of = np.arange(PEOPLE)
    for news, gone in months:
        strengthen(ties, news)
        row_of[list(gone)] = -1
        ties.forget_gone(row_of)
        ties.renew(FADED, LEAST)
        expected = {
            pair: [(1 - FADED) * weight for weight in weights]
            for pair, weights in expected.items()
        }
        for a, b, layer, amount in news:
            pair = (min(a, b), max(a, b))
            expected.setdefault(pair, [0.0] * len(LAYERS))[layer] += amount
        expected = {
            pair: weights
            for pair, weights in expected.items()
            if sum(weights) >= LEAST and (row_of[list(pair)] >= 0).all()
        }
        assert as_dictionary(ties) == expected
        assert (np.diff(ties.pair) > 0).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(NEWS, max_size=20), st.permutations(range(PEOPLE)))
def test_contacts_are_the_neighbours_of_the_graph(news, rows):
    ties, row_of = Ties(), np.array(rows)
    strengthen(ties, news)
    ties.renew(0.0, 0.0)
    row_of[row_of == PEOPLE - 1] = -1  # somebody has left since
    contacts = ties.adjacency(row_of, PEOPLE - 1)
    graph = ties.as_networkx()
    for slot, row in enumerate(row_of.tolist()):
        if row < 0:
            continue
        expected = {row_of[other] for other in graph[slot]} if slot in graph else set()
        here = slice(contacts.start[row], contacts.start[row + 1])
        found = contacts.other[here].tolist()
        assert sorted(found) == sorted(expected - {-1})


def test_a_tie_fades_as_declared_and_is_then_forgotten():
    ties = Ties()
    ties.strengthen(np.array([1]), np.array([0]), COMMUNITIES, 1.0)
    ties.renew(0.03, 0.5)
    months = 0
    while len(ties):
        assert ties.weight[0, COMMUNITIES] == pytest.approx(0.97**months)
        ties.renew(0.03, 0.5)
        months += 1
    assert months == 23  # 0.97**22 = 0.51, 0.97**23 = 0.496


def test_several_talks_of_one_pair_add_up():
    ties = Ties()
    same = np.array([5, 2, 5])
    ties.strengthen(same, np.array([2, 5, 1]), COMMUNITIES, np.array([1.0, 0.25, 1.0]))
    ties.renew(0.03, 0.5)
    assert as_dictionary(ties) == {(1, 5): [0, 1.0, 0], (2, 5): [0, 1.25, 0]}


# -- measures


def random_graph(seed):
    return nx.gnp_random_graph(24, 0.09 + 0.01 * (seed % 5), seed=seed)


def contacts_of(graph):
    ties = Ties()
    ends = np.array(graph.edges, np.int64).reshape(-1, 2)
    ties.strengthen(ends[:, 0], ends[:, 1], COMMUNITIES, 1.0)
    every = np.arange(len(graph))
    ties.renew(0.0, 0.5)
    return ties.adjacency(every, len(graph))


@pytest.mark.parametrize("seed", range(12))
def test_measures_are_those_of_networkx(seed):
    graph = random_graph(seed)
    draw = np.random.default_rng(seed)
    employer = draw.integers(-1, 4, len(graph))
    # Addresses that are multiples of the sample's step: everybody is in the sample.
    address = SAMPLE * draw.permutation(len(graph)).astype(np.uint64)
    found = measure(contacts_of(graph), employer, address)

    several = [j for j in graph if graph.degree(j) >= 2]
    clustering = nx.clustering(graph, several)
    assert found.ties == graph.number_of_edges()
    assert found.clustering == pytest.approx(np.mean(list(clustering.values())))

    parts = [part for part in nx.connected_components(graph) if len(part) > 1]
    giant = max(parts, key=lambda part: (len(part), -min(part)))
    assert found.giant_share == pytest.approx(len(giant) / sum(map(len, parts)))
    sources = sorted(giant, key=lambda j: address[j])[:SOURCES]
    steps = [
        count
        for source in sources
        for other, count in nx.single_source_shortest_path_length(graph, source).items()
        if other != source
    ]
    assert found.path_length == pytest.approx(np.mean(steps))

    def apart(a, b):
        return employer[a] != employer[b] or employer[a] < 0

    assert found.cross_share == pytest.approx(np.mean([apart(*e) for e in graph.edges]))
    between = [
        np.mean(
            [
                apart(a, b) and not graph.has_edge(a, b)
                for a, b in combinations(graph[j], 2)
            ]
        )
        for j in several
    ]
    assert found.brokerage == pytest.approx(np.mean(between))


def test_nobody_knows_anybody():
    empty = Ties().adjacency(np.arange(3), 3)
    assert measure(empty, np.full(3, -1), np.arange(3, dtype=np.uint64)) == (0.0,) * 6


# -- memberships and groups


def test_memberships_are_a_graph_of_two_kinds():
    first = Memberships(
        np.array([3, 4]), np.array([7, 9]), np.array([0, 2], np.int8),
        np.array([1.0, 0.1]), np.zeros(2, np.int32),
    )  # fmt: skip
    second = Memberships(
        np.array([4]), np.array([7]), np.array([1], np.int8), np.array([0.4]),
        np.zeros(1, np.int32),
    )  # fmt: skip
    both = first.joined_by(second)
    assert len(both) == 3 and both.community.tolist() == [7, 7, 9]
    assert both.person.tolist() == [3, 4, 4]  # within a community, the oldest first
    assert both.members(7).tolist() == [3, 4]
    graph = both.as_networkx()
    assert nx.is_bipartite(graph)
    assert dict(graph.degree([("person", 4), ("community", 7)])) == {
        ("person", 4): 2,
        ("community", 7): 2,
    }
    assert graph[("person", 4)][("community", 7)]["level"] == 1
    assert both.take(both.level < 2).community.tolist() == [7, 7]
    assert len(Memberships.none()) == 0


def test_the_models_ties_are_a_graph(small_model):
    model = small_model()
    for _ in range(3):
        model.step()
    graph = model.ties.as_networkx()
    assert graph.number_of_edges() == len(model.ties) > 0
    assert nx.number_of_selfloops(graph) == 0
    a, b, weights = next(iter(graph.edges(data=True)))
    tie = np.flatnonzero(
        (model.ties.first == min(a, b)) & (model.ties.second == max(a, b))
    )
    assert list(weights.values()) == model.ties.weight[tie[0]].tolist()


@given(st.lists(st.integers(-1, 4), max_size=30))
@settings(max_examples=40, deadline=None)
def test_groups_hold_their_members_in_order(group):
    start, member = grouped(np.array(group, np.int64), 5)
    for g in range(5):
        expected = [k for k, which in enumerate(group) if which == g]
        assert member[start[g] : start[g + 1]].tolist() == expected
