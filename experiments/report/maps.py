"""Maps of jobs gained and lost: spread over the neighbourhood, and by zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from experiments.comparison.result import VariantResult
from experiments.comparison.statistics import band
from experiments.report.svg import Anchor, Drawing
from experiments.report.texts import Texts
from model.geography import Region

WIDE = 510.0  # px of a map
MARGIN = 8.0
LEGEND = 62.0
STEPS = (2.0, 10.0, 50.0, 250.0)  # the same for every variant and report
CLUSTER = "media cluster"


class Canvas:
    """A region drawn to scale, north up.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self.region = region
        self.top, self.left = int(region.row.min()), int(region.col.min())
        rows = int(region.row.max()) - self.top + 1
        cols = int(region.col.max()) - self.left + 1
        # Whole pixels: else thin seams show between rows.
        self.pixel = max(1.0, (WIDE - 2 * MARGIN) // cols)
        self.wide, self.tall = cols * self.pixel + 2 * MARGIN, rows * self.pixel
        self.drawing = Drawing(self.wide, self.tall + 2 * MARGIN + LEGEND)

    def corner(self, row: float, col: float) -> tuple[float, float]:
        """Upper left corner of a place of the grid, px."""
        return (
            MARGIN + (col - self.left) * self.pixel,
            MARGIN + (row - self.top) * self.pixel,
        )

    def fill(self, cells: NDArray[np.bool_], style: str, tip: str = "") -> None:
        """Colour some cells, neighbours in a row at once."""
        grid = np.zeros((self.region.rows, self.region.cols + 1), np.int8)
        grid[self.region.row[cells], self.region.col[cells]] = 1
        edges = np.diff(grid, axis=1, prepend=0)
        starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
        side = self.pixel
        data = []
        for (row, first), (_, last) in zip(starts, ends, strict=True):
            x, y = self.corner(row, first)
            wide = (last - first) * side
            data.append(f"M{x:.1f} {y:.1f}h{wide:.1f}v{side:.1f}h{-wide:.1f}z")
        self.drawing.path("".join(data), style, tip)

    def borders(self, part: NDArray[np.int32], style: str) -> None:
        """Lines between cells of different parts, and around all of them."""
        grid = np.full((self.region.rows + 2, self.region.cols + 2), -1)
        grid[self.region.row + 1, self.region.col + 1] = part
        data = []
        across = np.diff(grid, axis=0) != 0
        for row, first, last in _runs(across):
            x0, y = self.corner(row, first - 1)
            data.append(f"M{x0:.1f} {y:.1f}h{(last - first) * self.pixel:.1f}")
        upright = np.diff(grid, axis=1) != 0
        for col, first, last in _runs(upright.T):
            x, y0 = self.corner(first - 1, col)
            data.append(f"M{x:.1f} {y0:.1f}v{(last - first) * self.pixel:.1f}")
        self.drawing.path("".join(data), style)

    def middle(self, zone: int) -> tuple[float, float]:
        """A place deep inside a zone, px."""
        grid = np.zeros((self.region.rows + 2, self.region.cols + 2), np.bool_)
        mine = self.region.zone == zone
        grid[self.region.row[mine] + 1, self.region.col[mine] + 1] = True
        depth = ndimage.distance_transform_edt(grid)
        near = np.argwhere(depth >= depth.max() - 0.5)
        row, col = near[np.abs(near - near.mean(axis=0)).sum(axis=1).argmin()]
        x, y = self.corner(float(row) - 0.5, float(col) - 0.5)
        return x, y

    def above(self, zone: int) -> tuple[float, float]:
        """A place on the north edge of a zone, px."""
        mine = self.region.zone == zone
        rows, cols = self.region.row[mine], self.region.col[mine]
        x, y = self.corner(float(rows.min()), float(cols.mean()) + 0.5)
        return x, y - 3

    def arrow(self, start: int, end: int, name: str) -> None:
        """The way of an anchor from one cell to another."""
        if start < 0 or end < 0:
            return
        row, col = self.region.row, self.region.col
        x0, y0 = self.corner(row[start] + 0.5, col[start] + 0.5)
        x1, y1 = self.corner(row[end] + 0.5, col[end] + 0.5)
        long = float(np.hypot(x1 - x0, y1 - y0))
        if long < 3 * self.pixel:
            return
        ux, uy = (x1 - x0) / long, (y1 - y0) / long
        tip = "".join(
            f"M{x1:.1f} {y1:.1f}l{-9 * ux + half * uy:.1f} {-9 * uy - half * ux:.1f}"
            for half in (4.0, -4.0)
        )
        self.drawing.path(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}{tip}", "way")
        anchor: Anchor = "end" if ux > 0 else "start"
        beside = x0 - 6 if ux > 0 else x0 + 6
        self.drawing.text((beside, y0 + 4), name, "place anchor", anchor)

    def furniture(self, texts: Texts) -> None:
        """North arrow and scale bar."""
        x, y = self.wide - 26, MARGIN + 14
        self.drawing.path(f"M{x} {y + 22}V{y}m-5 8l5 -8l5 8", "arrow")
        self.drawing.text((x, y - 3), texts("map.north"), "label strong", "middle")
        km = 2.0 / self.region.cell_km * self.pixel
        right, low = self.wide - MARGIN - 6, MARGIN + self.tall - 6
        self.drawing.path(f"M{right - km:.1f} {low - 4}v4h{km:.1f}v-4", "arrow")
        self.drawing.text((right - km / 2, low - 7), "2 km", "label", "middle")

    def legend(self, unit: str, neutral: str, texts: Texts) -> None:
        """Classes of the colour scale, losses left and gains right."""
        count = 2 * len(STEPS) + 1
        wide = (self.wide - 2 * MARGIN) / count
        y = self.tall + 2 * MARGIN + 18
        for i in range(count):
            level = i - len(STEPS)
            x = MARGIN + i * wide
            self.drawing.rect((x, y), (wide - 1, 13), f"cell {style_of(level)}")
            if level:
                low = STEPS[abs(level) - 1]
                words = texts.signed(np.sign(level) * low)
                side = x if level > 0 else x + wide
                self.drawing.text((side, y + 26), words, "tick", "middle")
        right = self.wide - MARGIN
        self.drawing.text((MARGIN, y - 5), texts("map.lost"), "tick")
        self.drawing.text((right, y - 5), texts("map.gained"), "tick", "end")
        self.drawing.text((self.wide / 2, y - 5), unit, "tick", "middle")
        self.drawing.text((self.wide / 2, y + 40), neutral, "tick", "middle")


def _runs(edges: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Line, first and last place of each unbroken run."""
    step = np.diff(edges.astype(np.int8), axis=1, prepend=0, append=0)
    starts, ends = np.argwhere(step == 1), np.argwhere(step == -1)
    return [
        (int(line), int(first), int(last))
        for (line, first), (_, last) in zip(starts, ends, strict=True)
    ]


def style_of(level: int) -> str:
    """Class of the style sheet for a class of the scale."""
    return f"up{level}" if level > 0 else f"down{-level}" if level < 0 else "even"


def levels(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Class of each value on the symmetric scale, 0 for next to nothing."""
    size = np.searchsorted(STEPS, np.abs(values), side="right")
    return np.asarray(np.sign(values) * size, np.int64)


def cell_map(
    result: VariantResult, region: Region, texts: Texts, names: Mapping[str, str]
) -> Drawing:
    """Jobs gained and lost per km2, spread over the neighbourhood of each cell.

    Anchors are not in the colours; those that a decision moves are arrows, with
    ``names``.
    """
    canvas = Canvas(region)
    surface = result.surface
    level = np.where(surface.sure, levels(surface.density), 0)
    canvas.fill(np.ones(len(region), np.bool_), "cell even")
    for one in np.unique(level[level != 0]):
        canvas.fill(level == one, f"cell {style_of(int(one))}")
    canvas.borders(region.zone, "border")
    canvas.borders(np.zeros(len(region), np.int32), "outline")
    for one in result.decided:
        canvas.arrow(*one.cells, names.get(one.name, one.name))
    for index, zone in enumerate(region.zones):
        if zone.character.startswith(CLUSTER) or zone.id == result.focus:
            x, y = canvas.above(index)
            canvas.drawing.text((x, y), texts.of(zone.name), "place", "middle")
    canvas.furniture(texts)
    canvas.legend(texts("map.per_km2"), texts("map.white_cells"), texts)
    return canvas.drawing


def zone_map(result: VariantResult, region: Region, texts: Texts) -> Drawing:
    """Mean jobs gained and lost by zone, as numbers and colours."""
    canvas = Canvas(region)
    ends = result.jobs.difference[:, -1, :-1]
    mean = ends.mean(axis=0)
    level = levels(mean)
    for index, zone in enumerate(region.zones):
        tip = f"{texts.of(zone.name)}: {texts.signed(float(mean[index]), 1)}"
        canvas.fill(region.zone == index, f"cell {style_of(int(level[index]))}", tip)
    canvas.borders(region.zone, "border")
    canvas.borders(np.zeros(len(region), np.int32), "outline")
    for index, words in enumerate(zone_labels(ends, texts)):
        x, y = canvas.middle(index)
        canvas.drawing.text((x, y + 4), words, "place", "middle")
    canvas.furniture(texts)
    canvas.legend(texts("map.jobs"), texts("map.white_zones"), texts)
    return canvas.drawing


def zone_labels(ends: NDArray[np.float64], texts: Texts) -> Sequence[str]:
    """Mean difference of each zone, in brackets where its band covers zero."""
    words = []
    for values in ends.T:
        found = band(values)
        number = texts.signed(found.mean)
        uncertain = found.covers_zero and bool(values.any())
        words.append(f"({number})" if uncertain else number)
    return words
