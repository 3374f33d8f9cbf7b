"""Which uncertainties a design names, and over which ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from experiments.draws import Variant
from experiments.factors import (
    LEVER,
    SCENARIO,
    SEED,
    Factor,
    factors_with_role,
    parameter_factor,
)
from experiments.sweep.document import DesignFile
from model.errors import Fault, nearest
from model.scenario.tree import Path
from model.simulation import CATALOGUE

ALL: Final = "all"
POLICY: Final = "policy"
Span: TypeAlias = tuple[float, float]


@dataclass
class Faults:
    """What is wrong with a design, each with its place in the file."""

    found: list[tuple[Path, Fault]] = field(default_factory=list)

    def add(
        self,
        path: Path,
        problem: str,
        value: object = None,
        allowed: str = "",
        near: str = "",
    ) -> None:
        """Keep a fault of the key, or of the item, that stands last in the path."""
        fault = Fault(problem, value=value, allowed=allowed, nearest=near)
        self.found.append((path, fault))


@dataclass
class Selection:
    """What a file says of its uncertainties.

    Attributes
    ----------
    header : DesignFile
    everyone : sequence of Variant
        All scenarios of the design: what they set themselves is not varied.
    faults : Faults
        Takes in what is wrong.
    notes : list of str
        What a person should know.
    """

    header: DesignFile
    everyone: Sequence[Variant]
    faults: Faults
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look up what can be varied at all."""
        self.groups = self.header.groups or {}
        self.ranges = self.header.ranges or {}
        self.own = {name: group for group in self.groups for name in self.groups[group]}
        self.available = {one.name: one for one in factors_with_role()}
        self.given = {n: v.name for v in self.everyone for n in v.scenario.origins}

    def factors(self) -> Iterator[Factor]:
        """Uncertain parameters in the order in which they are named, then the seed."""
        self._check_groups()
        wanted = self._wanted()
        for name, path in wanted.items():
            if name in self.given:
                self._set_by_a_scenario(name, path)
                continue
            span = range_of(name, ("ranges", name), self.ranges.get(name), self.faults)
            yield parameter_factor(name, CATALOGUE, span, self.own.get(name, ""))
        for name in self.ranges:
            if name not in wanted:
                self.faults.add(
                    ("ranges", name), "has a range, but is not a factor",
                    allowed="what stands under 'uncertainties'",
                    near=nearest(name, tuple(wanted)),
                )  # fmt: skip
        if self.header.seeds is not None:
            first = float(self.header.key)
            last = first + self.header.seeds - 1
            yield Factor(SEED, first, last, "-", SEED, "integer")

    def _wanted(self) -> dict[str, Path | None]:
        """Names of parameters, each with its place if it was named by itself."""
        written = self.header.uncertainties
        selectors = (written,) if isinstance(written, str) else written
        wanted: dict[str, Path | None] = {}
        for index, selector in enumerate(selectors):
            alone = isinstance(written, str)
            path = ("uncertainties",) if alone else ("uncertainties", str(index))
            for name in self._selected(selector, path):
                wanted[name] = path if name == selector else wanted.get(name)
        return wanted

    def _selected(self, selector: str, path: Path) -> list[str]:
        if selector == ALL:
            return list(self.available)
        groups = {n: self.own.get(n, one.group) for n, one in self.available.items()}
        if selector in groups.values():
            return [name for name, group in groups.items() if group == selector]
        if selector in CATALOGUE and CATALOGUE[selector].role != "lever":
            return self._declared(selector, path)
        if selector == SEED:
            allowed = "the key 'seeds' with a number of replicate keys"
            self.faults.add(path, "is not an uncertainty", selector, allowed)
        elif self._is_lever(selector):
            allowed = "the key 'levers'"
            self.faults.add(path, "is a lever, not an uncertainty", selector, allowed)
        else:
            known = tuple(dict.fromkeys((ALL, *groups.values())))
            allowed = f"{', '.join(known)}, or the name of a parameter"
            near = nearest(selector, (*known, *self.available))
            self.faults.add(path, "is an unknown factor", selector, allowed, near)
        return []

    def _declared(self, name: str, path: Path) -> list[str]:
        if CATALOGUE[name].role == "fixed" and name not in self.ranges:
            allowed = "an uncertain parameter, or a range of its own under 'ranges'"
            self.faults.add(path, "is fixed: it has no range", name, allowed)
            return []
        return [name]

    def _is_lever(self, selector: str) -> bool:
        bare = selector.removeprefix(LEVER).removeprefix("levers.")
        slugs = {lever.slug for v in self.everyone for lever in v.scenario.levers}
        names = {variant.name for variant in self.everyone}
        return (
            bare != selector
            or selector in (SCENARIO, POLICY)
            or selector in CATALOGUE
            or selector in names
            or bare.partition(".")[0] in slugs
        )

    def _set_by_a_scenario(self, name: str, path: Path | None) -> None:
        scenario = self.given[name]
        if path is None:
            self.notes.append(f"{name} is not varied: '{scenario}' sets it")
            return
        allowed = "a parameter that no scenario of the design sets"
        self.faults.add(path, f"is set by the scenario '{scenario}'", name, allowed)

    def _check_groups(self) -> None:
        for group, names in self.groups.items():
            for index, name in enumerate(names):
                if name not in self.available:
                    path = ("groups", group, str(index))
                    near = nearest(name, tuple(self.available))
                    allowed = "names of uncertain parameters"
                    self.faults.add(path, "is no such name", name, allowed, near)


def range_of(name: str, path: Path, written: Any, faults: Faults) -> Span | None:
    """The range of a declared parameter that a design gives; None: the declared one."""
    if written is None:
        return None
    span = span_of(path, written, faults)
    for value in span or ():
        problem = CATALOGUE[name].problem_with(value)
        if problem:
            faults.add(path, problem, value, CATALOGUE[name].allowed)
            return None
    return span


def span_of(path: Path, written: Any, faults: Faults) -> Span | None:
    """Two numbers as they stand in a file; None where they are something else."""
    numbers = isinstance(written, tuple) and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in written
    )
    if not numbers or len(written) != 2:
        shown = list(written) if isinstance(written, tuple) else written
        faults.add(path, "is not a range", shown, "[low, high]")
        return None
    return float(written[0]), float(written[1])
