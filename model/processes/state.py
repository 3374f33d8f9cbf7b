"""What the processes share: the state of the region in one month, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.columns import Table
from model.geography import Region
from model.processes.journal import Journal, Tally
from model.processes.society import Society
from model.scenario import Scenario
from model.scenario.levers import Lever

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SUBSECTORS = ("audiovisual", "press", "advertising", "digital", "training")
SUBSECTOR_COUNT = len(SUBSECTORS)
LANGUAGES = ("FR", "NL", "INT")
ORIGINS = ("base year", "spin-off", "start-up", "arrival")  # of firms
EMPLOYEE, FREELANCER = range(2)  # kinds of people


class Chooser(NamedTuple):
    """Firms, present or future, that choose a site this month; one entry each.

    Attributes
    ----------
    kind : int8
        ``MOVER``, ``NEWBORN`` or ``ARRIVER``.
    row : int64
        Row of the firm that moves or that parents a spin-off; -1 for none.
    address : uint64
        Address of its draws.
    subsector, jobs, origin : int8, int32, int32
        Subsector, jobs, and cell that distance counts from (-1: none).
    partners : int64[choosers, 3], slots
        Firms it works with, or will work with; -1 for none.
    need : float64, m2
        Floor space needed.
    language : int8
        Working language.
    reason : int8
        Index in ``journal.MOVE_REASONS``.
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


MOVER, NEWBORN, ARRIVER = range(3)  # kinds of choosers


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
        Demand of this month that would have come here had there been room.
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
    """What a site offers around it, at the beginning of the month.

    Attributes
    ----------
    own : float64[5, n], jobs
        Jobs of each subsector nearby, faded by distance.
    own_score : float64[5, n], SD
        ln(1 + own), standardised on the office cells of the base year.
    firm_score : float64[firms], SD
        The same at each firm's site, without its own jobs; rows as they stand until
        firms close.
    density : float64[n], jobs
        Jobs of all kinds nearby, faded by distance; of the last January.
    talent : float64[n], persons
        Freelancers, faded by minutes from their homes.
    anchors : float64[n], jobs
        Jobs of anchors nearby, faded by distance.
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
        Standard deviation over office cells of nearness to a place in their middle.
    zone_constant : float64[zones, 5]
        Utility of a zone that nothing else explains.
    outside : float64[3]
        Utility of the outside node for movers, newborns and arrivals.
    move_constant : float
        a_0 of the moving hazard.
    gap_mean : float64[5]
        Mean gap between options and the present site, by subsector.
    drift : float, /year
        Expected growth of a firm of mean access and knowledge that makes all jobs
        follow the trend.
    arrivals_per_month : float
        Firms outside that consider the Region, per month.
    spin_offs_per_job, start_ups_per_freelancer : float64[5], /month
        Rates at which firms are tried, from inside the Region, by trade.
    freelancers : int, persons
        Freelancers of the base state.
    freelance_entry : float
        nu: chance to go freelance of those laid off and of graduates.
    days_per_job : float64[5], days/job/month
        Freelance days that firms ask for.
    subsector_shares, language_shares : float64[5], float64[5, 3]
        Cumulated shares of firms, and of languages within each subsector.
    value_per_job : float64[5], EUR/year
        Value added per job of a firm without a name.
    media_access : float64[n], SD
        Mean own-sector access over subsectors.
    own_mass_exponent : float
        Elasticity of a site's choice with respect to the jobs of one's own trade
        there, net of rent, where it is largest; at 1 and above clusters run away.
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
    spin_offs_per_job: Floats
    start_ups_per_freelancer: Floats
    freelancers: int
    freelance_entry: float
    days_per_job: Floats
    subsector_shares: Floats
    language_shares: Floats
    value_per_job: Floats
    media_access: Floats
    own_mass_exponent: float


@dataclass
class Pull:
    """One lever with its dates as they turned out in this replicate.

    Attributes
    ----------
    lever : Lever
    first : int
        First month, delay included.
    last : int or None
        Last month; None if it has none.
    started, ended : bool
    first_jobs : float or None
        Jobs of its firm when it started, where it changes them step by step.
    spaces : range
        Coworking spaces that it opened.
    """

    lever: Lever
    first: int
    last: int | None
    started: bool = False
    ended: bool = False
    first_jobs: float | None = None
    spaces: range = range(0)

    @property
    def works(self) -> bool:
        """Whether it works at present."""
        return self.started and not self.ended

    def keep_state_of(self, other: Pull) -> None:
        """Stand where another one stands."""
        self.started, self.ended = other.started, other.ended
        self.first_jobs, self.spaces = other.first_jobs, other.spaces


@dataclass
class Programme:
    """The calendar of levers and policies.

    Attributes
    ----------
    pulls : list of Pull
        Levers with their dates; those of policies join when they fire.
    waiting : dict of str to int or None
        Months that each policy's indicator has been beyond its line; None once the
        policy has fired.
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
    firms, people, communities : Table
        Columns of all live agents.
    cells : Cells
        Floor space, rents and access.
    surroundings : Surroundings
        What sites offer around them.
    society : Society
        Who knows whom and belongs where.
    minutes : float32[n, n], min
        From door to door between all cells.
    nearness : float32[n, n]
        exp(-kappa minutes).
    journal : Journal
        What has happened.
    tally : Tally
        Sums of the present month.
    named_firms : tuple of str
        Names that ``firms.name`` points to; levers add to them.
    named_communities : tuple of str
        Names that ``communities.name`` points to.
    attraction : float64[5, n]
        exp(utility) of each cell for each subsector, before distance and vacancy.
    market : int32[n]
        Office market (district within zone) of each cell.
    market_count : int
        Number of office markets.
    homes : float64[n]
        Cumulated shares of workers' homes over cells.
    programme : Programme
        Calendar of levers; empty during the burn-in.
    scale : float
        Share of the population and of floor space that is simulated.
    frozen : bool
        True during the burn-in: drivers, levers, rents and other tenants stand still.
    telework : float, share
        Telework share of work time.
    telework_change : float, share
        What levers that work at present add to it.
    minutes_are_stale, talent_is_stale, density_is_stale : bool
        To be worked out again with the surroundings.
    choosers : list of Chooser
        Who chooses a site this month.
    base_year : BaseYear or None
        None until it has been inverted; ask ``base``.
    latest : dict of (str, str) to float
        Last figures of the indicators, by name and zone, that policies watch.
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
    society: Society
    minutes: NDArray[np.float32]
    nearness: NDArray[np.float32]
    journal: Journal
    named_firms: tuple[str, ...]
    attraction: Floats
    market: NDArray[np.int32]
    market_count: int
    homes: Floats
    named_communities: tuple[str, ...] = ()
    programme: Programme = field(default_factory=Programme)
    scale: float = 1.0
    frozen: bool = True
    telework: float = 0.0
    telework_change: float = 0.0
    tally: Tally = field(default_factory=Tally)
    minutes_are_stale: bool = False
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
