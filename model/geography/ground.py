"""From a grid file to cells that lie where they say, each in its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import Fault, GeographyError
from model.geography.reading import Floats, Ints, Table, read_table
from model.geography.region import Bools, Texts
from model.geography.tables import Tables, grid_columns, package_tables

# Places are given as cells of the package's own grid.
REFERENCE_KM = 0.25
REFERENCE_LEFT_KM = 141.0
REFERENCE_TOP_KM = 178.5

_CELL_KM = (0.05, 2.0)
_TOLERANCE_KM = 0.001
_STOPS = ("d_metro_m", "d_tram_m", "d_rail_m")


@dataclass(frozen=True)
class Lattice:
    """Where the rows and columns of a grid lie.

    Attributes
    ----------
    cell_km : float, km
        Side of a cell.
    left_km, top_km : float, km
        West and north edge of column 0 and row 0, Lambert 72.
    """

    cell_km: float
    left_km: float
    top_km: float

    def centre(self, row: Ints, col: Ints) -> tuple[Floats, Floats]:
        """Centre x and y of cells in km."""
        x_km: Floats = self.left_km + (col.astype(np.float64) + 0.5) * self.cell_km
        y_km: Floats = self.top_km - (row.astype(np.float64) + 0.5) * self.cell_km
        return x_km, y_km

    def holding(self, x_km: float, y_km: float) -> tuple[int, int]:
        """Row and column of the cell that holds a point."""
        row = (self.top_km - y_km) / self.cell_km
        col = (x_km - self.left_km) / self.cell_km
        return int(np.floor(row)), int(np.floor(col))


REFERENCE = Lattice(REFERENCE_KM, REFERENCE_LEFT_KM, REFERENCE_TOP_KM)


@dataclass(frozen=True)
class Ground:
    """Cells as a grid file gives them, before any floor space.

    Commune, neighbourhood, zone and district are positions in the package's full
    lists. ``park_km`` is the distance to the nearest park; ``stock_m2`` is None where
    the file has no such column. Other attributes are those of
    :class:`model.geography.region.Region`.
    """

    lattice: Lattice
    row: Ints
    col: Ints
    index_grid: Ints
    x_km: Floats
    y_km: Floats
    commune: Ints
    neighbourhood: Ints
    zone: Ints
    district: Ints
    land: Texts
    office_ok: Bools
    office_share: Floats
    stop_km: Floats
    park_km: Floats
    population: Floats
    households: Floats
    income: Floats
    stock_m2: Floats | None

    def holding(self, cells: str) -> Ints:
        """Cells that hold the centres of cells of the package's own grid.

        Parameters
        ----------
        cells : str
            Written ``row:col row:col ...``.

        Returns
        -------
        int32[...]
            One for each centre that lies in this ground.
        """
        rows, cols = self.index_grid.shape
        found: list[int] = []
        for x_km, y_km in points_of(cells):
            row, col = self.lattice.holding(float(x_km), float(y_km))
            if 0 <= row < rows and 0 <= col < cols:
                found.append(int(self.index_grid[row, col]))
        return np.array([cell for cell in found if cell >= 0], dtype=np.int32)


def read_ground(path: Path) -> tuple[Ground, str]:
    """Read a grid file.

    Returns
    -------
    ground : Ground
    content : str
        Text of the file.

    Raises
    ------
    GeographyError
        With one fault for each thing that is wrong.
    """
    table = read_table(path, grid_columns())
    tables = package_tables()
    lattice = _lattice(table)
    row, col = table.whole("row"), table.whole("col")
    x_km, y_km = lattice.centre(row, col)
    neighbourhood = table.index_in(
        "neighbourhood", tables.neighbourhoods.text("neighbourhood")
    )
    ground = Ground(
        lattice=lattice,
        row=row,
        col=col,
        index_grid=_index_grid(row, col),
        x_km=x_km,
        y_km=y_km,
        commune=table.index_in("nis", tables.communes.text("nis")),
        neighbourhood=neighbourhood,
        zone=_zones(tables, neighbourhood, x_km, y_km),
        district=_index(tables, "district")[neighbourhood],
        land=np.array(table.text("land")),
        office_ok=table.number("office_ok") == 1,
        office_share=table.number("office_share"),
        stop_km=np.array([table.number(stop) / 1000 for stop in _STOPS]),
        park_km=table.number("d_park_m") / 1000,
        population=table.number("population"),
        households=table.number("households"),
        income=table.number("income"),
        stock_m2=table.number("stock_m2") if "stock_m2" in table else None,
    )
    return ground, table.content


def points_of(cells: str) -> NDArray[np.float64]:
    """Centres in km of cells of the package's own grid, written ``row:col ...``."""
    pairs = [cell.split(":") for cell in cells.split()]
    row, col = np.array(pairs, dtype=np.int32).T
    return np.column_stack(REFERENCE.centre(row, col))


