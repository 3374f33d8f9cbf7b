"""From docstrings and schemas to Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from model.scenario.fields import NAMED

_SOURCE_KEY = re.compile(r"\bS\d{2,3}\b")
_INLINE = (
    (re.compile(r":math:`([^`]+)`"), r"$\1$"),
    (re.compile(r":\w+:`([^`]+)`"), r"`\1`"),
    (re.compile(r"``([^`]+)``"), r"`\1`"),
    (re.compile(r"\[(\d+)\]_"), r"[\1]"),
)


def linked(text: str) -> str:
    """The text with source keys as links into the list of sources."""
    return _SOURCE_KEY.sub(lambda m: f"[{m[0]}](sources.md#{m[0].lower()})", text)


def inline(text: str) -> str:
    """Roles and literals of reStructuredText as Markdown."""
    for pattern, by in _INLINE:
        text = pattern.sub(by, text)
    return text


def markdown(docstring: str | None) -> str:
    """A docstring as Markdown: formulas, literal blocks, references, source keys."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    out: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if line.startswith(".. math::"):
            block, at = _indented(lines, at + 1)
            out += ["```math", *block, "```", ""]
        elif line == "::" or (not line and following.startswith("    ")):
            block, at = _indented(lines, at + 1)
            out += ["", "```text", *block, "```", ""]
        elif following and set(following) == {"-"}:
            out += [f"**{line}**", ""]
            at += 2
        else:
            out.append(linked(inline(re.sub(r"^\.\. \[(\d+)\] ", r"\1. ", line))))
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def _indented(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    """The indented block that starts at or below a line, and where it ends."""
    end = at
    while end < len(lines) and (not lines[end] or lines[end].startswith("    ")):
        end += 1
    block = inspect.cleandoc("\n".join(["", *lines[at:end]])).splitlines()
    return block, end


def first_line(docstring: str | None) -> str:
    """Summary of a docstring."""
    return inspect.cleandoc(docstring or "").split("\n", 1)[0]


def attributes(docstring: str | None) -> list[tuple[str, str, str]]:
    """Name, type and meaning of what an Attributes section lists."""
    text = inspect.cleandoc(docstring or "").partition("Attributes\n----------\n")[2]
    found: list[tuple[str, str, str]] = []
    for line in text.splitlines():
        if line.startswith("    ") and found:
            name, kind, means = found[-1]
            found[-1] = (name, kind, f"{means} {line.strip()}".strip())
        elif " : " in line:
            name, _, kind = line.partition(" : ")
            found.append((name, kind, ""))
    return [(name, kind, inline(means)) for name, kind, means in found]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ").strip()


def number(value: float) -> str:
    """A number as people write it: 1,344, 0.0097, 10,000,000,000."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:g}"


def span(bounds: tuple[float, float]) -> str:
    """A range."""
    return f"{number(bounds[0])} to {number(bounds[1])}"


def allowed(schema: dict[str, Any]) -> str:
    """What a key of a file may hold, from its JSON Schema."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[1]
        return _NAMES.get(name, name)
    if "anyOf" in schema:
        parts = [part for part in schema["anyOf"] if part.get("type") != "null"]
        some = [part for part in parts if part.get("items") in parts]
        one = [allowed(part) for part in parts if part not in some]
        return ", or ".join(
            [*dict.fromkeys(one), *(["a list of them"] if some else [])]
        )
    if NAMED in schema:
        return _NAMES[schema[NAMED]]
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    if schema.get("type") == "array":
        return f"a list: {allowed(schema['items'])}"
    if schema.get("type", "object") == "object":
        return "see below"
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "")
    word = {"integer": "whole number", "number": "number", "string": "text"}
    words = word.get(kind, {"boolean": "`true`, `false`"}.get(kind, str(kind)))
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        above = "above " if "exclusiveMinimum" in schema else ""
        words += f", {above}{number(low)} to {number(high)}"
    return words


_NAMES = {
    "month": "month, such as `2026-09`",
    "title": "text, or `en`, `fr` and `nl`",
    "source": "a key such as `S29`, `assumed`, or an address",
    "replay": "`key`, `grid` and `scale`",
    "delay": "whole months, or `low`, `mode` and `high`",
    "use": "name of an override, or `{use: name, replace: true}`",
    "place": "place or zone",
    "destination": "place or zone, or `outside`",
    "firm": "named firm",
    "indicator": "indicator",
    "zone": "zone, or `region`",
    "subsector": "subsector",
    "subsectors": "`all`, or one or more subsectors",
    "language": "`FR`, `NL` or `INT`",
    "levers": "levers by name",
    "policies": "policies by name",
    "uncertainties": "parameters by dotted name",
    "OutcomeFile": "`indicator` and `zone`",
}
