"""Reads a file of answers: every fault by row and column, and the rest is kept.

A file that is no table, lacks the respondent or misspells an item is refused as a
whole. An answer that cannot be is set aside, alone: the other answers of its row stay.
What a person answered is never shown as a row; of a refused answer only a number is
shown, never a text, which might name somebody.

Everything works on whole columns, so that a million rows take seconds.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from calibration.survey.answers import Column, parse
from calibration.survey.codebook import (
    ABOUT_THE_ROW,
    PARTS,
    RESPONDENT,
    SYNTHETIC,
    WEIGHT,
    YES,
    Item,
    Part,
    SurveyError,
    codebook,
    limits,
)
from model.errors import Fault

ROW = "row"  # column of the frame: row of the file, header 1
SYNTHETIC_IDS = "synthetic-"
_TOLD = 100  # faults that a file is refused with
_ALIKE = 0.75  # likeness from which a column is taken for a misspelt item
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Refused:
    """Answers of one column that cannot be, for one reason.

    Attributes
    ----------
    column, problem, allowed : str
    rows : int64[k]
        Rows of the file, counted from 1, the header being 1.
    values : tuple
        What stood there, where it is a number; None elsewhere. Empty: None for all.
    """

    column: str
    problem: str
    rows: NDArray[np.int64]
    allowed: str = ""
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Survey:
    """Answers of one part of the survey.

    Attributes
    ----------
    part : {"workers", "firms"}
    file : str
        Name of the file.
    synthetic : bool
        Whether the file says that nobody gave these answers.
    frame : DataFrame
        One row a respondent: codes as categories, numbers as floats (NaN: no answer),
        months counted as in ``model.months``; ``row`` is the row of the file.
    read : int
        Rows of the file below the header.
    refused : tuple of Refused
    notes : tuple of str
        What a reader of the file should know besides.
    """

    part: Part
    file: str
    synthetic: bool
    frame: pd.DataFrame = field(repr=False)
    read: int
    refused: tuple[Refused, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> int:
        """Rows that stay."""
        return len(self.frame)

    @property
    def fault_count(self) -> int:
        """Number of answers and rows that were set aside."""
        return sum(len(one.rows) for one in self.refused)

    def faults(self) -> Iterator[Fault]:
        """One fault for each answer or row that was set aside."""
        for one in self.refused:
            for k, row in enumerate(one.rows):
                value = one.values[k] if one.values else None
                yield Fault(
                    one.problem, self.file, int(row), one.column, value, one.allowed
                )

    def number(self, column: str) -> NDArray[np.float64]:
        """Numbers of a column; NaN where there is no answer, or no such column."""
        if column not in self.frame:
            return np.full(self.kept, np.nan)
        return self.frame[column].to_numpy(np.float64)

    def code(self, column: str) -> NDArray[np.int64]:
        """Position of each answer among the item's codes; -1 for no answer."""
        if column not in self.frame:
            return np.full(self.kept, -1)
        return np.asarray(self.frame[column].cat.codes, np.int64)

    def is_code(self, column: str, code: str) -> Bools:
        """Where a column holds a code."""
        codes = codebook().columns(self.part)[column].codes
        return np.asarray(self.code(column) == codes.index(code))


class _Sheet(NamedTuple):
    """A file as a table of texts."""

    table: pa.Table
    rows: NDArray[np.int64]
    ragged: dict[int, int]
    width: int
    decimal_comma: bool


