"""The tables that come with the package, and the columns of a grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.geography.reading import Column, Table, read_table
from model.geography.region import Place, Zone

FOLDER = Path(__file__).with_name("data")
LANDS = ("built", "industry_rail", "park_forest", "cemetery", "open_land")

_NAMES = (Column("name_en"), Column("name_fr"), Column("name_nl"))
_ORIGIN = (Column("source"), Column("nature"))


@dataclass(frozen=True)
class Tables:
    """Lists of communes, districts, zones, neighbourhoods and places."""

    communes: Table
    districts: Table
    zones: Table
    neighbourhoods: Table
    places: Table


@cache
def package_tables() -> Tables:
    """The tables that come with the package."""
    districts = read_table(
        FOLDER / "districts.csv",
        (
            Column("id"),
            *_NAMES,
            Column("cbd", "whole", 0, 1),
            Column("stock_m2", "number", 0, blank=True),
            Column("seed_weight", "number", 0, 100),
            Column("prime_rent", "number", 0, 2000, blank=True),
            Column("mean_rent", "number", 0, 2000, blank=True),
            Column("vacancy", "number", 0, 1),
            Column("natural_vacancy", "number", 0, 1),
            *_ORIGIN,
        ),
    )
    zones = read_table(
        FOLDER / "zones.csv",
        (
            Column("id"),
            *_NAMES,
            Column("character"),
            Column("centre", blank=True),
            Column("radius_km", "number", 0, 20, blank=True),
            *_ORIGIN,
        ),
    )
    return Tables(_communes(), districts, zones, _neighbourhoods(), _places())


def grid_columns() -> tuple[Column, ...]:
    """Columns of a grid, the package's own or a user's."""
    tables = package_tables()
    return (
        Column("row", "whole", 0, 2000),
        Column("col", "whole", 0, 2000),
        Column("x", "number", 0, 400_000),
        Column("y", "number", 0, 400_000),
        Column("nis", choices=tables.communes.text("nis")),
        Column("neighbourhood", choices=tables.neighbourhoods.text("neighbourhood")),
        Column("land", choices=LANDS),
        Column("office_ok", "whole", 0, 1),
        Column("office_share", "number", 0, 1),
        Column("population", "number", 0, 1e6),
        Column("households", "number", 0, 1e6),
        Column("income", "number", 0, 1e6),
        Column("d_metro_m", "number", 0, 1e6),
        Column("d_tram_m", "number", 0, 1e6),
        Column("d_rail_m", "number", 0, 1e6),
        Column("d_park_m", "number", 0, 1e6),
        Column("stock_m2", "number", 0, 1e7, optional=True),
    )


def places_of(table: Table, kind: str) -> tuple[Place, ...]:
    """The rows of a table as places of one kind."""
    return tuple(Place(kind=kind, **_facts(table, row)) for row in range(len(table)))


def zones_of(table: Table) -> tuple[Zone, ...]:
    """The rows of a table as zones."""
    character = table.text("character")
    return tuple(
        Zone(character=character[row], **_facts(table, row))
        for row in range(len(table))
    )


def sites_of(table: Table) -> tuple[Place, ...]:
    """The rows of a table as sites, anchors and schools."""
    kind, accuracy = table.text("kind"), table.number("accuracy_m")
    return tuple(
        Place(kind=kind[row], accuracy_m=float(accuracy[row]), **_facts(table, row))
        for row in range(len(table))
    )


def _facts(table: Table, row: int) -> dict[str, Any]:
    """Arguments that all kinds of places share."""
    key = "id" if "id" in table else "neighbourhood"
    languages = {"fr": table.text("name_fr")[row], "nl": table.text("name_nl")[row]}
    if "name_en" in table:
        languages["en"] = table.text("name_en")[row]
    facts: dict[str, Any] = {
        "id": table.text(key)[row],
        "name": {"en": languages["fr"], **languages},
    }
    if "source" in table:
        facts["source"] = table.text("source")[row]
        facts["nature"] = table.text("nature")[row]
    return facts


def _communes() -> Table:
    return read_table(
        FOLDER / "communes.csv",
        (
            Column("nis", "whole"),
            Column("id"),
            *_NAMES,
            Column("office_prior", "number", 0, 1),
            Column("office_corrected", "number", 0, 1, blank=True),
        ),
    )


def _neighbourhoods() -> Table:
    return read_table(
        FOLDER / "neighbourhoods.csv",
        (
            Column("neighbourhood", "whole"),
            Column("name_fr"),
            Column("name_nl"),
            Column("zone"),
            Column("district"),
        ),
    )


def _places() -> Table:
    return read_table(
        FOLDER / "places.csv",
        (
            Column("id"),
            *_NAMES,
            Column("kind", choices=("site", "anchor", "school")),
            Column("cells"),
            Column("accuracy_m", "number", 0, 5000),
            Column("floor_m2", "number", 0, 1e6, blank=True),
            *_ORIGIN,
        ),
    )
