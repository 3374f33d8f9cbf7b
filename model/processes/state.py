"""What the processes share: the state of the region in one month, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.columns import Table
from model.geography import Region
from model.months import month_name
from model.scenario import Scenario
from model.scenario.levers import Lever

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SUBSECTOR_COUNT = 5
EMPLOYEE, FREELANCER = range(2)  # kinds of people

MOVE = np.dtype(
    [
        ("month", np.int32),
        ("kind", np.int8),
        ("reason", np.int8),
        ("address", np.uint64),
        ("name", np.int16),
        ("subsector", np.int8),
        ("jobs", np.int32),
        ("space", np.float64),
        ("from_cell", np.int32),
        ("to_cell", np.int32),
    ]
)
MOVE_KINDS = ("move", "departure", "arrival", "birth", "closure", "stuck")
MOVE_REASONS = (
    "none",
    "lease break",
    "shortage of space",
    "growth or shrinkage",
    "better site",
    "spin-off",
    "start-up",
    "from outside",
    "scenario",
    "closure",
)


class Chooser(NamedTuple):
    """Firms, present or future, that choose a site this month; one entry each.

    Attributes
    ----------
    kind : int8
        Index in ``CHOOSER_KINDS``.
    row : int64
        Row of the firm that moves or that parents a spin-off; -1 for none.
    address : uint64
        Address of its draws.
    subsector, jobs, origin : int
        Subsector, jobs, and cell that distance counts from (-1: none).
    partners : int64[choosers, 3], slots
        Firms it works with, -1 for none.
    need : float64
        Floor space needed (m2).
    language : int8
        Working language.
    reason : int8
        Index in ``MOVE_REASONS``.
    """

    kind: NDArray[np.int8]
    row: Integers
    address: NDArray[np.uint64]
    subsector: NDArray[np.int8]
    jobs: NDArray[np.int32]
    origin: NDArray[np.int32]
    partners: Integers
    need: Floats
    language: NDArray[np.int8]
    reason: NDArray[np.int8]


CHOOSER_KINDS = ("mover", "newborn", "arrival")
MOVER, NEWBORN, ARRIVER = range(3)


@dataclass
class Cells:
    """Floor space, rent and access of every cell in the present month.

    Attributes
    ----------
    stock : float64[n], m2
        Office floor space, the market's and owners' own premises together.
    background : float64[n], m2
        Taken by tenants outside the media.
    media : float64[n], m2
        Taken by media firms, in rented and own premises.
    captive : float64[n], m2
        Part of the stock and of ``media`` in which owners sit, off the market.
    reserved : float64[n], m2
        Part of the market's stock that is let to media only.
    rent : float64[n], EUR/m2/year
        Asking rent, at constant prices.
    base_rent : float64[n], EUR/m2/year
        Rent that the market is drawn to when nothing changes.
    subsidy : float64[n], share
        Part of the rent that the Region pays.
    subsidy_max_jobs : int64[n], jobs
        Largest firm that the subsidy is open to.
    subsidy_open : bool[5, n]
        Subsectors that the subsidy is open to.
    quality : float64[n], 0-1
        Quality and image of the place.
    transit : float64[n], SD
        Access to transit.
    access_minutes : float64[3, n], minutes
        Walk and wait to metro, tram and rail.
    closed : float64[5, n], m2
        Part of the vacant stock that a subsector may not rent.
    unmet : float64[n], m2
        Demand of this month that found no room.
    """

    stock: Floats
    background: Floats
    media: Floats
    captive: Floats
    reserved: Floats
    rent: Floats
    base_rent: Floats
    subsidy: Floats
    subsidy_max_jobs: Integers
    subsidy_open: NDArray[np.bool_]
    quality: Floats
    transit: Floats
    access_minutes: Floats
    closed: Floats
    unmet: Floats

    @property
    def vacant(self) -> Floats:
        """Floor space that nobody holds, m2."""
        return self.stock - self.background - self.media


@dataclass
class Surroundings:
    """What a site offers around it, recomputed every month.

    Attributes
    ----------
    own : float64[5, n], jobs
        Jobs of each subsector nearby, faded by distance.
    own_score : float64[5, n], SD
        The same as ln(1 + x), in deviations of the base year.
    firm_score : float64[firms], SD
        The same at each firm's own site, without its own jobs.
    density, talent, anchors : float64[n]
        Jobs of all kinds, freelancers, anchor jobs: faded by distance or minutes.
    diversity : float64[n], nats
        Entropy of subsectors within 1 km.
    """

    own: Floats
    own_score: Floats
    firm_score: Floats
    density: Floats
    talent: Floats
    anchors: Floats
    diversity: Floats


@dataclass(frozen=True)
class BaseYear:
    """Constants that make the base year come back; found, never given.

    Attributes
    ----------
    own_mean, own_sd : float64[5]
        Of ln(1 + own-sector access) over office cells.
    mean, sd : float64[3]
        The same of density, talent and anchors.
    partner_sd : float
        Standard deviation of nearness to partners.
    zone_constant : float64[zones, 5]
        Utility of a zone that nothing else explains.
    outside : float64[3]
        Utility of the outside node for movers, newborns and arrivals.
    move_constant : float
        Constant of the moving hazard.
    gap_mean : float64[5]
        Mean gap between options and the present site.
    drift : float, /year
        Growth of continuing firms that makes all jobs follow the trend.
    arrivals_per_month : float
        Firms outside that consider the Region, per month.
    spin_offs_per_job, start_ups_per_freelancer : float, /month
        Rates at which firms are tried, from inside the Region.
    subsector_shares, language_shares : float64[5], float64[5, 3]
        Cumulated shares of firms; language within each subsector.
    value_per_job : float64[5], EUR/year
        Value added per job of a firm without a name.
    media_access : float64[n], SD
        Mean own-sector access over subsectors.
    own_mass_exponent : float
        Elasticity of a site's choice with respect to the jobs of one's own trade
        there, net of rent; at 1 and above clusters run away.
    """

    own_mean: Floats
    own_sd: Floats
    mean: Floats
    sd: Floats
    partner_sd: float
    zone_constant: Floats
    outside: Floats
    move_constant: float
    gap_mean: Floats
    drift: float
    arrivals_per_month: float
    spin_offs_per_job: float
    start_ups_per_freelancer: float
    subsector_shares: Floats
    language_shares: Floats
    value_per_job: Floats
    media_access: Floats
    own_mass_exponent: float


@dataclass
class Journal:
    """What happened: moves of firms, and what levers and policies did."""

    moves: list[NDArray[Any]] = field(default_factory=list)
    events: list[dict[str, object]] = field(default_factory=list)

    def write(self, month: int, **columns: Any) -> None:
        """Record moves; columns not given are zero."""
        count = len(columns["address"])
        record = np.zeros(count, MOVE)
        record["month"] = month
        for name, value in columns.items():
            record[name] = value
        self.moves.append(record)

    def log(
        self,
        month: int,
        lever: str,
        what: str,
        cost_eur: float = 0.0,
        region_share: float = 1.0,
    ) -> None:
        """Record what a lever or policy did, its cost, and the Region's share."""
        self.events.append(
            {
                "month": month_name(month),
                "lever": lever,
                "what": what,
                "cost_eur": cost_eur,
                "region_share": region_share,
            }
        )


