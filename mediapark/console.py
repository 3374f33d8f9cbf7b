"""What a command says, and where: results to the output, progress beside it.

``--json`` prints one JSON value and nothing else; ``--quiet`` the last line only.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)
from rich.table import Table

if TYPE_CHECKING:
    from experiments.precision import Precision

WRONG_INPUT = 2
FAILED = 1
STOPPED = 130
_SECONDS_BETWEEN_LINES = 5.0
_WIDTH_OF_FILES = 200


@dataclass(frozen=True)
class Out:
    """Where a command speaks.

    Parameters
    ----------
    quiet, json : bool
        As on the command line.
    """

    quiet: bool = False
    json: bool = False

    @property
    def chatty(self) -> bool:
        """Whether tables and progress are wanted."""
        return not (self.quiet or self.json)

    def value(self, value: object) -> None:
        """The JSON value, where it was asked for."""
        if self.json:
            text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
            typer.echo(text)

    def line(self, text: str) -> None:
        """A line for people."""
        if self.chatty:
            typer.echo(text)

    def last(self, text: str) -> None:
        """The line that says where results lie."""
        if not self.json:
            typer.echo(text)

    def note(self, text: str) -> None:
        """A line beside the output: a warning, or how to go on."""
        typer.echo(text, err=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """A table for people; columns that begin with ``>`` are numbers."""
        if not self.chatty:
            return
        shown = Table(title=title or None, title_justify="left", box=None)
        for place, column in enumerate(columns):
            number = column.startswith(">")
            shown.add_column(
                column.removeprefix(">"),
                justify="right" if number else "left",
                no_wrap=number or place == 0,
            )
        for row in rows:
            shown.add_row(*(str(cell) for cell in row))
        console = Console(file=sys.stdout, markup=False, highlight=False)
        if not console.is_terminal:
            console.width = _WIDTH_OF_FILES
        console.print(shown)


@contextmanager
def telling_faults(as_json: bool) -> Iterator[None]:
    """Turn a wrong input into one line for each fault and the exit code 2."""
    from model.errors import InputError  # Light, but not needed for ``--help``.

    try:
        yield
    except InputError as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        if as_json:
            faults = [str(fault) for fault in error.faults]
            typer.echo(json.dumps({"faults": faults}, indent=2, ensure_ascii=False))
        raise typer.Exit(WRONG_INPUT) from None


@dataclass(frozen=True)
class Count:
    """How far a long command is.

    Attributes
    ----------
    done, total : int
        Steps.
    seconds_left : float or None, s
        None while nobody knows.
    partial : str
        Results so far.
    """

    done: int
    total: int
    seconds_left: float | None
    partial: str = ""


@contextmanager
def counting(out: Out, what: str) -> Iterator[Callable[[Count], None]]:
    """Show progress: a bar on a terminal, a line now and then elsewhere."""
    if not out.chatty:
        yield lambda count: None
        return
    console = Console(stderr=True, markup=False, highlight=False)
    if not console.is_terminal:
        yield _Lines(what)
        return
    bar = Progress(
        TextColumn("{task.description}", markup=False), BarColumn(bar_width=24),
        MofNCompleteColumn(), TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[partial]}", markup=False),
        console=console, transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task(what, total=None, left="", partial="")
        yield lambda count: _move(bar, task, count)


def _move(bar: Progress, task: TaskID, count: Count) -> None:
    left = time_left(count.seconds_left)
    bar.update(
        task, completed=count.done, total=count.total, left=left, partial=count.partial
    )


class _Lines:
    """Progress as plain lines, where there is no terminal."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.next = time.monotonic() + _SECONDS_BETWEEN_LINES

    def __call__(self, count: Count) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + _SECONDS_BETWEEN_LINES
        parts = [
            f"{self.what}: {count.done} of {count.total}",
            time_left(count.seconds_left),
            count.partial,
        ]
        typer.echo(", ".join(part for part in parts if part), err=True)


def time_left(seconds: float | None) -> str:
    """Time left in words."""
    return "" if seconds is None else f"{time_in_words(seconds)} left"


def time_in_words(seconds: float) -> str:
    """A length of time in the unit that fits."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def size_in_words(size: float) -> str:
    """A number of bytes in the unit that fits."""
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 1000:
            return f"{size:.0f} {unit}"
    return f"{size / 1000:.1f} GB"


def precision_lines(found: list[Precision]) -> list[str]:
    """How well each difference is known, in words."""
    lines = []
    for one in found:
        known = f"{one.difference:+,.3g} ±{one.half_width:,.2g}"
        word = "known after" if one.reached else "not known well enough after"
        lines.append(f"{one.variant}: {known}, {word} {one.replicates} replicates")
    return lines
