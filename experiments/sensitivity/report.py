"""Indices of a folder, and the tables and pictures that lie beside its runs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from experiments.report.texts import Texts
from experiments.sensitivity.analysis import Method, Sensitivity, analyse
from experiments.sensitivity.drawing import saved, style
from experiments.sensitivity.figures import (
    Figure,
    main_figures,
    other_figures,
    points_of,
    read_figures,
)
from experiments.sensitivity.pictures import (
    heat_map,
    index_bars,
    settling,
    star_and_sigma,
    tornado,
)
from experiments.sensitivity.resampling import Bootstrap
from experiments.sweep.folder import Swept
from experiments.titles import Titles

FOLDER: Final = "sensitivity"
PACKAGE: Final = "experiments.sensitivity"


def watched(swept: Swept) -> Figure:
    """The figure that the design of a sweep looks at."""
    facts = swept.facts["watched"]
    return Figure(str(facts["indicator"]), str(facts["zone"]))


def analyse_folder(
    swept: Swept,
    figure: Figure | None = None,
    bootstrap: Bootstrap | None = None,
    others: bool = True,
) -> Sensitivity:
    """Indices of the figures of a sweep.

    Parameters
    ----------
    swept : Swept
    figure : Figure, optional
        What is asked; the design's own figure, of every scenario, if not given.
    bootstrap : Bootstrap, optional
    others : bool
        Whether all other indicators are analysed too, for the heat map.

    Raises
    ------
    InputError
        If runs or values are missing, or nothing varies: rows are named.
    """
    asked = figure or watched(swept)
    wanted = main_figures(swept, asked)
    method, points = Method.of(swept.method), points_of(swept)
    responses = read_figures(swept, wanted, need_all=bool(asked.scenario))
    varying = {one.name for one in responses}
    still = [f"{one.name}: does not vary" for one in wanted if one.name not in varying]
    first = next(one for one in wanted if one.name in varying)
    more, left_out = other_figures(swept, first) if others else ([], ())
    found = analyse(method, points, responses, bootstrap, more)
    return replace(found, left_out=(*still, *left_out, *found.left_out))


def write_results(
    found: Sensitivity, swept: Swept, lang: str = "en", figure: Figure | None = None
) -> list[Path]:
    """Write tables as CSV and pictures as PNG and SVG below the folder of a sweep.

    Parameters
    ----------
    found : Sensitivity
        Of :func:`analyse_folder`.
    swept : Swept
    lang : {"en", "fr", "nl"}
    figure : Figure, optional
        As it was asked.
    """
    folder = swept.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in ("indices", "shares", "convergence"):
        path = folder / f"{name}.csv"
        getattr(found, name).to_csv(
            path, index=False, float_format="%.6g", lineterminator="\n"
        )
        written.append(path)
    words = Texts(lang, PACKAGE)
    titles = Titles.of(swept.store, words)
    asked = main_figures(swept, figure or watched(swept))
    wanted = [one for one in asked if one.name in found.figures]
    with style():
        for one in wanted:
            about = told(one, titles)
            for name, picture in _pictures(found, one.name, about, words):
                written += saved(picture, folder, f"{name}-{slug(one.name)}")
        first = wanted[0]
        rows = {
            name: titles.indicator(name.split(",")[0])
            for name in found.figures
            if name == first.name or name not in [one.name for one in wanted]
        }
        if len(rows) > 1:
            about = told(first, titles).partition(": ")[2] or titles.zone(first.zone)
            picture = heat_map(found, rows, about, words)
            written += saved(picture, folder, f"heat-map-{slug(first.name)}")
    return written


def _pictures(
    found: Sensitivity, figure: str, about: str, words: Texts
) -> list[tuple[str, Any]]:
    kinds = {
        "morris": ("mu-sigma", star_and_sigma),
        "one-at-a-time": ("tornado", tornado),
    }
    name, draw = kinds.get(found.method.kind, ("indices", index_bars))
    drawn: list[tuple[str, Any]] = [(name, draw(found, figure, about, words))]
    sizes = found.convergence[found.convergence["figure"] == figure]["rows"]
    if sizes.nunique() > 1:
        drawn.append(("convergence", settling(found, figure, about, words)))
    return drawn


def told(figure: Figure, titles: Titles) -> str:
    """A figure in words."""
    texts = titles.texts
    name = texts(
        "figure.name",
        indicator=titles.indicator(figure.indicator),
        zone=titles.zone(figure.zone),
    )
    if figure.against:
        return texts(
            "figure.pair", name=name, scenario=titles.scenario(figure.scenario),
            against=titles.scenario(figure.against),
        )  # fmt: skip
    if figure.scenario:
        scenario = titles.scenario(figure.scenario)
        return texts("figure.level", name=name, scenario=scenario)
    return name


def slug(name: str) -> str:
    """A name as part of the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
