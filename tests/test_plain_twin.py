"""The kernels and an ordinary Mesa model, written apart, live the same months."""

from pathlib import Path

import pytest

from benchmarks.plain_mesa import PlainModel
from benchmarks.twins import first_difference
from model.simulation import MediaparkModel

GRID = Path(__file__).parent / "data" / "grids" / "reyers_12x12.csv"


def twins(key, shortcuts=True):
    model = MediaparkModel("reference", rng=key, grid=GRID)
    return model, PlainModel(model, shortcuts=shortcuts)


@pytest.mark.parametrize("key", [0, 7])
def test_five_years_of_kernels_are_five_years_of_plain_agents(key):
    model, plain = twins(key)
    for _ in range(60):  # past the rise of telework and a break of every lease
        model.step()
        plain.step()
        assert not (difference := first_difference(model, plain)), difference
    kinds = {event.kind for event in plain.journal}
    assert {"birth", "closure", "move", "departure"} <= kinds


def test_floor_space_that_is_closed_to_some_is_taken_alike():
    model = MediaparkModel("reference", rng=3, grid=GRID)
    cells = model.cells
    cells.closed[:3] = 0.9 * cells.vacant  # open to digital and training firms
    before = cells.closed.sum()
    plain = PlainModel(model)
    for _ in range(24):
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


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("jobs of firm", lambda model: model.firms.jobs),
        ("employer of worker", lambda model: model.people.employer),
        ("rent of cell", lambda model: model.cells.rent),
    ],
)
def test_a_difference_is_found_and_named(what, change):
    model, plain = twins(0)
    model.step()
    plain.step()
    change(model)[3] += 1
    assert what in first_difference(model, plain)


def test_levers_are_refused():
    model = MediaparkModel("full-plan", rng=0, grid=GRID)
    with pytest.raises(ValueError, match="levers"):
        PlainModel(model)
