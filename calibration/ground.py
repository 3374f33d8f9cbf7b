"""What stands around the respondents: the base year that answers are compared with.

Where a firm moved is known from its answers; where it could have moved, what each site
offered, and how many jobs lay within reach of a home are not. They come from the
model's own base year (``reference``, replicate key 0): rents, stops, vacant floor space
and minutes are of measured places; the map of jobs by trade is the model's
**synthetic** population of firms. What cards say is put on the same scales, so that
coefficients of cards and of moves are those of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.geography import Region, Travel, access_minutes, transit_access
from model.population.base_flows import base_flows
from model.population.zone_constants import zone_constants
from model.processes import attraction, site_choice, space_market, surroundings
from model.processes.drivers import Parameters as Telework
from model.processes.drivers import telework_share
from model.processes.state import RegionState
from model.scenario import Scenario, read_scenario
from model.simulation import CATALOGUE, MediaparkModel, vocabulary

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Parameters of a site's utility that cards and moves both inform, in this order.
SITE_PARAMETERS = (
    "site.rent",
    "site.own_sector",
    "site.transit",
    "site.anchors",
    "site.quality",
    "choice.keep",
)
USUAL_RENT = 200.0  # EUR/m2/year: cards are centred here, which no choice notices
TEN_MINUTES_KM = 0.6  # straight distance that ten minutes on foot lead to
BROADCASTER_JOBS = 2000.0
TRAM_KM, OTHER_KM = 0.3, 1.0  # of a card: usual distance to a tram, and to the rest


@dataclass(frozen=True, eq=False)
class Ground:
    """The base year, as answers need it.

    Attributes
    ----------
    region : Region
    scenario : Scenario
        Whose parameters stand for what the survey does not ask.
    shared : float64[n, 6]
        Attributes of each cell in the order of `SITE_PARAMETERS`, without the own
        trade and the distance, which depend on the firm (zero here).
    own : float64[5, n], SD
        Nearness of each trade.
    rest : float64[5, n]
        Utility of each trade and cell that the survey does not ask about, at declared
        values: density, mix, talent, the zone's constant.
    free : float64[n], m2
        Vacant floor space that any trade may rent.
    need_per_job : float, m2/job
    jobs : float64[5, n]
        Jobs by trade.
    minutes : float32[n, n], min
        From door to door.
    own_mean, own_sd : float64[5]
        Scale of ``own``.
    mean_anchor, sd_anchor : float
        Scale of nearness to anchors.
    """

    region: Region
    scenario: Scenario
    shared: Floats
    own: Floats
    rest: Floats
    free: Floats
    need_per_job: float
    jobs: Floats
    minutes: NDArray[np.float32]
    own_mean: Floats
    own_sd: Floats
    mean_anchor: float
    sd_anchor: float
    state: RegionState = field(repr=False)

    def attributes(self, subsector: int, origin: int) -> Floats:
        """What every cell offers to a firm that moves from a cell, float64[n, 6].

        The firm's own jobs are not taken out of the nearness of its trade: the base
        year's firms are synthetic, and the respondent is none of them.
        """
        found = self.shared.copy()
        found[:, 1] = self.own[subsector]
        found[:, 5] = -np.log1p(self.distance_km(origin) / self.keep_km)
        return found

    def distance_km(self, origin: int) -> Floats:
        """Distance of every cell, as the model measures it, float64[n]."""
        region = self.region
        offsets = surroundings.offset_distances(region)
        row = region.row - region.row[origin] + region.rows - 1
        col = region.col - region.col[origin] + region.cols - 1
        return np.asarray(offsets[row, col])

    @property
    def keep_km(self) -> float:
        """Scale of the keep factor, km: the survey does not inform it."""
        return self.scenario.block(site_choice.Parameters).keep_km

    def truth(self, parameter: str) -> float:
        """Value of a parameter in the scenario."""
        block, name = parameter.split(".")
        return float(getattr(self.scenario.block(CATALOGUE.blocks[block]), name))

    def telework(self, month: int) -> float:
        """Telework share of work time that the scenario holds in a month."""
        return telework_share(month, self.scenario.block(Telework))

    def with_parameters(self, values: Mapping[str, float]) -> Ground:
        """The same base year with constants that other values of choice ask for.

        Floor space, rents and firms stand; zones' constants move by as much as the
        inversion of this base year does. Building the base year anew, months before
        the calendar included, takes twelve times as long and moves estimates of sites
        by 0.01 standard errors at most (six synthetic surveys).

        Parameters
        ----------
        values : mapping of str to float
            Of parameters of the choice of a site; cut at their hard ranges.
        """
        held = {
            name: min(max(value, CATALOGUE[name].hard[0]), CATALOGUE[name].hard[1])
            for name, value in values.items()
        }
        state, scenario = self.state, self.scenario.with_parameters(held)
        moved = zone_constants_of(state, scenario)
        moved -= zone_constants_of(state, self.scenario)
        base = replace(state.base, zone_constant=state.base.zone_constant + moved)
        return ground_of(replace(state, scenario=scenario, base_year=base))

    def cell_of(self, x_m: Floats, y_m: Floats) -> Ints:
        """Cells of places in Lambert 72 coordinates; -1 outside the Region."""
        region, side = self.region, self.region.cell_km * 1000.0
        west = region.x_km[0] * 1000.0 - (region.col[0] + 0.5) * side
        north = region.y_km[0] * 1000.0 + (region.row[0] + 0.5) * side
        known = np.isfinite(x_m) & np.isfinite(y_m)
        col = np.floor((np.where(known, x_m, west - side) - west) / side).astype(int)
        row = np.floor((north - np.where(known, y_m, north + side)) / side).astype(int)
        inside = (col >= 0) & (col < region.cols) & (row >= 0) & (row < region.rows)
        cells = np.full(len(x_m), -1, np.int64)
        cells[inside] = region.index_grid[row[inside], col[inside]]
        return cells

    def card_attributes(self, cards: dict[str, Floats], subsector: Ints) -> Floats:
        """What cards say, on the model's scales; float64[k, 6].

        Parameters
        ----------
        cards : dict of str to float64[k]
            Columns of ``cards.csv``, one value for each card shown.
        subsector : int64[k]
            Trade of the firm that looks at each card.
        """
        ranges = self.scenario.block(surroundings.Parameters)
        pace = station_km_per_minute(self.scenario.block(Travel), self.region)
        station_km = cards["station_minutes"] * pace
        stops = np.stack([station_km, np.full_like(station_km, TRAM_KM),
                          np.full_like(station_km, OTHER_KM)])  # fmt: skip
        near = disc_mean(TEN_MINUTES_KM / ranges.own_km)
        own = np.log1p(cards["media_jobs"] * near) - self.own_mean[subsector]
        pull = BROADCASTER_JOBS * np.exp(-cards["broadcaster_km"] / ranges.anchor_km)
        return np.stack(
            [
                np.log(cards["rent"] / USUAL_RENT),
                own / self.own_sd[subsector],
                transit_access(stops),
                (np.log1p(pull) - self.mean_anchor) / self.sd_anchor,
                cards["building"],
                -np.log1p(cards["distance_km"] / self.keep_km),
            ],
            axis=1,
        )


def zone_constants_of(state: RegionState, scenario: Scenario) -> Floats:
    """Constants that bring a state's map back in a scenario, float64[zones, 5]."""
    zero = np.zeros_like(state.base.zone_constant)
    plain = replace(
        state,
        scenario=scenario,
        base_year=replace(state.base, zone_constant=zero),
        surroundings=replace(state.surroundings),
    )  # A copy: the state keeps its own.
    # Firms came and went since their scores were last worked out.
    plain.surroundings.firm_score = surroundings.own_access(plain)
    attraction.apply(plain)
    return zone_constants(plain, base_flows(plain))


