"""What is there, and whether it can be used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from model.errors import Fault, ScenarioError
from model.scenario.documents import OverrideFile, ScenarioFile, read_document
from model.scenario.faults import distinct
from model.scenario.files import Kind, Library, file_name
from model.scenario.resolve import read_scenario
from model.scenario.vocabulary import Vocabulary


@dataclass(frozen=True)
class Entry:
    """A scenario or override that may be asked for by name.

    Attributes
    ----------
    name : str
        Name.
    kind : {"scenario", "override"}
        What it is.
    title, summary : mapping of str to str
        Texts by language.
    base : str or None
        Name of the base of a scenario.
    file : str
        File it stands in.
    """

    name: str
    kind: Kind
    title: Mapping[str, str]
    summary: Mapping[str, str]
    base: str | None
    file: str


def list_scenarios(
    folder: str | os.PathLike[str] | None = None,
) -> tuple[Entry, ...]:
    """Scenarios, then overrides, each by name.

    Parameters
    ----------
    folder : path or None
        Folder to look in before the shipped one.

    Raises
    ------
    ScenarioError
        With the faults of the files whose upper part cannot be read.
    """
    library = Library.of(folder)
    found: list[Entry] = []
    faults: list[Fault] = []
    models: dict[Kind, type[ScenarioFile] | type[OverrideFile]] = {
        "scenario": ScenarioFile,
        "override": OverrideFile,
    }
    for kind, model in models.items():
        for name in library.names(kind):
            file = library.find(kind, name)
            document = read_document(file, model, None)
            header = document.header
            if header is None:
                faults += document.faults
                continue
            base = header.base if isinstance(header, ScenarioFile) else None
            texts = (header.title, header.summary)
            found.append(Entry(name, kind, *texts, base, file_name(file)))
    if faults:
        raise ScenarioError(faults)
    return tuple(found)


def check(
    paths: Iterable[str | os.PathLike[str]],
    vocabulary: Vocabulary,
    folder: str | os.PathLike[str] | None = None,
) -> list[Fault]:
    """All faults of some files; empty where all can be used.

    Parameters
    ----------
    paths : iterable of path or str
        Scenario files or names, override files (in a folder ``overrides``), and
        folders, of which every ``.yaml`` file is taken.
    vocabulary : Vocabulary
        Names that the model knows.
    folder : path or None
        Folder to look in before the shipped one.
    """
    faults: list[Fault] = []
    for file in _files(paths):
        try:
            if file.parent.name == "overrides":
                faults += read_document(file, OverrideFile, vocabulary).faults
            else:
                read_scenario(file, vocabulary, folder=folder)
        except ScenarioError as error:
            faults += error.faults
    return distinct(faults)


def _files(paths: Iterable[str | os.PathLike[str]]) -> Iterable[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(path.rglob("*.yaml"))
        else:
            yield path
