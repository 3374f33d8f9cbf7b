"""Laying one partial tree on another: base < overrides in order < own keys.

``null`` takes a key away.  Two overrides that touch the same key are refused unless
the later one may replace.  Under ``if_present: true`` a lever or policy of an override
counts only where the base, another override or the scenario itself brings it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from model.errors import Fault, nearest
from model.scenario.tree import EMPTY, IF_PRESENT, Node, Path, dotted
from model.scenario.vocabulary import some_of

Slots = frozenset[Path]


@dataclass(frozen=True)
class Layer:
    """An override on its way into a scenario.

    Attributes
    ----------
    name : str
        Name of the override.
    tree : Node
        Its sections.
    replace : bool
        Whether it may change what an earlier override changed.
    """

    name: str
    tree: Node
    replace: bool = False


@dataclass(frozen=True)
class Merged:
    """What came out, what is wrong, and what was left out."""

    tree: Node
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def laid_on(base: Node, over: Node) -> Node:
    """``base`` with the keys of ``over`` laid on it; neither is changed.

    A mapping of another ``kind`` replaces the one below it as a whole.
    """
    if not isinstance(over.value, dict):
        return over
    below = {} if _another_kind(base, over) else base.children
    result = dict(below)
    for key, child in over.value.items():
        if child.value is None:
            result.pop(key, None)
        else:
            result[key] = laid_on(below.get(key, EMPTY), child)
    return replace(over, value=result, file=over.file or base.file)


def _another_kind(base: Node, over: Node) -> bool:
    old, new = base.children.get("kind"), over.children.get("kind")
    return old is not None and new is not None and old.value != new.value


def combined(base: Node, layers: Sequence[Layer], own: Node) -> Merged:
    """Base, overrides and own keys as one tree."""
    faults: list[Fault] = []
    notes: list[str] = []
    kept: list[Layer] = []
    for index, layer in enumerate(layers):
        others = [other.tree for place, other in enumerate(layers) if place != index]
        present = _slots(base) | _slots(own)
        present = present.union(*(_slots(tree, promised=True) for tree in others))
        tree, left_out = _applicable(layer.tree, present)
        if left_out:
            names = ", ".join(dotted(path) for path in left_out)
            notes.append(f"{layer.name}: not in this scenario, left out: {names}")
        kept.append(replace(layer, tree=tree))
    faults += _collisions(base, kept)
    tree = base
    for layer in kept:
        tree = laid_on(tree, layer.tree)
    faults += _nothing_to_remove(tree, own)
    return Merged(laid_on(tree, own), tuple(faults), tuple(notes))


def _slots(tree: Node, promised: bool = False) -> Slots:
    """Levers and policies of a tree; on promise, those it brings without condition."""
    return frozenset(
        (section, slug)
        for section in ("levers", "policies")
        for slug, node in tree.children.get(section, EMPTY).children.items()
        if node.value is not None and not (promised and IF_PRESENT in node.children)
    )


def _applicable(tree: Node, present: Slots) -> tuple[Node, list[Path]]:
    """The tree without the parts whose condition fails, and those parts."""
    left_out: list[Path] = []
    sections = dict(tree.children)
    for section in ("levers", "policies"):
        if section not in sections:
            continue
        kept: dict[str, Node] = {}
        for slug, node in sections[section].children.items():
            absent = (section, slug) not in present
            conditional = IF_PRESENT in node.children or node.value is None
            if absent and conditional:
                left_out.append((section, slug))
            elif isinstance(node.value, dict):
                rest = {k: v for k, v in node.value.items() if k != IF_PRESENT}
                kept[slug] = replace(node, value=rest)
            else:
                kept[slug] = node
        sections[section] = replace(sections[section], value=kept)
    return replace(tree, value=sections), left_out


def _collisions(base: Node, layers: Sequence[Layer]) -> Iterator[Fault]:
    touched: dict[Path, tuple[str, Node]] = {}
    for layer in layers:
        own = dict(_touched(base, layer.tree))
        reported: set[Path] = set()
        for path, node in own.items():
            other = _clash(path, touched)
            if other is not None and not layer.replace:
                shared, (name, where) = other
                if shared in reported:
                    continue
                reported.add(shared)
                yield Fault(
                    f"override '{layer.name}' changes what '{name}' changed"
                    f" ({where.file}:{where.line})",
                    node.file,
                    node.line,
                    dotted(shared),
                    node.plain() if shared == path else None,
                    "'replace: true' in the later override",
                )
        touched.update({path: (layer.name, node) for path, node in own.items()})


def _touched(base: Node, tree: Node) -> Iterator[tuple[Path, Node]]:
    for path, node in tree.leaves():
        yield path, node
        if path[-1] == "kind":
            found, old = base.nearest_to(path)
            if found == path and old.value != node.value:
                yield path[:-1], node


def _clash(
    path: Path, touched: dict[Path, tuple[str, Node]]
) -> tuple[Path, tuple[str, Node]] | None:
    for other, found in touched.items():
        shorter = min(len(other), len(path))
        if other[:shorter] == path[:shorter]:
            return path[:shorter], found
    return None


def _nothing_to_remove(tree: Node, own: Node) -> Iterator[Fault]:
    for section in ("levers", "policies"):
        known = tuple(tree.children.get(section, EMPTY).children)
        for slug, node in own.children.get(section, EMPTY).children.items():
            if node.value is None and slug not in known:
                yield Fault(
                    "there is nothing to remove",
                    node.file,
                    node.line,
                    f"{section}.{slug}",
                    allowed=some_of(known, slug),
                    nearest=nearest(slug, known),
                )
