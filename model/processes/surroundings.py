r"""What a site offers around it: access to one's own trade, density, talent, anchors.

.. math::
    A_{s,c} = \sum_{c'} E_{s,c'} e^{-d/L_A},\quad
    U_c = \sum_{c'} E_{c'} e^{-d/L_U},\quad
    H_c = \sum_a n_a e^{-d/L_H},\quad
    W_c = \sum_j e^{-\kappa \tau}

with E jobs, n_a jobs of anchors, j freelancers and, by ``student_weight``, students of
media schools, d km and tau minutes; D_c is the
entropy of subsectors within 1 km. In utilities each enters as ln(1 + x), standardised
on the base year. Kernels end at five e-folds (0.7 %). Own-sector spillovers live
within 0.25-1 km (Arzaghi & Henderson 2008; Ahlfeldt et al. 2015), labour pools within
a few (Rosenthal & Strange); hence two ranges.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2

from model.geography import Region, Travel, minutes_matrix
from model.parameters import calibrated, fixed, uncertain
from model.processes.state import FREELANCER, SUBSECTOR_COUNT, Floats, RegionState

REACH = 5.0  # e-folds at which kernels end
DIVERSITY_KM = 1.0
INSIDE_CELL = 0.5214  # mean distance of two random points in a unit square


class Parameters(NamedTuple):
    """Ranges of the spillovers."""

    own_km: Annotated[
        float,
        calibrated(
            0.5,
            unit="km",
            hard=(0.05, 5.0),
            plausible=(0.2, 1.0),
            source="Arzaghi & Henderson 2008; Ahlfeldt et al. 2015; birth counts",
            confidence="M",
            means="e-fold of own-sector spillovers",
        ),
    ]
    density_km: Annotated[
        float,
        uncertain(
            3.0,
            unit="km",
            hard=(0.2, 15.0),
            plausible=(1.5, 8.0),
            source="Rosenthal & Strange; Fu (Boston); Koster",
            confidence="M",
            means="e-fold of general density",
        ),
    ]
    anchor_km: Annotated[
        float,
        uncertain(
            0.8,
            unit="km",
            hard=(0.05, 5.0),
            plausible=(0.4, 1.5),
            source="Lyons dispersal, ring 0-1 km",
            confidence="M",
            means="e-fold of the pull of anchors",
        ),
    ]
    partner_km: Annotated[
        float,
        uncertain(
            1.0,
            unit="km",
            hard=(0.05, 5.0),
            plausible=(0.5, 2.0),
            source="assumption, between own-sector and labour-pool ranges",
            confidence="L",
            means="e-fold of nearness to partners",
        ),
    ]
    minutes_deterrence: Annotated[
        float,
        calibrated(
            0.05,
            unit="/min",
            hard=(0.0, 0.5),
            plausible=(0.03, 0.10),
            source="Ahlfeldt et al. 2015: 0.07-0.099 for commuting",
            confidence="M",
            means="kappa: travel-time deterrence of work",
        ),
    ]
    student_weight: Annotated[
        float,
        uncertain(
            0.1,
            unit="freelancers",
            hard=(0.0, 1.0),
            plausible=(0.0, 0.3),
            source="assumption; firms near schools name students as a reason [S85]",
            confidence="L",
            means="talent that a student of a media school stands for",
        ),
    ]
    background_m2_per_job: Annotated[
        float,
        fixed(
            25.0,
            unit="m2/job",
            hard=(10.0, 60.0),
            source="assumption: 11.6 million m2 occupied, about 460,000 office jobs",
            confidence="L",
            means="floor space of a job outside the media",
        ),
    ]


def offset_distances(region: Region) -> Floats:
    """Distance between cells by offset, km; shape (2 rows - 1, 2 cols - 1).

    Within one cell it is the mean distance of two random points (0.52 of the side),
    so that 250 m and 500 m grids agree.
    """
    dr = np.arange(1 - region.rows, region.rows)[:, None]
    dc = np.arange(1 - region.cols, region.cols)[None, :]
    distances: Floats = np.hypot(dr, dc) * region.cell_km
    distances[region.rows - 1, region.cols - 1] = INSIDE_CELL * region.cell_km
    return distances


@lru_cache(maxsize=8)
def places(region: Region) -> NDArray[np.uint64]:
    """Place of each cell in a flat table by offset, uint64[n]."""
    return region.row.astype(np.uint64) * np.uint64(2 * region.cols - 1) + (
        region.col.astype(np.uint64)
    )


@lru_cache(maxsize=8)
def stretches(region: Region) -> NDArray[np.uint64]:
    """First cells of stretches of cells side by side in a row, and n; uint64[k + 1]."""
    apart = np.diff(places(region).astype(np.int64)) != 1
    return np.concatenate([[0], np.flatnonzero(apart) + 1, [len(region.row)]]).astype(
        np.uint64
    )


def decay_table(region: Region, e_fold_km: float) -> Floats:
    """exp(-d/L) by offset, zero beyond five e-folds; shape as `offset_distances`."""
    distances = offset_distances(region)
    decay: Floats = np.exp(-distances / e_fold_km)
    decay[distances > REACH * e_fold_km] = 0.0
    return decay


@njit(cache=True)
def spread(sources: Any, row: Any, col: Any, shape: Any, table: Any) -> Any:
    """Sum of sources over distance: ``out[s, c] = sum table[offset] sources[s, c']``.

    Parameters
    ----------
    sources : float64[kinds, n]
    row, col : int32[n]
    shape : (int, int)
        Rows and columns of the grid.
    table : float64[2 rows - 1, 2 cols - 1]
        Weight by offset; zero where a source does not reach.

    Returns
    -------
    float64[kinds, n]
    """
    kinds, n = sources.shape
    rows, cols = shape
    up = side = 0  # cells that a source reaches
    for dr in range(rows):
        for dc in range(cols):
            if table[rows - 1 + dr, cols - 1 + dc] > 0.0:
                up, side = max(up, dr), max(side, dc)
    near = table[rows - 1 - up : rows + up, cols - 1 - side : cols + side].copy()
    width = cols + 2 * side  # of a grid with a margin, so that nothing is clipped
    grid = np.zeros((kinds, (rows + 2 * up) * width))
    for s in range(kinds):
        field = grid[s]
        for c in range(n):
            amount = sources[s, c]
            if amount == 0.0:
                continue
            for r in range(2 * up + 1):
                line, first = near[r], np.uint64((row[c] + r) * width + col[c])
                for k in range(np.uint64(2 * side + 1)):
                    field[first + k] += amount * line[k]
    out = np.empty((kinds, n))
    for s in range(kinds):
        for c in range(n):
            out[s, c] = grid[s, (row[c] + up) * width + col[c] + side]
    return out


def spread_far(source: Floats, region: Region, table: Floats) -> Floats:
    """As :func:`spread` for one kind of source that reaches most of the grid.

    A circular convolution by fast Fourier transform, as long as the table, so that
    nothing wraps into the grid; nine times as fast as the sum.
    """
    shape = tuple(next_fast_len(size, real=True) for size in table.shape)
    grid = np.zeros((region.rows, region.cols))
    grid[region.row, region.col] = source
    field = irfft2(rfft2(grid, shape) * rfft2(table, shape), shape)
    up, left = region.rows - 1, region.cols - 1
    found: Floats = field[region.row + up, region.col + left]
    return found


@njit(cache=True)
def jobs_by_cell(subsector: Any, cell: Any, jobs: Any, kinds: int, n: int) -> Any:
    """Jobs by subsector and cell, float64[kinds, n]."""
    out = np.zeros((kinds, n))
    for i in range(len(jobs)):
        out[subsector[i], cell[i]] += jobs[i]
    return out


def entropy(jobs: Floats) -> Floats:
    """Entropy of the kinds of each place's jobs, nats; 0 where there are none.

    Taken as :math:`\\ln J - \\sum_s j_s \\ln j_s / J`, in vectors; jobs are whole, so
    that those of a kind are none or at least one.
    """
    all_jobs = np.maximum(jobs.sum(axis=0), 1.0)
    by_kind = (jobs * np.log(np.maximum(jobs, 1.0))).sum(axis=0)
    found: Floats = np.log(all_jobs) - by_kind / all_jobs
    return found


@njit(cache=True)
def talent_access(count: Any, weight: Any) -> Any:
    """W_c: freelancers at home, each weighed by exp(-kappa minutes to the cell).

    Parameters
    ----------
    count : float64[n]
        Freelancers by home.
    weight : float32[n, n]
        exp(-kappa minutes).

    Returns
    -------
    float64[n]
    """
    out = np.zeros(len(count))
    for home in range(len(count)):
        if count[home] > 0:
            for c in range(len(count)):
                out[c] += count[home] * weight[home, c]
    return out


class Tables(NamedTuple):
    """Distance weights by offset, made once per region and parameters."""

    own: Floats
    density: Floats
    anchor: Floats
    disc: Floats


@lru_cache(maxsize=8)
def tables_of(region: Region, p: Parameters) -> Tables:
    """Distance weights of a region; kept, since every month asks for them."""
    disc = (offset_distances(region) <= DIVERSITY_KM).astype(np.float64)
    return Tables(
        own=decay_table(region, p.own_km),
        density=decay_table(region, p.density_km),
        anchor=decay_table(region, p.anchor_km),
        disc=disc,
    )


def apply(state: RegionState) -> None:
    """Recompute what every site offers.

    Density (mostly jobs outside the media) and talent are renewed each January,
    talent also when transit or a school has moved.
    """
    p = state.scenario.block(Parameters)
    region, firms, around = state.region, state.firms, state.surroundings
    tables = tables_of(region, p)
    if state.minutes_are_stale:
        travel = state.scenario.block(Travel)
        state.minutes = minutes_matrix(region, travel, state.cells.access_minutes)
        state.nearness = nearness(state.minutes, p)
        state.minutes_are_stale = False
    row, col, shape = region.row, region.col, (region.rows, region.cols)
    jobs = jobs_by_cell(
        firms.subsector, firms.cell, firms.jobs, SUBSECTOR_COUNT, len(row)
    )
    around.own = spread(jobs, row, col, shape, tables.own)
    if state.base_year is not None:
        base = state.base_year
        around.own_score = standardised(
            around.own, base.own_mean[:, None], base.own_sd[:, None]
        )
        around.firm_score = own_access(state)
    around.diversity = entropy(spread(jobs, row, col, shape, tables.disc))
    anchor = firms.anchor
    anchor_jobs = jobs_by_cell(
        np.zeros(int(anchor.sum()), np.int8),
        firms.cell[anchor],
        firms.jobs[anchor],
        1,
        len(row),
    )
    around.anchors = spread(anchor_jobs, row, col, shape, tables.anchor)[0]
    if state.density_is_stale or state.month % 12 == 0:
        other = state.cells.background / p.background_m2_per_job
        around.density = spread_far(jobs.sum(axis=0) + other, region, tables.density)
        state.density_is_stale = False
    if state.talent_is_stale or state.month % 12 == 0:
        around.talent = _talent(state, p)
        state.talent_is_stale = False


def _talent(state: RegionState, p: Parameters) -> Floats:
    people, region = state.people, state.region
    home = people.home[people.of_kind(FREELANCER)]
    count = np.bincount(home[home >= 0], minlength=len(region.row)).astype(np.float64)
    schools = state.firms.students > 0
    students = state.firms.students[schools] * p.student_weight * state.scale
    np.add.at(count, state.firms.cell[schools], students)
    access: Floats = talent_access(count, state.nearness)
    return np.where(region.office_ok, access, 0.0)


def nearness(minutes: Any, p: Parameters) -> NDArray[np.float32]:
    """exp(-kappa minutes) between all cells, float32[n, n]."""
    near: NDArray[np.float32] = np.exp(minutes * np.float32(-p.minutes_deterrence))
    return near


def standardised(values: NDArray[Any], mean: Any, sd: Any) -> Floats:
    """ln(1 + x), standardised with the base year's mean and deviation."""
    scores: Floats = (np.log1p(values) - mean) / sd
    return scores


def own_access(state: RegionState) -> Floats:
    """Own-sector access of each firm, own jobs left out, in base-year deviations."""
    firms, base, region = state.firms, state.base, state.region
    tables = tables_of(region, state.scenario.block(Parameters))
    here = tables.own[region.rows - 1, region.cols - 1]
    s = firms.subsector
    nearby = state.surroundings.own[s, firms.cell] - firms.jobs * here
    return standardised(np.maximum(nearby, 0.0), base.own_mean[s], base.own_sd[s])
