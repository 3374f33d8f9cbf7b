"""One column of texts becomes codes or numbers; what cannot be is told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from calibration.survey.codebook import Item, neighbourhood_codes

NO_ANSWER = ("", "NA", ".")
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """Answers of a column, and where there was something else.

    Attributes
    ----------
    values : array or Categorical
        Ready for a frame.
    refused : dict of str to int64[k]
        Positions by problem.
    numbers : float64[n] or None
        What stood there as numbers; None for texts.
    """

    values: Any
    refused: dict[str, NDArray[np.int64]]
    numbers: NDArray[np.float64] | None = None

    def shown(self, where: NDArray[np.int64]) -> Iterator[float | int | None]:
        """Refused values that may be shown: numbers only."""
        if self.numbers is not None:
            for value in self.numbers[where]:
                whole = value == np.floor(value)
                yield None if np.isnan(value) else int(value) if whole else float(value)


def parse(texts: Any, item: Item, decimal_comma: bool) -> Column:
    """Answers of one column.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray of strings
    item : Item
    decimal_comma : bool
        Whether a comma in a number is decimal.
    """
    texts = pc.utf8_trim_whitespace(texts)
    blank = _bools(pc.is_in(texts, pa.array(NO_ANSWER)))
    if item.type == "id":
        values = texts.to_pandas().astype("str").mask(blank)
        return Column(values, {})
    if item.codes:
        return _codes(texts, blank, item)
    if item.type == "month":
        return _months(texts, blank, item)
    return _numbers(texts, blank, item, decimal_comma)


def _codes(texts: Any, blank: Bools, item: Item) -> Column:
    found = pc.index_in(pc.utf8_lower(texts), pa.array(item.codes))
    codes = np.asarray(pc.fill_null(found, -1)).astype(np.int64)
    values = pd.Categorical.from_codes(codes, categories=pd.Index(item.codes))
    return Column(values, _where({"is no answer of this item": (codes < 0) & ~blank}))


def _numbers(texts: Any, blank: Bools, item: Item, decimal_comma: bool) -> Column:
    comma = _bools(pc.match_substring(texts, ",")) & ~blank
    if decimal_comma:
        texts, comma = pc.replace_substring(texts, ",", "."), np.zeros_like(comma)
    clean = pc.match_substring_regex(texts, _NUMBER)
    held = pc.cast(pc.if_else(clean, texts, None), pa.float64())
    numbers = np.asarray(pc.fill_null(held, np.nan), dtype=np.float64)
    no_number = np.isnan(numbers) & ~blank
    off = np.zeros_like(blank)
    if item.type in ("whole", "year", "neighbourhood"):
        off = ~np.isnan(numbers) & (numbers != np.floor(numbers))
    beyond = ~off & _outside(numbers, item)
    problems = {
        "has a comma: a decimal point is wanted": no_number & comma,
        "is not a number": no_number & ~comma,
        "is not a whole number": off,
        "cannot be": beyond,
    }
    values = np.where(off | beyond, np.nan, numbers)
    return Column(values, _where(problems), numbers)


def _months(texts: Any, blank: Bools, item: Item) -> Column:
    clean = pc.match_substring_regex(texts, _MONTH)
    held = pc.if_else(clean, texts, None)
    year, month = (
        np.asarray(pc.fill_null(pc.cast(part, pa.float64()), np.nan), np.float64)
        for part in (
            pc.utf8_slice_codeunits(held, 0, 4),
            pc.utf8_slice_codeunits(held, 5, 7),
        )
    )
    beyond = _outside(year, item)
    problems = {
        "is no month": np.isnan(year) & ~blank,
        "cannot be": beyond,
    }
    values = np.where(beyond, np.nan, year * 12.0 + month - 1.0)
    return Column(values, _where(problems))


def _outside(numbers: NDArray[np.float64], item: Item) -> Bools:
    """Where a number is outside of what can be; not where there is none."""
    known = ~np.isnan(numbers)
    if item.type == "neighbourhood":
        return np.asarray(known & ~np.isin(numbers, neighbourhood_codes()))
    if item.range is None:
        return np.zeros_like(known)
    low, high = item.range
    return np.asarray(known & ((numbers < low) | (numbers > high)))


def _where(problems: dict[str, Bools]) -> dict[str, NDArray[np.int64]]:
    return {name: np.flatnonzero(at) for name, at in problems.items() if at.any()}


def _bools(values: Any) -> Bools:
    return np.asarray(values, dtype=np.bool_)
