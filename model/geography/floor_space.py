"""Office floor space and rent of every cell, fitted to published totals.

Floor space of cell c, in commune m and group of districts g, is

    K_c = seed_c a_m b_g + known_c,
    seed_c = land_c x kind x district x central x (0.1 + exp(-metro/0.5)
             + 0.5 exp(-rail/0.5)),

with usable land in km2, kind 1 on built land and 0.5 in industry and rail yards, a
weight for districts known for offices, central = 0.2 + exp(-km to the nearest cell of
a business district), known_c the floor of single sites that nearness cannot tell
(Tour & Taxis), and factors a and b that iterative proportional fitting sets so that
communes and groups add up to their totals. Groups are Leopold, North (published
stocks), the rest of the central business districts, and everything else. The business
districts together hold the share at which their vacancy and that of the rest average
to the market's. All weights in the seed are assumptions.

Rent of cell c in district d is

    R_c = base_d (1 + 0.08 tanh(T_c - T_d)),

T_c being transit access and T_d its mean over the district's floor space; base_d
keeps the district's mean, which is its prime rent times one mean-to-prime ratio, or a
mean given as such. The ratio makes the region's mean the published one.

References
----------
.. [1] Observatoire des bureaux 38 (2018): stock of the region.
.. [2] JLL (5 July 2017; Q3 2017; Q2 2014): prime rents, vacancy, mean rent.
.. [3] Deming & Stephan (1940): iterative proportional fitting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from model.errors import ModelError
from model.geography.ground import Ground
from model.geography.reading import Floats, Ints, Table
from model.geography.region import sum_by
from model.geography.surroundings import transit_score
from model.geography.tables import Tables, package_tables

STOCK_M2 = 12_669_163.0
VACANCY = 0.086
MEAN_RENT = 168.0
RENT_SPREAD = 0.08
REACH_KM = 0.5
FAR_FROM_STOPS = 0.1
RAIL_WEIGHT = 0.5
INDUSTRY_WEIGHT = 0.5
FAR_FROM_CENTRE = 0.2
CENTRE_REACH_KM = 1.0

_ROUNDS = 300
_CLOSE = 1e-10


@dataclass(frozen=True)
class Market:
    """What the whole region says of floor space and rent, ready for any grid.

    Attributes
    ----------
    centres_km : float64[..., 2], km
        Centres of the cells in business districts.
    seed_weight : float64[districts]
        Weight of each district in the seed.
    commune_factor : float64[communes]
        a_m of the fit.
    group_factor : float64[districts], m2/km2
        b_g of the fit, for each district.
    rent_base : float64[districts], EUR/m2/year
        base_d.
    mean_score : float64[districts]
        T_d, as a raw transit score.
    score_mean, score_sd : float
        Mean and SD of the raw transit score over office cells.
    mean_to_prime : float
        Ratio of mean to prime rent.
    vacancy, natural_vacancy : float64[districts], share
    cbd : bool[districts]
    """

    centres_km: Floats
    seed_weight: Floats
    commune_factor: Floats
    group_factor: Floats
    rent_base: Floats
    mean_score: Floats
    score_mean: float
    score_sd: float
    mean_to_prime: float
    vacancy: Floats
    natural_vacancy: Floats
    cbd: Floats

    def stock_m2(self, ground: Ground) -> Floats:
        """Office floor space of each cell in m2."""
        if ground.stock_m2 is not None:
            return ground.stock_m2
        seed = seeds(ground, self.centres_km, self.seed_weight)
        factor = (
            self.commune_factor[ground.commune] * self.group_factor[ground.district]
        )
        return seed * factor + known_m2(ground, package_tables().places)

    def transit_access(self, stop_km: Floats) -> Floats:
        """Nearness of stops in standard deviations over the region's office cells."""
        return (transit_score(stop_km) - self.score_mean) / self.score_sd

    def rent(self, ground: Ground) -> Floats:
        """Mean rent of each cell in EUR/m2/year."""
        lead = transit_score(ground.stop_km) - self.mean_score[ground.district]
        rent: Floats = self.rent_base[ground.district] * _premium(lead, self.score_sd)
        return rent


def seeds(ground: Ground, centres_km: Floats, seed_weight: Floats) -> Floats:
    """Usable land weighted by kind, district, centrality and stops, km2."""
    metro_km, _, rail_km = ground.stop_km
    kind = np.where(ground.land == "industry_rail", INDUSTRY_WEIGHT, 1.0)
    metro = np.exp(-metro_km / REACH_KM)
    near = FAR_FROM_STOPS + metro + RAIL_WEIGHT * np.exp(-rail_km / REACH_KM)
    points = np.column_stack([ground.x_km, ground.y_km])
    away_km, _ = cKDTree(centres_km).query(points)
    central = FAR_FROM_CENTRE + np.exp(-away_km / CENTRE_REACH_KM)
    land_km2 = ground.office_share * ground.lattice.cell_km**2
    weight = kind * seed_weight[ground.district] * central * near
    return np.where(ground.office_ok, land_km2 * weight, 0.0)


