"""Scenario files: where they are found, and their text.

A file is looked for in the caller's folder first and among the shipped ones then;
overrides live in a folder ``overrides`` beside the scenarios.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Literal

from model.errors import Fault, ScenarioError, nearest
from model.scenario.tree import Node
from model.scenario.vocabulary import some_of

MAX_BYTES = 1_000_000
Kind = Literal["scenario", "override"]


@dataclass(frozen=True)
class Library:
    """Folders with scenario files, the caller's before the shipped one.

    Parameters
    ----------
    folders : tuple of Traversable
        Folders to look in, in order.
    """

    folders: tuple[Traversable, ...] = field(default=())

    @classmethod
    def of(cls, *folders: str | os.PathLike[str] | None) -> Library:
        """The given folders, then the shipped scenarios."""
        given: list[Traversable] = [FilePath(f) for f in folders if f is not None]
        return cls((*given, resources.files("scenarios")))

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Names of all scenarios, or of all overrides, sorted."""
        return tuple(sorted(dict(self._files(kind))))

    def _files(self, kind: Kind) -> Iterator[tuple[str, Traversable]]:
        for folder in reversed(self.folders):
            inner = folder / "overrides" if kind == "override" else folder
            if inner.is_dir():
                for file in inner.iterdir():
                    if file.name.endswith(".yaml"):
                        yield file.name.removesuffix(".yaml"), file

    def find(self, kind: Kind, name: str, cause: Node | None = None) -> Traversable:
        """The file of a name.

        Raises
        ------
        ScenarioError
            If there is none; the message stands at ``cause``.
        """
        files = dict(self._files(kind))
        if name in files:
            return files[name]
        cause = cause or Node(None)
        key = "base" if kind == "scenario" else "overrides"
        names = self.names(kind)
        raise ScenarioError(
            [
                Fault(
                    f"unknown {kind}",
                    cause.file,
                    cause.line,
                    key if cause.file else "",
                    name,
                    allowed=some_of(names, name),
                    nearest=nearest(name, names),
                )
            ]
        )


def read_text(file: Traversable) -> str:
    """Text of a scenario file.

    Raises
    ------
    ScenarioError
        If it is missing, too large, or not a text in UTF-8.
    """
    shown = file_name(file)
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        problem, allowed = "there is no such file", ""
    except OSError as error:
        problem, allowed = f"cannot be read: {error.strerror}", ""
    else:
        if len(content) > MAX_BYTES:
            problem, allowed = "the file is too large", f"up to {MAX_BYTES:,} bytes"
        elif b"\0" in content:
            problem, allowed = "is not a text file", "YAML in UTF-8"
        else:
            try:
                return content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                line = content.count(b"\n", 0, error.start) + 1
                allowed = "YAML in UTF-8"
                raise ScenarioError(
                    [Fault("is not UTF-8", shown, line, allowed=allowed)]
                ) from None
    raise ScenarioError([Fault(problem, shown, allowed=allowed)])


def file_name(file: Traversable) -> str:
    """Name of a file for messages: short for shipped ones."""
    shipped = resources.files("scenarios")
    for folder in ("", "overrides"):
        inside = shipped / folder if folder else shipped
        if file == inside / file.name:
            return "/".join(part for part in ("scenarios", folder, file.name) if part)
    return str(file)
