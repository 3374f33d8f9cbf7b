"""What things in a folder of results are called, in the language of a reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.report.texts import Texts
from experiments.store import Store
from model.geography import load_region
from model.indicators import INDICATORS, REGION


@dataclass(frozen=True)
class Titles:
    """Names of scenarios, indicators and zones.

    Attributes
    ----------
    scenarios : mapping of str to mapping
        Titles by language, by name of the scenario.
    texts : Texts
    """

    scenarios: Mapping[str, Mapping[str, str]]
    texts: Texts

    @classmethod
    def of(cls, store: Store, texts: Texts) -> Titles:
        """The titles that the scenarios of a folder had when they were run."""
        found = {}
        for name, facts in store.manifest["scenarios"].items():
            path = store.folder / "scenarios" / f"{facts.get('programme', '')}.yaml"
            if path.is_file():
                found[str(name)] = json.loads(path.read_text("utf-8"))["title"]
        return cls(found, texts)

    def scenario(self, name: str) -> str:
        """Title of a scenario; its name where it has none."""
        titles = self.scenarios.get(name)
        return self.texts.of(titles) if titles and "en" in titles else name

    def indicator(self, name: str) -> str:
        """What an indicator is."""
        return self.texts.of(INDICATORS[name].definition)

    def zone(self, name: str) -> str:
        """Name of a zone; its id where only the grid of the runs knows it."""
        if name == REGION:
            return self.texts("zone.region")
        known = {zone.id: zone.name for zone in load_region().zones}
        return self.texts.of(known[name]) if name in known else name
