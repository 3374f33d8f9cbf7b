"""What a sweep varies: factors with their ranges, and the problem that they make up.

A factor is a declared parameter over its plausible range, or something that has no
declaration: a lever, the scenario, the seed. Samplers know real numbers only, so whole
numbers and categories are widened by half a step on either side and rounded back,
halves up: with bounds 1 and 3 the sampler sees 0.5 to 3.5, and each of 1, 2 and 3 takes
a third of it, the upper end included.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.errors import Fault, InputError, nearest
from model.parameters import Catalogue, Role
from model.simulation import CATALOGUE

Kind = Literal["real", "integer", "categorical"]
Floats = NDArray[np.float64]

LEVER: Final = "lever:"
SCENARIO: Final = "scenario"
SEED: Final = "seed"
_HALF: Final = 0.5

# Which question a block of parameters belongs to; other blocks are groups themselves.
GROUPS: Final[Mapping[str, str]] = {
    "telework": "people",
    "staff": "people",
    "projects": "people",
    "freelance": "people",
    "homes": "people",
    "workplace": "people",
    "people": "communities",
    "venues": "communities",
    "membership": "communities",
    "communities": "communities",
    "meetings": "communities",
    "knowledge": "communities",
    "growth": "firms",
    "closure": "firms",
    "entry": "firms",
    "relocation": "space",
    "site": "space",
    "choice": "space",
    "surroundings": "space",
    "space": "space",
    "travel": "space",
}


@dataclass(frozen=True)
class Factor:
    """One thing that a sweep varies.

    Attributes
    ----------
    name : str
        Dotted parameter, ``lever:<slug>...``, ``scenario`` or ``seed``.
    low, high : float, unit of the factor
        Plausible range, both ends included; of a categorical factor 0 and the number
        of levels less one.
    unit : str
        Unit, ``-`` for a pure number.
    group : str
        ``space``, ``people``, ``firms``, ``communities``, ``policy``, ``seed`` or a
        name of the design's own.
    kind : {"real", "integer", "categorical"}
    levels : tuple of str
        Names of the categories, in the order of their codes.
    source, confidence : str
        As declared; empty where nothing is declared.
    """

    name: str
    low: float
    high: float
    unit: str = "-"
    group: str = ""
    kind: Kind = "real"
    levels: tuple[str, ...] = ()
    source: str = ""
    confidence: str = ""

    @property
    def discrete(self) -> bool:
        """Whether it takes whole numbers or categories only."""
        return self.kind != "real"

    @property
    def bounds(self) -> tuple[float, float]:
        """What the sampler is told: discrete factors half a step wider."""
        wider = _HALF if self.discrete else 0.0
        return self.low - wider, self.high + wider

    def decode(self, x: ArrayLike) -> Floats:
        """Values for the sampler's numbers: halves round up, ends stay within."""
        values = np.asarray(x, np.float64)
        if self.discrete:
            values = np.floor(values + _HALF)
        return np.clip(values, self.low, self.high)

    def label(self, value: float) -> str:
        """A value in words: the level's name, or the number."""
        if self.kind == "categorical":
            return self.levels[int(value)]
        return f"{value:g}"

    def faults(self) -> Iterator[Fault]:
        """What makes the factor unfit for a sweep."""
        allowed = "a lower end below the upper one, both finite"
        found = f"{self.low:g} to {self.high:g}"
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            yield Fault("has no finite range", key=self.name, value=found)
        elif not self.low < self.high:
            yield Fault(
                "has an empty range", key=self.name, value=found, allowed=allowed
            )
        elif self.discrete and (self.low % 1 or self.high % 1):
            allowed = "whole numbers at both ends"
            yield Fault(
                "has a range that is not whole", key=self.name, value=found,
                allowed=allowed,
            )  # fmt: skip
        if self.kind == "categorical" and len(self.levels) != self.high - self.low + 1:
            yield Fault(
                "has other codes than levels", key=self.name, value=found,
                allowed=f"0 to {len(self.levels) - 1}",
            )  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """The factors of a sweep, in the order of the columns of its sample.

    Raises
    ------
    InputError
        With one fault for each factor that cannot be varied or stands there twice.
    """

    factors: tuple[Factor, ...]

    def __post_init__(self) -> None:
        faults = [fault for factor in self.factors for fault in factor.faults()]
        if not self.factors:
            faults.append(Fault("there is nothing to vary", key="factors"))
        for name in sorted({n for n in self.names if self.names.count(n) > 1}):
            faults.append(Fault("is a factor twice", key=name))
        if faults:
            raise InputError(faults)

    def __len__(self) -> int:
        return len(self.factors)

    def __iter__(self) -> Iterator[Factor]:
        return iter(self.factors)

    def __getitem__(self, name: str) -> Factor:
        """The factor of a name.

        Raises
        ------
        InputError
            If there is none; the message names the nearest one.
        """
        for factor in self.factors:
            if factor.name == name:
                return factor
        close = nearest(name, self.names)
        raise InputError([Fault("is not a factor", key=name, nearest=close)])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the factors, in order."""
        return tuple(factor.name for factor in self.factors)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in the order of their first factor."""
        return tuple(dict.fromkeys(f.group or f.name for f in self.factors))

    def salib(self, grouped: bool = False) -> dict[str, Any]:
        """The problem as SALib takes it.

        Parameters
        ----------
        grouped : bool
            Whether factors of a group move together; they are then one index.

        Returns
        -------
        dict
            ``num_vars``, ``names``, ``bounds`` and, where grouped, ``groups``.
        """
        found: dict[str, Any] = {
            "num_vars": len(self),
            "names": list(self.names),
            "bounds": [list(factor.bounds) for factor in self.factors],
        }
        if grouped:
            found["groups"] = [factor.group or factor.name for factor in self.factors]
        return found

    def decode(self, x: ArrayLike) -> Floats:
        """Values that the model is given.

        Parameters
        ----------
        x : float64[points, factors]
            As the sampler drew them, within :meth:`salib`'s bounds.

        Returns
        -------
        float64[points, factors]
            Whole numbers and codes of categories rounded, halves up.
        """
        drawn = np.atleast_2d(np.asarray(x, np.float64))
        columns = zip(self.factors, drawn.T, strict=True)
        return np.column_stack([factor.decode(column) for factor, column in columns])


