"""What can be said of a file before it meets its base.

A file may hold one key of a lever; that key is checked against the kind that the file
names, or else against the kind of lever that it fits best.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from model.errors import Fault, nearest
from model.scenario.faults import translated
from model.scenario.given import read_parameters
from model.scenario.levers import KINDS, Lever
from model.scenario.tree import EMPTY, IF_PRESENT, Node, Path, dotted
from model.scenario.vocabulary import Vocabulary


def partial_faults(tree: Node, vocabulary: Vocabulary) -> list[Fault]:
    """Faults of the sections of one file, taken by themselves."""
    _, faults = read_parameters(tree, vocabulary.catalogue)
    for slug, node in tree.children.get("levers", EMPTY).children.items():
        path = ("levers", slug)
        if isinstance(node.value, dict):
            faults += _switch_faults(node, path)
            faults += _lever_faults(tree, node, path, vocabulary)
        elif "." not in slug and node.value is not None:
            allowed = "the keys of a lever"
            key, value = dotted(path), node.plain()
            faults.append(
                Fault("is not a mapping", node.file, node.line, key, value, allowed)
            )
    for slug, node in tree.children.get("policies", EMPTY).children.items():
        faults += _switch_faults(node, ("policies", slug))
    return faults


def kind_fault(node: Node, path: Path) -> Fault:
    """The fault of a lever whose kind is unknown or missing."""
    kinds = tuple(KINDS)
    inner = node.children.get("kind", node)
    missing = inner is node
    return Fault(
        "is missing, and no other file brings this lever"
        if missing
        else "is an unknown kind of lever",
        inner.file,
        inner.line,
        dotted((*path, "kind")),
        None if missing else inner.plain(),
        ", ".join(kinds),
        "" if missing else nearest(str(inner.plain()), kinds),
    )


def _switch_faults(node: Node, path: Path) -> Iterator[Fault]:
    switch = node.children.get(IF_PRESENT)
    if switch is not None and switch.value is not True:
        key, found = dotted((*path, IF_PRESENT)), switch.plain()
        yield Fault("is not true", switch.file, switch.line, key, found, "true")


def _lever_faults(
    tree: Node, node: Node, path: Path, vocabulary: Vocabulary
) -> list[Fault]:
    raw = {
        key: child.plain()
        for key, child in node.children.items()
        if key != IF_PRESENT and child.value is not None
    }
    kind = raw.get("kind")
    if kind is not None and not (isinstance(kind, str) and kind in KINDS):
        meant = nearest(str(kind), tuple(KINDS))
        rest = (
            _faults_as(KINDS[meant], {**raw, "kind": meant}, tree, path, vocabulary)
            if meant
            else []
        )
        return [kind_fault(node, path), *rest]
    models = KINDS.values() if kind is None else [KINDS[kind]]
    found = [_faults_as(model, raw, tree, path, vocabulary) for model in models]
    return min(found, key=len)


def _faults_as(
    model: type[Lever],
    raw: dict[str, object],
    tree: Node,
    path: Path,
    vocabulary: Vocabulary,
) -> list[Fault]:
    try:
        model.model_validate({**raw, "slug": path[-1]}, context=vocabulary)
    except ValidationError as error:
        return [
            fault
            for fault in translated(error, model, tree, path)
            if fault.problem != "is missing" and fault.key != dotted(path)
        ]
    return []