@dataclass
class Pull:
    """One lever with its dates as they turned out in this replicate."""

    lever: Lever
    first: int
    last: int | None
    started: bool = False
    ended: bool = False
    base: dict[int, float] = field(default_factory=dict)

    @property
    def works(self) -> bool:
        """Whether it works at present."""
        return self.started and not self.ended


@dataclass
class Programme:
    """Levers with their dates, and for each policy the months beyond its line.

    A policy that has fired counts None.
    """

    pulls: list[Pull] = field(default_factory=list)
    waiting: dict[str, int | None] = field(default_factory=dict)


@dataclass
class RegionState:
    """The region in one month: what every process reads and changes.

    Attributes
    ----------
    scenario, region : frozen inputs
    key : uint64
        Replicate key.
    month : int
        Present month (``model.months``).
    frozen : bool
        True during burn-in: drivers and levers stand still.
    attraction : float64[5, n]
        exp(utility) of each cell for each subsector, before distance and vacancy.
    market : int32[n]
        Office market (district within zone) of each cell.
    homes : float64[n]
        Cumulated shares of workers' homes over cells.
    telework : float, share
        Telework share of work time.
    choosers : list of Chooser
        Who chooses a site this month.
    """

    scenario: Scenario
    region: Region
    key: np.uint64
    month: int
    firms: Table
    people: Table
    communities: Table
    cells: Cells
    surroundings: Surroundings
    journal: Journal
    named_firms: tuple[str, ...]
    attraction: Floats
    market: NDArray[np.int32]
    market_count: int
    homes: Floats
    programme: Programme = field(default_factory=Programme)
    scale: float = 1.0
    frozen: bool = True
    telework: float = 0.0
    talent_is_stale: bool = True
    density_is_stale: bool = True
    choosers: list[Chooser] = field(default_factory=list)
    base_year: BaseYear | None = None
    latest: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def base(self) -> BaseYear:
        """Constants of the base year, once they are found."""
        if self.base_year is None:
            raise RuntimeError("the base year has not been inverted yet")
        return self.base_year
