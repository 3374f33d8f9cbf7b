"""Levers as factors: the size of one, or which scenario it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from experiments.draws import Variant
from experiments.factors import (
    LEVER,
    SCENARIO,
    Factor,
    Kind,
    categorical,
    parameter_factor,
)
from experiments.sweep.selecting import POLICY, Faults, range_of, span_of
from model.errors import InputError, nearest
from model.months import month_name
from model.scenario import Scenario, read_scenario
from model.simulation import CATALOGUE, vocabulary

_SECTION: Final = "levers"
_UNITS = {
    "m2": "m2", "share": "share", "delay_months": "months", "jobs": "jobs",
    "eur_year": "EUR/year", "cost_eur": "EUR", "cost_eur_year": "EUR/year",
    "minutes_saved": "min", "max_jobs": "jobs", "over_months": "months",
}  # fmt: skip


def lever_factors(
    written: dict[str, Any],
    variants: Sequence[Variant],
    choices: Sequence[Variant],
    faults: Faults,
) -> Iterator[Factor]:
    """Factors of the group ``policy``.

    Parameters
    ----------
    written : dict
        What stands under ``levers``.
    variants : sequence of Variant
        Scenarios that are run at every point.
    choices : sequence of Variant
        Levels of the factor ``scenario``.
    faults : Faults
        Takes in what is wrong.
    """
    for key, value in written.items():
        if key == SCENARIO:
            yield from _scenario(value, choices, faults)
        elif key in CATALOGUE:
            yield from _parameter(key, value, faults)
        else:
            yield from _size(key, value, (*variants, *choices), faults)


def chosen_names(written: dict[str, Any]) -> tuple[str, ...]:
    """Names of the scenarios that the factor ``scenario`` chooses among."""
    found = written.get(SCENARIO, ())
    named = isinstance(found, tuple) and all(isinstance(one, str) for one in found)
    return found if named else ()


def _scenario(
    written: Any, choices: Sequence[Variant], faults: Faults
) -> Iterator[Factor]:
    path = (_SECTION, SCENARIO)
    allowed = "a list of two scenarios or more"
    if not isinstance(written, tuple):
        faults.add(path, "is not a list of names", written, allowed)
    elif len(written) < 2:
        faults.add(path, "has nothing to choose among", list(written), allowed)
    elif len(choices) > 1:
        yield categorical(SCENARIO, [choice.name for choice in choices], POLICY)


def _parameter(name: str, written: Any, faults: Faults) -> Iterator[Factor]:
    path = (_SECTION, name)
    if CATALOGUE[name].role != "lever":
        allowed = "the key 'uncertainties'"
        faults.add(path, "is an uncertainty, not a lever", None, allowed)
        return
    yield parameter_factor(
        name, CATALOGUE, range_of(name, path, written, faults), POLICY
    )


def _size(
    key: str, written: Any, everyone: Sequence[Variant], faults: Faults
) -> Iterator[Factor]:
    path, name = (_SECTION, key), f"{LEVER}{key}"
    owners = [variant for variant in everyone if slug_of(name) in _slugs(variant)]
    if not owners:
        slugs = sorted({slug for variant in everyone for slug in _slugs(variant)})
        slug, _, part = key.partition(".")
        near = nearest(slug, slugs)
        allowed = f"the field of one of {', '.join(slugs)}" if slugs else ""
        near = f"{near}.{part}" if near else ""
        faults.add(path, "is a lever of no scenario here", None, allowed, near)
        return
    kind = _kind_of(owners[0], name)
    if kind is None:
        allowed = "a field that holds a number, or delay_months"
        faults.add(path, "is not the size of a lever", None, allowed)
        return
    span = span_of(path, written, faults)
    if span is None or _refused(name, span, owners, faults):
        return
    unit = _UNITS.get(name.partition(".")[2], "-")
    yield Factor(name, *span, unit, POLICY, kind)


def _refused(
    name: str, span: tuple[float, float], owners: Sequence[Variant], faults: Faults
) -> bool:
    """Whether a scenario refuses an end of the range."""
    path = (_SECTION, name.removeprefix(LEVER))
    for value in span:
        for owner in owners:
            try:
                with_levers(owner, (setting_of(name, value),))
            except InputError as error:
                first = error.faults[0]
                faults.add(path, first.problem, value, first.allowed)
                return True
    return False


def _slugs(variant: Variant) -> set[str]:
    return {lever.slug for lever in variant.scenario.levers}


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


def slug_of(name: str) -> str:
    """Name of the lever of a factor."""
    return name.removeprefix(LEVER).partition(".")[0]


def setting_of(name: str, value: float) -> str:
    """``key=value`` for ``--set``; whole numbers are typed without a point."""
    typed = str(int(value)) if value == int(value) else repr(value)
    return f"levers.{name.removeprefix(LEVER)}={typed}"


def settings_of(variant: Variant, values: dict[str, float]) -> tuple[str, ...]:
    """Settings of those levers among the factors that a scenario has."""
    slugs = _slugs(variant)
    return tuple(
        setting_of(name, value)
        for name, value in values.items()
        if name.startswith(LEVER) and slug_of(name) in slugs
    )


def sizes_of(name: str, everyone: Sequence[Variant]) -> Iterator[float]:
    """Sizes of a lever in the scenarios that have it."""
    for variant in everyone:
        for lever in variant.scenario.levers:
            if lever.slug == slug_of(name):
                size = getattr(lever, name.partition(".")[2])
                if size is not None:
                    yield float(getattr(size, "mode", size))


def with_levers(variant: Variant, settings: tuple[str, ...]) -> Scenario:
    """The scenario of a variant with other sizes of its levers.

    Raises
    ------
    ScenarioError
        With every setting that is refused.
    """
    if not settings:
        return variant.scenario
    until = month_name(variant.scenario.until)
    return _read(variant.arguments[0], until, settings)


@lru_cache(maxsize=256)
def _read(name: str, until: str, settings: tuple[str, ...]) -> Scenario:
    """A point is asked for once for each replicate; reading takes 20 ms."""
    return read_scenario(name, vocabulary(), settings=settings).with_until(until)
