"""What all pictures of indices share: colours, sizes, direct labels, saving.

Made for a projector: large letters, few lines, hues that colour-blind eyes tell apart
(Okabe and Ito, 2008), and names beside what they name instead of in a legend.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import ScalarFormatter
from matplotlib.transforms import ScaledTranslation

from experiments.report.svg import spread_out
from experiments.report.texts import Texts

INK, SOFT, PALE = "#1b1f24", "#59636e", "#d0d7de"
GROUP_HUES: Final[Mapping[str, str]] = {
    "space": "#0072b2", "people": "#d98200", "firms": "#009e73",
    "communities": "#b4548f", "policy": "#d55e00", "seed": "#7f7f7f",
}  # fmt: skip
_MORE_HUES: Final = ("#56b4e9", "#5d3a9b", "#8c564b", "#1b1f24")
LINES: Final = (
    "#0072b2", "#d55e00", "#009e73", "#b4548f", "#d98200", "#56b4e9",
)  # fmt: skip
FORMATS: Final = ("png", "svg")
_STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 13, "axes.titlesize": 17,
    "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.labelsize": 13,
    "axes.edgecolor": SOFT, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": SOFT, "ytick.color": INK, "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlepad": 30, "svg.hashsalt": "mediapark",
    "svg.fonttype": "none", "hatch.linewidth": 0.8,
}  # fmt: skip
_DPI: Final = 150
_TITLE: Final = 26  # points from the axes to the title
_LETTER: Final = 0.083  # inches, mean width of a letter of a footnote


def style() -> Any:
    """The style of all pictures, as a context."""
    mpl.use("Agg")
    return mpl.rc_context(_STYLE)


def saved(picture: Picture, folder: Path, name: str) -> list[Path]:
    """Write a picture as PNG and SVG, the same bytes whenever it is drawn again."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.{kind}" for kind in FORMATS]
    for file in files:
        is_svg = file.suffix == ".svg"
        metadata: dict[str, Any] = {"Date": None} if is_svg else {"Software": None}
        picture.savefig(file, dpi=_DPI, metadata=metadata)
    return files


def hues(groups: Iterable[str]) -> dict[str, str]:
    """A hue for each group; the usual ones keep theirs."""
    others = [one for one in dict.fromkeys(groups) if one not in GROUP_HUES]
    more = {one: _MORE_HUES[i % len(_MORE_HUES)] for i, one in enumerate(others)}
    return {**GROUP_HUES, **more}


def group_name(group: str, words: Texts) -> str:
    """A group in words; its own name where there are none."""
    return words(f"group.{group}") if group in GROUP_HUES else group


def titled(axes: Any, title: str, about: str) -> None:
    """A title, and a line below it that says of what."""
    axes.set_title(title)
    axes.annotate(
        about, (0, 1), (0, 9), xycoords="axes fraction", textcoords="offset points",
        color=SOFT, fontsize=13, va="bottom",
    )  # fmt: skip


class _Numbers(ScalarFormatter):
    """Numbers at an axis with the decimal point of the language."""

    def __init__(self, words: Texts) -> None:
        super().__init__(useOffset=False)
        self.words = words

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text at a value."""
        point = self.words.number(0.5, 1)[1]
        return super().__call__(x, pos).replace(".", point)


def localised(axis: Any, words: Texts) -> None:
    """Write the numbers at an axis as the language does."""
    axis.set_major_formatter(_Numbers(words))


def footnote(picture: Picture, text: str) -> None:
    """Lines below everything, as wide as the picture."""
    width = int(picture.get_figwidth() / _LETTER)
    text = textwrap.fill(text, width)
    picture.supxlabel(text, x=0.01, ha="left", fontsize=10.5, color=SOFT)


def beside_title(axes: Any) -> dict[str, Any]:
    """Where a key stands: right of the title, above the line that says of what."""
    up = ScaledTranslation(0, _TITLE / 72, axes.figure.dpi_scale_trans)
    return {
        "loc": "lower right", "frameon": False, "fontsize": 12, "borderaxespad": 0.0,
        "bbox_to_anchor": (1.0, 1.0), "bbox_transform": axes.transAxes + up,
        "columnspacing": 1.0, "borderpad": 0.2,
    }  # fmt: skip


def group_key(
    axes: Any,
    groups: Sequence[str],
    words: Texts,
    extra: tuple[Any, str] | None = None,
) -> None:
    """Names of groups in their own hue, and another mark, at the top right."""
    entries = _squares(axes, groups, words)
    labels = [entry.get_label() for entry in entries]
    if extra is not None:
        entries, labels = [*entries, extra[0]], [*labels, extra[1]]
    if len(entries) > 1:
        axes.legend(
            entries, labels, ncols=len(entries), handletextpad=0.1,
            **beside_title(axes),
        )  # fmt: skip


def group_key_inside(axes: Any, groups: Sequence[str], words: Texts) -> None:
    """Names of groups in the lower right corner, where sorted bars leave room."""
    before = axes.get_legend()
    entries = _squares(axes, groups, words)
    if len(entries) > 1:
        axes.legend(handles=entries, loc="lower right", fontsize=12, framealpha=0.9,
                    edgecolor="none", handletextpad=0.1)  # fmt: skip
        if before is not None:
            axes.add_artist(before)


def _squares(axes: Any, groups: Sequence[str], words: Texts) -> list[Any]:
    colour = hues(groups)
    return [
        axes.plot([], [], "s", ms=11, color=colour[g], label=group_name(g, words))[0]
        for g in dict.fromkeys(groups)
    ]


def end_labels(
    axes: Any, ends: Sequence[tuple[float, str, str]], apart: float = 0.062
) -> None:
    """Names right of the axes, near where their lines end and apart from each other.

    Parameters
    ----------
    axes : Axes
    ends : sequence of (float, str, str)
        Height in data, name and hue.
    apart : float
        Least distance, share of the height of the axes.
    """
    to_axes = axes.transAxes.inverted()
    heights = [
        float(to_axes.transform(axes.transData.transform((0, y)))[1])
        for y, _, _ in ends
    ]
    order = sorted(range(len(ends)), key=heights.__getitem__)
    places = spread_out([heights[i] for i in order], apart)
    over = max(0.0, places[-1] - 1.0) if places else 0.0
    for place, i in zip(places, order, strict=True):
        _, name, hue = ends[i]
        axes.annotate(
            name, (1.0, heights[i]), (1.03, place - over),
            xycoords="axes fraction", textcoords="axes fraction", color=hue,
            va="center", fontsize=12, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": hue, "lw": 0.8, "shrinkB": 0},
        )  # fmt: skip
