import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import ModelError
from model.geography import load_region, transit_access
from model.geography.floor_space import commune_totals, fit_factors
from model.geography.region import sum_by
from model.geography.tables import package_tables


@pytest.fixture(scope="module")
def region():
    return load_region()


@pytest.fixture(scope="module")
def coarse():
    return load_region("500")


def totals(region, parts, value):
    names = getattr(region, {"commune": "communes"}.get(parts, f"{parts}s"))
    sums = sum_by(getattr(region, parts), value, len(names))
    return {place.id: total for place, total in zip(names, sums, strict=True)}


def test_published_stock_of_the_region_comes_back(region):
    assert region.stock_m2.sum() == pytest.approx(12_669_163, rel=1e-9)


def test_commune_shares_come_back(region):
    tables = package_tables()
    due = dict(
        zip(tables.communes.text("id"), commune_totals(tables.communes), strict=True)
    )
    assert totals(region, "commune", region.stock_m2) == pytest.approx(due, rel=1e-6)


def test_district_stocks_come_back(region):
    stock = totals(region, "district", region.stock_m2)
    assert stock["LEOPOLD"] == pytest.approx(3_370_000, rel=1e-6)
    assert stock["NORTH"] == pytest.approx(1_600_000, rel=1e-6)
    # 4.5 % inside and 15.6 % outside average to 8.6 % with 63.06 % inside.
    share = region.stock_m2[region.cbd].sum() / region.stock_m2.sum()
    assert share == pytest.approx(0.070 / 0.111, rel=1e-6)


def test_mean_vacancy_is_that_of_2017(region):
    vacant = 1 - region.background_m2.sum() / region.stock_m2.sum()
    assert vacant == pytest.approx(0.086, abs=1e-6)
    assert set(np.round(region.natural_vacancy, 6)) == {0.05, 0.12}


def test_mean_rent_is_that_of_2014(region):
    assert np.average(region.rent, weights=region.stock_m2) == pytest.approx(168)


def test_district_rents_keep_their_order_and_their_given_means(region):
    sums = totals(region, "district", region.rent * region.stock_m2)
    stock = totals(region, "district", region.stock_m2)
    rent = {name: sums[name] / stock[name] for name in sums}
    assert rent["DECENTRAL_NE"] == pytest.approx(130)
    assert rent["CANAL"] == pytest.approx(90)
    assert rent["LEOPOLD"] / rent["NORTH"] == pytest.approx(300 / 215)
    assert rent["LOUISE"] == pytest.approx(rent["CENTRE"])
    for district in range(len(region.districts)):
        inside = region.rent[region.district == district]
        assert inside.max() / inside.min() < 1.08 / 0.92


def test_floor_space_stands_where_offices_can_and_only_there(region):
    assert (region.stock_m2[~region.office_ok] == 0).all()
    assert region.stock_m2[region.office_ok].min() > 50
    # A plot ratio above 5.6 over a whole cell of 6.25 ha would be a fault.
    assert region.stock_m2.max() < 350_000


def test_reyers_holds_its_anchors_and_a_plausible_stock(region):
    reyers = region.zone_at("reyers")
    for anchor in ("mediapark", "frame", "vrt", "rtbf", "rtl", "colonel-bourg"):
        assert (region.zone[region.places[anchor]] == reyers).all()
        assert region.office_ok[region.places[anchor]].all()
    stock = region.stock_m2[region.places["reyers"]].sum()
    # 1,500 jobs at 17 m2 in media without the broadcasters, next to other offices.
    assert 100_000 < stock < 400_000


def test_known_places_lie_in_their_zones_and_communes(region):
    zones = {
        "tour-taxis": "canal",
        "dansaert": "canal",
        "flagey": "ixelles",
        "luxembourg": "european-quarter",
        "schuman": "european-quarter",
        "bordet": "evere",
        "rossel": "centre",
        "ulb": "ixelles-south",
    }
    for place, zone in zones.items():
        assert set(region.places[place]) <= set(region.places[zone]), place
    schaerbeek = set(region.places["commune-schaerbeek"])
    assert set(region.places["rtl"]) <= schaerbeek
    assert set(region.places["mediapark"]) <= schaerbeek


def test_single_sites_have_room_for_who_sits_there(region):
    # Mediafin 3,600 m2 and LaVallée 6,000 m2 are published.
    assert region.stock_m2[region.places["mediafin"]].sum() > 3_600
    assert region.stock_m2[region.places["la-vallee"]].sum() > 6_000
    assert region.stock_m2[region.places["rtl"]].sum() > 15_000


def test_zones_cover_every_cell_once_and_names_do_not_collide(region):
    assert len(region.zones) == 22
    together = np.concatenate([region.places[zone.id] for zone in region.zones])
    assert sorted(together) == list(range(len(region)))
    named = [*region.zones, *region.communes, *region.sites]
    assert len({place.id for place in named}) == len(named) == len(region.places)
    assert all(set(place.name) == {"en", "fr", "nl"} for place in named)