def read_survey(path: Path | str, part: Part | None = None) -> Survey:
    """Read the answers of workers or firms.

    Parameters
    ----------
    path : Path or str
        CSV in UTF-8, with or without byte order mark; commas, semicolons or tabs
        between fields. With semicolons or tabs, a comma in a number is decimal.
    part : {"workers", "firms"}, optional
        Which part of the survey; told from the columns if not given.

    Returns
    -------
    Survey

    Raises
    ------
    SurveyError
        If the file cannot be read, is empty, names nobody or misspells an item.
    """
    path = Path(path)
    sheet = _sheet(path)
    names = sheet.table.column_names
    part = part or _part_of(names)
    items = codebook().columns(part)
    notes = _refuse_header(path.name, names, items)
    refused = [
        Refused("", f"has {found} fields where the header has {sheet.width}",
                np.array([row]))
        for row, found in sheet.ragged.items()
    ]  # fmt: skip
    columns: dict[str, Any] = {ROW: sheet.rows}
    for name, item in items.items():
        if name in names:
            column = parse(sheet.table[name], item, sheet.decimal_comma)
            columns[name] = column.values
            refused += list(_refusals(name, item, column, sheet.rows))
    frame = pd.DataFrame(columns)
    refused += list(_impossible_together(frame, part))
    frame, gone = _without_strays(frame)
    refused += gone
    notes += list(_notes(frame, items, sheet.decimal_comma))
    survey = Survey(
        part, path.name, _is_synthetic(frame), frame,
        len(sheet.rows) + len(sheet.ragged), tuple(refused), tuple(notes),
    )  # fmt: skip
    if not survey.kept:
        why = islice(survey.faults(), _TOLD)
        raise SurveyError([*why, Fault("has no row that can be used", path.name)])
    _refuse_weightless(path.name, frame)
    return survey


def _sheet(path: Path) -> _Sheet:
    content = _content(path)
    head = content.split(b"\n", 1)[0].decode("utf-8")
    delimiter = max(",;\t", key=head.count)
    names = [
        name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter))
    ]
    ragged: dict[int, int] = {}

    def set_aside(row: Any) -> str:
        if row.text.strip(f'{delimiter} \r\n"'):
            ragged[row.number] = row.actual_columns
        else:
            ragged[row.number] = 0  # A blank line.
        return "skip"

    try:
        table = pa.csv.read_csv(
            io.BytesIO(content),
            pa.csv.ReadOptions(use_threads=False, skip_rows=1, column_names=names),
            pa.csv.ParseOptions(
                delimiter=delimiter, invalid_row_handler=set_aside,
                newlines_in_values=True, ignore_empty_lines=False,
            ),
            pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=False,
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        reason = str(error).partition(":")[2].split(". ")[0].strip() or "is no table"
        raise SurveyError(
            [Fault(f"is no table of answers: {reason}", path.name)]
        ) from error
    if not len(table):
        problem = "has a header but no rows"
        if any(ragged.values()):
            problem = "has no row with as many fields as the header: an open quote?"
        raise SurveyError([Fault(problem, path.name)])
    every = np.arange(2, 2 + len(table) + len(ragged))
    rows = every[~np.isin(every, list(ragged))]
    known = {row: found for row, found in ragged.items() if found}
    return _Sheet(table, rows, known, len(names), delimiter != ",")


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise SurveyError([Fault(reason, str(path))]) from error
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        allowed = "text saved as CSV UTF-8"
        raise SurveyError(
            [Fault("is not UTF-8", path.name, line, allowed=allowed)]
        ) from error
    if not text.strip():
        raise SurveyError([Fault("is empty", path.name)])
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _part_of(names: Sequence[str]) -> Part:
    """The part that a file's columns belong to."""
    shared = {part: len(set(names) & set(codebook().columns(part))) for part in PARTS}
    return max(PARTS, key=lambda part: shared[part])


def _refuse_header(file: str, names: list[str], items: dict[str, Item]) -> list[str]:
    faults = [
        Fault("column appears twice", file, 1, name)
        for name, count in Counter(names).items()
        if count > 1
    ]
    missing = [name for name in items if name not in names]
    spare = [name for name in names if name not in items]
    misspelt = {name: _misspelt(name, missing) for name in spare}
    faults += [
        Fault("is no item of the codebook", file, 1, name, nearest=near)
        for name, near in misspelt.items()
        if near
    ]
    if not set(names) & (set(items) - set(ABOUT_THE_ROW)):
        allowed = "the columns of the codebook: mediapark survey codebook"
        faults.append(Fault("holds no item of the survey", file, 1, allowed=allowed))
    elif RESPONDENT in missing and RESPONDENT not in misspelt.values():
        problem = "column is missing: rows must say whose answers they are"
        faults.append(Fault(problem, file, 1, RESPONDENT))
    if faults:
        raise SurveyError(faults)
    notes = []
    if spare:
        notes.append(f"not in the codebook, not read: {', '.join(spare)}")
    left_out = sorted({items[name].name for name in missing} - set(ABOUT_THE_ROW))
    if left_out:
        notes.append(f"items that the file leaves out: {', '.join(left_out)}")
    return notes


def _misspelt(name: str, missing: Sequence[str]) -> str:
    """The item that a column must have meant, or an empty text."""
    found = get_close_matches(name, missing, n=1, cutoff=_ALIKE)
    return found[0] if found else ""


def _refusals(
    name: str, item: Item, column: Column, rows: NDArray[np.int64]
) -> Iterator[Refused]:
    for problem, where in column.refused.items():
        shown = tuple(column.shown(where))
        yield Refused(name, problem, rows[where], item.allowed, shown)


def _impossible_together(frame: pd.DataFrame, part: Part) -> Iterator[Refused]:
    """Answers that are possible alone and not with another; they are taken out."""
    for column, ceiling in limits(codebook().items(part)):
        if column in frame and ceiling in frame:
            over = (frame[column] > frame[ceiling]).to_numpy()
            if over.any():
                yield Refused(
                    column, f"is more than {ceiling}", frame[ROW].to_numpy()[over]
                )
                frame.loc[over, column] = np.nan
    for rule in codebook().sums:
        held = [name for name in rule.items if name in frame]
        if rule.part == part and held:
            over = (frame[held].sum(axis=1) > rule.at_most).to_numpy()
            if over.any():
                problem = f"add up to more than {rule.at_most:g}"
                yield Refused(", ".join(held), problem, frame[ROW].to_numpy()[over])
                frame.loc[over, held] = np.nan


def _without_strays(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Refused]]:
    """Rows of nobody, rows of somebody who answered already, and empty rows go."""
    rows = frame[ROW].to_numpy()
    answers = [name for name in frame if name not in (*ABOUT_THE_ROW, ROW)]
    silent = frame[answers].isna().all(axis=1).to_numpy()
    nameless = frame[RESPONDENT].isna().to_numpy()
    nobody = nameless & ~silent  # A blank line is no fault.
    again = frame[RESPONDENT].duplicated().to_numpy() & ~nameless
    silent = silent & ~nameless & ~again
    gone = [
        Refused(RESPONDENT, problem, rows[where])
        for problem, where in (
            ("is empty: the row belongs to nobody", nobody),
            ("has answered already: the row is left out", again),
            ("has answered nothing: the row is left out", silent),
        )
        if where.any()
    ]
    kept = ~(nameless | again | silent)
    return frame[kept].reset_index(drop=True), gone


