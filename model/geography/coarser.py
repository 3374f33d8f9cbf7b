"""The same region on cells of twice the size, each made of up to four small ones.

Amounts are summed; rents, access and the like are means weighted by floor space;
distances to stops are plain means. A cell belongs where most of its floor space is,
save where another choice brings floor space and inhabitants of zones, communes or
districts closer to those of the small cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from model.geography.reading import Floats, Ints
from model.geography.region import Region, named_cells, present, sum_by

# A small cell without floor space still has a say in where its large cell belongs.
_SAY_M2 = 1.0
_SAY_PEOPLE = 1.0
_GAIN = 1e-12


def coarser(
    region: Region, name: str, transit_access: Callable[[Floats], Floats]
) -> Region:
    """Join the cells of a region two by two.

    Parameters
    ----------
    region : Region
    name : str
        Name of the new grid.
    transit_access : callable
        From ``stop_km`` to standardised access.
    """
    blocks = Blocks(region)
    both = blocks.say_m2, blocks.people
    stop_km = np.array([blocks.mean(km, blocks.ones) for km in region.stop_km])
    zone, zones = present(blocks.fair(region.zone, *both), region.zones)
    commune, communes = present(blocks.fair(region.commune, *both), region.communes)
    district, districts = present(
        blocks.fair(region.district, blocks.say_m2), region.districts
    )
    neighbourhood, neighbourhoods = present(
        blocks.most(region.neighbourhood), region.neighbourhoods
    )
    land, kinds = np.unique(region.land, return_inverse=True)
    x_km = region.x_km + (0.5 - region.col % 2) * region.cell_km
    y_km = region.y_km - (0.5 - region.row % 2) * region.cell_km
    site_cells = {
        site.id: np.unique(blocks.of[region.places[site.id]]) for site in region.sites
    }
    return Region(
        name=name,
        fingerprint=hashlib.sha256(f"{region.fingerprint} {name}".encode()).hexdigest(),
        cell_km=2 * region.cell_km,
        rows=blocks.index_grid.shape[0],
        cols=blocks.index_grid.shape[1],
        row=blocks.row,
        col=blocks.col,
        x_km=blocks.mean(x_km, blocks.ones),
        y_km=blocks.mean(y_km, blocks.ones),
        index_grid=blocks.index_grid,
        land=land[blocks.most(kinds.astype(np.int32))],
        office_ok=blocks.sum(region.office_ok.astype(np.float64)) > 0,
        zone=zone,
        commune=commune,
        neighbourhood=neighbourhood,
        district=district,
        zones=zones,
        communes=communes,
        neighbourhoods=neighbourhoods,
        districts=districts,
        sites=region.sites,
        places={
            **named_cells(zones, zone),
            **named_cells(communes, commune),
            **site_cells,
        },
        stock_m2=blocks.sum(region.stock_m2),
        background_m2=blocks.sum(region.background_m2),
        rent=blocks.mean(region.rent, blocks.say_m2),
        natural_vacancy=blocks.mean(region.natural_vacancy, blocks.say_m2),
        cbd=blocks.mean(region.cbd.astype(np.float64), blocks.say_m2) >= 0.5,
        transit_access=transit_access(stop_km),
        quality=blocks.mean(region.quality, blocks.say_m2),
        stop_km=stop_km,
        population=blocks.sum(region.population),
        households=blocks.sum(region.households),
        income=blocks.mean(region.income, blocks.people),
    )


class Blocks:
    """Two-by-two blocks of a region's cells.

    Attributes
    ----------
    of : int32[small cells]
        Large cell of each small cell.
    row, col : int32[large cells]
    index_grid : int32[rows, cols]
        Large cell at each place, -1 outside.
    ones, say_m2, people : float64[small cells]
        Weights: one a cell, floor space, inhabitants.
    """

    def __init__(self, region: Region) -> None:
        rows, cols = (region.rows + 1) // 2, (region.cols + 1) // 2
        flat = (region.row // 2) * cols + region.col // 2
        used, of = np.unique(flat, return_inverse=True)
        self.of: Ints = of.astype(np.int32)
        self.row: Ints = (used // cols).astype(np.int32)
        self.col: Ints = (used % cols).astype(np.int32)
        self.index_grid: Ints = np.full((rows, cols), -1, dtype=np.int32)
        self.index_grid[self.row, self.col] = np.arange(len(used))
        self.ones: Floats = np.ones(len(region))
        self.say_m2: Floats = region.stock_m2 + _SAY_M2
        self.people: Floats = region.population + _SAY_PEOPLE

    def sum(self, value: Floats) -> Floats:
        """Sum over each block."""
        return sum_by(self.of, value, len(self.row))

    def mean(self, value: Floats, weight: Floats) -> Floats:
        """Weighted mean over each block."""
        return self.sum(value * weight) / self.sum(weight)

    def most(self, index: Ints) -> Ints:
        """Value that holds most of the floor space of each block."""
        most: Ints = self._votes(index, self.say_m2).argmax(axis=1).astype(np.int32)
        return most

    def fair(self, index: Ints, *amounts: Floats) -> Ints:
        """Value of each block that brings totals of these amounts close to the truth.

        Starts from the value that holds most of the first, then changes the best pair
        of contested blocks at a time while the sum of squared relative errors falls.
        """
        votes = [self._votes(index, amount) for amount in amounts]
        size = np.array([vote.sum(axis=1) for vote in votes])
        truth = np.array([vote.sum(axis=0) for vote in votes])
        choice: Ints = votes[0].argmax(axis=1).astype(np.int32)
        block, option = np.nonzero(votes[0])
        apart = block[:, None] != block
        moves = np.arange(len(block))
        while True:
            held = [sum_by(choice, each, truth.shape[1]) for each in size]
            error = (np.array(held) / truth - 1).ravel()
            step = np.zeros((len(block), *truth.shape))
            step[moves, :, option] += (size[:, block] / truth[:, option]).T
            step[moves, :, choice[block]] -= (size / truth[:, choice])[:, block].T
            step = step.reshape(len(block), -1)
            alone = -2 * step @ error - (step**2).sum(axis=1)
            gain = np.where(apart, alone[:, None] + alone - 2 * step @ step.T, 0.0)
            pair = np.array(np.unravel_index(gain.argmax(), gain.shape))
            if gain[tuple(pair)] <= _GAIN:
                return choice
            choice[block[pair]] = option[pair]

    def _votes(self, index: Ints, amount: Floats) -> Floats:
        votes = np.zeros((len(self.row), int(index.max()) + 1))
        np.add.at(votes, (self.of, index), amount)
        return votes
