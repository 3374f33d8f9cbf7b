"""Cards of sites: which were shown in which block, and how they were composed.

``cards.csv`` holds five blocks of twelve choices among three sites; every level of
every line appears equally often. Of two hundred such designs, drawn with keyed draws,
the one is kept whose choices tell the lines apart best (largest determinant of the
differences within choices).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.survey.codebook import SurveyError, codebook
from model import streams
from model.errors import Fault
from model.geography.reading import Column, read_table

FILE = Path(__file__).with_name("cards.csv")
BLOCKS, SETS, SITES = 5, 12, ("a", "b", "c")
DESIGNS = 200
Floats = NDArray[np.float64]


def read_cards(path: Path = FILE) -> dict[str, Floats]:
    """Cards by block, choice and site: each line, float64[5, 12, 3].

    Raises
    ------
    SurveyError
        If a card is missing, is there twice or says what a card cannot say.
    """
    lines = [Column(item.name, "number", 0.0) for item in codebook().cards]
    table = read_table(
        path,
        [Column("block", "whole", 1, BLOCKS), Column("choice", "whole", 1, SETS),
         Column("site", choices=SITES), *lines],
    )  # fmt: skip
    at = (table.whole("block") - 1, table.whole("choice") - 1,
          table.index_in("site", SITES))  # fmt: skip
    count = np.zeros((BLOCKS, SETS, len(SITES)), np.int64)
    np.add.at(count, at, 1)
    faults = [
        Fault(
            "card is missing" if count[block, choice, site] == 0 else "card is twice",
            path.name,
            key=f"block {block + 1}, choice {choice + 1}, site {SITES[site]}",
        )
        for block, choice, site in np.argwhere(count != 1)
    ]
    if faults:
        raise SurveyError(faults)
    found = {}
    for line in lines:
        found[line.name] = np.empty(count.shape)
        found[line.name][at] = table.number(line.name)
    return found


@cache
def shipped_cards() -> dict[str, Floats]:
    """The cards that come with the codebook."""
    return read_cards()


def compose_cards(key: int) -> pd.DataFrame:
    """A design of cards: the best of many that are balanced.

    Parameters
    ----------
    key : int
        Key of the draws.
    """
    levels = [np.array(item.levels) for item in codebook().cards]
    best, most = _levels(key, 0, levels), -np.inf
    for design in range(DESIGNS):
        cards = _levels(key, design, levels)
        scaled = (cards - cards.mean(axis=0)) / cards.std(axis=0)
        choices = scaled.reshape(BLOCKS * SETS, len(SITES), len(levels))
        inner = (choices - choices.mean(axis=1, keepdims=True)).reshape(len(cards), -1)
        size = np.linalg.slogdet(inner.T @ inner)[1]
        if size > most:
            best, most = cards, size
    frame = pd.DataFrame(best, columns=[item.name for item in codebook().cards])
    place = np.unravel_index(np.arange(len(frame)), (BLOCKS, SETS, len(SITES)))
    frame.insert(0, "block", place[0] + 1)
    frame.insert(1, "choice", place[1] + 1)
    frame.insert(2, "site", np.array(SITES)[place[2]])
    return frame


def _levels(key: int, design: int, levels: list[Floats]) -> Floats:
    """Levels of each line, equally often, in a drawn order; float64[cards, lines]."""
    cards = np.arange(BLOCKS * SETS * len(SITES))
    columns = []
    for k, level in enumerate(levels):
        u = streams.uniforms(
            np.uint64(key), streams.SURVEY_CARDS, design, cards.astype(np.uint64), k
        )
        columns.append(level[cards % len(level)][np.argsort(u)])
    return np.stack(columns, axis=1)
