"""The simulated region as a Mesa model: build it, then let the months pass.

::

    model = MediaparkModel("full-plan", rng=0)
    for _ in range(24):
        model.step()
    model.agents_by_type[Firm].agg("jobs", sum)

``SCHEDULE`` is the order of the month; what happens in it stands in
``model/processes``, one process a file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

import mesa
import numpy as np
from mesa.agent import AgentSet

from model import checkpoint, indicators, observation, outcome
from model.agents import Community, Employee, Firm, Freelancer
from model.checkpoint import Checkpoint
from model.columns import Table
from model.errors import Fault, ModelError, ScenarioError
from model.geography import Region, Travel, load_region
from model.history import History
from model.months import month_name
from model.network import Memberships, Ties
from model.outcome import Outcome
from model.parameters import Catalogue
from model.population import base_year, build
from model.population import communities as base_communities
from model.processes import (
    attraction,
    closure,
    communities,
    drivers,
    entry,
    freelance,
    growth,
    homes,
    knowledge,
    levers,
    meetings,
    membership,
    newcomers,
    projects,
    relocation,
    site_choice,
    space_market,
    staffing,
    surroundings,
    venues,
    workplace,
)
from model.processes.journal import Tally
from model.processes.state import LANGUAGES, SUBSECTORS, RegionState
from model.refusals import refuse_key_and_scale, refuse_places_off_the_grid
from model.scenario import Scenario, Vocabulary, read_scenario

CATALOGUE = Catalogue(
    {
        "telework": drivers.Parameters,
        "growth": growth.Parameters,
        "closure": closure.Parameters,
        "entry": entry.Parameters,
        "relocation": relocation.Parameters,
        "site": attraction.Parameters,
        "choice": site_choice.Parameters,
        "surroundings": surroundings.Parameters,
        "space": space_market.Parameters,
        "travel": Travel,
        "staff": newcomers.Parameters,
        "projects": projects.Parameters,
        "freelance": freelance.Parameters,
        "people": base_communities.Parameters,
        "venues": venues.Parameters,
        "membership": membership.Parameters,
        "communities": communities.Parameters,
        "meetings": meetings.Parameters,
        "knowledge": knowledge.Parameters,
        "homes": homes.Parameters,
        "workplace": workplace.Parameters,
    }
)


class Process(NamedTuple):
    """One step of the month."""

    name: str
    apply: Callable[[RegionState], None]


SCHEDULE: tuple[Process, ...] = (
    Process("levers", levers.apply),
    Process("drivers", drivers.apply),
    Process("surroundings", surroundings.apply),
    Process("projects", projects.apply),
    Process("freelance accounts", freelance.apply),
    Process("venues", venues.apply),
    Process("membership", membership.apply),
    Process("communities", communities.apply),
    Process("meetings", meetings.apply),
    Process("knowledge", knowledge.apply),
    Process("growth", growth.apply),
    Process("closure", closure.apply),
    Process("entry", entry.apply),
    Process("attraction", attraction.apply),
    Process("relocation", relocation.apply),
    Process("site choice", site_choice.apply),
    Process("homes", homes.apply),
    Process("staffing", staffing.apply),
    Process("workplace", workplace.apply),
    Process("space market", space_market.apply),
)


def vocabulary(region: Region | None = None) -> Vocabulary:
    """What scenarios may speak of: parameters, places, named firms, indicators."""
    region = region or load_region()
    zones = tuple(zone.id for zone in region.zones)
    return Vocabulary(
        catalogue=CATALOGUE,
        places=tuple(name for name in region.places if name not in zones),
        zones=zones,
        firms=tuple(firm.id for firm in build.named_firms()),
        indicators=tuple(indicators.INDICATORS),
        subsectors=SUBSECTORS,
        languages=LANGUAGES,
    )


def release(model: mesa.Model) -> None:
    """Let go of a model that has run.

    Mesa counts the agents of each model in a dictionary of the class, whose keys keep
    every model that was ever built.
    """
    getattr(mesa.Agent, "_ids", {}).pop(model, None)


class MediaparkModel(mesa.Model):  # type: ignore[misc]
    """Firms, workers and communities of the Brussels media, month by month.

    Parameters
    ----------
    scenario : Scenario or str
        A resolved scenario, or the name or path of one.
    rng : int
        Replicate key: the only source of randomness. Runs that share it share every
        draw, whatever their scenario.
    grid : str or Path
        ``"250"``, ``"500"`` or a user's grid.
    scale : float
        Share of the population and floor space that is simulated, 0-1.

    Attributes
    ----------
    firms, people, communities : Table
        State of all live agents as columns: ``model.firms.jobs``.
    memberships : Memberships
        Who belongs to which community.
    ties : Ties
        Who knows whom.
    region : Region
    cells : Cells
        Floor space and rents of the present month.
    state : RegionState
        Everything that processes share.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path = "reference",
        rng: int = 0,
        *,
        grid: str | Path = "250",
        scale: float = 1.0,
    ) -> None:
        refuse_key_and_scale(rng, scale)
        super().__init__(rng=int(rng))
        self.region = load_region(grid)
        if not isinstance(scenario, Scenario):
            scenario = read_scenario(scenario, vocabulary(self.region))
        refuse_places_off_the_grid(scenario, self.region)
        self.scenario = scenario
        self.firms = Table(self, [Firm], 4096)
        self.people = Table(self, [Employee, Freelancer], 32768, first_id=10**9)
        self.communities = Table(self, [Community], first_id=2 * 10**9)
        self.state = build.build(
            self.firms, self.people, self.communities, scenario, self.region, int(rng),
            scale,
        )  # fmt: skip
        self.cells = self.state.cells
        months = scenario.until - scenario.start + 2
        zones = len(self.region.zones)
        self.history = History.empty(months, zones, len(SUBSECTORS))
        self._firms_seen: list[outcome.Census] = []
        self._cells_seen: list[outcome.Census] = []
        for month in range(build.BURN_IN):
            if month == build.BURN_IN - 12:
                self.state.tally = Tally()
            self._month()
        self._open()

    def _open(self) -> None:
        """End of the burn-in: the calendar begins."""
        base_year.renew_move_constant(self.state)
        base_year.keep_freelancers(self.state, months=12)
        self.state.tally = Tally()
        self.state.frozen = False
        self.state.journal.clear()
        self.state.programme = levers.calendar(self.state)
        exponent = self.state.base.own_mass_exponent
        if exponent >= 1.0:
            what = f"own-mass exponent {exponent:.2f} is not below 1: clusters run away"
            self.state.journal.log(self.state.month, "model", what)
        self._note()

    @property
    def scenario(self) -> Scenario:
        """The frozen scenario of this run.

        Mesa has a word of the same name from 3.5 on, whose setter writes the model into
        its scenario; ours are frozen, and shared by many runs.
        """
        return self._chosen

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._chosen = scenario

    @property
    def agents(self) -> AgentSet:
        """All live agents, as Mesa holds them."""
        for table in (self.firms, self.people, self.communities):
            table.catch_up()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], AgentSet]:
        """All live agents by class, as Mesa holds them."""
        _ = self.agents
        return cast("dict[type[mesa.Agent], AgentSet]", super().agents_by_type)

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """Classes of which there are agents."""
        return list(self.agents_by_type)

    @property
    def month(self) -> str:
        """The month that has just passed, ``YYYY-MM``."""
        return month_name(self.state.month - 1)

    @property
    def memberships(self) -> Memberships:
        """Who belongs to which community, of those who have not left the trade."""
        members = self.state.society.memberships
        return members.take(self.people.rows(members.person) >= 0)

    @property
    def ties(self) -> Ties:
        """Who knows whom, of those who are in the trade."""
        return self.state.society.ties

    @property
    def months_seen(self) -> int:
        """Months of the calendar that have passed, the base state included."""
        seen: int = self.steps + 1
        return seen

    def step(self) -> None:
        """One month.

        Raises
        ------
        ScenarioError
            If the last month of the scenario has passed.
        """
        if self.state.month > self.scenario.until:
            end = month_name(self.scenario.until)
            fault = Fault("has no month left to step", key="until", value=end)
            raise ScenarioError([fault])
        self._month()
        self._note()
        self.running = self.state.month <= self.scenario.until

    def continue_with(self, scenario: Scenario) -> None:
        """Let the months to come be those of another scenario with the same past.

        From here on the run is, bit by bit, the one that the other scenario would have
        been from its start.

        Raises
        ------
        ScenarioError
            With one fault for everything that would have changed the past.
        """
        refuse_places_off_the_grid(scenario, self.region)
        levers.amend(self.state, scenario)
        self.scenario = scenario

    def checkpoint(self) -> Checkpoint:
        """The present month, to come back to."""
        seen = (tuple(self._firms_seen), tuple(self._cells_seen))
        return checkpoint.taken(self.state, self.steps, seen)

    def restore(self, point: Checkpoint) -> None:
        """Go back to a month of this run; what came after is forgotten."""
        self.state = checkpoint.put_back(point, self.state)
        self.cells, self.scenario = self.state.cells, self.state.scenario
        self.steps, self.running = point.steps, True
        self._firms_seen, self._cells_seen = (list(seen) for seen in point.seen)
        self.history.forget(self.months_seen)

    def _month(self) -> None:
        for process in SCHEDULE:
            process.apply(self.state)
        self._check_capacity()
        self.state.month += 1

    def _check_capacity(self) -> None:
        cells = self.cells
        over = cells.media + cells.background - cells.stock
        if (over > 1e-6).any():
            worst = int(np.argmax(over))
            raise ModelError(
                f"{month_name(self.state.month)}: cell {worst} holds "
                f"{over[worst]:.3f} m2 more than it has"
            )

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Mesa's collector of the headline figures of all months so far.

        Filled from the history when asked for, since collecting every month would
        add a tenth to a run's time.
        """
        passed = self.history.cut(0, self.months_seen)
        reporters = observation.headlines(self.region)
        collector = mesa.DataCollector(model_reporters=reporters)
        for name, reporter in reporters.items():
            collector.model_vars[name] = reporter(passed).tolist()
        return collector

    def run_model(self) -> Outcome:
        """Let all remaining months of the scenario pass; return the tables."""
        while self.running:
            self.step()
        return self.outcome()

    def _note(self) -> None:
        """Write the sums of the month into the history."""
        observation.note(self.state, self.history, self.steps)
        month = self.state.month - 1
        last = month == self.scenario.until or self.steps == 0
        if last or month % 12 == 11:
            self._firms_seen.append(outcome.firm_census(self.state, month))
        if last or month % 60 == 11:
            self._cells_seen.append(outcome.cell_census(self.state, month))

    def indicator(self, name: str, zone: str = indicators.REGION) -> float:
        """Last value of an indicator in a zone, or in the region."""
        index = None
        if zone != indicators.REGION:
            index = self.region.zone_at(zone)
        t = self.steps
        return indicators.value_at(name, index, self.history.cut(t, t + 1))

    def outcome(self) -> Outcome:
        """The tables of the months that have passed."""
        zones = tuple(zone.id for zone in self.region.zones)
        passed = self.history.cut(0, self.months_seen)
        first = self.scenario.start - 1
        return Outcome(
            indicators=outcome.indicator_table(passed, first, zones),
            moves=outcome.move_table(self.state),
            firms=outcome.firm_table(self.state, self._firms_seen),
            cells=outcome.cell_table(self._cells_seen),
            meetings=outcome.meeting_table(self.state),
            communities=outcome.community_table(self.state),
            encounters=outcome.encounter_table(passed, first),
            events=outcome.event_table(self.state),
        )
