"""A design file: YAML in, a checked :class:`Design` out, or every fault at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from experiments.draws import LARGEST_KEY, Variant
from experiments.factors import Problem
from experiments.sweep.design import Design, Watched
from experiments.sweep.methods import METHODS, Method
from experiments.sweep.selecting import Selection
from model.errors import Fault, InputError, nearest
from model.geography import Region, load_region
from model.indicators import INDICATORS, REGION
from model.scenario import read_scenario
from model.scenario.faults import translated
from model.scenario.fields import Record, Slug
from model.scenario.files import read_text
from model.scenario.tree import Node, dotted, read_tree
from model.simulation import refuse_places_off_the_grid, vocabulary

SUFFIX = ".yaml"


class Outcome(Record):
    """What is looked at while a sweep runs."""

    indicator: str = "jobs"
    """Indicator, at the end of the last month."""
    zone: str = "reyers"
    """Zone, or ``region``."""


class DesignFile(Record):
    """A design as it is written."""

    name: Slug
    """Name of the file, without its ending."""
    question: str
    """What the sweep is to answer."""
    scenarios: list[str] = []
    """Scenarios that are run at every point; the first is the reference."""
    uncertainties: Any = ()
    """``all``, groups such as ``space``, or dotted names of parameters."""
    levers: dict[str, Any] = {}
    """Fields of levers with their ranges; ``scenario`` with a list of scenarios."""
    seeds: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    """Replicate keys that the factor ``seed`` spans; nothing: it is no factor."""
    ranges: dict[str, Any] = {}
    """Other ranges than the declared ones, by dotted name: ``[low, high]``."""
    groups: dict[str, list[str]] = {}
    """Groups of one's own: name, and the parameters in it."""
    method: Any
    """Name of the method under ``kind``, and its own keys."""
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Replicates of each scenario at each point."""
    key: Annotated[int, Field(ge=0, le=LARGEST_KEY)] = 0
    """Replicate key of the first replicate."""
    until: str | None = None
    """Last month of every run, ``YYYY-MM``; nothing: that of the scenario."""
    grid: str | int = "250"
    """``250``, ``500`` or a CSV file."""
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the population and of floor space."""
    outcome: Outcome = Outcome()
    """What is looked at while the sweep runs, and decides when it is precise."""


def shipped_designs() -> dict[str, Traversable]:
    """Designs that come with the package, by name."""
    folder = resources.files("experiments") / "designs"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {f.name.removesuffix(SUFFIX): f for f in files if f.name.endswith(SUFFIX)}


