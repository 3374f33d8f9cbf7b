"""Scenarios as files of their own, so that a folder of results can be run again.

A resolved scenario is written back in the language that it was read from, without base
and overrides, and without parameters: runs that differ in parameters only share the
file, and the table ``parameters`` holds the rest. JSON is YAML, so the reader of
scenarios reads it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from model.months import month_name
from model.scenario import Lever, Policy, Scenario

_LENGTH = 16
_WORDS = ("title", "source", "nature")


def programme_id(scenario: Scenario) -> str:
    """Name of the file: a hash of dates, levers and policies."""
    facts = {
        key: value
        for key, value in scenario.contents.items()
        if key in ("start", "until") or key.startswith(("levers.", "policies."))
    }
    text = json.dumps(facts, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def programme_text(scenario: Scenario) -> str:
    """The scenario without its parameters, as a scenario file."""
    document = {
        "name": programme_id(scenario),
        "title": dict(scenario.title),
        "summary": dict(scenario.summary),
        "sources": list(scenario.sources),
        "start": month_name(scenario.start),
        "until": month_name(scenario.until),
        "levers": {lever.slug: _lever(lever) for lever in scenario.levers},
        "policies": {policy.slug: _policy(policy) for policy in scenario.policies},
    }
    return json.dumps(document, indent=2, ensure_ascii=False, default=list) + "\n"


def _lever(lever: Lever, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    fields = lever.model_dump(exclude={"slug", *skip}, exclude_none=True)
    return {name: fields[name] for name in fields}


def _policy(policy: Policy) -> dict[str, Any]:
    fields = policy.model_dump(include={*_WORDS}, exclude_none=True)
    fields["when"] = policy.when.model_dump(by_alias=True, exclude_none=True)
    fields["then"] = {}
    for response in policy.then:
        then = _lever(response.template, ("at", "until"))
        then["after_months"] = response.after_months
        if response.lasts_months is not None:
            then["lasts_months"] = response.lasts_months
        fields["then"][response.slug] = then
    return fields
