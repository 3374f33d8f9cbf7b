"""``--set key=value``: single values, laid on last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from model.errors import Fault, ScenarioError, nearest
from model.parameters import Catalogue
from model.scenario.tree import EMPTY, Node, Path, dotted, read_tree

OPTION = "--set"
_NAMED = ("levers", "policies")


def settings_tree(
    settings: Iterable[str], tree: Node, catalogue: Catalogue
) -> tuple[Node, list[Fault]]:
    """The tree of all settings, and the faults of those that were left out.

    Parameters
    ----------
    settings : iterable of str
        ``key=value``.
    tree : Node
        What the settings will be laid on: only its levers can be set.
    catalogue : Catalogue
        Declared parameters.
    """
    result, faults = EMPTY, list[Fault]()
    seen: set[Path] = set()
    for setting in settings:
        key, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not key:
            fault = Fault(
                "is not a setting", OPTION, value=setting, allowed="key=value"
            )
            faults.append(fault)
            continue
        path = _path(key, tree, catalogue)
        if path is None or path in seen:
            faults.append(_refused(key, tree, catalogue, path is not None))
            continue
        seen.add(path)
        node, found = _value(text, key)
        faults += found
        for name in reversed(path):
            node = Node({name: node}, OPTION, source=OPTION)
        result = _joined(result, node)
    return result, faults


def _joined(base: Node, over: Node) -> Node:
    """Both trees; a key that is to be taken away stays as an order to do so."""
    if not isinstance(over.value, dict) or not isinstance(base.value, dict):
        return over
    both = {k: _joined(base.children.get(k, EMPTY), v) for k, v in over.value.items()}
    return replace(over, value={**base.value, **both})


def _path(key: str, tree: Node, catalogue: Catalogue) -> Path | None:
    steps = tuple(key.split("."))
    name = ".".join(steps[1:])
    if steps[0] in ("levers", "uncertainties") and name in catalogue:
        return steps[0], name
    if key in catalogue:
        role = catalogue[key].role
        return ("levers" if role == "lever" else "uncertainties"), key
    if key in ("start", "until"):
        return (key,)
    if steps[0] in _NAMED and len(steps) > 1:
        slugs = tree.children.get(steps[0], EMPTY).children
        return steps if steps[1] in slugs else None
    return None


def _refused(key: str, tree: Node, catalogue: Catalogue, twice: bool) -> Fault:
    if twice:
        return Fault("is set twice", OPTION, key=key)
    slugs = sorted({path[:2] for path, _ in tree.leaves() if path[0] in _NAMED})
    tails = key.split(".")[2:]
    keys = (*catalogue.names, *(dotted((*path, *tails)) for path in slugs))
    allowed = "a key of this scenario, or a parameter"
    near = nearest(key.removeprefix("uncertainties."), keys)
    return Fault("is an unknown key", OPTION, key=key, allowed=allowed, nearest=near)


def _value(text: str, key: str) -> tuple[Node, list[Fault]]:
    if not text:
        return Node(None, OPTION), []
    try:
        node, faults = read_tree(text, OPTION)
    except ScenarioError as error:
        node, faults = Node(None, OPTION), list(error.faults)
    return _unlined(node), [
        replace(fault, line=None, key=_under(key, fault.key)) for fault in faults
    ]


def _under(key: str, inner: str) -> str:
    return f"{key}.{inner}" if inner else key


def _unlined(node: Node) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _unlined(child) for key, child in value.items()}
    elif isinstance(value, tuple):
        value = tuple(_unlined(child) for child in value)
    return Node(value, OPTION, None, OPTION)
