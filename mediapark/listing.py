"""Commands that show what there is: scenarios, differences, faults, parameters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import typer

from mediapark.api import load_scenario
from mediapark.console import Out
from model.errors import Fault, InputError
from model.scenario import check as check_paths
from model.scenario import explain, json_schema, list_scenarios
from model.simulation import CATALOGUE, vocabulary


def list_all(out: Out, lang: str) -> None:
    """Scenarios, then overrides."""
    entries = list_scenarios()
    out.value(
        [
            {
                "name": entry.name,
                "kind": entry.kind,
                "base": entry.base,
                "title": entry.title[lang],
                "summary": entry.summary[lang],
                "file": entry.file,
            }
            for entry in entries
        ]
    )
    for kind, title in (("scenario", "Scenarios"), ("override", "Overrides")):
        rows = [
            (entry.name, entry.base or "", entry.title[lang])
            for entry in entries
            if entry.kind == kind
        ]
        if kind == "scenario":
            out.table(title, ("name", "base", "title"), rows)
        else:
            out.line("")
            pairs = [(name, text) for name, _, text in rows]
            out.table(f"{title} (add them with +)", ("name", "title"), pairs)
    if out.quiet:
        out.last(" ".join(entry.name for entry in entries if entry.kind == "scenario"))


def explain_difference(
    out: Out, name: str, against: str, settings: tuple[str, ...]
) -> None:
    """Every difference of a scenario against another one."""
    old = load_scenario(against)
    new = load_scenario(name, settings=settings)
    found = explain(old, new)
    out.value(
        [
            {
                "key": one.key,
                "old": one.old,
                "new": one.new,
                "file": one.file,
                "line": one.line,
                "source": one.source,
            }
            for one in found
        ]
    )
    for one in found:
        out.line(str(one))
    for note in new.notes:
        out.line(f"note: {note}")
    out.last(f"{new.name} against {old.name}; differences: {len(found)}")


def check_files(out: Out, paths: Sequence[str]) -> None:
    """Faults of files, or that there are none.

    Raises
    ------
    InputError
        With every fault.
    """
    names = vocabulary()
    if paths:
        faults = [*_missing(paths)] or check_paths(paths, names)
    else:
        with as_file(files("scenarios")) as folder:
            faults = check_paths([folder], names)
    if faults:
        raise InputError(faults)
    out.value({"faults": []})
    out.last("no fault")


def _missing(paths: Sequence[str]) -> list[Fault]:
    """Folders that hold no scenario: nothing would be checked."""
    return [
        Fault("holds no .yaml file", path)
        for path in paths
        if Path(path).is_dir() and not any(Path(path).rglob("*.yaml"))
    ]


def list_parameters(out: Out) -> None:
    """All parameters as a table."""
    declared = [*CATALOGUE]
    out.value(
        [
            {"name": one.name, **vars(one.parameter), "allowed": one.parameter.allowed}
            for one in declared
        ]
    )
    rows = [
        (
            one.name,
            f"{one.parameter.default:g}",
            one.parameter.unit,
            f"{one.parameter.plausible[0]:g} - {one.parameter.plausible[1]:g}",
            one.parameter.role,
            one.parameter.means,
            one.parameter.source,
        )
        for one in declared
    ]
    columns = ("name", ">default", "unit", ">plausible", "role", "meaning", "source")
    out.table("", columns, rows)
    if out.quiet:
        out.last(f"{len(declared)} parameters")


def write_schema(of: Literal["scenario", "override"], path: Path | None) -> None:
    """JSON Schema, to the output or into a file.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    text = json.dumps(json_schema(vocabulary(), of), indent=2, ensure_ascii=False)
    if path is None:
        typer.echo(text)
        return
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        fault = Fault(f"cannot be written: {error.strerror}", str(path))
        raise InputError([fault]) from None
    typer.echo(f"Schema: {path}")
