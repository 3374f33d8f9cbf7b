"""Who talks with whom: a triangle of subsectors, levels and differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.comparison.people import PAIRS
from experiments.comparison.statistics import Band
from experiments.comparison.tables import Floats
from experiments.report.maps import style_of
from experiments.report.svg import Drawing
from experiments.report.texts import Texts

CELL, TALL = 76, 34
LEFT, TOP, RIGHT = 96, 6, 8
LEVELS = (0.01, 0.05, 0.10, 0.20)  # share of all talks of the reference
CHANGES = (0.10, 0.50, 1.00, 2.00)  # of the reference's talks of the pair


def level_matrix(
    talks: Floats, whole: float, names: Sequence[str], texts: Texts
) -> Drawing:
    """Talks a year between each two subsectors.

    Parameters
    ----------
    talks : float64[15], talks/year
    whole : float, talks/year
        All talks, within and across employers: what shades are shares of.
    names : sequence of str
        Subsectors.
    texts : Texts
    """
    shade = np.searchsorted(LEVELS, talks / max(whole, 1.0), side="right")
    words = [texts.number(float(value)) for value in talks]
    return _triangle(words, [int(level) for level in shade], names)


def change_matrix(
    found: Sequence[Band], reference: Floats, names: Sequence[str], texts: Texts
) -> Drawing:
    """Paired differences of talks; in brackets, without colour, where they may be none.

    Parameters
    ----------
    found : sequence of Band, talks/year
    reference : float64[15], talks/year
    names : sequence of str
        Subsectors.
    texts : Texts
    """
    words, shades = [], []
    for one, before in zip(found, reference, strict=True):
        words.append(bracketed(texts.signed(one.median), one))
        share = abs(one.median) / max(float(before), 1.0)
        level = int(np.searchsorted(CHANGES, share, side="right"))
        sign = 1 if one.median > 0 else -1
        shades.append(0 if one.covers_zero else sign * level)
    return _triangle(words, shades, names)


def bracketed(words: str, found: Band) -> str:
    """A difference in brackets where its band covers zero, exact zeros apart."""
    is_unsure = found.covers_zero and (found.low != 0.0 or found.high != 0.0)
    return f"({words})" if is_unsure else words


def _triangle(
    words: Sequence[str], shades: Sequence[int], names: Sequence[str]
) -> Drawing:
    count = len(names)
    drawing = Drawing(LEFT + count * CELL + RIGHT, TOP + count * TALL + 26)
    for (first, second), text, shade in zip(PAIRS, words, shades, strict=True):
        x, y = LEFT + first * CELL, TOP + second * TALL
        tip = f"{names[first]} – {names[second]}: {text}"
        drawing.rect((x, y), (CELL - 2, TALL - 2), f"square {style_of(shade)}", tip)
        ink = "inverse" if abs(shade) > 2 else "label"
        at = (x + CELL / 2 - 1, y + TALL / 2 + 4)
        drawing.text(at, text, f"{ink} figure", "middle")
    for index, name in enumerate(names):
        middle = TOP + index * TALL + TALL / 2 + 4
        drawing.text((LEFT - 8, middle), name, "label", "end")
        below = (LEFT + index * CELL + CELL / 2 - 1, TOP + count * TALL + 14)
        drawing.text(below, name, "tick", "middle")
    return drawing
