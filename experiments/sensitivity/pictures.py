"""Pictures of indices: tornado, mu*-sigma, bars, convergence and heat map."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import MaxNLocator

from experiments.report.svg import spread_out
from experiments.report.texts import Texts
from experiments.sensitivity.analysis import Sensitivity, matters
from experiments.sensitivity.drawing import (
    INK,
    LINES,
    PALE,
    SOFT,
    beside_title,
    end_labels,
    footnote,
    group_key,
    group_key_inside,
    hues,
    localised,
    titled,
)

_BARS: Final = 12
_NAMED: Final = 9
_FOLLOWED: Final = 6
_COLUMNS: Final = 14
_DARK: Final = 0.55
_CHANCE: Final = "#c8102e"


def _height(rows: int) -> float:
    return 2.6 + 0.46 * rows


def tornado(found: Sensitivity, figure: str, about: str, words: Texts) -> Picture:
    """Change of a figure at the lowest and the highest value of each factor."""
    frame = found.of(figure)
    ranked = found.ranking(figure).head(_BARS)
    picture = Picture(figsize=(11, _height(len(ranked))), layout="constrained")
    axes = picture.add_subplot()
    colour = hues(ranked["group"])
    unit = str(frame["unit"].iloc[0])
    for place, row in enumerate(ranked.to_dict("records")):
        mine = frame[frame["factor"] == row["factor"]].set_index("index")
        for index, shade, shift in (("at low", 0.45, -0.2), ("at high", 1.0, 0.2)):
            end = mine.loc[index]
            axes.barh(
                place + shift, end["value"], 0.38, color=colour[row["group"]],
                alpha=shade,
            )  # fmt: skip
            low, high = float(end["low"]), float(end["high"])
            axes.plot([low, high], [place + shift] * 2, color=INK, lw=1.6)
    axes.axvline(0, color=INK, lw=1)
    localised(axes.xaxis, words)
    _factor_axis(axes, ranked["factor"].tolist())
    axes.set_xlabel(words("tornado.axis", unit=unit))
    titled(axes, words("tornado.title"), about)
    _shade_key(axes, words("tornado.low"), words("tornado.high"))
    group_key_inside(axes, ranked["group"].tolist(), words)
    footnote(picture, words("interval"))
    return picture


def _factor_axis(axes: Any, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=PALE, lw=0.8)
    axes.set_axisbelow(True)


def _shade_key(axes: Any, pale: str, full: str) -> None:
    for shade, name in ((0.45, pale), (1.0, full)):
        axes.barh([np.nan], [np.nan], color=SOFT, alpha=shade, label=name)
    axes.legend(ncols=2, handlelength=1.1, **beside_title(axes))


def star_and_sigma(
    found: Sensitivity, figure: str, about: str, words: Texts
) -> Picture:
    """Morris: mean absolute effect against its variation over the factors' space."""
    frame = found.of(figure)
    ranked = found.ranking(figure)
    sigma = frame[frame["index"] == "sigma"].set_index("factor")["value"]
    if sigma.isna().all():
        return index_bars(found, figure, about, words)
    picture = Picture(figsize=(11, 7), layout="constrained")
    axes = picture.add_subplot()
    colour = hues(ranked["group"])
    above = matters(ranked)
    ends: list[tuple[float, float, str, str]] = []
    for row, visible in zip(ranked.to_dict("records"), above, strict=True):
        hue, y = colour[row["group"]], float(sigma[row["factor"]])
        face = hue if visible else "white"
        axes.plot([row["low"], row["high"]], [y, y], color=hue, lw=1.2, alpha=0.5)
        axes.plot(row["value"], y, "o", ms=10, mfc=face, mec=hue, mew=1.8)
        if len(ends) < _NAMED:
            ends.append((row["value"], y, row["factor"], hue if visible else SOFT))
    unit = str(ranked["unit"].iloc[0])
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    _diagonal(axes)
    localised(axes.xaxis, words)
    localised(axes.yaxis, words)
    axes.set_xlabel(words("morris.axis", unit=unit))
    axes.set_ylabel(words("morris.sigma", unit=unit))
    axes.grid(color=PALE, lw=0.8)
    axes.set_axisbelow(True)
    titled(axes, words("morris.title"), about)
    hollow = axes.plot([], [], "o", ms=9, mfc="white", mec=SOFT, mew=1.8)
    extra = (hollow[0], words("morris.chance"))
    group_key(axes, ranked["group"].tolist(), words, extra)
    picture.draw_without_rendering()
    _named_points(axes, ends)
    footnote(picture, words("interval"))
    return picture


