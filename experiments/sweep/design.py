"""A design as it is used: resolved, checked, and known by its identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from experiments.draws import Variant
from experiments.factors import LEVER, SCENARIO, SEED, Floats, Problem
from experiments.keys import RunRequest
from experiments.sweep.methods import METHODS, Method
from model.geography import load_region
from model.months import month_name
from model.scenario import Scenario, read_scenario
from model.simulation import CATALOGUE, vocabulary

FORMAT: Final = "mediapark-design/1"
_GROWS = ("replicates",)


@dataclass(frozen=True)
class Watched:
    """The figure that is looked at while a sweep runs.

    Attributes
    ----------
    indicator, zone : str
        Its last value is what counts.
    """

    indicator: str = "jobs"
    zone: str = "reyers"


@dataclass(frozen=True)
class Design:
    """What is varied, how, and what is run at each point.

    Attributes
    ----------
    name, question : str
    variants : tuple of Variant
        Scenarios that are run at every point; the first is the reference.
    choices : tuple of Variant
        Levels of the factor ``scenario``; empty where it is none.
    problem : Problem
        The factors.
    defaults : tuple of float
        Value of each factor where nothing is varied.
    method : Method
    replicates : int
        Replicate keys at each point, the same ones everywhere.
    key : int
        The first of them.
    grid : str
    scale : float
    watched : Watched
    notes : tuple of str
        What a person should know of how it was read.
    text : str
        The file as it was given.
    """

    name: str
    question: str
    variants: tuple[Variant, ...]
    choices: tuple[Variant, ...]
    problem: Problem
    defaults: tuple[float, ...]
    method: Method
    replicates: int = 1
    key: int = 0
    grid: str = "250"
    scale: float = 1.0
    watched: Watched = Watched()
    notes: tuple[str, ...] = ()
    text: str = ""

    @cached_property
    def sample(self) -> Floats:
        """Values of all factors, float64[points, factors], in the sampler's order."""
        return self.method.points(self.problem, np.array(self.defaults))

    @property
    def seeds(self) -> bool:
        """Whether the seed is a factor: then a point has a replicate key of its own."""
        return SEED in self.problem.names

    @property
    def runs_per_point(self) -> int:
        """Scenarios times replicates."""
        return (len(self.variants) + bool(self.choices)) * self.replicates

    @property
    def facts(self) -> dict[str, Any]:
        """Everything that runs and points depend on, as plain values."""
        everyone = {v.name: v for v in (*self.variants, *self.choices)}.values()
        return {
            "format": FORMAT,
            "name": self.name,
            "question": self.question,
            "method": self.method.model_dump(),
            "factors": [_plain(asdict(factor)) for factor in self.problem],
            "defaults": list(self.defaults),
            "scenarios": [variant.name for variant in self.variants],
            "contents": {v.name: v.scenario.fingerprint for v in everyone},
            "commands": {v.name: list(v.arguments) for v in everyone},
            "replicates": self.replicates,
            "key": self.key,
            "months": {
                v.name: [month_name(v.scenario.start), month_name(v.scenario.until)]
                for v in everyone
            },
            "grid": load_region(self.grid).name,
            "region": load_region(self.grid).fingerprint,
            "scale": self.scale,
            "watched": asdict(self.watched),
        }

    @property
    def identity(self) -> str:
        """SHA-256 of what the points and runs depend on, but for what can grow."""
        text = json.dumps(identifying(self.facts), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def with_replicates(self, replicates: int) -> Design:
        """The same design with another number of replicates."""
        return replace(self, replicates=replicates)


def identifying(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that make a design another one: not names of texts, nor what can grow."""
    silent = {"name", "question", "commands", "watched", *_GROWS}
    kept = {name: value for name, value in facts.items() if name not in silent}
    method = dict(facts["method"])
    size = METHODS[method["kind"]].size if method.get("kind") in METHODS else ""
    method.pop(size, None)
    return {**kept, "method": method}


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in facts.items()}


@dataclass(frozen=True)
class Place:
    """Where a run stands in a design.

    Attributes
    ----------
    point : int
        Row of the sample.
    variant : int
        Which of the variants; -1: the one that the factor ``scenario`` names.
    replicate : int
        Number of the replicate, from 0.
    """

    point: int
    variant: int
    replicate: int


def request_at(design: Design, place: Place) -> RunRequest:
    """The run of a place.

    Parameters
    ----------
    design : Design
    place : Place

    Raises
    ------
    ScenarioError
        If a lever's value is refused: the ends of its range were not.
    """
    names = design.problem.names
    values = dict(zip(names, design.sample[place.point].tolist(), strict=True))
    if place.variant >= 0:
        variant = design.variants[place.variant]
    else:
        variant = design.choices[int(values[SCENARIO])]
    own = {n: v for n, v in values.items() if n in CATALOGUE}
    settings = lever_settings(variant, values)
    scenario = with_levers(variant, settings).with_parameters(own, design.name)
    words = [f"{name}={value!r}" for name, value in own.items()]
    replicate = design.key + place.replicate
    return RunRequest(
        scenario=scenario,
        replicate=int(values[SEED]) if SEED in values else replicate,
        grid=design.grid,
        scale=design.scale,
        label=variant.name,
        arguments=(*variant.arguments, *_options((*settings, *words))),
    )


def _options(settings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for setting in settings for word in ("--set", setting))


def lever_settings(variant: Variant, values: Mapping[str, float]) -> tuple[str, ...]:
    """``key=value`` for those levers among the factors that a variant has."""
    slugs = {lever.slug for lever in variant.scenario.levers}
    return tuple(
        f"{lever_key(name)}={shown(value)}"
        for name, value in values.items()
        if name.startswith(LEVER) and slug_of(name) in slugs
    )


def lever_key(name: str) -> str:
    """Key of a lever's field in ``--set``."""
    return f"levers.{name.removeprefix(LEVER)}"


def slug_of(name: str) -> str:
    """Name of the lever of a factor."""
    return name.removeprefix(LEVER).partition(".")[0]


def shown(value: float) -> str:
    """A value as it is typed: whole numbers without a point."""
    return str(int(value)) if value == int(value) else repr(value)


def with_levers(variant: Variant, settings: tuple[str, ...]) -> Scenario:
    """The scenario of a variant with other sizes of its levers.

    Raises
    ------
    ScenarioError
        With every setting that is refused.
    """
    if not settings:
        return variant.scenario
    return _read(variant.arguments, month_name(variant.scenario.until), settings)


@lru_cache(maxsize=256)
def _read(
    arguments: tuple[str, ...], until: str, settings: tuple[str, ...]
) -> Scenario:
    read = read_scenario(arguments[0], vocabulary(), settings=settings)
    return read.with_until(until)
