"""Figures of people as words: names, units, and as many digits as they deserve."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from experiments.comparison.people import unit_of
from experiments.comparison.statistics import Band
from experiments.report.texts import HARD, Texts
from model.indicators import INDICATORS


def is_share(figure: str) -> bool:
    """Whether a figure is told in percent, and its differences in points of it."""
    return unit_of(figure) == "share"


def name_of(figure: str, texts: Texts) -> str:
    """Name of a figure of people."""
    if figure in INDICATORS:
        return texts.of(INDICATORS[figure].definition)
    return texts(f"people.{figure}")


def unit_words(figure: str, texts: Texts) -> str:
    """Unit of a figure, in words; nothing for a plain number."""
    unit = unit_of(figure)
    return "" if unit == "-" else texts(f"measure.{unit.replace('/', '_per_').lower()}")


def level(figure: str, value: float, texts: Texts) -> str:
    """A level to three digits, shares in percent."""
    if is_share(figure):
        return f"{texts.number(100 * value, 1)}{HARD}{texts('measure.percent')}"
    return texts.number(value, _digits(value, 3))


def _digits(value: float, significant: int) -> int:
    if value == 0.0:
        return 0
    return int(np.clip(significant - 1 - math.floor(math.log10(abs(value))), 0, 3))


def teller(figure: str, found: Band, texts: Texts) -> Callable[[float], str]:
    """Differences of a figure as words: two digits of the wider edge of the band."""
    scale = 100.0 if is_share(figure) else 1.0
    digits = _digits(scale * max(abs(found.low), abs(found.high)), 2)
    return lambda value: texts.signed(scale * value, digits)