def _diagonal(axes: Any) -> None:
    """Where the effect depends on the others as much as on the factor itself."""
    top = min(axes.get_xlim()[1], axes.get_ylim()[1])
    axes.plot([0, top], [0, top], color=SOFT, lw=1, ls=(0, (4, 3)))
    axes.annotate(
        "σ = μ*", (top, top), (-6, -16), textcoords="offset points", color=SOFT,
        ha="right", fontsize=11,
    )  # fmt: skip


def _named_points(axes: Any, ends: list[tuple[float, float, str, str]]) -> None:
    """Names in a column at the right, each with a thin line to its point."""
    room = axes.get_ylim()[1]
    order = sorted(ends, key=lambda end: end[1])
    places = spread_out([y for _, y, _, _ in order], 0.058 * room)
    over = max(0.0, places[-1] - room) if places else 0.0
    for (x, y, name, hue), place in zip(order, places, strict=True):
        axes.annotate(
            name, (x, y), (1.02, (place - over) / room), xycoords="data",
            textcoords="axes fraction", color=hue, va="center", fontsize=12,
            arrowprops={"arrowstyle": "-", "color": hue, "lw": 0.7, "alpha": 0.7,
                        "shrinkB": 6},
        )  # fmt: skip


def index_bars(found: Sensitivity, figure: str, about: str, words: Texts) -> Picture:
    """Two indices of each factor side by side, with their intervals."""
    frame = found.of(figure)
    ranked = found.ranking(figure).head(_BARS)
    kind, main = found.method.kind, str(ranked["index"].iloc[0])
    beside = {"total": "first", "pawn": "delta"}.get(main)
    picture = Picture(figsize=(11, _height(len(ranked))), layout="constrained")
    axes = picture.add_subplot()
    colour = hues(ranked["group"])
    pairs = [(main, 1.0, -0.2), (beside, 0.4, 0.2)] if beside else [(main, 1.0, 0.0)]
    for index, shade, shift in pairs:
        of_mean = (frame["index"] == index) & (frame["of"] == "mean")
        mine = frame[of_mean].set_index("factor").loc[ranked["factor"]]
        place = np.arange(len(mine)) + shift
        colours = [colour[str(group)] for group in mine["group"]]
        thick = 0.38 if beside else 0.6
        axes.barh(place, mine["value"], thick, color=colours, alpha=shade)
        for at, low, high in zip(place, mine["low"], mine["high"], strict=True):
            axes.plot([low, high], [at, at], color=INK, lw=1.6)
        chance = mine["chance"].to_numpy("float64")
        if np.isfinite(chance).all():
            axes.vlines(chance, place - thick / 2, place + thick / 2, color=_CHANCE,
                        lw=2.4)  # fmt: skip
    axes.axvline(0, color=INK, lw=1)
    localised(axes.xaxis, words)
    _factor_axis(axes, ranked["factor"].tolist())
    title, label, names = _bar_words(main, str(ranked["unit"].iloc[0]), words)
    axes.set_xlabel(label)
    titled(axes, title, about)
    if beside:
        _shade_key(axes, names[1], names[0])
    group_key_inside(axes, ranked["group"].tolist(), words)
    share = found.shares[
        (found.shares["figure"] == figure) & (found.shares["share"] == "seed")
    ]
    notes = [words("interval")]
    if kind == "sobol" and len(share):
        said = {k: words.percent(float(share[k].iloc[0])) for k in ("low", "high")}
        value = words.percent(float(share["value"].iloc[0]))
        notes.insert(0, words("sobol.seed", share=value, **said))
    if main in ("pawn", "mu_star"):
        key = "distance.chance" if main == "pawn" else "morris.chance"
        notes.insert(0, f"▮ {words(key)}.")
    footnote(picture, " ".join(notes))
    return picture


