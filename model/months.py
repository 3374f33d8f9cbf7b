"""Months as plain integers: ``12 * year + month - 1``.

The difference of two is a number of months; files and tables write ``2026-09``.
"""

from __future__ import annotations

import re

_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_number(text: str) -> int:
    """Number of a month written ``YYYY-MM``.

    Raises
    ------
    ValueError
        If the text is not a month.
    """
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise ValueError(f"not a month (YYYY-MM): {text!r}")
    return 12 * int(found[1]) + int(found[2]) - 1


def month_name(number: int) -> str:
    """The month of a number, written ``YYYY-MM``."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
