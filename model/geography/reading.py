"""Reads a CSV table and reports everything that is wrong with it, at once."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.errors import Fault, GeographyError, nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class Column(NamedTuple):
    """What a column of a table may hold.

    Attributes
    ----------
    name : str
        Name in the header.
    kind : {"text", "number", "whole"}
        ``whole`` is a number without a fraction.
    low, high : float
        Allowed range of a number.
    choices : tuple of str
        Allowed texts; empty means any.
    blank : bool
        An empty field is allowed and read as NaN or as an empty text.
    optional : bool
        The whole column may be absent.
    """

    name: str
    kind: Literal["text", "number", "whole"] = "text"
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    blank: bool = False
    optional: bool = False

    @property
    def allowed(self) -> str:
        """Allowed values, for messages."""
        if self.choices:
            few = ", ".join(self.choices[:8])
            return few if len(self.choices) <= 8 else f"{few}, ..."
        if self.kind == "text":
            return "some text"
        noun = "whole number" if self.kind == "whole" else "number"
        return f"{noun} from {self.low:g} to {self.high:g}"

    def problem_with(self, text: str) -> str:
        """What is wrong with a field, or an empty string."""
        if not text:
            return "" if self.blank else "is empty"
        if self.choices:
            return "" if text in self.choices else "is unknown"
        if self.kind == "text":
            return ""
        try:
            number = float(text)
        except ValueError:
            return "is not a number"
        if not math.isfinite(number):
            return "is not a finite number"
        if self.kind == "whole" and number != int(number):
            return "is not a whole number"
        return "" if self.low <= number <= self.high else "is out of range"


@dataclass(frozen=True)
class Table:
    """A checked table.

    Attributes
    ----------
    file : str
        Name of the file.
    content : str
        Its whole text, with ``\\n`` between lines.
    lines : tuple of int
        Line of each row in the file, counted from 1.
    fields : dict of str to tuple of str
        Texts by column.
    """

    file: str
    content: str
    lines: tuple[int, ...]
    fields: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def __contains__(self, column: object) -> bool:
        """Whether the table has a column."""
        return column in self.fields

    def text(self, column: str) -> tuple[str, ...]:
        """Texts of a column."""
        return self.fields[column]

    def number(self, column: str) -> Floats:
        """Numbers of a column; an empty field is NaN."""
        return np.array([float(text or "nan") for text in self.fields[column]])

    def whole(self, column: str) -> Ints:
        """Whole numbers of a column."""
        return self.number(column).astype(np.int32)

    def index_in(self, column: str, keys: Sequence[str]) -> Ints:
        """Position in ``keys`` of each text of a column."""
        position = {key: i for i, key in enumerate(keys)}
        return np.array([position[text] for text in self.fields[column]], np.int32)


def read_table(path: Path, columns: Sequence[Column]) -> Table:
    """Read a table with a header, in UTF-8, with commas between fields.

    Parameters
    ----------
    path : Path
        A CSV file.
    columns : sequence of Column
        Columns that are read; others are left alone.

    Raises
    ------
    GeographyError
        With one fault for each thing that is wrong.
    """
    content = _content(path)
    lines, rows = _rows(path.name, content)
    header = rows[0]
    found = {c.name: header.index(c.name) for c in columns if c.name in header}
    faults = list(_header_faults(path.name, header, columns))
    if len(rows) == 1:
        faults.append(Fault("has a header but no rows", path.name))
    for line, row in zip(lines[1:], rows[1:], strict=True):
        if len(row) != len(header):
            problem = f"has {len(row)} fields where the header has {len(header)}"
            faults.append(Fault(problem, path.name, line))
            continue
        for column in columns:
            if column.name in found:
                field = row[found[column.name]]
                faults.extend(_field_faults(path.name, line, column, field))
    if faults:
        raise GeographyError(faults)
    fields = {name: tuple(row[i] for row in rows[1:]) for name, i in found.items()}
    return Table(path.name, content, tuple(lines[1:]), fields)


def _content(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise GeographyError([Fault(reason.lower(), str(path))]) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        fault = Fault("is not UTF-8", path.name, line, allowed="text saved as UTF-8")
        raise GeographyError([fault]) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(file: str, content: str) -> tuple[list[int], list[list[str]]]:
    """Lines and fields of the rows that are not blank, header first."""
    reader = csv.reader(io.StringIO(content))
    lines: list[int] = []
    rows: list[list[str]] = []
    try:
        for row in reader:
            if any(field.strip() for field in row):
                lines.append(reader.line_num)
                rows.append([field.strip() for field in row])
    except csv.Error as error:
        raise GeographyError([Fault(str(error), file, reader.line_num)]) from error
    if not rows:
        raise GeographyError([Fault("is empty", file)])
    if len(rows[0]) == 1 and ";" in rows[0][0]:
        problem = "has semicolons between fields"
        raise GeographyError([Fault(problem, file, lines[0], allowed="commas")])
    return lines, rows


def _header_faults(
    file: str, header: Sequence[str], columns: Sequence[Column]
) -> Iterator[Fault]:
    for name, count in Counter(header).items():
        if count > 1:
            yield Fault("column appears twice", file, 1, name)
    spare = [name for name in header if name not in {c.name for c in columns}]
    for column in columns:
        if column.name in header:
            continue
        written = nearest(column.name, spare)
        if written or not column.optional:
            yield Fault(
                "column is missing",
                file,
                1,
                column.name,
                value=written or None,
                nearest=column.name if written else "",
            )


def _field_faults(file: str, line: int, column: Column, text: str) -> Iterator[Fault]:
    problem = column.problem_with(text)
    if problem:
        yield Fault(
            problem,
            file,
            line,
            column.name,
            value=text,
            allowed=column.allowed,
            nearest=nearest(text, column.choices) if column.choices else "",
        )
