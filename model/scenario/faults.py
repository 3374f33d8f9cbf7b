"""What pydantic refuses, in the words of the person who wrote the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from model.errors import Fault, ScenarioError, nearest
from model.scenario.fields import NAMED
from model.scenario.tree import Node, Path, dotted

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that is known here",
    "literal_error": "is not one of the choices",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "finite_number": "is not a finite number",
}
_TYPES = {
    "float": "is not a number",
    "int": "is not a whole number",
    "bool": "is not true or false",
    "string": "is not a text",
    "tuple": "is not a list",
    "dict": "is not a mapping",
    "model": "is not a mapping",
}
INJECTED = ("slug", "template")


def translated(
    error: ValidationError, model: type[BaseModel], root: Node, path: Path
) -> Iterator[Fault]:
    """One fault for each key that pydantic refuses.

    Parameters
    ----------
    error : ValidationError
        What was refused.
    model : pydantic model class
        What was expected at ``path``.
    root : Node
        The whole tree, for lines.
    path : tuple of str
        Where in the tree the refused part stands.
    """
    for found in error.errors(include_url=False):
        loc = tuple(str(step) for step in found["loc"])
        yield _fault(found, _model_at(model, loc[:-1]), root, (*path, *loc))


def _fault(found: Any, model: type[BaseModel], root: Node, full: Path) -> Fault:
    kind = found["type"]
    context = found.get("ctx", {})
    shown, node = root.nearest_to(full)
    scalar = None if isinstance(node.value, dict) else node.plain()
    fault = Fault(_problem(kind), node.file, node.line, dotted(shown), scalar)
    if kind == "refused":
        return replace(
            fault,
            problem=context["problem"],
            allowed=context["allowed"],
            nearest=context["nearest"],
        )
    if kind == "missing":
        allowed = describe(model, full[-1])
        return replace(fault, key=dotted(full), value=None, allowed=allowed)
    if kind == "extra_forbidden":
        keys = [key for key in schema_of(model)["properties"] if key not in INJECTED]
        return replace(
            fault,
            value=None,
            allowed=", ".join(keys),
            nearest=nearest(full[-1], keys),
        )
    if kind == "literal_error":
        near = nearest(str(scalar), list(_choices(model, full[-1])))
        return replace(fault, allowed=describe(model, full[-1]), nearest=near)
    return replace(fault, allowed=describe(model, shown[-1]))


def _problem(kind: str) -> str:
    if kind in _WORDS:
        return _WORDS[kind]
    for start, words in _TYPES.items():
        if kind.startswith(f"{start}_"):
            return words
    return "is out of range"


def _model_at(model: type[BaseModel], loc: Path) -> type[BaseModel]:
    for step in loc:
        field = model.model_fields.get(step)
        inner = None if field is None else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return model


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema of a model, made once."""
    return model.model_json_schema(by_alias=True)


def _property(model: type[BaseModel], key: str) -> dict[str, Any]:
    found: dict[str, Any] = schema_of(model).get("properties", {}).get(key, {})
    for option in found.get("anyOf", ()):
        if option.get("type") != "null":
            return {**found, **option}
    return found


def _choices(model: type[BaseModel], key: str) -> Iterable[str]:
    found = _property(model, key)
    return (found["const"],) if "const" in found else found.get("enum", ())


def describe(model: type[BaseModel], key: str) -> str:
    """What a key may hold, in a few words."""
    found = _property(model, key)
    if choices := _choices(model, key):
        return ", ".join(choices)
    if found.get(NAMED) == "month":
        return "a month such as 2026-09"
    if found.get("type") == "boolean":
        return "true or false"
    if found.get("type") in ("number", "integer"):
        return _span(found)
    return str(found.get("description", "")).replace("``", "'").rstrip(".")


def _span(found: dict[str, Any]) -> str:
    kind = "a whole number" if found["type"] == "integer" else "a number"
    low = found.get("minimum")
    over = found.get("exclusiveMinimum")
    high = found.get("maximum")
    if low is not None and high is not None:
        return f"{kind} from {low:,.12g} to {high:,.12g}"
    if over is not None and high is not None:
        return f"{kind} above {over:,.12g}, up to {high:,.12g}"
    return kind


def raise_all(faults: Iterable[Fault]) -> None:
    """Raise every fault at once, the first one of each key.

    Raises
    ------
    ScenarioError
        If there is any.
    """
    if found := distinct(faults):
        raise ScenarioError(found)


def distinct(faults: Iterable[Fault]) -> list[Fault]:
    """The first fault of each key, since later ones follow from it, file by file."""
    first: dict[tuple[str, int | None, str], Fault] = {}
    files: dict[str, int] = {}
    for fault in faults:
        first.setdefault((fault.file, fault.line, fault.key), fault)
        files.setdefault(fault.file, len(files))
    return sorted(first.values(), key=lambda f: (files[f.file], f.line or 0))
