"""A parameter is declared once, beside the equation that uses it.

A process declares its numbers as a ``NamedTuple`` whose fields carry their own
documentation; compiled kernels take the tuple as it is::

    class Parameters(NamedTuple):
        rent: Annotated[float, uncertain(-1.5, unit="per ln EUR/m2/year", ...)]

From that one declaration come validation, the YAML reference, JSON Schema,
sampling bounds, priors, sliders and the documentation's tables. A
:class:`Catalogue` gathers the blocks; ``model.simulation.CATALOGUE`` is the one of
the whole model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, cast, get_type_hints

from model.errors import Fault, ScenarioError, nearest

Role = Literal["fixed", "calibrated", "uncertain", "lever"]
Confidence = Literal["H", "M", "L"]
Block = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number of the model and everything that must be known of it.

    Attributes
    ----------
    default : float
        Value where nothing else is said.
    unit : str
        Unit, ``-`` for a pure number.
    hard : (float, float)
        Values outside are refused.
    plausible : (float, float)
        Range that sensitivity analyses and priors span.
    source : str
        Where the default and the range come from.
    confidence : {"H", "M", "L"}
        H: data for Brussels or Belgium; M: transferred estimate; L: assumption.
    means : str
        What it is, in one line.
    role : {"fixed", "calibrated", "uncertain", "lever"}
        Who may change it.
    integer : bool
        Only whole numbers are allowed.
    """

    default: float
    unit: str
    hard: tuple[float, float]
    plausible: tuple[float, float]
    source: str
    confidence: Confidence
    means: str
    role: Role
    integer: bool = False

    def __post_init__(self) -> None:
        ordered = (
            self.hard[0],
            self.plausible[0],
            self.default,
            self.plausible[1],
            self.hard[1],
        )
        if list(ordered) != sorted(ordered):
            raise ValueError(f"{self.means}: bounds are not in order: {ordered}")

    def problem_with(self, value: object) -> str:
        """What is wrong with a value, or an empty string."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "is not a number"
        if not math.isfinite(value):
            return "is not a finite number"
        if self.integer and value != int(value):
            return "is not a whole number"
        if not self.hard[0] <= value <= self.hard[1]:
            return "is out of range"
        return ""

    @property
    def allowed(self) -> str:
        """Allowed values with their unit, for messages."""
        kind = "whole number" if self.integer else "number"
        return f"{kind} from {self.hard[0]:g} to {self.hard[1]:g} {self.unit}"


def fixed(default: float, **facts: Any) -> Parameter:
    """A number that data give directly, or that defines the model."""
    facts.setdefault("plausible", (default, default))
    return Parameter(default=default, role="fixed", **facts)


def calibrated(default: float, **facts: Any) -> Parameter:
    """A number that calibration sets free (at most ten are)."""
    return Parameter(default=default, role="calibrated", **facts)


def uncertain(default: float, **facts: Any) -> Parameter:
    """A number that nobody knows well: varied, never hidden."""
    return Parameter(default=default, role="uncertain", **facts)


class Declared(NamedTuple):
    """A parameter with its place: block, field and dotted name."""

    name: str
    block: str
    field: str
    parameter: Parameter


class Catalogue:
    """All declared parameters, by block.

    Parameters
    ----------
    blocks : mapping of str to NamedTuple class
        Block name (``site_choice``) to the class that declares its fields.
    """

    def __init__(self, blocks: Mapping[str, type]) -> None:
        self.blocks: dict[str, type] = dict(blocks)
        self._declared: dict[str, Declared] = {}
        for block, declaration in self.blocks.items():
            for field, parameter in declared_fields(declaration).items():
                name = f"{block}.{field}"
                self._declared[name] = Declared(name, block, field, parameter)

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared.values())

    def __len__(self) -> int:
        return len(self._declared)

    def __contains__(self, name: object) -> bool:
        return name in self._declared

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of a dotted name.

        Raises
        ------
        ScenarioError
            If there is none; the message names the nearest one.
        """
        if name not in self._declared:
            raise ScenarioError(
                [
                    Fault(
                        "unknown parameter",
                        key=name,
                        nearest=nearest(name, self.names),
                    )
                ]
            )
        return self._declared[name].parameter

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names in the order of declaration."""
        return tuple(self._declared)

    def values(self, given: Mapping[str, float] | None = None) -> dict[str, Block]:
        """Blocks of numbers: the defaults, with ``given`` dotted names replaced.

        Raises
        ------
        ScenarioError
            With one fault for each unknown name or refused value.
        """
        given = dict(given or {})
        faults = list(self.faults(given))
        if faults:
            raise ScenarioError(faults)
        filled: dict[str, Block] = {}
        for block, declaration in self.blocks.items():
            numbers = {
                field: float(given.get(f"{block}.{field}", parameter.default))
                for field, parameter in declared_fields(declaration).items()
            }
            filled[block] = cast(Block, declaration(**numbers))
        return filled

    def faults(self, given: Mapping[str, object]) -> Iterator[Fault]:
        """One fault for each unknown name or refused value in ``given``."""
        for name, value in given.items():
            if name not in self._declared:
                yield Fault(
                    "unknown parameter", key=name, nearest=nearest(name, self.names)
                )
                continue
            parameter = self._declared[name].parameter
            problem = parameter.problem_with(value)
            if problem:
                yield Fault(problem, key=name, value=value, allowed=parameter.allowed)

    def with_role(self, *roles: Role) -> tuple[Declared, ...]:
        """The declared parameters that have one of these roles."""
        return tuple(d for d in self if d.parameter.role in roles)


@cache
def declared_fields(declaration: type) -> dict[str, Parameter]:
    """Field names of a block with their parameters, in order.

    Raises
    ------
    TypeError
        If a field carries no :class:`Parameter`.
    """
    fields: dict[str, Parameter] = {}
    for field, hint in get_type_hints(declaration, include_extras=True).items():
        extras: Iterable[object] = getattr(hint, "__metadata__", ())
        found = [extra for extra in extras if isinstance(extra, Parameter)]
        if len(found) != 1:
            raise TypeError(f"{declaration.__module__}.{field} declares no parameter")
        fields[field] = found[0]
    return fields
