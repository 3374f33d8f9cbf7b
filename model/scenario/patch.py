"""A scenario with some levers put in, changed or taken away while a run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from model.errors import Fault, ScenarioError, nearest
from model.scenario.build import Builder
from model.scenario.faults import raise_all
from model.scenario.frozen import FrozenMap
from model.scenario.scenario import Scenario
from model.scenario.tree import Node
from model.scenario.vocabulary import Vocabulary

Patch = Mapping[str, Mapping[str, Any] | None]


def patched(
    scenario: Scenario, patch: Patch, vocabulary: Vocabulary, file: str = "session"
) -> Scenario:
    """The same scenario with other levers.

    Parameters
    ----------
    scenario : Scenario
    patch : mapping of str to mapping or None
        Whole levers as they are written in a scenario, by name; None takes one away.
    vocabulary : Vocabulary
        Names that the model knows.
    file : str
        What to say of where they were written.

    Raises
    ------
    ScenarioError
        With every fault of the levers.
    """
    known = {lever.slug: lever for lever in scenario.levers}
    unknown = [slug for slug, raw in patch.items() if raw is None and slug not in known]
    if unknown:
        names = tuple(known)
        raise ScenarioError(
            Fault(
                "is an unknown lever", key="lever", value=s, nearest=nearest(s, names)
            )
            for s in unknown
        )
    written = {slug: raw for slug, raw in patch.items() if raw is not None}
    tree = node_of({"levers": written}, file)
    builder = Builder(tree, vocabulary)
    put_in = {lever.slug: lever for lever in builder.levers(scenario.start)}
    kept = {slug: lever for slug, lever in known.items() if slug not in patch}
    levers = sorted({**kept, **put_in}.values(), key=lambda one: (one.at, one.slug))
    builder.check_slugs(tuple(levers), scenario.policies)
    raise_all(builder.faults)
    dropped = tuple(f"levers.{slug}." for slug in patch)
    origins = {k: v for k, v in scenario.origins.items() if not k.startswith(dropped)}
    return replace(
        scenario,
        levers=tuple(levers),
        origins=FrozenMap({**origins, **builder.origins()}),
    )


def unknown_lever(slug: str, names: Sequence[str]) -> Fault:
    """The fault of a name that no lever of a scenario bears."""
    return Fault(
        "is an unknown lever", key="lever", value=slug, nearest=nearest(slug, names)
    )


def node_of(value: Any, file: str) -> Node:
    """Plain values as a tree; none of them has a line."""
    if isinstance(value, Mapping):
        return Node({str(k): node_of(v, file) for k, v in value.items()}, file)
    if isinstance(value, list | tuple):
        return Node(tuple(node_of(inner, file) for inner in value), file)
    return Node(value, file)
