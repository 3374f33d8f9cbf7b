"""A design file: YAML in, a checked :class:`Design` out, or every fault at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from experiments.draws import Variant
from experiments.factors import LEVER, SEED, Factor, Problem
from experiments.sweep.design import Design, Watched, default_values
from experiments.sweep.document import DesignFile
from experiments.sweep.levers import chosen_names, lever_factors
from experiments.sweep.methods import METHODS, Method
from experiments.sweep.selecting import Faults, Selection
from model.errors import Fault, InputError, nearest
from model.geography import Region, load_region
from model.geography.loading import GRIDS
from model.indicators import INDICATORS, REGION
from model.refusals import refuse_places_off_the_grid
from model.scenario import read_scenario
from model.scenario.faults import translated
from model.scenario.files import read_text
from model.scenario.tree import Node, dotted, read_tree
from model.scenario.tree import Path as Keys
from model.simulation import vocabulary

SUFFIX: Final = ".yaml"


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
        allowed = f"a file ending in {SUFFIX}, or {', '.join(shipped)}"
        near = nearest(wanted, tuple(shipped))
        fault = Fault("is an unknown design", value=wanted, allowed=allowed)
        raise InputError([replace(fault, nearest=near)])
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
            empty = self.tree.value is None
            problem = "the file is empty" if empty else "is not a mapping"
            raise InputError([Fault(problem, self.shown, allowed="keys with values")])
        header, method = self._header(), self._method()
        if header is None:
            raise InputError(self.faults)
        variants = self._variants(header.scenarios, header, ("scenarios",))
        named = chosen_names(header.levers or {})
        choices = self._variants(named, header, ("levers", "scenario"))
        everyone = (*variants, *choices)
        grid = self._grid(header)
        self._check_ground(header, everyone, grid)
        faults = Faults()
        selection = Selection(header, everyone, faults)
        factors = [
            *selection.factors(),
            *lever_factors(header.levers or {}, variants, choices, faults),
        ]
        space = self._problem(factors, faults)
        if self.faults or space is None or method is None:
            raise InputError(self.faults)
        return Design(
            name=header.name,
            question=header.question.strip(),
            variants=variants,
            choices=choices,
            problem=space,
            defaults=tuple(default_values(space, everyone)),
            method=method,
            replicates=header.replicates,
            key=header.key,
            grid=grid,
            scale=float(header.scale),
            watched=Watched(header.outcome.indicator, header.outcome.zone),
            notes=tuple(selection.notes),
            text=text,
        )

    def _header(self) -> DesignFile | None:
        try:
            header = DesignFile.model_validate(self.tree.plain())
        except ValidationError as error:
            self.faults += translated(error, DesignFile, self.tree, ())
            return None
        stem = self.file.name.rsplit(".", 1)[0]
        if header.name != stem:
            problem = "is not the name of the file"
            self._fault(("name",), Fault(problem, value=header.name, allowed=stem))
        return header

    def _method(self) -> Method | None:
        node = self.tree.children.get("method")
        if node is None:
            return None
        kind = node.children.get("kind", node).plain()
        if not isinstance(kind, str) or kind not in METHODS:
            found = kind if isinstance(kind, str) else None
            near = nearest(str(kind), tuple(METHODS))
            fault = Fault("is an unknown method", value=found, nearest=near)
            allowed = ", ".join(METHODS)
            self._fault(("method", "kind"), replace(fault, allowed=allowed))
            return None
        model = METHODS[kind]
        plain = node.plain() if node.children else {"kind": kind}
        try:
            return model.model_validate(plain)
        except ValidationError as error:
            self.faults += translated(error, model, self.tree, ("method",))
            return None

    def _variants(
        self, names: Iterable[str], header: DesignFile, path: Keys
    ) -> tuple[Variant, ...]:
        """Scenarios by name, or by file beside the design."""
        until = header.last_month
        found: dict[str, Variant] = {}
        for name in names:
            wanted = self._beside(name) if name.endswith(SUFFIX) else name
            try:
                scenario = read_scenario(wanted, vocabulary())
                scenario = scenario.with_until(until) if until else scenario
            except InputError as error:
                for fault in error.faults:
                    place = ("until",) if fault.key == "until" else path
                    self._fault(place, fault)
                continue
            words = (wanted, "--until", until) if until else (wanted,)
            if scenario.name in found:
                self._fault(path, Fault("is named twice", value=scenario.name))
            found[scenario.name] = Variant(scenario, words)
        return tuple(found.values())

    def _grid(self, header: DesignFile) -> str:
        grid = str(header.grid)
        return grid if grid in GRIDS else self._beside(grid)

    def _beside(self, name: str) -> str:
        """A file beside the design, or where the program was started."""
        beside = Path(str(self.file)).parent / name
        return str(beside) if beside.exists() else name

    def _check_ground(
        self, header: DesignFile, everyone: tuple[Variant, ...], grid: str
    ) -> None:
        if not header.scenarios and "scenario" not in (header.levers or {}):
            allowed = "names of scenarios, here or under 'levers' as 'scenario'"
            self._fault(
                ("scenarios",), Fault("there is nothing to run", allowed=allowed)
            )
        if header.seeds is not None and header.replicates > 1:
            allowed = "1: with 'seeds' every point has a replicate key of its own"
            fault = Fault("is too many", value=header.replicates, allowed=allowed)
            self._fault(("replicates",), fault)
        self._check_name(("outcome", "indicator"), header.outcome.indicator, INDICATORS)
        region = self._region(grid, everyone)
        if region is not None:
            zones = (REGION, *(zone.id for zone in region.zones))
            self._check_name(("outcome", "zone"), header.outcome.zone, zones)

    def _check_name(self, path: Keys, name: str, names: Iterable[str]) -> None:
        known = tuple(names)
        if name not in known:
            fault = Fault(f"is an unknown {path[-1]}", value=name)
            near = nearest(name, known)
            self._fault(path, replace(fault, allowed=", ".join(known), nearest=near))

    def _region(self, grid: str, everyone: Iterable[Variant]) -> Region | None:
        try:
            region = load_region(grid)
        except InputError as error:
            for fault in error.faults:
                self._fault(("grid",), fault)
            return None
        for variant in everyone:
            try:
                refuse_places_off_the_grid(variant.scenario, region)
            except InputError as error:
                self.faults += error.faults
        return region

    def _problem(self, factors: list[Factor], faults: Faults) -> Problem | None:
        for path, fault in faults.found:
            self._fault(path, fault)
        try:
            return Problem(tuple(factors))
        except InputError as error:
            for fault in error.faults if factors or not faults.found else ():
                self._fault(self._path_of(fault.key), fault)
            return None

    def _path_of(self, name: str) -> Keys:
        """Where a factor stands in the file."""
        key = name.removeprefix(LEVER)
        for section in ("ranges", "levers"):
            if key in self.tree.children.get(section, Node({})).children:
                return section, key
        return ("seeds",) if name == SEED else ("uncertainties",)

    def _fault(self, path: Keys, fault: Fault) -> None:
        """Keep a fault, with the place that brought it about where it names none."""
        if fault.line is None:
            found, node = self.tree.nearest_to(path)
            key = dotted(path) if len(found) < len(path) else dotted(found)
            fault = replace(fault, file=self.shown, line=node.line, key=key)
        if fault not in self.faults:
            self.faults.append(fault)
