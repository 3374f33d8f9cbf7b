"""Charts over time: a median with its band, two levels, and stacked years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.statistics import TAILS
from experiments.comparison.tables import Floats
from experiments.report.svg import Drawing, Point, polyline, ticks
from experiments.report.texts import Texts
from model.months import month_number

WIDTH, HEIGHT = 340, 210
LEFT, RIGHT, TOP, BOTTOM = 54, 10, 22, 24
TOGETHER = 34  # px between the numbers of levers
STEP = 3  # months between points of a line
MANY = 60  # points, beyond which a line is drawn through some of them only


class Mark(NamedTuple):
    """A lever on the time axis."""

    month: int
    number: int


@dataclass(frozen=True)
class Frame:
    """Axes of a chart.

    Attributes
    ----------
    first, last : int
        Month numbers at both ends.
    low, high : float
        Values at bottom and top.
    width, height : float, px
    """

    first: int
    last: int
    low: float
    high: float
    width: float = WIDTH
    height: float = HEIGHT

    def x(self, month: float) -> float:
        """Place of a month."""
        room = self.width - LEFT - RIGHT
        return LEFT + room * (month - self.first) / max(self.last - self.first, 1)

    def y(self, value: float) -> float:
        """Place of a value."""
        room = self.height - TOP - BOTTOM
        return TOP + room * (self.high - value) / (self.high - self.low)

    def points(self, months: Sequence[int], values: Floats) -> list[Point]:
        """Places of a line."""
        return [
            (self.x(m), self.y(float(v))) for m, v in zip(months, values, strict=True)
        ]


def quantiles(values: Floats) -> Floats:
    """Low edge, median and high edge over pairs, float64[3, ...]."""
    found: Floats = np.quantile(values, [TAILS[0], 0.5, TAILS[1]], axis=0)
    return found


def thinned(months: Sequence[str]) -> list[int]:
    """Positions of the months that a line is drawn through, the last included."""
    count = len(months)
    if count <= MANY:
        return list(range(count))
    return [i for i in range(count) if (count - 1 - i) % STEP == 0]


def band_chart(
    months: Sequence[str], lines: Sequence[tuple[str, Floats]],
    marks: Sequence[Mark], texts: Texts, with_zero: bool,
) -> Drawing:  # fmt: skip
    """Medians with their 80 % bands.

    A difference is drawn in its colour where its band is clear of zero, and pale where
    it may as well be nothing.

    Parameters
    ----------
    months : sequence of str
    lines : sequence of (str, float64[pairs, months])
        Style of each line, and its values; drawn in this order.
    marks : sequence of Mark
    texts : Texts
    with_zero : bool
        Whether zero belongs on the axis: for differences.
    """
    keep = thinned(months)
    numbers = [month_number(months[i]) for i in keep]
    curves = [(style, quantiles(values[:, keep])) for style, values in lines]
    low = min(float(q[0].min()) for _, q in curves)
    high = max(float(q[2].max()) for _, q in curves)
    if with_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1.0:
        low, high = low - 1.0, high + 1.0
    grid = ticks(low, high)
    frame = Frame(numbers[0], numbers[-1], grid[0], grid[-1])
    drawing = Drawing(frame.width, frame.height)
    axes(drawing, frame, grid, texts, with_zero)
    draw_marks(drawing, frame, marks)
    for style, (bottom, _, top) in curves:
        edge = frame.points(numbers, top) + frame.points(numbers, bottom)[::-1]
        drawing.path(polyline(edge, closed=True), f"band {style}")
    for style, (bottom, median, top) in curves:
        points = frame.points(numbers, median)
        if not with_zero:
            drawing.path(polyline(points), f"line {style}")
            continue
        drawing.path(polyline(points), "line unsure")
        for part in _clear_parts(points, (bottom > 0) | (top < 0)):
            drawing.path(polyline(part), f"line {style}")
    return drawing


def _clear_parts(
    points: Sequence[Point], clear: NDArray[np.bool_]
) -> list[list[Point]]:
    """Stretches of a line whose points are all clear of zero."""
    edges = np.flatnonzero(np.diff(clear.astype(np.int8), prepend=0, append=0))
    return [
        list(points[first:last])
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]


def axes(
    drawing: Drawing, frame: Frame, grid: Sequence[float], texts: Texts, signed: bool
) -> None:
    """Lines and numbers of both axes."""
    digits = 0 if all(abs(v - round(v)) < 1e-9 for v in grid) else 1
    for value in grid:
        y = frame.y(value)
        style = "zero" if value == 0.0 and signed else "grid"
        drawing.line((LEFT, y), (frame.width - RIGHT, y), style)
        words = texts.number(value, digits, sign=signed)
        drawing.text((LEFT - 6, y + 4), words, "tick", "end")
    for year in range(frame.first // 12 + 1, frame.last // 12 + 1):
        if year % 5 == 0:
            x = frame.x(12 * year)
            bottom = frame.height - BOTTOM
            drawing.line((x, bottom), (x, bottom + 4), "axis")
            drawing.text((x, bottom + 17), str(year), "tick", "middle")


def draw_marks(drawing: Drawing, frame: Frame, marks: Sequence[Mark]) -> None:
    """A thin line for each lever, and one number for those close together."""
    groups: list[list[Mark]] = []
    for mark in sorted(marks):
        x = frame.x(mark.month)
        drawing.line((x, TOP - 4), (x, frame.height - BOTTOM), "lever")
        if groups and x - frame.x(groups[-1][0].month) < TOGETHER:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    for group in groups:
        first, last = group[0].number, group[-1].number
        words = str(first) if first == last else f"{first}–{last}"
        middle = (frame.x(group[0].month) + frame.x(group[-1].month)) / 2
        drawing.text((middle, TOP - 8), words, "mark", "middle")


def stacked_years(
    years: Sequence[str], parts: Sequence[tuple[str, str, Floats]], total: Floats,
    marks: Sequence[Mark], texts: Texts,
) -> Drawing:  # fmt: skip
    """Bars that add up, gains above zero and losses below.

    Parameters
    ----------
    years : sequence of str
        Months of the bars.
    parts : sequence of (str, str, float64[years])
        Style, name and mean of each part.
    total : float64[years]
        Their sum, drawn as a line.
    marks : sequence of Mark
    texts : Texts
    """
    numbers = [month_number(month) for month in years]
    stack = np.array([values for _, _, values in parts])
    top = np.maximum(stack, 0.0).sum(axis=0)
    bottom = np.minimum(stack, 0.0).sum(axis=0)
    low, high = float(min(bottom.min(), 0.0)), float(max(top.max(), 0.0))
    if high - low < 1.0:
        low, high = -1.0, 1.0
    grid = ticks(low, high)
    frame = Frame(numbers[0] - 6, numbers[-1] + 7, grid[0], grid[-1], 560, 270)
    drawing = Drawing(frame.width, frame.height)
    axes(drawing, frame, grid, texts, signed=True)
    draw_marks(drawing, frame, marks)
    wide = min(0.7 * (frame.x(12) - frame.x(0)), 30.0)
    for i, month in enumerate(numbers):
        up = down = 0.0
        for style, name, values in parts:
            value = float(values[i])
            if abs(value) < 0.05:
                continue
            start = up if value > 0 else down
            y0, y1 = sorted((frame.y(start), frame.y(start + value)))
            corner = (frame.x(month) - wide / 2, y0)
            tip = f"{years[i][:4]}: {name} {texts.signed(value)}"
            drawing.rect(corner, (wide, y1 - y0), f"bar {style}", tip)
            up, down = (up + value, down) if value > 0 else (up, down + value)
    drawing.path(polyline(frame.points(numbers, total)), "line total")
    return drawing
