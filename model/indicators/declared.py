"""How an indicator is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.history import History

Floats = NDArray[np.float64]
Level = Literal["zone", "region", "subsector"]
REGION = "region"


@dataclass(frozen=True)
class Indicator:
    """An indicator and what must be known of it.

    Attributes
    ----------
    name, unit : str
    level : {"zone", "region", "subsector"}
        Whether it is told by zone, for the region only, or by zone and subsector.
    better : {"more", "less", "neither"}
    total : {"sum", "own", "none"}
        How the region's figure comes about: sum of zones, computed by itself, or none.
    definition : dict of str to str
        In ``en``, ``fr`` and ``nl``.
    caveat : str
        What it does not say.
    measure : callable
        History to float64[months], [months, zones] or [months, zones, 5].
    """

    name: str
    unit: str
    level: Level
    better: Literal["more", "less", "neither"]
    total: Literal["sum", "own", "none"]
    definition: Mapping[str, str]
    caveat: str
    measure: Callable[[History], Floats]


INDICATORS: dict[str, Indicator] = {}


def indicator(
    unit: str,
    level: Level,
    better: Literal["more", "less", "neither"],
    total: Literal["sum", "own", "none"],
    en: str,
    fr: str,
    nl: str,
    caveat: str = "",
) -> Callable[[Callable[[History], Floats]], Callable[[History], Floats]]:
    """Declare a function as an indicator."""

    def declare(measure: Callable[[History], Floats]) -> Callable[[History], Floats]:
        INDICATORS[measure.__name__] = Indicator(
            measure.__name__, unit, level, better, total,
            {"en": en, "fr": fr, "nl": nl}, caveat, measure,
        )  # fmt: skip
        return measure

    return declare


def at_least_one(values: Floats) -> Floats:
    """Values for a denominator: nothing is divided by zero."""
    return np.maximum(values, 1.0)
