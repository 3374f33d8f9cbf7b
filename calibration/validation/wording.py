"""Words and figures of the page of a validation in English, French and Dutch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from calibration.targets import Target
from model.texts import Phrases, texts_of

PACKAGE: Final = "calibration.validation"


class Wording(Phrases):
    """Texts of one language, and what is said of targets and of a fit.

    Parameters
    ----------
    language : {"en", "fr", "nl"}

    Raises
    ------
    InputError
        If there is no such language.
    """

    def __init__(self, language: str) -> None:
        super().__init__(language, PACKAGE)

    def target(self, one: Target) -> str:
        """What a target is of."""
        return self._said("target", one.id, one.what)

    def note(self, one: Target) -> str:
        """What should be known of a target besides; empty for most."""
        return self._said("note", one.id, one.note) if one.note else ""

    def open_line(self, one: Target) -> str:
        """A target that cannot be compared, and why."""
        return self(
            "open_line",
            target=f"{one.id} {self.target(one)}",
            use=self(f"use.{one.use}"),
            why=self._said("why_not", one.id, one.why_not),
        )

    def source(self, key: str) -> str:
        """A source; keys as they are."""
        return self._named("source", key)

    def year(self, year: str) -> str:
        """Year or years of a target."""
        last = year.removeprefix("to ")
        return year if last == year else self("year_to", year=last)

    def published(self, one: Target) -> str:
        """Value and standard error of a target, with its unit."""
        unit = self._named("unit", one.unit)
        return f"{self.amount(one.value)} ± {self.amount(one.error)} {unit}".rstrip()

    def amount(self, value: float) -> str:
        """A figure to three digits; in full from a thousand on."""
        if abs(value) >= 1000:
            return self.number(value)
        return self.significant(value)

    def range(self, low: float, high: float) -> str:
        """Two ends."""
        return self("range", low=self.amount(low), high=self.amount(high))

    def fit(self, facts: Mapping[str, Any]) -> list[str]:
        """How a posterior was found, a sentence each.

        Parameters
        ----------
        facts : mapping
            Its manifest.
        """
        waves = [
            self("wave", number=number, trials=self.number(wave["trials"]),
                 left=self.percent(wave["prior left"], 1))
            for number, wave in enumerate(facts.get("waves", []), 1)
        ]  # fmt: skip
        generations = [
            self("generation", number=number,
                 temperature=self.number(one["temperature"], 2),
                 accepted=self.number(one["accepted"]),
                 candidates=self.number(one["candidates"]))
            for number, one in enumerate(facts.get("generations", []), 1)
        ]  # fmt: skip
        ground, worth = facts["ground"], self.number(facts["effective draws"])
        return [
            *waves,
            *generations,
            self("draws", draws=self.number(facts["draws"]), worth=worth),
            self("by", method=self._named("by", facts["by"])),
            self("ground", scenario=ground["scenario"], until=ground["until"],
                 scale=self.significant(ground["scale"])),
        ]  # fmt: skip

    def _named(self, kind: str, name: str) -> str:
        """A name in this language; as it is if it has no words."""
        key = f"{kind}.{name}"
        return self(key) if key in self._texts else name

    def _said(self, kind: str, name: str, english: str) -> str:
        """What targets.yaml says in English, if it still says what was translated."""
        words = texts_of(PACKAGE).get(f"{kind}.{name}", {})
        return words[self.language] if words.get("en") == english else english
