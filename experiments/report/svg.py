"""Drawings as SVG text: small, sharp on paper, readable by a screen reader.

Colours and letters are classes of the page's style sheet; nothing is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from markupsafe import Markup, escape

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


class Drawing:
    """A picture that grows element by element.

    Parameters
    ----------
    width, height : float, px
        Size at which letters have their intended size.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def path(self, data: str, style: str, tip: str = "") -> None:
        """A path; ``tip`` is shown when the pointer rests on it."""
        if data:
            inside = f"<title>{escape(tip)}</title>" if tip else ""
            self._parts.append(f'<path class="{style}" d="{data}">{inside}</path>')

    def line(self, start: Point, end: Point, style: str) -> None:
        """A straight line."""
        self.path(polyline([start, end]), style)

    def rect(self, corner: Point, size: Point, style: str, tip: str = "") -> None:
        """A rectangle from its upper left corner."""
        x, y = corner
        width, height = size
        data = f"M{_n(x)} {_n(y)}h{_n(width)}v{_n(height)}h{_n(-width)}z"
        self.path(data, style, tip)

    def text(
        self, at: Point, words: str, style: str = "label", anchor: Anchor = "start"
    ) -> None:
        """A line of text; ``at`` is on its baseline."""
        x, y = at
        self._parts.append(
            f'<text class="{style}" x="{_n(x)}" y="{_n(y)}" '
            f'text-anchor="{anchor}">{escape(words)}</text>'
        )

    def markup(self, ident: str, title: str, about: str = "") -> Markup:
        """The finished picture.

        Parameters
        ----------
        ident : str
            Unique in the page.
        title, about : str
            What the picture is, and what it shows, for those who cannot see it.
        """
        names = f"{ident}-t {ident}-d" if about else f"{ident}-t"
        desc = f'<desc id="{ident}-d">{escape(about)}</desc>' if about else ""
        return Markup(
            f'<svg id="{ident}" role="img" aria-labelledby="{names}" '
            f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" '
            f'style="max-width:{_n(self.width)}px">'
            f'<title id="{ident}-t">{escape(title)}</title>{desc}'
            f"{''.join(self._parts)}</svg>"
        )


def polyline(points: Iterable[Point], closed: bool = False) -> str:
    """Path data through points."""
    data = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return f"M{data}{'z' if closed else ''}" if data else ""


def ribbon(start: Point, end: Point, thick: float) -> str:
    """Path data of a band that flows from left to right."""
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    return (
        f"M{_n(x0)} {_n(y0)}C{_n(middle)} {_n(y0)} {_n(middle)} {_n(y1)} "
        f"{_n(x1)} {_n(y1)}v{_n(thick)}C{_n(middle)} {_n(y1 + thick)} "
        f"{_n(middle)} {_n(y0 + thick)} {_n(x0)} {_n(y0 + thick)}z"
    )


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that cover a range, about as many as asked for."""
    if high <= low:
        high = low + 1.0
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw)
    step = max(step, 1.0) if high - low > 2 else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [i * step for i in range(first, last + 1)]


def spread_out(wanted: Sequence[float], apart: float) -> list[float]:
    """Places near the wanted ones, in order and at least so far apart."""
    placed: list[float] = []
    for place in wanted:
        placed.append(max(place, placed[-1] + apart) if placed else place)
    return placed


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
