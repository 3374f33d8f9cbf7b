"""Every difference between two scenarios: ``key: old -> new (file, source)``."""

from __future__ import annotations

from dataclasses import dataclass

from model.scenario.frozen import FrozenMap
from model.scenario.scenario import Scenario, Value


@dataclass(frozen=True)
class Difference:
    """One key that two scenarios do not share.

    Attributes
    ----------
    key : str
        Dotted key.
    old, new : value or None
        Value on either side; None where the key is absent.
    file : str
        File in which the new value was written, or the old one where it went.
    line : int or None
        Line in that file.
    source : str
        Source keys that vouch for the value.
    """

    key: str
    old: Value
    new: Value
    file: str
    line: int | None
    source: str

    def __str__(self) -> str:
        """One line: ``key: old -> new (file, source)``."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        origin = ", ".join(part for part in (place, self.source) if part)
        return f"{self.key}: {_shown(self.old)} -> {_shown(self.new)} ({origin})"


def explain(old: Scenario, new: Scenario) -> list[Difference]:
    """What ``new`` changes against ``old``; empty where two runs would be equal.

    The defaults of a lever that only one side has go without saying.

    Parameters
    ----------
    old, new : Scenario
        Resolved scenarios of the same model.
    """
    before, after = old.contents, new.contents
    found: list[Difference] = []
    for key in dict.fromkeys((*before, *after)):
        was, is_now = before.get(key), after.get(key)
        if was == is_now:
            continue
        side = new if key in after else old
        if (was is None or is_now is None) and side.written(key) is None:
            continue
        origin = side.origin(key)
        found.append(Difference(key, was, is_now, *origin))
    return found


def _shown(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, FrozenMap):
        return " | ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(_shown(part) for part in value)
    return f"{value:,.12g}" if isinstance(value, float) else str(value)
