"""A chart and a map of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from model.geography import Region
from model.indicators import INDICATORS, REGION

FORMATS = ("png", "svg")
_SHOWN = 7
_TEXTS = {
    "en": (
        "other zones",
        "jobs per cell of {metres} m",
        "One run, not a forecast. Firms without a name are synthetic.",
    ),
    "fr": (
        "autres zones",
        "emplois par maille de {metres} m",
        "Une seule simulation, pas une prévision. "
        "Les entreprises sans nom sont synthétiques.",
    ),
    "nl": (
        "andere zones",
        "banen per cel van {metres} m",
        "Eén simulatie, geen voorspelling. Bedrijven zonder naam zijn synthetisch.",
    ),
}
_NAMED = ("reyers", "canal", "european-quarter", "ixelles")
# Seven hues that stay apart for colour-blind eyes (Okabe and Ito, 2008).
_HUES = (
    "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
)  # fmt: skip
_PLAIN: Any = {"svg.hashsalt": "mediapark", "font.size": 9}


def draw_pictures(
    folder: Path,
    indicators: pd.DataFrame,
    cells: pd.DataFrame,
    region: Region,
    lang: str,
) -> list[Path]:
    """Jobs by zone over time, and jobs by cell at the end; PNG and SVG.

    Parameters
    ----------
    folder : Path
    indicators, cells : DataFrame
        Tables of one run.
    region : Region
    lang : {"en", "fr", "nl"}
    """
    mpl.use("Agg")
    from matplotlib.figure import Figure  # After the choice of what draws.

    with mpl.rc_context(_PLAIN):
        chart = Figure(figsize=(8, 4.5), layout="constrained")
        _jobs_over_time(chart, indicators, region, lang)
        plan = Figure(figsize=(7, 7), layout="constrained")
        _jobs_by_cell(plan, cells, region, lang)
        return [
            _saved(figure, folder / f"{name}.{kind}")
            for name, figure in (("jobs-by-zone", chart), ("jobs-map", plan))
            for kind in FORMATS
        ]


def _saved(figure: Any, path: Path) -> Path:
    metadata = {"Date": None} if path.suffix == ".svg" else {}
    figure.savefig(path, dpi=120, metadata=metadata)
    return path


def _jobs_over_time(
    figure: Any, indicators: pd.DataFrame, region: Region, lang: str
) -> None:
    from matplotlib.ticker import MaxNLocator

    jobs = indicators[
        (indicators["indicator"] == "jobs") & (indicators["subsector"] == "all")
    ].astype({"month": str, "zone": str})
    wide = jobs.pivot(index="month", columns="zone", values="value")
    wide = wide.drop(columns=REGION)
    years = [int(month[:4]) + int(month[5:]) / 12 for month in wide.index]
    order = wide.max().sort_values(ascending=False).index.tolist()
    names = {zone.id: zone.name[lang] for zone in region.zones}
    axes = figure.add_subplot()
    for hue, zone in zip(_HUES, order[:_SHOWN], strict=False):
        width = 2.4 if zone == "reyers" else 1.4
        axes.plot(years, wide[zone], color=hue, lw=width, label=names[zone])
    for zone in order[_SHOWN:]:
        axes.plot(years, wide[zone], color="0.75", lw=0.7)
    if order[_SHOWN:]:
        axes.plot([], [], color="0.75", lw=0.7, label=_TEXTS[lang][0])
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(INDICATORS["jobs"].definition[lang], loc="left", weight="bold")
    axes.set_xlabel(_TEXTS[lang][2], loc="left", color="0.35")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def _jobs_by_cell(figure: Any, cells: pd.DataFrame, region: Region, lang: str) -> None:
    from matplotlib.colors import LogNorm
    from matplotlib.patheffects import withStroke

    months = cells["month"].astype(str)
    last = months.max()
    jobs = np.zeros(len(region))
    rows = cells[months == last]
    jobs[rows["cell"].to_numpy()] = rows["jobs"].to_numpy()
    inside = region.index_grid >= 0
    ground = np.where(inside, 1.0, np.nan)
    shown = np.where(inside, jobs[np.maximum(region.index_grid, 0)], 0.0)
    axes = figure.add_subplot()
    axes.imshow(ground, cmap="Greys", vmin=0, vmax=8)
    picture = axes.imshow(
        np.where(shown > 0, shown, np.nan),
        cmap="viridis_r",
        norm=LogNorm(1, max(10.0, float(shown.max()))),
    )
    for zone, named in enumerate(region.zones):
        if named.id in _NAMED:
            here = region.zone == zone
            place = (float(region.col[here].mean()), float(region.row[here].min()) - 1)
            label = axes.annotate(named.name[lang], place, ha="center", weight="bold")
            label.set_path_effects([withStroke(linewidth=3, foreground="white")])
    axes.set_axis_off()
    title = f"{INDICATORS['jobs'].definition[lang]}, {last}"
    axes.set_title(title, loc="left", weight="bold")
    axes.text(0, -0.02, _TEXTS[lang][2], transform=axes.transAxes, color="0.35")
    unit = _TEXTS[lang][1].format(metres=round(1000 * region.cell_km))
    figure.colorbar(picture, ax=axes, shrink=0.6, label=unit)
