"""``mediapark query`` and ``bundle``: ask a folder of results, and pack it."""

from __future__ import annotations

import sys
from pathlib import Path

from mediapark.console import Out, size_in_words
from mediapark.headline import plain

_STANDARD_INPUT = "-"
_SHOWN = 50


def ask_folder(
    out: Out, folder: Path, sql: str, reference: str | None, file: Path | None
) -> None:
    """Ask, and show the answer or write it into a file."""
    from experiments.query import ask, write_answer

    question = sys.stdin.read() if sql == _STANDARD_INPUT else sql
    answer = ask(folder, question, reference)
    if file is not None:
        write_answer(answer, file)
        out.last(f"Answer: {file}, {len(answer):,} rows")
        return
    out.value([plain(row) for row in answer.to_dict("records")])
    numbers = answer.select_dtypes("number").columns
    columns = [f">{name}" if name in numbers else name for name in answer.columns]
    shown = answer.head(_SHOWN).to_dict("records")
    rows = [[_cell(value) for value in row.values()] for row in shown]
    out.table("", columns, rows)
    more = len(answer) - _SHOWN
    rest = (
        f", of which {_SHOWN} are shown; --out FILE.csv writes all" if more > 0 else ""
    )
    out.last(f"{len(answer):,} rows{rest}")


def pack_folder(out: Out, folder: Path, file: Path | None) -> None:
    """Pack a folder, and say where the file lies."""
    from experiments.bundle import bundle_folder

    packed = bundle_folder(folder, file)
    size = packed.stat().st_size
    out.value({"file": str(packed), "bytes": size})
    out.last(f"Bundle: {packed}, {size_in_words(size)}")


def _cell(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
