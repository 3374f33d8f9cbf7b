"""JSON Schema of scenario and override files, for editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from model.parameters import Declared
from model.scenario.documents import OverrideFile, ScenarioFile, Use
from model.scenario.faults import INJECTED, schema_of
from model.scenario.fields import LANGUAGES, NAMED, SLUG
from model.scenario.levers import KINDS, Delay
from model.scenario.policies import Policy, Response, Trigger
from model.scenario.scenario import Replay
from model.scenario.tree import IF_PRESENT
from model.scenario.vocabulary import OUTSIDE, REGION, Vocabulary

Schema = dict[str, Any]
_DATES = ("at", "until")
_WAITS = ("after_months", "lasts_months")


def json_schema(
    vocabulary: Vocabulary, of: Literal["scenario", "override"] = "scenario"
) -> Schema:
    """JSON Schema (2020-12) of a file.

    Parameters
    ----------
    vocabulary : Vocabulary
        Names that the model knows.
    of : {"scenario", "override"}
        Kind of file.
    """
    model = ScenarioFile if of == "scenario" else OverrideFile
    schema = dict(schema_of(model))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = f"Mediapark {of}"
    schema["$defs"] = {**schema.get("$defs", {}), **_definitions(vocabulary)}
    for section in ("levers", "policies", "uncertainties"):
        description = schema["properties"][section].get("description", "")
        schema["properties"][section] = {
            "$ref": f"#/$defs/{section}",
            "description": description,
        }
    named: Schema = _with_names(schema)
    return named


def _definitions(vocabulary: Vocabulary) -> Schema:
    parameters = tuple(vocabulary.catalogue)
    choosable = [d for d in parameters if d.parameter.role == "lever"]
    others = [d for d in parameters if d.parameter.role != "lever"]
    return {
        **_names(vocabulary),
        "levers": _section(_numbers(choosable), {"$ref": "#/$defs/lever"}),
        "lever": _lever(),
        "policies": _section({}, {"anyOf": [_policy(), _partial()]}),
        "uncertainties": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {**_numbers(others), **_blocks(others)},
        },
    }


def _names(vocabulary: Vocabulary) -> Schema:
    text = {"type": "string", "minLength": 1}
    delay = schema_of(Delay)["properties"]
    return {
        "month": {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
        "title": {
            "anyOf": [
                text,
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": dict.fromkeys(LANGUAGES, text),
                    "required": list(LANGUAGES),
                },
            ]
        },
        "source": {"type": "string", "pattern": r"^(S\d{2,3}|assumed|https?://\S+)$"},
        "delay": {"anyOf": [delay["low"], {**schema_of(Delay), "title": "Delay"}]},
        "use": {"anyOf": [{"type": "string", "pattern": f"^{SLUG}$"}, schema_of(Use)]},
        "replay": {"anyOf": [schema_of(Replay), {"type": "null"}]},
        "place": _choice(vocabulary.locations),
        "destination": _choice((*vocabulary.locations, OUTSIDE)),
        "firm": _choice(vocabulary.firms),
        "indicator": _choice(vocabulary.indicators),
        "zone": _choice((*vocabulary.zones, REGION)),
        "subsector": _choice(vocabulary.subsectors),
        "subsectors": {
            "anyOf": [
                _choice((*vocabulary.subsectors, "all")),
                {"type": "array", "items": _choice(vocabulary.subsectors)},
                {"type": "null"},
            ]
        },
        "language": _choice(vocabulary.languages),
    }


def _choice(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(names)}


def _section(fixed: Schema, others: Schema) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": fixed,
        "patternProperties": {f"^{SLUG}$": others},
        "additionalProperties": False,
    }


def _numbers(parameters: Iterable[Declared]) -> Schema:
    return {declared.name: _number(declared) for declared in parameters}


def _blocks(parameters: Iterable[Declared]) -> Schema:
    found: dict[str, Schema] = {}
    for declared in parameters:
        found.setdefault(declared.block, {})[declared.field] = _number(declared)
    return {
        block: {
            "type": "object",
            "additionalProperties": False,
            "properties": fields,
        }
        for block, fields in found.items()
    }


def _number(declared: Declared) -> Schema:
    parameter = declared.parameter
    return {
        "type": ["integer" if parameter.integer else "number", "null"],
        "minimum": parameter.hard[0],
        "maximum": parameter.hard[1],
        "default": parameter.default,
        "description": f"{parameter.means} ({parameter.unit}; {parameter.source})",
    }


def _lever() -> Schema:
    """A whole lever of one kind, a part of one, or null, which removes it."""
    return {"anyOf": [*map(_of_kind, KINDS), _partial()]}


def _of_kind(kind: str) -> Schema:
    schema = schema_of(KINDS[kind])
    kept = {k: v for k, v in schema["properties"].items() if k not in INJECTED}
    required = [key for key in schema["required"] if key not in INJECTED]
    return {**schema, "title": kind, "properties": kept, "required": required}


def _partial() -> Schema:
    """Part of a lever or policy that another file brings."""
    return {
        "type": ["object", "null"],
        "properties": {"kind": False, "when": False, IF_PRESENT: {"const": True}},
    }


def _policy() -> Schema:
    schema = schema_of(Policy)
    response = schema_of(Response)["properties"]
    pulled = []
    for kind in KINDS:
        lever = _of_kind(kind)
        kept = {k: v for k, v in lever["properties"].items() if k not in _DATES}
        kept.update({key: response[key] for key in _WAITS})
        required = [key for key in lever["required"] if key not in _DATES]
        required.append("after_months")
        pulled.append({**lever, "properties": kept, "required": required})
    kept = {k: v for k, v in schema["properties"].items() if k not in INJECTED}
    kept["when"] = schema_of(Trigger)
    kept["then"] = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": pulled},
    }
    required = [key for key in schema["required"] if key not in INJECTED]
    return {
        "type": "object",
        "title": "policy",
        "additionalProperties": False,
        "properties": kept,
        "required": required,
    }


def _with_names(part: Any) -> Any:
    """The schema in which names point to their definitions."""
    if isinstance(part, dict):
        inner = {k: _with_names(v) for k, v in part.items() if k != NAMED}
        if NAMED in part:
            inner["$ref"] = f"#/$defs/{part[NAMED]}"
        return inner
    if isinstance(part, list):
        return [_with_names(item) for item in part]
    return part
