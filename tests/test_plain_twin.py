"""The kernels and an ordinary Mesa model, written apart, live the same months."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.plain_mesa import PlainModel
from benchmarks.twins import first_difference
from model.processes.society import Coworking
from model.processes.state import FREELANCER
from model.simulation import MediaparkModel

GRID = Path(__file__).parent / "data" / "grids" / "reyers_12x12.csv"
MONTHS = 36  # three Januaries, the rise of telework, and a break of every lease


def region(key):
    """The small region, which has no coworking spaces, with two of them."""
    model = MediaparkModel("reference", rng=key, grid=GRID)
    model.state.society.coworking = Coworking(
        address=np.array([11, 12], np.uint64),
        cell=np.array([20, 80]),
        desks=np.array([15, 40]),
        price=np.array([175.0, 300.0]),
    )
    return model


def twins(key, shortcuts=True):
    model = region(key)
    return model, PlainModel(model, shortcuts=shortcuts)


def live_alike(model, plain):
    model.step()
    plain.step()
    assert not (difference := first_difference(model, plain)), difference


def people_of(model):
    """Kind, home and workplace of everybody in the trade, by slot."""
    table = model.people
    columns = (table.kind, table.home, table.works_at)
    values = zip(*(column.tolist() for column in columns), strict=True)
    return dict(zip(table.slot.tolist(), values, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("key", [0, 7])
def test_years_of_kernels_are_years_of_plain_agents(key):
    model, plain = twins(key)
    seen = Counter()
    people, ties = people_of(model), set(model.ties.pair.tolist())
    for _ in range(MONTHS):
        live_alike(model, plain)
        before, people = people, people_of(model)
        stayed = before.keys() & people.keys()
        seen["retired"] += len(before.keys() - people.keys())
        for slot in stayed:
            (kind, home, desk), (now, new_home, new_desk) = before[slot], people[slot]
            seen["went freelance"] += kind < now
            seen["took a job"] += kind > now
            seen["moved house"] += home != new_home
            seen["took a desk"] += now == FREELANCER and desk < 0 <= new_desk
        known, ties = ties, set(model.ties.pair.tolist())
        seen["tied"] += len(ties - known)
        seen["lost sight"] += len(known - ties)
    seen.update(event.kind for event in plain.journal)
    seen.update(event.kind for event in plain.society.events)
    happened = {what for what, times in seen.items() if times}
    assert happened >= {
        "birth", "closure", "move", "departure", "founded", "founder lost", "closed",
        "tied", "lost sight", "went freelance", "took a job", "moved house",
        "took a desk", "retired",
    }  # fmt: skip
    assert sum(meeting.new_ties for meeting in plain.society.meetings) > 0


def test_floor_space_that_is_closed_to_some_is_taken_alike():
    model = region(3)
    cells = model.cells
    cells.closed[:3] = 0.9 * cells.vacant  # open to digital and training firms
    before = cells.closed.sum()
    for _ in range(3):
        model.step()
    plain = PlainModel(model)  # in the midst of a year
    for _ in range(12):
        model.step()
        plain.step()
    assert not (difference := first_difference(model, plain)), difference
    assert cells.closed.sum() < before


def test_the_shortcuts_change_nothing():
    model, plain = twins(0, shortcuts=False)
    for _ in range(6):
        model.step()
        plain.step()
    assert not (difference := first_difference(model, plain)), difference


@pytest.fixture(scope="module")
def after_a_month():
    model, plain = twins(0)
    live_alike(model, plain)
    return model, plain


def freelance(model):
    return int(np.flatnonzero(model.people.kind == FREELANCER)[3])


@pytest.mark.parametrize(
    ("what", "numbers", "row"),
    [
        ("jobs of firm", lambda m: m.firms.jobs, 3),
        ("knowledge of firm", lambda m: m.firms.knowledge, 3),
        ("partners of firm", lambda m: m.firms.partners, (3, 0)),
        ("number of event", lambda m: m.state.journal.moves, -1),
        ("home of worker", lambda m: m.people.home, 3),
        ("knowledge of worker", lambda m: m.people.knowledge, (3, 2)),
        ("employer of worker", lambda m: m.people.employer, 3),
        ("leaving of worker", lambda m: m.people.leaving, 3),
        ("self-employment of worker", lambda m: m.people.kind, 3),
        ("workplace of worker", lambda m: m.people.works_at, freelance),
        ("cell of work of worker", lambda m: m.people.work, 3),
        ("buffer of worker", lambda m: m.people.buffer, freelance),
        ("booked of worker", lambda m: m.people.booked, freelance),
        ("clients of worker", lambda m: m.people.clients, lambda m: (freelance(m), 0)),
        (
            "past contracts of worker",
            lambda m: m.people.client_ties,
            lambda m: (freelance(m), 0),
        ),
        (
            "last contracts of worker",
            lambda m: m.people.client_month,
            lambda m: (freelance(m), 0),
        ),
        ("tie 3", lambda m: m.ties.pair, 3),
        ("weight of tie", lambda m: m.ties.weight, (3, 1)),
        ("energy of community", lambda m: m.communities.energy, 3),
        ("domain of community", lambda m: m.communities.domain, (3, 1)),
        ("venue of community", lambda m: m.communities.venue, 3),
        ("host of community", lambda m: m.communities.host, 3),
        ("founder of community", lambda m: m.communities.founder, 3),
        ("membership 3", lambda m: m.state.society.memberships.person, 3),
        ("level of membership", lambda m: m.state.society.memberships.level, 3),
        ("record of membership", lambda m: m.state.society.memberships.record, 3),
        ("absent of membership", lambda m: m.state.society.memberships.absent, 3),
        ("venue 1", lambda m: m.state.society.venues.cell, 1),
        ("place on the circle 3", lambda m: m.state.society.ring.slot, 3),
        ("meeting", lambda m: m.state.journal.meetings[0]["talks"], 0),
        ("event of communities", lambda m: m.state.journal.communities[0]["age"], 0),
        ("talent of cell", lambda m: m.state.surroundings.talent, 3),
        ("rent of cell", lambda m: m.cells.rent, 3),
    ],
)
def test_a_difference_is_found_and_named(after_a_month, what, numbers, row):
    model, plain = after_a_month
    state, at = numbers(model), row(model) if callable(row) else row
    if isinstance(state, list):
        kept = state.pop()
        assert what in first_difference(model, plain)
        state.append(kept)
    else:
        kept = state[at]
        state[at] = not kept if state.dtype == bool else kept + 1
        assert what in first_difference(model, plain)
        state[at] = kept
    assert not (difference := first_difference(model, plain)), difference


def test_levers_are_refused():
    model = MediaparkModel("full-plan", rng=0, grid=GRID)
    with pytest.raises(ValueError, match="levers"):
        PlainModel(model)
