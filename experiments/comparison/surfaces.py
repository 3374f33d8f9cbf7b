"""Gains and losses on the map: by cell, spread over the neighbourhood, and by zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import ndimage

from experiments.comparison.tables import Floats, Integers, codes_of, column
from model.geography import Region

KERNEL_KM = 0.5
SURE = 2.0


class Surface(NamedTuple):
    """Mean paired difference of jobs on the grid, without anchors.

    An anchor that moves one cell aside is a loss beside a gain as large as all other
    firms together: it would hide what the others do.

    Attributes
    ----------
    density : float64[cells], jobs/km2
        Spread with a Gaussian kernel whose standard deviation is ``KERNEL_KM``.
    sure : bool[cells]
        Mean more than ``SURE`` standard errors from zero; all where there is one pair.
    raw : float64[cells], jobs
        The same before spreading; sums agree.
    """

    density: Floats
    sure: Floats
    raw: Floats


def cell_jobs(
    cells: pd.DataFrame, runs: Sequence[str], month: str, count: int
) -> Floats:
    """Jobs by cell in a month, float64[runs, cells]."""
    at = codes_of(cells["run"], runs)
    wanted = (at >= 0) & (codes_of(cells["month"], (month,)) == 0)
    out = np.zeros((len(runs), count))
    place: Integers = column(cells, "cell")[wanted]
    out[at[wanted], place] = column(cells, "jobs")[wanted]
    return out


def anchor_jobs(
    firms: pd.DataFrame, runs: Sequence[str], month: str, count: int
) -> Floats:
    """Jobs of anchors by cell in a month, float64[runs, cells]."""
    at = codes_of(firms["run"], runs)
    wanted = (at >= 0) & (codes_of(firms["month"], (month,)) == 0)
    wanted &= column(firms, "anchor").astype(np.bool_)
    out = np.zeros((len(runs), count))
    place = column(firms, "cell")[wanted]
    np.add.at(out, (at[wanted], place), column(firms, "jobs")[wanted])
    return out


def surface(difference: Floats, region: Region) -> Surface:
    """Spread paired differences over the neighbourhood.

    Parameters
    ----------
    difference : float64[pairs, cells], jobs
    region : Region
    """
    pairs = len(difference)
    density = np.empty_like(difference)
    for start in range(0, pairs, 16):
        part = slice(start, start + 16)
        density[part] = spread(difference[part], region, KERNEL_KM)
    density /= region.cell_km**2
    mean = density.mean(axis=0)
    if pairs > 1:
        error = density.std(axis=0, ddof=1) / np.sqrt(pairs)
        sure = np.abs(mean) > SURE * error
    else:
        sure = mean != 0.0
    return Surface(mean, sure, difference.mean(axis=0))


def spread(values: Floats, region: Region, kernel_km: float) -> Floats:
    """Share out each cell's value over its neighbours; no job gets lost.

    Parameters
    ----------
    values : float64[n, cells]
    region : Region
    kernel_km : float, km
        Standard deviation of the Gaussian kernel.
    """
    sigma = kernel_km / region.cell_km
    inside = np.zeros((region.rows, region.cols))
    inside[region.row, region.col] = 1.0
    weight = _blur(inside[None], sigma)[0][region.row, region.col]
    grid = np.zeros((len(values), region.rows, region.cols))
    grid[:, region.row, region.col] = values / weight
    out: Floats = _blur(grid, sigma)[:, region.row, region.col]
    return out


def _blur(grid: Floats, sigma: float) -> Floats:
    out: Floats = ndimage.gaussian_filter(grid, (0, sigma, sigma), mode="constant")
    return out
