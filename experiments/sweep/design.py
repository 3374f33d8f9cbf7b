"""A design as it is used: resolved, checked, and known by its identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from experiments.draws import LARGEST_KEY, Variant
from experiments.factors import LEVER, SCENARIO, SEED, Floats, Problem
from experiments.keys import RunRequest
from experiments.posterior import Posterior
from experiments.sweep.levers import settings_of, sizes_of, with_levers
from experiments.sweep.methods import METHODS, Method
from model.geography import load_region
from model.months import month_name
from model.simulation import CATALOGUE

FORMAT: Final = "mediapark-design/1"
_GROWS = ("replicates",)
APART: Final = 2**20  # between the keys of two rows: more than replicates can grow


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
        Replicate keys at each point, the same ones in a row of points that belong
        together (:meth:`Method.row`); other rows have others.
    key : int
        The first one of the first row.
    grid : str
    scale : float
    watched : Watched
    notes : tuple of str
        What a person should know of how it was read.
    text : str
        The file as it was given.
    posterior : Posterior or None
        Gives the parameters that it holds and the design does not vary: one draw for
        each replicate key, so that its spread is part of what seeds bring.
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
    posterior: Posterior | None = None

    @cached_property
    def sample(self) -> Floats:
        """Values of all factors, float64[points, factors], in the sampler's order."""
        return self.method.sample(self.problem, np.array(self.defaults))

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
            **({"posterior": self.posterior.words} if self.posterior else {}),
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
    grows = METHODS[method["kind"]].grows if method.get("kind") in METHODS else ""
    method.pop(grows, None)
    return {**kept, "method": method}


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in facts.items()}


def default_values(problem: Problem, everyone: Sequence[Variant]) -> Iterator[float]:
    """Value of each factor where nothing is varied.

    A lever stands at the size that the first scenario gives it, a parameter at its
    default, or at the end of a narrower range.
    """
    for factor in problem:
        value = factor.low
        if factor.name in CATALOGUE:
            value = float(CATALOGUE[factor.name].default)
        elif factor.name.startswith(LEVER):
            value = next(sizes_of(factor.name, everyone), factor.low)
        yield min(max(value, factor.low), factor.high)


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
    row = place.point // design.method.row(design.problem)
    replicate = (design.key + row * APART + place.replicate) % (LARGEST_KEY + 1)
    settings = settings_of(variant, values)
    plain = with_levers(variant, settings)
    own = {n: v for n, v in values.items() if n in CATALOGUE}
    if design.posterior is not None:
        given = {*own, *plain.given, *plain.origins}
        own |= design.posterior.draw(replicate, given)
    scenario = plain.with_parameters(own, design.name)
    words = [f"{name}={value!r}" for name, value in own.items()]
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
