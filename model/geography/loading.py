"""Makes a region from a grid: the package's own, or a user's file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from model.errors import Fault, GeographyError, nearest
from model.geography.coarser import coarser
from model.geography.floor_space import Market, fit_market
from model.geography.ground import Ground, read_ground
from model.geography.reading import Floats, Ints, Table
from model.geography.region import Region, named_cells, present
from model.geography.surroundings import quality
from model.geography.tables import (
    FOLDER,
    package_tables,
    places_of,
    sites_of,
    zones_of,
)

GRIDS = ("250", "500")


def load_region(grid: str | Path = "250") -> Region:
    """The region on a grid; the same object within a process.

    Parameters
    ----------
    grid : str or Path
        ``"250"``, ``"500"`` (metres; each cell is four small ones), or a CSV file
        with the columns of the package's ``grid_250.csv``. A column ``stock_m2`` may
        give office floor space; without it, cells get what the same land holds in
        the package's own grid. Such a file may cover a part of the region only.

    Raises
    ------
    GeographyError
        With one fault for each thing that is wrong with the file.
    """
    name = str(grid)
    if name in GRIDS:
        return _own(name)
    path = Path(grid)
    if not path.is_file():
        fault = Fault(
            "is neither a grid nor a file",
            key="grid",
            value=name,
            allowed=f"{', '.join(GRIDS)} or a CSV file",
            nearest=nearest(name, GRIDS),
        )
        raise GeographyError([fault])
    stamp = path.stat()
    return _users(path.resolve(), stamp.st_mtime_ns, stamp.st_size)


def transit_access(stop_km: Floats) -> Floats:
    """Transit access after distances to stops have changed.

    Parameters
    ----------
    stop_km : float64[3, n], km
        Straight distance to the nearest metro, tram and rail stop.

    Returns
    -------
    float64[n], standard deviations
        On the scale of ``Region.transit_access``.
    """
    return _market().transit_access(stop_km)


@cache
def _own(name: str) -> Region:
    if name == "500":
        return coarser(_own("250"), "500", _market().transit_access)
    ground, content = _own_ground()
    return _region("250", ground, content)


@cache
def _users(path: Path, _changed_ns: int, _size: int) -> Region:
    ground, content = read_ground(path)
    return _region(path.stem, ground, content)


@cache
def _own_ground() -> tuple[Ground, str]:
    return read_ground(FOLDER / "grid_250.csv")


@cache
def _market() -> Market:
    ground, _ = _own_ground()
    return fit_market(ground, package_tables())


def _region(name: str, ground: Ground, content: str) -> Region:
    tables, market = package_tables(), _market()
    stock_m2 = market.stock_m2(ground)
    zone, zones = present(ground.zone, zones_of(tables.zones))
    commune, communes = present(ground.commune, places_of(tables.communes, "commune"))
    neighbourhood, neighbourhoods = present(
        ground.neighbourhood, places_of(tables.neighbourhoods, "neighbourhood")
    )
    district, districts = present(
        ground.district, places_of(tables.districts, "district")
    )
    site_cells = dict(_site_cells(ground, tables.places))
    sites = tuple(s for s in sites_of(tables.places) if s.id in site_cells)
    return Region(
        name=name,
        fingerprint=_fingerprint(content),
        cell_km=ground.lattice.cell_km,
        rows=ground.index_grid.shape[0],
        cols=ground.index_grid.shape[1],
        row=ground.row,
        col=ground.col,
        x_km=ground.x_km,
        y_km=ground.y_km,
        index_grid=ground.index_grid,
        land=ground.land,
        office_ok=ground.office_ok,
        zone=zone,
        commune=commune,
        neighbourhood=neighbourhood,
        district=district,
        zones=zones,
        communes=communes,
        neighbourhoods=neighbourhoods,
        districts=districts,
        sites=sites,
        places={
            **named_cells(zones, zone),
            **named_cells(communes, commune),
            **site_cells,
        },
        stock_m2=stock_m2,
        background_m2=stock_m2 * (1 - market.vacancy[ground.district]),
        rent=market.rent(ground),
        natural_vacancy=market.natural_vacancy[ground.district],
        cbd=market.cbd[ground.district] == 1,
        transit_access=market.transit_access(ground.stop_km),
        quality=quality(ground),
        stop_km=ground.stop_km,
        population=ground.population,
        households=ground.households,
        income=ground.income,
    )


def _site_cells(ground: Ground, places: Table) -> Iterator[tuple[str, Ints]]:
    """Cells of each site that has any in this ground."""
    for name, cells in zip(places.text("id"), places.text("cells"), strict=True):
        found = np.unique(ground.holding(cells))
        if len(found):
            yield name, found


def _fingerprint(content: str) -> str:
    """SHA-256 of a grid and of all tables that come with the package."""
    tables = package_tables()
    digest = hashlib.sha256(content.encode())
    for table in vars(tables).values():
        digest.update(table.content.encode())
    digest.update(_own_ground()[1].encode())
    return digest.hexdigest()
