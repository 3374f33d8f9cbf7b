"""Rows of the table, and the two drawings of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from experiments.report.svg import Drawing, ticks
from experiments.report.texts import Texts
from experiments.robustness.choice import Choice
from experiments.titles import Titles

_WIDTH: Final = 860
_LETTER: Final = 8.2  # px, mean width of a letter
_WIDEST: Final = 380
_RIGHT: Final = 24
_ROW: Final = 38
_TOP: Final = 14
_BOTTOM: Final = 34
_MOST_DOTS: Final = 400


def cells(choice: Choice, variant: str, words: Texts) -> list[dict[str, str]]:
    """Figures of a variant as the table shows them."""

    def number(value: float, sign: bool = False) -> str:
        size = abs(value)
        digits = 0 if size >= 10 or size == 0.0 else 1 if size >= 1 else 2
        return words.number(value, digits, sign=sign)

    def cell(measure: str, sign: bool = False) -> dict[str, str]:
        value, low, high = choice.of(variant, measure)
        known = np.isfinite(low) and high > low
        band = words("robust.to", low=number(low, sign), high=number(high, sign))
        return {"main": number(value, sign), "band": band if known else ""}

    low, high = (choice.of(variant, k).value for k in ("gain_low", "gain_high"))
    share = choice.of(variant, "probability_best")
    edges = {k: words.percent(getattr(share, k)) for k in ("low", "high")}
    return [
        cell("gain", sign=True),
        {"main": words("robust.to", low=number(low, True), high=number(high, True)),
         "band": ""},
        cell("worst_tenth"),
        cell("regret"),
        cell("largest_regret"),
        {"main": words.percent(share.value), "band": words("robust.to", **edges)},
    ]  # fmt: skip


class _Scale:
    """A horizontal axis over rows."""

    def __init__(self, low: float, high: float, names: Sequence[str]) -> None:
        rows = len(names)
        self.left = min(_WIDEST, 30 + _LETTER * max(map(len, names)))
        self.grid = ticks(low, high)
        self.low, self.high = self.grid[0], self.grid[-1]
        self.height = _TOP + _ROW * rows + _BOTTOM
        self.drawing = Drawing(_WIDTH, self.height)

    def x(self, value: float) -> float:
        """Place of a value."""
        room = _WIDTH - self.left - _RIGHT
        return self.left + room * (value - self.low) / (self.high - self.low)

    def axis(self, words: Texts, signed: bool) -> None:
        """Lines and numbers."""
        bottom = self.height - _BOTTOM
        whole = all(abs(value - round(value)) < 1e-9 for value in self.grid)
        for value in self.grid:
            x = self.x(value)
            style = "zero" if value == 0.0 else "grid"
            self.drawing.line((x, _TOP), (x, bottom), style)
            text = words.number(value, 0 if whole else 2, sign=signed)
            self.drawing.text((x, bottom + 20), text, "tick", "middle")

    def name(self, row: int, text: str, leads: bool) -> float:
        """The name of a row; returns its middle."""
        y = _TOP + _ROW * (row + 0.5)
        style = "strong" if leads else "label"
        self.drawing.text((self.left - 14, y + 5), text, style, "end")
        return y


def drawing_of_gain(choice: Choice, titles: Titles, words: Texts) -> Markup:
    """Difference from the reference in every future, by variant."""
    gain = choice.values[:, 1:] - choice.values[:, :1]
    names = [titles.scenario(one) for one in choice.variants[1:]]
    ends = min(0.0, float(gain.min())), max(0.0, float(gain.max()))
    scale = _Scale(*ends, names)
    scale.axis(words, signed=True)
    thin = max(1, len(gain) // _MOST_DOTS)
    for row, variant in enumerate(choice.variants[1:]):
        title = titles.scenario(variant)
        y = scale.name(row, title, variant == choice.leader)
        for place, value in enumerate(gain[::thin, row]):
            x, shift = scale.x(float(value)), 6.0 * ((place * 0.618) % 1.0 - 0.5)
            scale.drawing.path(_dot(x, y + 10 + shift, 2.2), "future")
        low, high = (choice.of(variant, k).value for k in ("gain_low", "gain_high"))
        mean = choice.of(variant, "gain").value
        scale.drawing.line((scale.x(low), y - 3), (scale.x(high), y - 3), "range")
        tip = f"{title}: {words.signed(mean, 1)}"
        scale.drawing.path(_dot(scale.x(mean), y - 3, 6.0), "middle", tip)
    return scale.drawing.markup("gain", words("robust.picture"))


def drawing_of_regret(choice: Choice, titles: Titles, words: Texts) -> Markup:
    """Mean and largest regret, by variant."""
    top = max(choice.of(one, "largest_regret").value for one in choice.variants)
    names = [titles.scenario(one) for one in choice.variants]
    scale = _Scale(0.0, top or 1.0, names)
    scale.axis(words, signed=False)
    for row, variant in enumerate(choice.variants):
        title, leads = titles.scenario(variant), variant == choice.leader
        y = scale.name(row, title, leads)
        mean = choice.of(variant, "regret").value
        largest = choice.of(variant, "largest_regret").value
        zero = scale.x(0.0)
        tip = f"{title}: {words.number(mean, 1)}"
        size = (scale.x(mean) - zero, 16.0)
        scale.drawing.rect((zero, y - 8), size, "leading" if leads else "trailing", tip)
        scale.drawing.line((zero, y), (scale.x(largest), y), "largest")
    return scale.drawing.markup("regret", words("robust.picture_regret"))


def _dot(x: float, y: float, radius: float) -> str:
    arc = f"a{radius} {radius} 0 1 0"
    return f"M{x - radius:.1f} {y:.1f}{arc} {2 * radius} 0{arc} {-2 * radius} 0z"