def disc_mean(radius: float) -> float:
    """Mean of exp(-d) over a disc of a radius in e-folds: evenly spread neighbours."""
    return float(2.0 * (1.0 - (1.0 + radius) * np.exp(-radius)) / radius**2)


def station_km_per_minute(travel: Travel, region: Region) -> float:
    """Straight distance that a minute on foot leads to, km."""
    minutes = access_minutes(region, travel)[0]
    return float(region.stop_km[0].sum() / minutes.sum())


@lru_cache(maxsize=4)
def base_ground(changes: tuple[tuple[str, float], ...] = ()) -> Ground:
    """The base year of the reference scenario.

    Parameters
    ----------
    changes : tuple of (str, float)
        Parameters that differ from their defaults, by dotted name.
    """
    scenario = read_scenario("reference", vocabulary())
    if changes:
        scenario = scenario.with_parameters(dict(changes))
    state = MediaparkModel(scenario, rng=0).state
    return ground_of(state)


def ground_of(state: RegionState) -> Ground:
    """What answers need of a state."""
    region, cells, base = state.region, state.cells, state.base
    around, site = state.surroundings, state.scenario.block(attraction.Parameters)
    scores = [
        surroundings.standardised(x, base.mean[k], base.sd[k])
        for k, x in enumerate((around.density, around.talent, around.anchors))
    ]
    n, zero = len(region), np.zeros(len(region))
    shared = np.stack(
        [np.log(cells.rent / USUAL_RENT), zero, cells.transit, scores[2],
         cells.quality, zero],
        axis=1,
    )  # fmt: skip
    rest = (
        site.density * scores[0]
        + site.talent * scores[1]
        + site.diversity * around.diversity
        + base.zone_constant[region.zone].T
    )
    firms = state.firms
    jobs = surroundings.jobs_by_cell(
        firms.subsector, firms.cell, firms.jobs, len(around.own), n
    )
    closed = cells.closed.max(axis=0)
    return Ground(
        region=region,
        scenario=state.scenario,
        shared=shared,
        own=around.own_score,
        rest=rest,
        free=cells.stock - cells.background - cells.media - closed,
        need_per_job=space_market.space_per_job(state),
        jobs=jobs,
        minutes=state.minutes,
        own_mean=base.own_mean,
        own_sd=base.own_sd,
        mean_anchor=float(base.mean[2]),
        sd_anchor=float(base.sd[2]),
        state=state,
    )