def test_people_of_2019_are_all_there(region):
    assert region.population.sum() == pytest.approx(1_205_395, rel=1e-3)


def test_transit_access_is_standard_and_highest_in_the_centre(region):
    offices = region.transit_access[region.office_ok]
    assert offices.mean() == pytest.approx(0, abs=1e-9)
    assert offices.std() == pytest.approx(1)
    centre = region.transit_access[region.places["centre"]]
    assert centre.mean() > region.transit_access[region.places["uccle"]].mean() + 1


def test_a_nearer_stop_raises_access_there_only(region):
    stop_km = region.stop_km.copy()
    meiser = region.places["meiser"]
    stop_km[1, meiser] *= 0.5
    change = transit_access(stop_km) - region.transit_access
    assert (change[meiser] > 0).all()
    assert np.count_nonzero(change) == len(meiser)


def test_quality_is_a_share(region):
    assert 0 <= region.quality.min() < region.quality.max() <= 1


def test_cells_are_found_by_row_and_column(region):
    cell = region.cell_at(28, 45)
    assert (region.row[cell], region.col[cell]) == (28, 45)
    assert region.x_km[cell] == pytest.approx(152.375)
    assert region.y_km[cell] == pytest.approx(171.375)
    with pytest.raises(LookupError, match="row 0, column 0"):
        region.cell_at(0, 0)
    with pytest.raises(LookupError, match="row -1"):
        region.cell_at(-1, 3)


def test_a_region_is_frozen_and_survives_pickling(region):
    again = pickle.loads(pickle.dumps(region))
    for copy in (region, again):
        with pytest.raises(ValueError, match="read-only"):
            copy.rent[0] = 1
        with pytest.raises(ValueError, match="read-only"):
            copy.places["reyers"][0] = 1
    np.testing.assert_array_equal(again.stock_m2, region.stock_m2)
    assert again.fingerprint == region.fingerprint
    assert load_region() is region


def test_coarse_amounts_are_those_of_the_fine_grid(region, coarse):
    for amount in ("stock_m2", "background_m2", "population", "households"):
        due = getattr(region, amount).sum()
        assert getattr(coarse, amount).sum() == pytest.approx(due)
    assert np.average(coarse.rent, weights=coarse.stock_m2) == pytest.approx(
        168, rel=1e-4
    )
    assert coarse.cell_km == 0.5
    assert coarse.fingerprint != region.fingerprint


@pytest.mark.parametrize(
    ("parts", "stock", "people"),
    # Edges of zones cannot follow large cells. Largest misses measured: zones 11 and
    # 16 % (Saint-Josse, three large cells), communes 7 and 17 % (Koekelberg, five).
    [("zone", 0.12, 0.18), ("commune", 0.08, 0.18), ("district", 0.05, None)],
)
def test_coarse_parts_agree_with_fine_ones(region, coarse, parts, stock, people):
    fine = totals(region, parts, region.stock_m2)
    assert totals(coarse, parts, coarse.stock_m2) == pytest.approx(fine, rel=stock)
    if people:
        fine = totals(region, parts, region.population)
        found = totals(coarse, parts, coarse.population)
        assert found == pytest.approx(fine, rel=people)


def test_coarse_reyers_is_close(region, coarse):
    for amount in ("stock_m2", "population"):
        fine = getattr(region, amount)[region.places["reyers"]].sum()
        found = getattr(coarse, amount)[coarse.places["reyers"]].sum()
        assert found == pytest.approx(fine, rel=0.03)
    for anchor in ("mediapark", "frame", "vrt", "rtbf", "rtl"):
        zone = coarse.zone[coarse.places[anchor]]
        assert (zone == coarse.zone_at("reyers")).all()


def test_coarse_cells_lie_on_their_lattice(coarse):
    assert np.allclose(coarse.x_km, 141.0 + (coarse.col + 0.5) * 0.5)
    assert np.allclose(coarse.y_km, 178.5 - (coarse.row + 0.5) * 0.5)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(2, 5),
    st.integers(2, 4),
    st.integers(0, 2**32 - 1),
)
def test_fitting_meets_both_margins(rows, columns, seed):
    block = np.random.default_rng(seed).uniform(0.1, 1, (rows, columns))
    wanted = np.random.default_rng(seed + 1).uniform(0.1, 1, (rows, columns))
    a, b = fit_factors(block, wanted.sum(axis=1), wanted.sum(axis=0))
    fitted = a[:, None] * block * b
    np.testing.assert_allclose(fitted.sum(axis=1), wanted.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(fitted.sum(axis=0), wanted.sum(axis=0), rtol=1e-8)


@pytest.mark.parametrize("block", [np.ones((2, 2)), np.eye(2)])
def test_fitting_says_when_margins_disagree(block):
    # Other totals; or the same total, but nothing off the diagonal to move.
    columns = [1.0, 2.0] if block[0, 1] else [0.5, 1.5]
    with pytest.raises(ModelError, match="disagree"):
        fit_factors(block, np.array([1.0, 1.0]), np.array(columns))
