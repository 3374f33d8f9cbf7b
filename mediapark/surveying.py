"""``mediapark survey``: check answers, draw synthetic ones, estimate, the codebook."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from calibration.estimates import Estimates, estimates
from calibration.ground import base_ground
from calibration.page.survey import row_of, write_results
from calibration.said import PACKAGE
from calibration.survey.codebook import PARTS, Item, SurveyError, codebook
from calibration.survey.reading import Survey, read_survey
from calibration.survey.synthetic import FOLDER, draw_survey, write_survey
from mediapark.console import WRONG_INPUT, Out
from mediapark.headline import plain
from model.errors import Fault, InputError
from model.simulation import CATALOGUE
from model.texts import Phrases

_SHOWN = 100  # faults on the screen
SYNTHETIC = "SYNTHETIC: drawn by a program, answered by nobody"


def show_codebook(out: Out, lang: str) -> None:
    """Every column of both parts, with the question in a language."""
    book = codebook()
    out.value({part: [i.model_dump() for i in book.items(part)] for part in PARTS})
    for part in PARTS:
        rows = [
            (_columns(item), getattr(item.label, lang), _answers(item, lang),
             ", ".join(item.informs))
            for item in book.items(part)
        ]  # fmt: skip
        out.table(part, ("column", "question", "answers", "informs"), rows)
        out.line("")
    counts = ", ".join(f"{part}: {len(book.columns(part))} columns" for part in PARTS)
    out.last(counts)


def _columns(item: Item) -> str:
    first, last = item.columns[0], item.columns[-1]
    return first if first == last else f"{first} to {last.rpartition('_')[2]}"


def _answers(item: Item, lang: str) -> str:
    if item.answers:
        return "; ".join(f"{k}: {getattr(v, lang)}" for k, v in item.answers.items())
    return item.allowed


def check_answers(out: Out, files: Sequence[Path], report: Path | None) -> None:
    """Name every fault of some files, and say how many rows stay.

    Raises
    ------
    InputError
        If a file cannot be used at all.
    typer.Exit
        With the code of a wrong input, if there was a fault.
    """
    surveys = [read_survey(path) for path in files]
    if report is not None:
        _write_faults(surveys, report)
    out.value(
        [
            {
                "file": s.file, "part": s.part, "synthetic": s.synthetic,
                "rows": s.read, "kept": s.kept, "notes": s.notes,
                "faults": [str(fault) for fault in s.faults()],
            }
            for s in surveys
        ]
    )  # fmt: skip
    for one in surveys:
        _tell_faults(out, one, report)
        for note in one.notes:
            out.line(f"{one.file}: {note}")
        if one.synthetic:
            out.line(f"{one.file}: {SYNTHETIC}")
        out.last(
            f"{one.file}: answers of {one.part}; rows: {one.read:,}, of which "
            f"{one.kept:,} stay; faults: {one.fault_count:,}"
        )
    if any(one.fault_count for one in surveys):
        raise typer.Exit(WRONG_INPUT)


def _tell_faults(out: Out, one: Survey, report: Path | None) -> None:
    if out.json:
        return
    for fault in islice(one.faults(), _SHOWN):
        out.note(str(fault))
    if one.fault_count > _SHOWN:
        where = f"all stand in {report}" if report else "--out FILE writes all"
        out.note(f"{one.file}: and {one.fault_count - _SHOWN:,} more: {where}")


def _write_faults(surveys: Sequence[Survey], report: Path) -> None:
    columns = ("file", "row", "column", "problem", "found", "allowed")
    try:
        with report.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(columns)
            for one in surveys:
                for f in one.faults():
                    table.writerow(
                        (f.file, f.line, f.key, f.problem, f.value, f.allowed)
                    )
    except OSError as error:
        reason = f"cannot be written: {error.strerror}"
        raise InputError([Fault(reason, str(report))]) from None


def draw_answers(out: Out, key: int, settings: Sequence[str], folder: Path) -> None:
    """Draw both parts of a synthetic survey into a folder."""
    ground = base_ground(_changes(settings))
    files = write_survey(draw_survey(key, ground), folder)
    out.value({"files": [str(file) for file in files], "synthetic": True})
    out.last(f"{SYNTHETIC}: {', '.join(str(file) for file in files)}")


def _changes(settings: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Parameters that were set, checked."""
    values: dict[str, object] = {}
    for setting in settings:
        name, _, text = setting.partition("=")
        try:
            values[name.strip()] = float(text)
        except ValueError:
            values[name.strip()] = text
    faults = list(CATALOGUE.faults(values))
    if faults:
        raise InputError(faults)
    return tuple((name, float(str(value))) for name, value in values.items())


def estimate_survey(
    out: Out, files: tuple[Path | None, Path | None], folder: Path, lang: str = "en"
) -> None:
    """Weigh, estimate and write; the shipped synthetic files where none is given."""
    workers, firms = files
    if workers is None and firms is None:
        workers, firms = FOLDER / "workers.csv", FOLDER / "firms.csv"
    found = estimates(_read(workers, "workers"), _read(firms, "firms"))
    written = write_results(found, folder, lang)
    out.value(
        {
            "synthetic": found.synthetic,
            "estimates": [plain(row) for row in found.table.to_dict("records")],
            "notes": [str(note) for note in found.notes],
            "files": [str(file) for file in written],
        }
    )
    _tell_estimates(out, found)
    said = f" ({SYNTHETIC})" if found.synthetic else ""
    out.last(f"What the survey says{said}: {written[0]}")


def _read(path: Path | None, part: Any) -> Survey | None:
    if path is None:
        return None
    found = read_survey(path)
    if found.part != part:
        problem = f"holds answers of {found.part}"
        raise SurveyError([Fault(problem, path.name, allowed=f"answers of {part}")])
    return found


def _tell_estimates(out: Out, found: Estimates) -> None:
    title = SYNTHETIC if found.synthetic else ""
    names = ("name", "value", "error", "unit", "n", "kish", "prior")
    columns = ("estimate", ">value", ">error", "unit", ">n", ">Kish n", "prior")
    told = [row_of(one, Phrases("en", PACKAGE)) for one in found.estimates]
    rows = [[row[name] for name in names] for row in told]
    out.table(title, columns, rows)
    for survey in found.surveys:
        if survey.fault_count:
            out.note(
                f"{survey.file}: {survey.fault_count:,} answers or rows set aside; "
                f"mediapark survey check {survey.file} names them"
            )
    for note in found.notes:
        out.note(str(note))
