from pathlib import Path

import numpy as np
import pytest

from model.errors import GeographyError
from model.geography import load_region

GRIDS = Path(__file__).parent / "data" / "grids"

# file: (line, column, problem, value, nearest) of each fault
BROKEN = {
    "missing_column": [
        (1, "office_ok", "column is missing", "ofice_ok", "office_ok"),
    ],
    "column_twice": [(1, "land", "column appears twice", None, "")],
    "not_a_number": [(3, "population", "is not a number", "many", "")],
    "not_finite": [(3, "income", "is not a finite number", "inf", "")],
    "not_whole": [(4, "row", "is not a whole number", "28.5", "")],
    "out_of_range": [(5, "office_share", "is out of range", "1.4", "")],
    "empty_field": [(2, "d_tram_m", "is empty", "", "")],
    "cell_twice": [
        (6, "row, col", "cell is given twice, first in line 2", (27, 44), ""),
    ],
    "unknown_commune": [(2, "nis", "is unknown", "21051", "21019")],
    "unknown_neighbourhood": [(2, "neighbourhood", "is unknown", "999", "99")],
    "unknown_land": [(4, "land", "is unknown", "bilt", "built")],
    "short_row": [(5, "", "has 15 fields where the header has 16", None, "")],
    "misplaced": [(5, "x", "is not where its row and column say", "153375", "")],
    "tiny_cells": [(None, "x", "gives cells of an impossible size in km", 0.01, "")],
    "semicolons": [(1, "", "has semicolons between fields", None, "")],
    "header_only": [(None, "", "has a header but no rows", None, "")],
    "empty": [(None, "", "is empty", None, "")],
    "not_utf8": [(2, "", "is not UTF-8", None, "")],
    "many_faults": [
        (2, "population", "is not a number", "many", ""),
        (3, "nis", "is unknown", "21051", "21019"),
        (4, "office_ok", "is out of range", "2", ""),
        (5, "land", "is unknown", "parc_forest", "park_forest"),
    ],
}
VALID = {"reyers_12x12", "valid_2x2", "stock_given", "byte_order_mark"}


def test_every_grid_is_tried():
    assert {path.stem for path in GRIDS.glob("*.csv")} == BROKEN.keys() | VALID


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_grid_names_each_fault(name):
    with pytest.raises(GeographyError) as caught:
        load_region(GRIDS / f"{name}.csv")
    faults = caught.value.faults
    found = [(f.line, f.key, f.problem, f.value, f.nearest) for f in faults]
    assert found == BROKEN[name]
    assert {f.file for f in faults} == {f"{name}.csv"}


def test_a_message_gives_place_value_and_way_out():
    with pytest.raises(GeographyError) as caught:
        load_region(GRIDS / "unknown_land.csv")
    assert str(caught.value) == (
        "unknown_land.csv:4: land: is unknown (found: 'bilt'); allowed: built, "
        "industry_rail, park_forest, cemetery, open_land; did you mean 'built'?"
    )


def test_an_unknown_grid_names_the_nearest():
    with pytest.raises(GeographyError, match="did you mean '250'"):
        load_region("25")


def test_a_part_of_the_region_is_like_the_whole():
    whole, part = load_region(), load_region(GRIDS / "reyers_12x12.csv")
    assert (len(part), part.name, part.cell_km) == (144, "reyers_12x12", 0.25)
    same = whole.index_grid[part.row, part.col]
    for name in (
        "stock_m2",
        "background_m2",
        "rent",
        "natural_vacancy",
        "transit_access",
        "quality",
        "x_km",
        "population",
    ):
        np.testing.assert_allclose(getattr(part, name), getattr(whole, name)[same])
    for cell, twin in enumerate(same):
        assert part.zones[part.zone[cell]] is not None
        assert part.zones[part.zone[cell]].id == whole.zones[whole.zone[twin]].id
        assert (
            part.communes[part.commune[cell]].id
            == whole.communes[whole.commune[twin]].id
        )


def test_a_part_names_only_the_places_it_holds():
    part = load_region(GRIDS / "reyers_12x12.csv")
    assert {"reyers", "mediapark", "frame", "rtl", "meiser"} <= part.places.keys()
    assert "flagey" not in part.places
    assert "uccle" not in {zone.id for zone in part.zones}
    assert all(len(cells) for cells in part.places.values())
    assert set(part.zone) == set(range(len(part.zones)))


def test_floor_space_can_be_given():
    region = load_region(GRIDS / "stock_given.csv")
    assert list(region.stock_m2) == [1000, 2000, 3000, 4000]
    np.testing.assert_allclose(region.background_m2[3], 4000 * (1 - 0.156))


def test_a_byte_order_mark_and_other_line_ends_do_not_matter():
    plain, marked = (
        load_region(GRIDS / f"{name}.csv") for name in ("valid_2x2", "byte_order_mark")
    )
    assert plain.fingerprint == marked.fingerprint
    assert plain.fingerprint != load_region(GRIDS / "stock_given.csv").fingerprint


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "grid.csv"
    path.write_text((GRIDS / "valid_2x2.csv").read_text())
    assert len(load_region(path)) == 4
    assert load_region(path) is load_region(str(path))
    path.write_text((GRIDS / "reyers_12x12.csv").read_text())
    assert len(load_region(path)) == 144