def _notes(frame: pd.DataFrame, items: dict[str, Item], comma: bool) -> Iterator[str]:
    answers = [str(name) for name in frame if name not in (*ABOUT_THE_ROW, ROW)]
    if comma:
        yield "semicolons or tabs between fields: commas in numbers are decimal"
    twins = int(frame[answers].duplicated().sum()) if len(frame) else 0
    if twins:
        yield f"rows whose answers are those of an earlier row: {twins:,}"
    empty = sorted({items[n].name for n in answers if frame[n].isna().all()})
    if empty:
        yield f"items that nobody answered: {', '.join(empty)}"
    if WEIGHT in frame:
        zero = int((frame[WEIGHT].fillna(1.0) == 0.0).sum())
        if zero:
            yield f"rows of weight zero, which count for nothing: {zero:,}"


def _refuse_weightless(file: str, frame: pd.DataFrame) -> None:
    if WEIGHT in frame and (frame[WEIGHT].fillna(1.0) == 0.0).all():
        problem = "all weights are zero: nobody would count"
        raise SurveyError([Fault(problem, file, key=WEIGHT, allowed="some above 0")])


def _is_synthetic(frame: pd.DataFrame) -> bool:
    """Whether any row says that it was drawn: one is enough to say so of all."""
    said = SYNTHETIC in frame and bool((frame[SYNTHETIC] == YES).any())
    named = frame[RESPONDENT].astype(str).str.startswith(SYNTHETIC_IDS)
    return said or bool(named.any())