def _bar_words(main: str, unit: str, words: Texts) -> tuple[str, str, tuple[str, str]]:
    if main == "pawn":
        names = words("distance.pawn"), words("distance.delta")
        return words("distance.title"), words("distance.axis"), names
    if main == "mu_star":
        return words("morris.title"), words("morris.axis", unit=unit), ("", "")
    names = words("sobol.total"), words("sobol.first")
    return words("sobol.title"), words("sobol.axis"), names


def settling(found: Sensitivity, figure: str, about: str, words: Texts) -> Picture:
    """Index and rank of the leading factors for growing parts of the design."""
    frame = found.convergence[found.convergence["figure"] == figure]
    leading = found.ranking(figure)["factor"].head(_FOLLOWED).tolist()
    picture = Picture(figsize=(13, 6.4), layout="constrained")
    left, right = picture.subplots(1, 2, width_ratios=(1.25, 1))
    ends, ranks = [], []
    for hue, name in zip(LINES, leading, strict=False):
        mine = frame[frame["factor"] == name].sort_values("runs")
        runs = mine["runs"].to_numpy("float64")
        left.fill_between(runs, mine["low"], mine["high"], color=hue, alpha=0.13, lw=0)
        left.plot(runs, mine["value"], "o-", color=hue, lw=2.2, ms=6)
        right.plot(runs, mine["rank"], "o-", color=hue, lw=2.2, ms=9)
        ends.append((float(mine["value"].iloc[-1]), name, hue))
        ranks.append((float(mine["rank"].iloc[-1]), name, hue))
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        ticks = sorted(frame["runs"].unique())
        axes.set_xticks(ticks, [words.number(float(tick)) for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel(words("settle.runs"))
        axes.grid(axis="y", color=PALE, lw=0.8)
    right.invert_yaxis()
    right.yaxis.set_major_locator(MaxNLocator(integer=True))
    index = str(frame["index"].iloc[0])
    localised(left.yaxis, words)
    left.set_ylabel(words("settle.value", index=index))
    right.set_ylabel(words("settle.rank"))
    titled(left, words("settle.title"), about)
    picture.draw_without_rendering()
    end_labels(right, ranks)
    footnote(picture, words("interval"))
    return picture


def _on(share: float) -> str:
    """Ink that can be read on a shade."""
    return "white" if share > _DARK else INK


def heat_map(
    found: Sensitivity, names: dict[str, str], about: str, words: Texts
) -> Picture:
    """The ranking index of every figure and factor.

    Indices of variance and of distributions are shown as they are; effects, which have
    the unit of their figure, as shares of the largest one in the row.
    """
    parts = {figure: found.ranking(figure) for figure in names}
    value = pd.DataFrame({f: r.set_index("factor")["value"] for f, r in parts.items()})
    seen = pd.DataFrame({f: matters(r).set_axis(r["factor"]) for f, r in parts.items()})
    effects = found.method.kind in ("morris", "one-at-a-time")
    shares = value / value.max() if effects else value
    order = shares.where(seen, 0.0).max(axis=1).sort_values(ascending=False).index
    order = order[:_COLUMNS]
    grid = shares.loc[order].T.to_numpy("float64")
    sure = seen.loc[order].T.to_numpy(bool)
    picture = Picture(
        figsize=(max(10.0, 6.4 + 0.62 * len(order)), 2.9 + 0.42 * len(names)),
        layout="constrained",
    )
    axes = picture.add_subplot()
    told = np.where(sure, grid, np.nan)
    axes.imshow(np.zeros_like(grid), cmap="Greys", vmin=-0.3, vmax=5, aspect="auto")
    image = axes.imshow(told, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), share in np.ndenumerate(grid):
        text = words.number(float(share), 2) if sure[i, j] else "·"
        axes.text(
            j, i, text, ha="center", va="center", fontsize=11,
            color=_on(float(share)) if sure[i, j] else SOFT,
        )  # fmt: skip
    axes.set_xticks(range(len(order)), list(order), rotation=40, ha="right")
    axes.set_yticks(range(len(names)), list(names.values()))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    titled(axes, words("heat.title"), about)
    index = str(next(iter(parts.values()))["index"].iloc[0])
    label = words("heat.share") if effects else words("heat.index", index=index)
    bar = picture.colorbar(image, ax=axes, shrink=0.8, label=label, pad=0.015)
    localised(bar.ax.yaxis, words)
    footnote(picture, f"{words('heat.dot')}. {words('interval').partition('. ')[2]}")
    return picture
