"""YAML 1.2 text to a small tree in which every value knows its line.

The tree is built from the parser's events and never from Python objects: no tag is
executed, no alias expanded, no duplicate key swallowed, and a file cannot make the
program work longer than its size allows.  What YAML 1.1 and 1.2 read differently
(``yes``, ``12:30``, ``010``, ``2026-09-01``) is refused rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from model.errors import Fault, ScenarioError

Scalar: TypeAlias = bool | int | float | str | None
Plain: TypeAlias = Any
Path: TypeAlias = tuple[str, ...]

IF_PRESENT = "if_present"
MAX_DEPTH = 12
MAX_NODES = 20_000


@dataclass(frozen=True)
class Node:
    """A value and where it stands.

    Attributes
    ----------
    value : scalar, tuple of Node, or dict of str to Node
        What was written.
    file : str
        File or option it was written in.
    line : int or None
        Line of its key, counted from 1.
    source : str
        Source keys that vouch for it, joined by ``;``.
    """

    value: Scalar | tuple[Node, ...] | dict[str, Node]
    file: str = ""
    line: int | None = None
    source: str = ""

    @property
    def children(self) -> Mapping[str, Node]:
        """Nodes by key; empty where the value is not a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Plain:
        """The value without its lines: dict, tuple or scalar."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(child.plain() for child in self.value)
        return self.value

    def nearest_to(self, path: Path) -> tuple[Path, Node]:
        """The deepest node that exists along a path, and its own path.

        Items of a list count from 0 in the path that is given and, as ``[1]``, from 1
        in the path that is returned.
        """
        node: Node = self
        found: list[str] = []
        for key in path:
            if isinstance(node.value, tuple) and key.isdigit():
                node = node.value[int(key)]
                found.append(f"[{int(key) + 1}]")
            elif key in node.children:
                node = node.children[key]
                found.append(key)
            else:
                break
        return tuple(found), node

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Every value that is not a mapping, with its path."""
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                yield from child.leaves((*path, key))
        else:
            yield path, self


EMPTY = Node({})


def dotted(path: Path) -> str:
    """A path as it is shown and typed."""
    return ".".join(path).replace(".[", "[")


def read_tree(text: str, file: str) -> tuple[Node, list[Fault]]:
    """Tree of a YAML text and the faults that do not prevent reading on.

    Raises
    ------
    ScenarioError
        Where the text cannot be read as one YAML document.
    """
    tabs = [
        Fault("tab in the indentation", file, line, allowed="spaces")
        for line, written in enumerate(text.splitlines(), start=1)
        if re.match(r" *\t\s*\S", written)
    ]
    if tabs:
        raise ScenarioError(tabs)
    if text.startswith("%"):
        raise ScenarioError([Fault("directives are not allowed", file, 1)])
    try:
        return _Reader(text, file).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        problem = str(error.problem or error.context).splitlines()[0]
        fault = Fault(f"is not valid YAML: {problem}", file, line)
    except YAMLError as error:
        fault = Fault(f"is not valid YAML: {str(error).splitlines()[0]}", file)
    raise ScenarioError([fault])


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
        self.file = file
        self.faults: list[Fault] = []
        self.nodes = 0

    def document(self) -> tuple[Node, list[Fault]]:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                raise ScenarioError(
                    [Fault("holds a second document", self.file, _line(event))]
                )
            if isinstance(event, NodeEvent):
                root = self.node(event, (), _line(event))
        if root is None:
            raise ScenarioError([Fault("the file is empty", self.file)])
        return root, self.faults

    def node(self, event: Any, path: Path, line: int) -> Node:
        self.nodes += 1
        if len(path) > MAX_DEPTH or self.nodes > MAX_NODES:
            allowed = f"{MAX_DEPTH} levels and {MAX_NODES:,} values"
            raise ScenarioError(
                [Fault("is too deep or too long", self.file, line, allowed=allowed)]
            )
        if isinstance(event, AliasEvent) or event.anchor is not None:
            problem, key = "anchors and aliases are not allowed", dotted(path)
            raise ScenarioError([*self.faults, Fault(problem, self.file, line, key)])
        if event.tag is not None and str(event.tag) != "!":
            self.fault("tags are not allowed", path, line, str(event.tag))
        if isinstance(event, ScalarEvent):
            return Node(self.scalar(event, path, line), self.file, line)
        if isinstance(event, SequenceStartEvent):
            return Node(self.sequence(path), self.file, line)
        return Node(self.mapping(path), self.file, line)

    def sequence(self, path: Path) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, (*path, str(len(items))), _line(event)))
        return tuple(items)

    def mapping(self, path: Path) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line = _line(event)
            key = self.key(event, path, line)
            child = self.node(next(self.events), (*path, key), line)
            if key in found:
                problem = f"is written twice (first: line {found[key].line})"
                self.fault(problem, (*path, key), line)
            else:
                found[key] = child
        return found

    def key(self, event: Any, path: Path, line: int) -> str:
        written = str(event.value) if isinstance(event, ScalarEvent) else "?"
        node = self.node(event, (*path, written), line)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            self.fault("a key is not a text", path, line)
        elif not isinstance(node.value, str):
            self.fault("a key is not a text", path, line, node.value)
        return written

    def scalar(self, event: Any, path: Path, line: int) -> Scalar:
        text = str(event.value)
        if event.style is not None:
            return text
        for pattern, problem, allowed in _SURPRISES:
            if pattern.fullmatch(text):
                self.fault(problem, path, line, text, allowed)
                return text
        return _resolved(text)

    def fault(
        self,
        problem: str,
        path: Path,
        line: int,
        value: object = None,
        allowed: str = "",
    ) -> None:
        self.faults.append(
            Fault(problem, self.file, line, dotted(path), value, allowed)
        )


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _resolved(text: str) -> Scalar:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?\d{1,30}", text):
        return int(text)
    if found := re.fullmatch(r"0(o[0-7]{1,30}|x[0-9a-fA-F]{1,30})", text):
        return int(found[0], 0)
    if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", text):
        return float(text)
    if found := re.fullmatch(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return float(f"{found[1] or ''}inf" if found[2] else "nan")
    return text


_SURPRISES = (
    (
        re.compile(r"(?i)y|n|yes|no|on|off"),
        "is a switch in YAML 1.1 and a text in YAML 1.2",
        "true or false for a switch, quotes for a text",
    ),
    (
        re.compile(r"[-+]?\d+(:[0-5]?\d)+(\.\d*)?"),
        "is a number in base 60 in YAML 1.1 and a text in YAML 1.2",
        "a plain number, or quotes for a text",
    ),
    (
        re.compile(r"[-+]?0\d+"),
        "is read in base 8 by YAML 1.1 and in base 10 by YAML 1.2",
        "a number without a zero in front",
    ),
    (
        re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?"),
        "is a day, not a month",
        "a month such as 2026-09",
    ),
    (
        re.compile(r"[-+]?\d[\d_]*_[\d_.]*"),
        "is a number in YAML 1.1 and a text in YAML 1.2",
        "a number without underscores",
    ),
)
