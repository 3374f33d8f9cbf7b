"""Figures of people as words: names, units, and as many digits as they deserve."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from experiments.comparison.people import unit_of
from experiments.comparison.statistics import Band
from experiments.report.texts import Texts
from model.indicators import INDICATORS
from model.texts import HARD

_PLAIN = ("-", "communities", "ties")
_MOST_DIGITS = 2


def is_share(figure: str) -> bool:
    """Whether a figure is told in percent, and its differences in points of it."""
    return unit_of(figure) == "share"


def name_of(figure: str, texts: Texts) -> str:
    """Name of a figure of people."""
    if figure in INDICATORS:
        return texts.of(INDICATORS[figure].definition)
    return texts(f"people.{figure}")


def unit_words(figure: str, texts: Texts) -> str:
    """Unit of a figure, in words; nothing where its name says it."""
    unit = unit_of(figure)
    return (
        "" if unit in _PLAIN else texts(f"measure.{unit.replace('/', '_per_').lower()}")
    )


def with_unit(figure: str, texts: Texts) -> str:
    """Name of a figure, and its unit in brackets."""
    unit = unit_words(figure, texts)
    return f"{name_of(figure, texts)} ({unit})" if unit else name_of(figure, texts)


def level(figure: str, value: float, texts: Texts) -> str:
    """A level to three digits, shares in percent."""
    if is_share(figure):
        return f"{texts.number(100 * value, 1)}{HARD}{texts('measure.percent')}"
    return texts.number(value, _digits(value, 3))


def _digits(value: float, significant: int) -> int:
    if value == 0.0:
        return 0
    digits = significant - 1 - math.floor(math.log10(abs(value)))
    return int(np.clip(digits, 0, _MOST_DIGITS))


def teller(figure: str, found: Band, texts: Texts) -> Callable[[float], str]:
    """Differences of a figure as words: two digits of the wider edge of the band."""
    scale = 100.0 if is_share(figure) else 1.0
    digits = _digits(scale * max(abs(found.low), abs(found.high)), 2)
    return lambda value: texts.signed(scale * value, digits)


def is_tiny(figure: str, found: Band) -> bool:
    """Whether a band is nothing but zeros in the digits that are shown."""
    scale = 100.0 if is_share(figure) else 1.0
    largest = scale * max(abs(found.low), abs(found.high))
    return largest < 0.5 * 10.0**-_MOST_DIGITS
