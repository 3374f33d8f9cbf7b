"""The region: what lies in each cell, and what its parts are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from model.geography.reading import Floats, Ints

Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]
P = TypeVar("P", bound="Place")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Something with a name: a commune, a district, a site, an anchor, a school.

    Attributes
    ----------
    id : str
        Name in scenarios and tables.
    name : dict of str to str
        Name in ``en``, ``fr`` and ``nl``.
    kind : str
        ``zone``, ``commune``, ``neighbourhood``, ``district``, ``site``, ``anchor``
        or ``school``.
    source : str
        Where its outline comes from.
    nature : str
        ``published``, ``estimated`` or ``assumed``.
    accuracy_m : float, m
        How far off a site can be; NaN where that has no meaning.
    """

    id: str
    name: dict[str, str]
    kind: str
    source: str = ""
    nature: str = "published"
    accuracy_m: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Zone(Place):
    """A part of the region for which results are reported.

    Attributes
    ----------
    character : str
        What it is known for, in one line.
    """

    kind: str = "zone"
    character: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Region:
    """Cells of one size with everything that a run needs to know of them.

    Arrays have one value a cell and are read-only. Lists of zones, communes,
    neighbourhoods and districts hold only those that have a cell.

    Attributes
    ----------
    name : str
        Name of the grid.
    fingerprint : str
        SHA-256 of the tables that the region was made from.
    cell_km : float, km
        Side of a cell.
    rows, cols : int
        Size of the grid; row 0 is north, column 0 is west.
    row, col : int32[n]
        Place of each cell in the grid.
    x_km, y_km : float64[n], km
        Centre of each cell, Belgian Lambert 72 (EPSG:31370).
    index_grid : int32[rows, cols]
        Cell at each place of the grid, -1 outside the region.
    land : str[n]
        ``built``, ``industry_rail``, ``park_forest``, ``cemetery``, ``open_land``.
    office_ok : bool[n]
        Offices can stand there.
    zone, commune, neighbourhood, district : int32[n]
        Position in the list of that name.
    zones : tuple of Zone
    communes, neighbourhoods, districts, sites : tuple of Place
    places : dict of str to int32[...]
        Cells of every name that a lever can point at: zones, communes, sites.
    stock_m2 : float64[n], m2
        Office floor on the market, without the broadcasters' own old complex.
    background_m2 : float64[n], m2
        Occupied part of it, by media firms and everyone else.
    rent : float64[n], EUR/m2/year
        Mean rent at base level.
    natural_vacancy : float64[n], share
        Vacancy at which rents stand still.
    cbd : bool[n]
        In one of the central business districts.
    transit_access : float64[n], standard deviations
        Nearness of stops; mean 0 and SD 1 over the region's office cells.
    quality : float64[n], 0-1
        Image and amenity.
    stop_km : float64[3, n], km
        Straight distance to the nearest metro, tram and rail stop.
    population, households : float64[n], count
    income : float64[n], EUR/year
        Mean taxable income of a tax return.
    """

    name: str
    fingerprint: str
    cell_km: float
    rows: int
    cols: int
    row: Ints
    col: Ints
    x_km: Floats
    y_km: Floats
    index_grid: Ints
    land: Texts
    office_ok: Bools
    zone: Ints
    commune: Ints
    neighbourhood: Ints
    district: Ints
    zones: tuple[Zone, ...]
    communes: tuple[Place, ...]
    neighbourhoods: tuple[Place, ...]
    districts: tuple[Place, ...]
    sites: tuple[Place, ...]
    places: dict[str, Ints]
    stock_m2: Floats
    background_m2: Floats
    rent: Floats
    natural_vacancy: Floats
    cbd: Bools
    transit_access: Floats
    quality: Floats
    stop_km: Floats
    population: Floats
    households: Floats
    income: Floats

    def __post_init__(self) -> None:
        """Make all arrays read-only."""
        self._lock()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make all arrays read-only again: pickling forgets it."""
        self.__dict__.update(state)
        self._lock()

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.row)

    def cell_at(self, row: int, col: int) -> int:
        """Cell at a place of the grid.

        Raises
        ------
        LookupError
            If the region has no cell there.
        """
        inside = 0 <= row < self.rows and 0 <= col < self.cols
        cell = int(self.index_grid[row, col]) if inside else -1
        if cell < 0:
            raise LookupError(f"{self.name}: no cell at row {row}, column {col}")
        return cell

    def zone_at(self, name: str) -> int:
        """Position of a zone in the list.

        Raises
        ------
        LookupError
            If the region has no such zone.
        """
        for position, zone in enumerate(self.zones):
            if zone.id == name:
                return position
        raise LookupError(f"{self.name}: no zone {name!r}")

    def _lock(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        for cells in self.places.values():
            cells.setflags(write=False)


def sum_by(index: Ints, value: Floats, parts: int) -> Floats:
    """Sum of a value over the cells of each part, float64[parts]."""
    total = np.zeros(parts)
    np.add.at(total, index, value)
    return total


def named_cells(named: Sequence[Place], index: Ints) -> dict[str, Ints]:
    """Cells of each named part of the region."""
    return {
        place.id: np.flatnonzero(index == position).astype(np.int32)
        for position, place in enumerate(named)
    }


def present(index: Ints, named: tuple[P, ...]) -> tuple[Ints, tuple[P, ...]]:
    """The same index over only those named parts that have a cell."""
    used, packed = np.unique(index, return_inverse=True)
    return packed.astype(np.int32), tuple(named[i] for i in used)
