import math
from pathlib import Path

import numpy as np
import pytest

from model.geography import (
    Travel,
    access_minutes,
    load_region,
    minutes_between,
    minutes_matrix,
    network_of,
)
from model.parameters import Catalogue, declared_fields

GRIDS = Path(__file__).parent / "data" / "grids"
DEFAULTS = Travel(**{k: p.default for k, p in declared_fields(Travel).items()})


@pytest.fixture(scope="module")
def region():
    return load_region()


@pytest.fixture(scope="module")
def minutes(region):
    return minutes_matrix(region, DEFAULTS)


def straight_km(region):
    dx = region.x_km[:, None] - region.x_km
    return np.hypot(dx, region.y_km[:, None] - region.y_km)


def test_parameters_fit_a_catalogue():
    assert Catalogue({"travel": Travel}).values()["travel"] == DEFAULTS


def test_minutes_are_positive_symmetric_and_short_at_home(minutes):
    assert np.isfinite(minutes).all()
    np.testing.assert_array_equal(minutes, minutes.T)
    assert (minutes.diagonal() == minutes.min()).all()
    # 0.521 x 250 m along streets at 5 km/h.
    assert minutes.min() == pytest.approx(0.521 * 0.25 * 1.25 / 5 * 60, rel=1e-5)


def test_nobody_is_slower_than_on_foot_or_faster_than_the_fastest_ride(region, minutes):
    km = straight_km(region)
    np.fill_diagonal(km, 0.521 * region.cell_km)
    assert (minutes <= km * 1.25 / 5 * 60 * (1 + 1e-6)).all()
    assert (minutes >= km * 1.25 / 40 * 60 * (1 - 1e-6)).all()


def test_a_detour_over_a_third_place_saves_little(minutes):
    # Own vehicle to a station, then a train, is left out: it would help a few pairs.
    sample = np.arange(0, len(minutes), 53)
    part = minutes[np.ix_(sample, sample)].astype(float)
    over = (part[:, :, None] + part[None, :, :]).min(axis=1)
    assert (part - over).max() < 15
    assert np.mean(part > over + 1) < 0.05


def test_minutes_are_those_of_brussels(region, minutes):
    km = straight_km(region)
    weight = region.population[:, None] * region.stock_m2
    across = np.abs(km - 5) < 0.1
    # Some 30 minutes for 5 km; 40 in all with people from outside the region.
    assert np.average(minutes[across], weights=weight[across]) == pytest.approx(
        30, abs=3
    )
    assert 22 < np.average(minutes, weights=weight) < 35


def test_kernel_and_matrix_agree(region, minutes):
    network = network_of(region, DEFAULTS)
    for origin, destination in ((0, 0), (5, 2000), (2000, 5), (1200, 1201)):
        value = minutes_between(origin, destination, network)
        assert value == pytest.approx(minutes[origin, destination], rel=1e-6)


def test_two_cells_by_hand():
    region = load_region(GRIDS / "valid_2x2.csv")
    slow = DEFAULTS._replace(own_overhead=30.0, walk_speed=2.0, metro_wait=0.0)
    access = np.full((3, 4), 20.0)
    access[0, 0], access[2, 3] = 1.0, 2.0
    network = network_of(region, slow, access)
    km = 0.25 * math.sqrt(2)
    # Metro, transfer, rail; the mean of both paces.
    ride = km * 1.25 * 60 * (1 / 28 + 1 / 40) / 2
    due = 1.0 + 0.0 + 5.0 + 10.0 + ride + 2.0
    on_foot = km * 1.25 / 2 * 60
    found = minutes_between(0, 3, network)
    assert found == pytest.approx(min(due, on_foot))
    quick = network._replace(boarding=np.zeros((3, 3)))
    assert minutes_between(0, 3, quick) == pytest.approx(min(3.0 + ride, on_foot))


def test_a_nearer_stop_shortens_trips_from_there_only(region, minutes):
    site = region.places["mediapark"]
    access = access_minutes(region, DEFAULTS)
    access[1, site] = np.maximum(access[1, site] - 4, 1)
    change = minutes_matrix(region, DEFAULTS, access) - minutes
    assert change.max() <= 0
    assert change[site].min() < -1
    away = np.setdiff1d(np.arange(len(region)), site)
    assert (change[np.ix_(away, away)] == 0).all()


@pytest.mark.parametrize("field", Travel._fields)
def test_every_parameter_matters(region, minutes, field):
    low, high = declared_fields(Travel)[field].plausible
    slow, fast = (
        minutes_matrix(region, DEFAULTS._replace(**{field: value})).mean()
        for value in (low, high)
    )
    faster_when_high = field.endswith("speed")
    assert slow != fast
    assert (slow > fast) == faster_when_high


def test_coarse_minutes_agree_with_fine_ones(region, minutes):
    coarse = load_region("500")
    large = minutes_matrix(coarse, DEFAULTS)
    of = coarse.index_grid[region.row // 2, region.col // 2]
    weight = region.population[:, None] * region.stock_m2
    far = straight_km(region) > 1
    found = np.average(large[np.ix_(of, of)][far], weights=weight[far])
    due = np.average(minutes[far], weights=weight[far])
    assert found == pytest.approx(due, rel=0.03)