def known_m2(ground: Ground, places: Table) -> Floats:
    """Office floor space of single sites, spread evenly over their points, m2."""
    known = np.zeros(len(ground.row))
    floor_m2 = places.number("floor_m2")
    for cells, m2 in zip(places.text("cells"), floor_m2, strict=True):
        if m2 > 0:
            np.add.at(known, ground.holding(cells), m2 / len(cells.split()))
    return known


def fit_market(ground: Ground, tables: Tables) -> Market:
    """Fit floor space and rents of the whole region to their published totals.

    Parameters
    ----------
    ground : Ground
        The package's own grid.
    tables : Tables
        Communes and districts with their totals.
    """
    districts = tables.districts
    cbd, seed_weight = districts.number("cbd"), districts.number("seed_weight")
    inside = cbd[ground.district] == 1
    centres_km = np.column_stack([ground.x_km[inside], ground.y_km[inside]])
    group, group_total = _groups(districts)
    seed = seeds(ground, centres_km, seed_weight)
    known = known_m2(ground, tables.places)
    block = _crossed(ground, group, seed)
    held = _crossed(ground, group, known)
    a, b = fit_factors(
        block,
        commune_totals(tables.communes) - held.sum(axis=1),
        group_total - held.sum(axis=0),
    )
    stock = seed * a[ground.commune] * b[group[ground.district]] + known

    score = transit_score(ground.stop_km)
    by_district = sum_by(ground.district, stock, len(districts))
    mean_score = sum_by(ground.district, stock * score, len(districts))
    mean_score /= by_district
    offices = score[ground.office_ok]
    mean_to_prime, level = _rent_levels(districts, by_district)
    premium = _premium(score - mean_score[ground.district], float(offices.std()))
    spread = sum_by(ground.district, stock * premium, len(districts))
    return Market(
        centres_km=centres_km,
        seed_weight=seed_weight,
        commune_factor=a,
        group_factor=b[group],
        rent_base=level * by_district / spread,
        mean_score=mean_score,
        score_mean=float(offices.mean()),
        score_sd=float(offices.std()),
        mean_to_prime=mean_to_prime,
        vacancy=districts.number("vacancy"),
        natural_vacancy=districts.number("natural_vacancy"),
        cbd=cbd,
    )


def commune_totals(communes: Table) -> Floats:
    """Floor space of each commune in m2, from the corrected cadastral shares."""
    corrected = communes.number("office_corrected")
    share = np.where(np.isnan(corrected), communes.number("office_prior"), corrected)
    total: Floats = STOCK_M2 * share / share.sum()
    return total


def fit_factors(
    block: Floats, row_total: Floats, column_total: Floats
) -> tuple[Floats, Floats]:
    """Factors that make a table add up to its margins.

    Parameters
    ----------
    block : float64[r, k]
        Seeds.
    row_total, column_total : float64[r], float64[k]
        Margins with the same sum.

    Returns
    -------
    a, b : float64[r], float64[k]
        ``a[:, None] * block * b`` has these margins.

    Raises
    ------
    ModelError
        If no such factors are found.
    """
    b = np.ones(len(column_total))
    off = abs(row_total.sum() / column_total.sum() - 1)
    for _ in range(_ROUNDS if off < _CLOSE else 0):
        a = row_total / (block @ b)
        off = float(np.abs(b * (a @ block) / column_total - 1).max())
        if off < _CLOSE:
            return a, b
        b = column_total / (a @ block)
    raise ModelError(f"margins of floor space disagree: {off:.2%} left after fitting")


def _crossed(ground: Ground, group: Ints, value: Floats) -> Floats:
    """Sum of a value by commune and group of districts."""
    shape = (int(ground.commune.max()) + 1, int(group.max()) + 1)
    block = np.zeros(shape)
    np.add.at(block, (ground.commune, group[ground.district]), value)
    return block


def _premium(lead: Floats, sd: float) -> Floats:
    """Rent relative to the district's base, for a lead in transit score."""
    return 1 + RENT_SPREAD * np.tanh(lead / sd)


def _groups(districts: Table) -> tuple[Ints, Floats]:
    """Group of each district, and floor space of each group in m2.

    The first groups are the districts with a published stock, then come the rest of
    the business districts and the rest of the region.
    """
    known, cbd = districts.number("stock_m2"), districts.number("cbd") == 1
    vacancy = districts.number("vacancy")
    inside, outside = vacancy[cbd][0], vacancy[~cbd][0]
    cbd_total = STOCK_M2 * (outside - VACANCY) / (outside - inside)
    single = np.flatnonzero(~np.isnan(known))
    group = np.where(cbd, len(single), len(single) + 1)
    group[single] = np.arange(len(single))
    rest = [cbd_total - known[single].sum(), STOCK_M2 - cbd_total]
    return group.astype(np.int32), np.array([*known[single], *rest])


def _rent_levels(districts: Table, stock_m2: Floats) -> tuple[float, Floats]:
    """Mean-to-prime ratio, and mean rent of each district in EUR/m2/year."""
    prime, mean = districts.number("prime_rent"), districts.number("mean_rent")
    given = ~np.isnan(mean)
    due = MEAN_RENT * stock_m2.sum() - (mean * stock_m2)[given].sum()
    ratio = float(due / (prime * stock_m2)[~given].sum())
    return ratio, np.where(given, mean, ratio * prime)