def read_design(name_or_path: str | os.PathLike[str]) -> Design:
    """The design of a file, or a shipped one by its name.

    Parameters
    ----------
    name_or_path : str or path
        A file ending in ``.yaml``, or the name of a shipped design.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    wanted = os.fspath(name_or_path)
    shipped = shipped_designs()
    if wanted in shipped:
        return _Reader(shipped[wanted], f"designs/{wanted}{SUFFIX}").design()
    if not wanted.endswith((SUFFIX, ".yml")) and os.sep not in wanted:
        fault = Fault(
            "unknown design", value=wanted, allowed=", ".join((*shipped, "a file")),
            nearest=nearest(wanted, list(shipped)),
        )  # fmt: skip
        raise InputError([fault])
    return _Reader(Path(wanted), wanted).design()


@dataclass
class _Reader:
    """Reads one file and keeps what is wrong with it."""

    file: Traversable
    shown: str
    faults: list[Fault] = field(default_factory=list)
    tree: Node = field(default_factory=lambda: Node({}))

    def design(self) -> Design:
        text = read_text(self.file)
        self.tree, self.faults = read_tree(text, self.shown)
        if not isinstance(self.tree.value, dict):
            problem = "the file is empty" if self.tree.value is None else "is no design"
            raise InputError([Fault(problem, self.shown, allowed="keys with values")])
        header = self._header()
        method = self._method()
        if header is None:
            raise InputError(self.faults)
        variants = self._variants(header.scenarios, header.until, ("scenarios",))
        region = self._region(str(header.grid), variants)
        selection = Selection(
            uncertainties=self._selectors(header.uncertainties),
            levers=header.levers,
            seeds=header.seeds,
            ranges=header.ranges,
            groups=header.groups,
            first_seed=header.key,
        )
        choices = self._choices(header, selection)
        self._check_ground(header, (*variants, *choices), region)
        factors = selection.factors(variants, choices)
        self.faults += [self._placed(fault) for fault in selection.faults]
        problem = self._problem(factors) if not selection.faults else None
        if self.faults or problem is None or method is None:
            raise InputError(self.faults)
        return Design(
            name=header.name,
            question=header.question.strip(),
            variants=variants,
            choices=choices,
            problem=problem,
            defaults=tuple(selection.defaults(problem, (*variants, *choices))),
            method=method,
            replicates=header.replicates,
            key=header.key,
            grid=str(header.grid),
            scale=float(header.scale),
            watched=Watched(header.outcome.indicator, header.outcome.zone),
            notes=tuple(selection.notes),
            text=text,
        )

    def _header(self) -> DesignFile | None:
        try:
            header = DesignFile.model_validate(_listed(self.tree.plain()))
        except ValidationError as error:
            self.faults += translated(error, DesignFile, self.tree, ())
            return None
        stem = self.file.name.rsplit(".", 1)[0]
        if header.name != stem:
            problem = "is not the name of the file"
            self._fault(problem, ("name",), header.name, stem)
        return header

    def _method(self) -> Method | None:
        node = self.tree.children.get("method")
        if node is None:
            return None
        kind = node.children.get("kind", node).plain()
        allowed = ", ".join(METHODS)
        if not isinstance(kind, str) or kind not in METHODS:
            near = nearest(str(kind), tuple(METHODS))
            found = kind if isinstance(kind, str) else None
            self._fault("unknown method", ("method", "kind"), found, allowed, near)
            return None
        model = METHODS[kind]
        plain = node.plain() if node.children else {"kind": kind}
        try:
            return model.model_validate(plain)
        except ValidationError as error:
            self.faults += translated(error, model, self.tree, ("method",))
            return None

    def _selectors(self, written: Any) -> tuple[str, ...]:
        if isinstance(written, str):
            return (written,)
        if isinstance(written, tuple | list) and all(
            isinstance(one, str) for one in written
        ):
            return tuple(written)
        allowed = "'all', or a list of groups and dotted names"
        self._fault("is not a list of names", ("uncertainties",), None, allowed)
        return ()

    def _variants(
        self, names: Iterable[str], until: str | None, path: tuple[str, ...]
    ) -> tuple[Variant, ...]:
        found: dict[str, Variant] = {}
        for name in names:
            beside = Path(str(self.file)).parent / name
            wanted = str(beside) if name.endswith(SUFFIX) else name
            try:
                scenario = read_scenario(wanted, vocabulary())
                if until is not None:
                    scenario = scenario.with_until(until)
            except InputError as error:
                self.faults += [self._placed(f, path) for f in error.faults]
                continue
            words = (wanted,) if until is None else (wanted, "--until", until)
            if scenario.name in found:
                self._fault("is named twice", path, scenario.name)
            found[scenario.name] = Variant(scenario, words)
        return tuple(found.values())

    def _choices(self, header: DesignFile, selection: Selection) -> tuple[Variant, ...]:
        if not selection.choices:
            return ()
        path = ("levers", "scenario")
        return self._variants(selection.choices, header.until, path)

    def _region(self, grid: str, variants: Iterable[Variant]) -> Region | None:
        try:
            region = load_region(grid)
        except InputError as error:
            self.faults += [self._placed(f, ("grid",)) for f in error.faults]
            return None
        for variant in variants:
            try:
                refuse_places_off_the_grid(variant.scenario, region)
            except InputError as error:
                self.faults += error.faults
        return region

    def _check_ground(
        self, header: DesignFile, variants: tuple[Variant, ...], region: Region | None
    ) -> None:
        if not variants and not self.faults:
            allowed = "names of scenarios, here or as the lever 'scenario'"
            self._fault("names nothing to run", ("scenarios",), None, allowed)
        if header.seeds is not None and header.replicates > 1:
            allowed = "1, since every point has a replicate key of its own"
            path = ("replicates",)
            self._fault("cannot be with 'seeds'", path, header.replicates, allowed)
        named = header.outcome.indicator
        if named not in INDICATORS:
            path, near = ("outcome", "indicator"), nearest(named, tuple(INDICATORS))
            allowed = ", ".join(INDICATORS)
            self._fault("is an unknown indicator", path, named, allowed, near)
        zones = (REGION, *(zone.id for zone in region.zones)) if region else ()
        zone = header.outcome.zone
        if region is not None and zone not in zones:
            path, near = ("outcome", "zone"), nearest(zone, zones)
            self._fault("is an unknown zone", path, zone, ", ".join(zones), near)

    def _problem(self, factors: Any) -> Problem | None:
        try:
            return Problem(tuple(factors))
        except InputError as error:
            self.faults += [self._placed(fault) for fault in error.faults]
            return None

    def _placed(self, fault: Fault, path: tuple[str, ...] = ()) -> Fault:
        """A fault with the line that brought it about."""
        if fault.line is not None:
            return fault
        node = self._node(path or (fault.key,))
        key = fault.key or dotted(path)
        return replace(fault, file=self.shown, line=node.line, key=key)

    def _node(self, path: tuple[str, ...]) -> Node:
        if len(path) > 1:
            return self.tree.nearest_to(path)[1]
        for key, node in _written(self.tree, ()):
            if path[0] in (key, node.plain()):
                return node
        return self.tree.nearest_to(path)[1]

    def _fault(
        self,
        problem: str,
        path: tuple[str, ...],
        value: object = None,
        allowed: str = "",
        near: str = "",
    ) -> None:
        line = self.tree.nearest_to(path)[1].line
        key = dotted(path)
        self.faults.append(Fault(problem, self.shown, line, key, value, allowed, near))


def _written(node: Node, path: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    """Keys and items below a node, as a person may name them in a message."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield key, child
            yield from _written(child, (*path, key))
    elif isinstance(node.value, tuple):
        for child in node.value:
            yield str(child.plain()), child


def _listed(plain: Any) -> Any:
    """Lists instead of the tuples of the tree, which strict fields want."""
    if isinstance(plain, Mapping):
        return {key: _listed(value) for key, value in plain.items()}
    if isinstance(plain, tuple):
        return [_listed(value) for value in plain]
    return plain
