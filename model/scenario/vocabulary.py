"""The names that a scenario may use, told by the model that will run it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from model.parameters import Catalogue

OUTSIDE = "outside"
REGION = "region"
MAX_SHOWN = 40


def some_of(names: Sequence[str], wanted: str) -> str:
    """Valid names for a message: all of them, or those closest to what was written."""
    if len(names) <= MAX_SHOWN:
        return ", ".join(names)
    close = difflib.get_close_matches(wanted, names, n=5, cutoff=0.0)
    return f"one of {len(names)} names, such as {', '.join(close)}"


@dataclass(frozen=True)
class Vocabulary:
    """What the model knows.

    Attributes
    ----------
    catalogue : Catalogue
        Declared parameters.
    places : tuple of str
        Names of sites (``mediapark``, ``frame``).
    firms : tuple of str
        Ids of the firms that stand in the model by name (``vrt``).
    zones : tuple of str
        Names of zones; a zone may stand wherever a place may.
    indicators : tuple of str
        Names that the condition of an adaptive policy may watch.
    subsectors : tuple of str
        Kinds of media firm.
    languages : tuple of str
        Working languages of a firm.
    """

    catalogue: Catalogue
    places: tuple[str, ...]
    firms: tuple[str, ...]
    zones: tuple[str, ...]
    indicators: tuple[str, ...]
    subsectors: tuple[str, ...] = (
        "audiovisual",
        "press",
        "advertising",
        "digital",
        "training",
    )
    languages: tuple[str, ...] = ("FR", "NL", "INT")

    @property
    def locations(self) -> tuple[str, ...]:
        """Everything that ``where`` may name: zones, then places."""
        return tuple(dict.fromkeys((*self.zones, *self.places)))