def _index_grid(row: Ints, col: Ints) -> Ints:
    grid = np.full((int(row.max()) + 1, int(col.max()) + 1), -1, dtype=np.int32)
    grid[row, col] = np.arange(len(row))
    return grid


def _index(tables: Tables, of: str) -> Ints:
    """Zone or district of each neighbourhood, as a position in its list."""
    whole = tables.zones if of == "zone" else tables.districts
    return tables.neighbourhoods.index_in(of, whole.text("id"))


def _zones(tables: Tables, neighbourhood: Ints, x_km: Floats, y_km: Floats) -> Ints:
    """Zone of each cell: that of its neighbourhood, or of a centre that is near."""
    zone = _index(tables, "zone")[neighbourhood]
    cells = dict(
        zip(tables.places.text("id"), tables.places.text("cells"), strict=True)
    )
    radius = tables.zones.number("radius_km")
    for position, centre in enumerate(tables.zones.text("centre")):
        if centre:
            x, y = points_of(cells[centre])[0]
            near = np.hypot(x_km - x, y_km - y) <= radius[position] + _TOLERANCE_KM
            zone[near] = position
    return zone


def _lattice(table: Table) -> Lattice:
    """Lattice that most cells of a file agree on.

    Raises
    ------
    GeographyError
        For cells given twice, a cell size that is refused, or cells that do not lie
        where their row and column say.
    """
    row, col = table.number("row"), table.number("col")
    x_km, y_km = table.number("x") / 1000, table.number("y") / 1000
    faults = list(_twice(table))
    cell_km = _spacing(x_km, col, -y_km, row)
    if not _CELL_KM[0] <= cell_km <= _CELL_KM[1]:
        problem = "gives cells of an impossible size in km"
        allowed = f"cells of {_CELL_KM[0]:g} to {_CELL_KM[1]:g} km"
        faults.append(Fault(problem, table.file, None, "x", round(cell_km, 4), allowed))
        raise GeographyError(faults)
    lattice = Lattice(
        cell_km,
        round(float(np.median(x_km - (col + 0.5) * cell_km)), 6),
        round(float(np.median(y_km + (row + 0.5) * cell_km)), 6),
    )
    centres = lattice.centre(table.whole("row"), table.whole("col"))
    for key, given, due in zip("xy", (x_km, y_km), centres, strict=True):
        for i in np.flatnonzero(np.abs(given - due) > _TOLERANCE_KM):
            problem = "is not where its row and column say"
            found, allowed = table.fields[key][i], f"{1000 * due[i]:.0f}"
            faults.append(
                Fault(problem, table.file, table.lines[i], key, found, allowed)
            )
    if faults:
        raise GeographyError(faults)
    return lattice


def _spacing(x_km: Floats, col: Floats, south_km: Floats, row: Floats) -> float:
    """Side of a cell in km: the median over neighbours in the file."""
    steps = [np.diff(col), np.diff(row)]
    lengths = [np.diff(x_km), np.diff(south_km)]
    ratios = [a[s != 0] / s[s != 0] for a, s in zip(lengths, steps, strict=True)]
    found = np.concatenate(ratios)
    return round(float(np.median(found)), 6) if len(found) else REFERENCE_KM


def _twice(table: Table) -> Iterator[Fault]:
    first: dict[tuple[int, int], int] = {}
    cells = zip(table.whole("row"), table.whole("col"), table.lines, strict=True)
    for row, col, line in cells:
        cell = (int(row), int(col))
        if cell in first:
            problem = f"cell is given twice, first in line {first[cell]}"
            yield Fault(problem, table.file, line, "row, col", cell)
        first.setdefault(cell, line)