def parameter_factor(
    name: str,
    catalogue: Catalogue = CATALOGUE,
    span: tuple[float, float] | None = None,
    group: str = "",
) -> Factor:
    """The factor of a declared parameter.

    Parameters
    ----------
    name : str
        Dotted name.
    catalogue : Catalogue
        Where it is declared.
    span : (float, float), optional
        Another range than the plausible one.
    group : str
        Another group than that of its block.

    Raises
    ------
    ScenarioError
        If there is no such parameter.
    """
    declared = catalogue[name]
    low, high = declared.plausible if span is None else span
    block = name.partition(".")[0]
    return Factor(
        name=name,
        low=float(low),
        high=float(high),
        unit=declared.unit,
        group=group or GROUPS.get(block, block),
        kind="integer" if declared.integer else "real",
        source=declared.source,
        confidence=declared.confidence,
    )


def factors_with_role(
    roles: Iterable[Role] = ("uncertain", "calibrated"),
    catalogue: Catalogue = CATALOGUE,
) -> tuple[Factor, ...]:
    """Factors of all declared parameters of these roles that have a range."""
    return tuple(
        parameter_factor(declared.name, catalogue)
        for declared in catalogue.with_role(*roles)
        if declared.parameter.plausible[0] < declared.parameter.plausible[1]
    )


def categorical(name: str, levels: Sequence[str], group: str = "policy") -> Factor:
    """A factor whose values are names, such as the scenario."""
    high = float(len(levels) - 1)
    return Factor(
        name, 0.0, high, group=group, kind="categorical", levels=tuple(levels)
    )
