"""Which factors a design names, and over which ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.draws import Variant
from experiments.factors import (
    LEVER,
    SCENARIO,
    SEED,
    Factor,
    Kind,
    Problem,
    categorical,
    factors_with_role,
    parameter_factor,
)
from experiments.sweep.design import lever_key, slug_of, with_levers
from model.errors import Fault, InputError, nearest
from model.simulation import CATALOGUE

ALL = "all"
POLICY = "policy"
_VARIED = ("uncertain", "calibrated")
Span = tuple[float, float]


@dataclass
class Selection:
    """What a design file says of its factors; collects what is wrong with it.

    Attributes
    ----------
    uncertainties : tuple of str
        ``all``, groups, or dotted names.
    levers : mapping
        Fields of levers (``media-1.m2``) with ranges; ``scenario`` with names.
    seeds : int or None
        Number of replicate keys of the factor ``seed``.
    ranges : mapping
        Other ranges, by dotted name.
    groups : mapping
        Groups of the design's own.
    first_seed : int
        Replicate key at which the factor ``seed`` begins.
    """

    uncertainties: tuple[str, ...]
    levers: Mapping[str, Any]
    seeds: int | None
    ranges: Mapping[str, Any]
    groups: Mapping[str, list[str]]
    first_seed: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def choices(self) -> tuple[str, ...]:
        """Names of the scenarios that the factor ``scenario`` chooses among."""
        found = self.levers.get(SCENARIO, ())
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return tuple(found)
        return ()

    def factors(
        self, variants: Sequence[Variant], choices: Sequence[Variant]
    ) -> list[Factor]:
        """All factors, uncertainties first.

        Parameters
        ----------
        variants : sequence of Variant
            Scenarios that are run at every point.
        choices : sequence of Variant
            Levels of the factor ``scenario``.
        """
        everyone = (*variants, *choices)
        found = [*self._uncertain(everyone), *self._policy(everyone, choices)]
        if self.seeds is not None:
            last = float(self.first_seed + self.seeds - 1)
            found.append(
                Factor(SEED, float(self.first_seed), last, "-", SEED, "integer")
            )
        return found

    def defaults(
        self, problem: Problem, everyone: Sequence[Variant]
    ) -> Iterator[float]:
        """Value of each factor where nothing is varied.

        A lever stands at the size that the first scenario gives it.
        """
        for factor in problem:
            if factor.name in CATALOGUE:
                default = float(CATALOGUE[factor.name].default)
                yield min(max(default, factor.low), factor.high)
            elif factor.name.startswith(LEVER):
                yield next(_sizes(factor.name, everyone), factor.low)
            else:
                yield factor.low

    def _uncertain(self, everyone: Sequence[Variant]) -> Iterator[Factor]:
        available = {one.name: one for one in factors_with_role(_VARIED)}
        mine = {name: group for group, names in self.groups.items() for name in names}
        self._check_groups(available)
        fixed = {n: v.name for v in everyone for n in v.scenario.origins}
        wanted: dict[str, bool] = {}
        for selector in self.uncertainties:
            names = self._selected(selector, available, mine)
            named = selector in names
            for name in names:
                wanted[name] = named or wanted.get(name, False)
        for name, named in wanted.items():
            if name in fixed:
                self._given_by_a_scenario(name, fixed[name], named)
            else:
                span = self._range(name, self.ranges.get(name))
                yield parameter_factor(name, CATALOGUE, span, mine.get(name, ""))
        for name in self.ranges:
            if name not in wanted:
                self._fault(
                    "has a range, but is not a factor", name,
                    allowed="the names under 'uncertainties'",
                    near=nearest(name, tuple(wanted)),
                )  # fmt: skip

    def _selected(
        self, selector: str, available: Mapping[str, Factor], mine: Mapping[str, str]
    ) -> list[str]:
        if selector == ALL:
            return list(available)
        grouped = {name: mine.get(name, one.group) for name, one in available.items()}
        if selector in grouped.values():
            return [name for name, group in grouped.items() if group == selector]
        if selector in CATALOGUE:
            return self._declared(selector)
        if selector == SEED:
            allowed = "the key 'seeds' with a number of replicate keys"
            self._fault("is not an uncertainty", selector, allowed=allowed)
        elif _is_lever(selector):
            allowed = "the key 'levers'"
            self._fault("is a lever, not an uncertainty", selector, allowed=allowed)
        else:
            groups = tuple(dict.fromkeys(grouped.values()))
            names = (ALL, *groups, *available)
            allowed = f"{ALL}, {', '.join(groups)}, or the name of a parameter"
            near = nearest(selector, names)
            self._fault("is an unknown factor", selector, allowed=allowed, near=near)
        return []

    def _declared(self, name: str) -> list[str]:
        parameter = CATALOGUE[name]
        if parameter.role == "lever":
            allowed = "the key 'levers'"
            self._fault("is a lever, not an uncertainty", name, allowed=allowed)
            return []
        if parameter.role == "fixed" and name not in self.ranges:
            allowed = "an uncertain parameter, or a range of its own under 'ranges'"
            self._fault("is fixed: it has no range", name, allowed=allowed)
            return []
        return [name]

    def _given_by_a_scenario(self, name: str, scenario: str, named: bool) -> None:
        if named:
            allowed = "a parameter that no scenario of the design sets"
            self._fault(f"is set by the scenario '{scenario}'", name, allowed=allowed)
        else:
            self.notes.append(f"{name} is not varied: '{scenario}' sets it")

    def _check_groups(self, available: Mapping[str, Factor]) -> None:
        for group, names in self.groups.items():
            for name in names:
                if name not in available:
                    self._fault(
                        f"is an unknown parameter in the group '{group}'", name,
                        near=nearest(name, tuple(available)),
                    )  # fmt: skip

    def _policy(
        self, everyone: Sequence[Variant], choices: Sequence[Variant]
    ) -> Iterator[Factor]:
        for key, written in self.levers.items():
            if key == SCENARIO:
                yield from self._scenario(written, choices)
            elif key in CATALOGUE:
                yield from self._lever_parameter(key, written)
            else:
                yield from self._lever(key, written, everyone)

    def _scenario(self, written: Any, choices: Sequence[Variant]) -> Iterator[Factor]:
        names = [variant.name for variant in choices]
        if not self.choices:
            allowed = "a list of two scenarios or more"
            self._fault("is not a list of names", SCENARIO, written, allowed)
        elif len(names) < 2:
            allowed = "a list of two scenarios or more"
            self._fault("has nothing to choose among", SCENARIO, allowed=allowed)
        else:
            yield categorical(SCENARIO, names, POLICY)

    def _lever_parameter(self, name: str, written: Any) -> Iterator[Factor]:
        if CATALOGUE[name].role != "lever":
            allowed = "the key 'uncertainties'"
            self._fault("is an uncertainty, not a lever", name, allowed=allowed)
            return
        span = None if written is None else self._range(name, written)
        yield parameter_factor(name, CATALOGUE, span, POLICY)

    def _lever(
        self, key: str, written: Any, everyone: Sequence[Variant]
    ) -> Iterator[Factor]:
        name = f"{LEVER}{key}"
        owners = [v for v in everyone if slug_of(name) in _slugs(v)]
        if not owners:
            slugs = sorted({slug for variant in everyone for slug in _slugs(variant)})
            slug, _, part = key.partition(".")
            near = nearest(slug, slugs)
            allowed = f"the field of a lever: {', '.join(slugs)}" if slugs else ""
            near = f"{near}.{part}" if near else ""
            self._fault("is a lever of no scenario here", key, None, allowed, near)
            return
        span = self._span(key, written)
        kind = _kind_of(owners[0], name)
        if kind is None:
            allowed = "a field that holds a number, or delay_months"
            self._fault("is not the size of a lever", key, allowed=allowed)
        elif span is not None:
            for value in span:
                self._try(owners, name, key, value)
            yield Factor(name, *span, _unit(name), POLICY, kind)

    def _try(
        self, owners: Sequence[Variant], name: str, key: str, value: float
    ) -> None:
        number = str(int(value)) if value == int(value) else repr(value)
        for owner in owners:
            try:
                with_levers(owner, (f"{lever_key(name)}={number}",))
            except InputError as error:
                first = error.faults[0]
                self._fault(first.problem, key, value, first.allowed)
                return

    def _range(self, name: str, written: Any) -> Span | None:
        if written is None:
            return None
        span = self._span(name, written)
        if span is None:
            return None
        declared = CATALOGUE[name]
        for value in span:
            problem = declared.problem_with(value)
            if problem:
                self._fault(problem, name, value, declared.allowed)
                return None
        return span

    def _span(self, key: str, written: Any) -> Span | None:
        numbers = isinstance(written, list) and all(
            isinstance(one, int | float) and not isinstance(one, bool)
            for one in written
        )
        if not numbers or len(written) != 2:
            self._fault("is not a range", key, written, "[low, high]")
            return None
        return float(written[0]), float(written[1])

    def _fault(
        self,
        problem: str,
        key: str,
        value: object = None,
        allowed: str = "",
        near: str = "",
    ) -> None:
        self.faults.append(
            Fault(problem, key=key, value=value, allowed=allowed, nearest=near)
        )


def _is_lever(selector: str) -> bool:
    return selector == SCENARIO or selector.startswith((LEVER, "levers.", POLICY))


def _slugs(variant: Variant) -> set[str]:
    return {lever.slug for lever in variant.scenario.levers}


def _sizes(name: str, everyone: Sequence[Variant]) -> Iterator[float]:
    """Sizes of a lever in the scenarios that have it."""
    for variant in everyone:
        for lever in variant.scenario.levers:
            if lever.slug == slug_of(name):
                size = getattr(lever, name.partition(".")[2])
                yield float(getattr(size, "mode", size))


def _kind_of(owner: Variant, name: str) -> Kind | None:
    """Whether a field of a lever takes real or whole numbers; None: neither."""
    lever = next(x for x in owner.scenario.levers if x.slug == slug_of(name))
    part = name.partition(".")[2]
    if part == "delay_months":
        return "integer"
    schema = type(lever).model_json_schema().get("properties", {}).get(part, {})
    types = {schema.get("type"), *(s.get("type") for s in schema.get("anyOf", ()))}
    if "number" in types:
        return "real"
    return "integer" if "integer" in types else None


def _unit(name: str) -> str:
    """Unit of a lever's field, which ends in it."""
    units = {
        "m2": "m2", "share": "share", "delay_months": "months", "jobs": "jobs",
        "eur_year": "EUR/year", "cost_eur": "EUR", "cost_eur_year": "EUR/year",
        "minutes_saved": "min", "max_jobs": "jobs", "over_months": "months",
    }  # fmt: skip
    return units.get(name.partition(".")[2], "-")
