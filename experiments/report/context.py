"""What the report knows beside the figures: names, scenarios, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments.comparison.result import Comparison, VariantResult
from experiments.posterior import Posterior
from experiments.report.summary import Names
from experiments.report.texts import Texts
from model.geography import Region
from model.population.tables import named_firms
from model.scenario import AnchorArrival, Lever, Scenario


@dataclass(frozen=True)
class About:
    """Where the runs came from.

    Attributes
    ----------
    facts : mapping of str to str
        Versions, commit, keys: what the manifest of the runs says.
    command : str
        What to type to run the comparison again; made from the names if empty.
    sources : mapping of str to str
        Full reference of each source key.
    posterior : Posterior or None
        Where calibrated parameters were drawn from.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    posterior: Posterior | None = None


@dataclass(frozen=True)
class Context:
    """A comparison with all that is needed to speak of it.

    Attributes
    ----------
    comparison : Comparison
    texts : Texts
    scenarios : mapping of str to Scenario
    about : About
    """

    comparison: Comparison
    texts: Texts
    scenarios: Mapping[str, Scenario]
    about: About

    @property
    def region(self) -> Region:
        """The grid of the runs."""
        return self.comparison.region

    def title(self, name: str) -> str:
        """Title of a scenario, or its name."""
        scenario = self.scenarios.get(name)
        return self.texts.of(scenario.title) if scenario else name

    def summary(self, name: str) -> str:
        """What a scenario is, or nothing."""
        scenario = self.scenarios.get(name)
        return self.texts.of(scenario.summary) if scenario else ""

    def zone(self, name: str) -> str:
        """Name of a zone or of the Region."""
        return self.zones.get(name, self.texts("zone.region"))

    @property
    def zones(self) -> dict[str, str]:
        """Names of zones."""
        return {zone.id: self.texts.of(zone.name) for zone in self.region.zones}

    def places(self) -> dict[str, str]:
        """Names of all that levers can point at."""
        lists = (self.region.zones, self.region.communes, self.region.sites)
        return {place.id: self.texts.of(place.name) for part in lists for place in part}

    def own_levers(self, name: str) -> dict[str, Lever]:
        """Levers of a scenario that its reference does not have, by slug."""
        scenario = self.scenarios.get(name)
        reference = self.scenarios.get(self.comparison.reference)
        shared = {lever.slug for lever in reference.levers} if reference else set()
        if scenario is None:
            return {}
        responses = [r.template for p in scenario.policies for r in p.then]
        levers = [*scenario.levers, *responses]
        return {one.slug: one for one in levers if one.slug not in shared}

    def names(self, result: VariantResult) -> Names:
        """What things are called, for the summary."""
        levers = self.own_levers(result.name)
        anchors = {firm.id: firm.name for firm in named_firms()}
        for lever in levers.values():
            if isinstance(lever, AnchorArrival):
                anchors[lever.name] = lever.name
        return Names(
            texts=self.texts,
            reference=self.title(self.comparison.reference),
            variant=self.title(result.name),
            focus=self.zone(result.focus),
            end=self.texts.end(result.months[-1]),
            zones=self.zones,
            levers={slug: self.texts.of(one.title) for slug, one in levers.items()},
            anchors=anchors,
        )
