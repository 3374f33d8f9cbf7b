"""A frozen scenario as a file that reads back to the same one.

What stands in the file is complete: it names no base and no overrides.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from model.months import month_name
from model.scenario.levers import Lever
from model.scenario.policies import Policy
from model.scenario.scenario import Scenario

Document = dict[str, Any]
_PLAIN = re.compile(r"\d{4}-\d\d|[a-z][a-z0-9]*([-_.][a-z0-9]+)*|S\d{2,3}")
_SWITCHES = ("true", "false", "null", "y", "n", "yes", "no", "on", "off")
_WIDTH = 88


def lever_document(lever: Lever) -> Document:
    """A lever as it is written in a scenario."""
    written = lever.model_dump(exclude={"slug", "delay_months"}, exclude_none=True)
    delay = lever.delay_months
    if delay.high > 0:
        certain = delay.low if delay.certain else delay.model_dump()
        written["delay_months"] = certain
    return {"kind": written.pop("kind"), **_plain(written)}


def policy_document(policy: Policy) -> Document:
    """A policy as it is written in a scenario."""
    written = policy.model_dump(exclude={"slug", "then", "when"}, exclude_none=True)
    written["when"] = policy.when.model_dump(by_alias=True, exclude_none=True)
    written["then"] = {}
    for response in policy.then:
        lever = lever_document(response.template)
        kept = {k: v for k, v in lever.items() if k not in ("at", "until")}
        kept["after_months"] = response.after_months
        if response.lasts_months is not None:
            kept["lasts_months"] = response.lasts_months
        written["then"][response.slug] = kept
    found: Document = _plain(written)
    return found


def document_of(scenario: Scenario, name: str) -> Document:
    """A whole scenario as it is written.

    Parameters
    ----------
    scenario : Scenario
    name : str
        Name of the file, without its ending.
    """
    found: Document = {
        "name": name,
        "title": dict(scenario.title),
        "summary": dict(scenario.summary),
        "sources": list(scenario.sources),
        "start": month_name(scenario.start),
        "until": month_name(scenario.until),
    }
    if scenario.replay is not None:
        found["replay"] = scenario.replay.model_dump()
    found["levers"] = {one.slug: lever_document(one) for one in scenario.levers}
    found["policies"] = {one.slug: policy_document(one) for one in scenario.policies}
    found["uncertainties"] = dict(scenario.given)
    return {key: value for key, value in found.items() if value not in ({}, [])}


def yaml_of(scenario: Scenario, name: str) -> str:
    """The text of a file that reads back to the same scenario."""
    writer = YAML(typ="rt", pure=True)
    writer.width = _WIDTH
    writer.default_flow_style = False
    stream = io.StringIO()
    writer.dump(_quoted(document_of(scenario, name)), stream)
    return stream.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def _quoted(value: Any) -> Any:
    """Texts in quotes, unless nothing could take them for something else."""
    if isinstance(value, Mapping):
        return {_quoted(key): _quoted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_quoted(inner) for inner in value]
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value not in _SWITCHES
        return value if plain else DoubleQuotedScalarString(value)
    return value
