"""From a name, overrides and settings to one frozen scenario.

The priority in one sentence: base < overrides in order < the scenario's own keys <
``--set``.  ``full-plan+slippage`` is a scenario without keys of its own, whose base
is ``full-plan`` and whose override is ``slippage``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import TypeVar

from model.errors import Fault, ScenarioError
from model.scenario.build import Builder
from model.scenario.documents import (
    Document,
    Header,
    OverrideFile,
    ScenarioFile,
    Use,
    read_document,
)
from model.scenario.faults import raise_all
from model.scenario.files import Kind, Library
from model.scenario.frozen import FrozenMap
from model.scenario.merge import Layer, combined, laid_on
from model.scenario.scenario import Scenario
from model.scenario.settings import settings_tree
from model.scenario.tree import EMPTY, Node
from model.scenario.vocabulary import Vocabulary

H = TypeVar("H", bound=Header)


def read_scenario(
    name_or_path: str | os.PathLike[str],
    vocabulary: Vocabulary,
    *,
    overrides: Sequence[str] = (),
    settings: Iterable[str] = (),
    folder: str | os.PathLike[str] | None = None,
) -> Scenario:
    """The resolved scenario of a name, a file, or ``name+override+override``.

    Parameters
    ----------
    name_or_path : str or path
        Name of a scenario, or a file ending in ``.yaml``; ``+`` adds overrides.
    vocabulary : Vocabulary
        Names that the model knows.
    overrides : sequence of str
        Further overrides, in order.
    settings : iterable of str
        ``key=value``, the value as in YAML: ``levers.frame.delay_months=60``,
        ``uncertainties.telework.after=0.5`` or ``telework.after=0.5``.
    folder : path or None
        Folder to look in before the shipped one.

    Raises
    ------
    ScenarioError
        With every fault that was found.
    """
    wanted, names = _split(os.fspath(name_or_path))
    is_file = wanted.endswith((".yaml", ".yml")) or os.sep in wanted
    path = FilePath(wanted) if is_file else None
    library = Library.of(folder, path.parent if path is not None else None)
    resolver = _Resolver(library, vocabulary)
    tree = resolver.top(path or wanted, (*names, *overrides))
    laid, faults = settings_tree(settings, tree, vocabulary.catalogue)
    faults = [*resolver.faults, *faults]
    if resolver.broken or not resolver.headers:
        raise_all(faults)
    builder = Builder(laid_on(tree, laid), vocabulary, faults)
    return builder.scenario(_joined(resolver.headers), tuple(resolver.notes))


def _split(text: str) -> tuple[str, list[str]]:
    """A name or file, and the overrides that ``+`` adds to it."""
    try:
        if FilePath(text).is_file():
            return text, []
    except OSError:  # A name that is too long for a file is a name all the same.
        pass
    name, *overrides = text.split("+")
    return name, overrides


@dataclass
class _Resolver:
    """Reads what a scenario is made of, and keeps what is wrong with it.

    ``broken`` says that a part is missing, so that what the rest lacks may well
    stand there.
    """

    library: Library
    vocabulary: Vocabulary
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    broken: bool = False

    def top(self, wanted: FilePath | str, names: Sequence[str]) -> Node:
        """The merged tree of what was asked for."""
        document = self.read(ScenarioFile, wanted, Node(None))
        if document is None or document.header is None:
            return EMPTY
        tree = self.tree(document, (document.header.name,))
        self.headers.append(document.header)
        if not names:
            return tree
        uses = [Use.model_construct(use=name) for name in names]
        layers = self.layers(uses, Node(None), self.headers)
        return self.combine(tree, layers, EMPTY)

    def read(
        self, model: type[H], wanted: FilePath | str, cause: Node
    ) -> Document[H] | None:
        """A file, its faults noted; None where it cannot be read."""
        kind: Kind = "override" if issubclass(model, OverrideFile) else "scenario"
        try:
            file: Traversable = (
                self.library.find(kind, wanted, cause)
                if isinstance(wanted, str)
                else wanted
            )
            document = read_document(file, model, self.vocabulary)
        except ScenarioError as error:
            self.faults += error.faults
            self.broken = True
            return None
        self.faults += document.faults
        self.broken |= document.header is None
        return document

    def tree(self, document: Document[ScenarioFile], chain: tuple[str, ...]) -> Node:
        """Base, overrides and own keys of a scenario as one tree."""
        header = document.header
        if header is None:
            return EMPTY
        base = self.base(header.base, document.place("base"), chain)
        layers = self.layers(header.overrides, document.place("overrides"), [])
        return self.combine(base, layers, document.tree)

    def base(self, name: str | None, cause: Node, chain: tuple[str, ...]) -> Node:
        """The tree of a base, unless the bases go round in a circle."""
        if name is None:
            return EMPTY
        if name in chain:
            circle = " -> ".join((*chain[chain.index(name) :], name))
            problem = "the bases go round in a circle"
            self.faults.append(Fault(problem, cause.file, cause.line, "base", circle))
            self.broken = True
            return EMPTY
        document = self.read(ScenarioFile, name, cause)
        return EMPTY if document is None else self.tree(document, (*chain, name))

    def layers(
        self, uses: Sequence[Use], cause: Node, headers: list[Header]
    ) -> list[Layer]:
        """Overrides by name; their headers are put on the list that is given."""
        found: list[Layer] = []
        items = cause.value if isinstance(cause.value, tuple) else [cause] * len(uses)
        for use, item in zip(uses, items, strict=True):
            document = self.read(OverrideFile, use.use, item)
            if document is None or document.header is None:
                continue
            headers.append(document.header)
            may_replace = use.replace or document.header.replace
            found.append(Layer(use.use, document.tree, may_replace))
        return found

    def combine(self, base: Node, layers: Sequence[Layer], own: Node) -> Node:
        """The three laid on each other, faults and notes kept."""
        merged = combined(base, layers, own)
        self.faults += merged.faults
        self.notes += merged.notes
        return merged.tree


def _joined(headers: Sequence[Header]) -> Header:
    if len(headers) == 1:
        return headers[0]
    titles, summaries = (
        FrozenMap({key: mark.join(text[key] for text in texts) for key in texts[0]})
        for mark, texts in (
            (" + ", [header.title for header in headers]),
            (" ", [header.summary for header in headers]),
        )
    )
    changes = {
        "name": "+".join(header.name for header in headers),
        "title": titles,
        "summary": summaries,
        "sources": tuple(dict.fromkeys(key for h in headers for key in h.sources)),
    }
    return headers[0].model_copy(update=changes)
