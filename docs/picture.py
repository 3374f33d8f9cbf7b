"""A map of the region as SVG: floor space, media clusters, named organisations."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from model.geography import Region, load_region

SIDE = 9  # drawn units of a cell
CLUSTERS = {
    "reyers": "#d1495b",
    "european-quarter": "#2e6f95",
    "ixelles": "#4f9d69",
    "canal": "#b07d2b",
}
SHOWN = {  # where the name stands beside the dot
    "vrt": (6, 14),
    "rtl": (6, -3),
    "rossel": (6, 4),
    "mediafin": (6, 4),
    "ipm": (6, 4),
    "bruzz": (6, 4),
    "bx1": (-28, 4),
}
SHADES = ((20_000, 0.25), (60_000, 0.5), (150_000, 0.75), (np.inf, 1.0))  # m2 a cell
LEAST_M2 = 5_000


def region_svg() -> str:
    """The picture of the README."""
    region = load_region()
    width, height = region.cols * SIDE + 190, region.rows * SIDE + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
        "<title>The Brussels-Capital Region in the model</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *ground(region),
        *floor_space(region),
        *organisations(region),
        *legend(region),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def ground(region: Region) -> list[str]:
    """Runs of cells along rows: the Region in grey, media clusters in colour."""
    zones = [zone.id for zone in region.zones]
    colour = [CLUSTERS.get(zones[z], "#e8e8e4") for z in region.zone]
    order = np.lexsort((region.col, region.row))
    out = []
    for (row, fill), run in groupby(order, lambda c: (int(region.row[c]), colour[c])):
        cols = [int(region.col[c]) for c in run]
        for first, last in stretches(cols):
            opacity = "" if fill == "#e8e8e4" else ' fill-opacity="0.35"'
            out.append(
                f'<rect x="{first * SIDE + 10}" y="{row * SIDE + 10}" '
                f'width="{(last - first + 1) * SIDE}" height="{SIDE}" '
                f'fill="{fill}"{opacity}/>'
            )
    return out


def stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbouring numbers."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def floor_space(region: Region) -> list[str]:
    """A square for each cell with offices, the larger the more floor there is."""
    out = []
    for c in np.flatnonzero(region.stock_m2 >= LEAST_M2):
        share = next(part for top, part in SHADES if region.stock_m2[c] < top)
        side = SIDE * share - 0.5
        x, y = middle(region, int(c))
        out.append(
            f'<rect x="{x - side / 2:g}" y="{y - side / 2:g}" width="{side:g}" '
            f'height="{side:g}" fill="#33383d" fill-opacity="0.55"/>'
        )
    return out


def organisations(region: Region) -> list[str]:
    """A dot and a name for each of some named organisations."""
    names = {site.id: site.name["en"].partition(" (")[0] for site in region.sites}
    out = []
    for site, (right, down) in SHOWN.items():
        x, y = middle(region, int(region.places[site][0]))
        label = "VRT, RTBF" if site == "vrt" else names[site].removesuffix(" tower")
        out.append(f'<circle cx="{x:g}" cy="{y:g}" r="3.2" fill="#111111"/>')
        halo = ' stroke="#ffffff" stroke-width="2.5" paint-order="stroke"'
        out.append(text(x + right, y + down, label, halo))
    return out


def middle(region: Region, cell: int) -> tuple[float, float]:
    """Where the middle of a cell is drawn."""
    return (
        float((region.col[cell] + 0.5) * SIDE + 10),
        float((region.row[cell] + 0.5) * SIDE + 10),
    )


def legend(region: Region) -> list[str]:
    """What the colours mean."""
    names = {zone.id: zone.name["en"] for zone in region.zones}
    left = region.cols * SIDE + 20
    end = 36 + 18 * len(CLUSTERS)
    out = [text(left, 24, "Media clusters", ' font-weight="bold"')]
    for at, (zone, fill) in enumerate(CLUSTERS.items()):
        y = 36 + 18 * at
        out.append(
            f'<rect x="{left}" y="{y}" width="12" height="12" fill="{fill}" '
            'fill-opacity="0.45"/>'
        )
        out.append(text(left + 18, y + 10, names[zone]))
    return [
        *out,
        f'<rect x="{left + 3}" y="{end + 3}" width="6" height="6" fill="#33383d" '
        'fill-opacity="0.55"/>',
        text(left + 18, end + 10, "office floor space"),
        f'<circle cx="{left + 6}" cy="{end + 24}" r="3.2" fill="#111111"/>',
        text(left + 18, end + 28, "named organisation"),
        f'<line x1="{left}" y1="{end + 50}" x2="{left + 8 * SIDE}" y2="{end + 50}" '
        'stroke="#111111"/>',
        text(left, end + 64, "2 km"),
    ]


def text(x: float, y: float, words: str, more: str = "") -> str:
    """A line of text."""
    return f'<text x="{x:g}" y="{y:g}"{more}>{words}</text>'
