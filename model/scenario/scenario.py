"""A resolved scenario: frozen, complete, and known by its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Annotated, Any, NamedTuple, TypeVar, cast, overload

from pydantic import Field

from model.errors import Fault, ScenarioError
from model.months import month_name, month_number
from model.parameters import Block, Catalogue
from model.scenario.fields import Record
from model.scenario.frozen import FrozenMap
from model.scenario.levers import Delay, Lever
from model.scenario.policies import Policy

T = TypeVar("T")
Value = bool | int | float | str | tuple[Any, ...] | FrozenMap[Any] | None

_NOT_IN_A_RUN = {"slug", "title", "source", "nature"}


class Replay(Record):
    """The run that a session was: what it needs beside the scenario."""

    key: Annotated[int, Field(ge=0, le=2**64 - 1)] = 0
    """Replicate key."""
    grid: str = "250"
    """Grid: ``250``, ``500`` or a CSV file."""
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the population and floor space that is simulated."""


class Origin(NamedTuple):
    """Where a value came from.

    Attributes
    ----------
    file : str
        Name of the file, or ``--set``.
    line : int or None
        Line in that file, counted from 1.
    source : str
        Source keys that vouch for it, joined by ``;``.
    """

    file: str
    line: int | None
    source: str


@dataclass(frozen=True)
class Scenario:
    """Everything that a run needs to know of the world, and nothing that changes.

    Attributes
    ----------
    name : str
        Name; with overrides from the command line, joined by ``+``.
    title, summary : mapping of str to str
        Texts by language: ``en``, ``fr``, ``nl``.
    sources : tuple of str
        Source keys of the file.
    start, until : int, month number
        First and last month simulated, both inclusive.
    levers : tuple of Lever
        Dated levers, by first month, then by name.
    policies : tuple of Policy
        Adaptive policies, by name.
    parameters : mapping of str to NamedTuple
        Every block of the catalogue, filled.
    given : mapping of str to float
        Parameters that differ from their defaults, by dotted name.
    origins : mapping of str to Origin
        Where each written value came from, by dotted key.
    notes : tuple of str
        Parts of overrides that did not apply here.
    replay : Replay or None
        The run that it was played as, where it comes from a session.
    """

    name: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    sources: tuple[str, ...]
    start: int
    until: int
    levers: tuple[Lever, ...]
    policies: tuple[Policy, ...]
    parameters: Mapping[str, Block]
    given: Mapping[str, float]
    origins: Mapping[str, Origin]
    notes: tuple[str, ...] = ()
    replay: Replay | None = None

    @property
    def months(self) -> int:
        """Number of months simulated."""
        return self.until - self.start + 1

    @cached_property
    def contents(self) -> Mapping[str, Value]:
        """Everything that affects a run, by dotted key; texts and sources do not."""
        found: dict[str, Value] = {
            "start": month_name(self.start),
            "until": month_name(self.until),
        }
        for lever in self.levers:
            found.update(_lever_contents(f"levers.{lever.slug}", lever))
        for policy in self.policies:
            found.update(_policy_contents(f"policies.{policy.slug}", policy))
        for name, block in self.parameters.items():
            fields = cast(Any, block)._asdict()
            found.update({f"{name}.{field}": fields[field] for field in fields})
        # Adding zero turns -0.0, which is equal to 0.0 but prints otherwise, into it.
        return FrozenMap(
            {
                key: value + 0.0 if isinstance(value, float) else value
                for key, value in found.items()
                if value is not None
            }
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the contents: equal where two runs would be equal."""
        text = json.dumps(self.contents, sort_keys=True, default=dict)
        return hashlib.sha256(text.encode()).hexdigest()

    @overload
    def block(self, declaration: type[T]) -> T: ...

    @overload
    def block(self, declaration: str) -> Block: ...

    def block(self, declaration: type[T] | str) -> T | Block:
        """The parameters of one process.

        Parameters
        ----------
        declaration : NamedTuple class or str
            The class that declares the block, or the block's name.

        Raises
        ------
        KeyError
            If the catalogue has no such block.
        """
        if isinstance(declaration, str):
            return self.parameters[declaration]
        return cast(T, self._by_class[declaration])

    @cached_property
    def _by_class(self) -> dict[type, Block]:
        return {type(block): block for block in self.parameters.values()}

    def written(self, key: str) -> Origin | None:
        """Where a value was written, or None for what was left at its default."""
        if key in self.origins:
            return self.origins[key]
        below = (k for k in self.origins if k.startswith(f"{key}."))
        return next((self.origins[k] for k in below), None)

    def origin(self, key: str) -> Origin:
        """Where a value came from; for what was not written, where its parent did."""
        found = self.written(key)
        parent, dot, _ = key.rpartition(".")
        if found is None and dot:
            return self.origin(parent)
        return found or Origin("default", None, "")

    def with_until(self, until: int | str) -> Scenario:
        """The same scenario with another last month.

        Parameters
        ----------
        until : int, month number, or str, ``YYYY-MM``
            Last month simulated, inclusive.

        Raises
        ------
        ScenarioError
            If it is not a month, or lies before the start.
        """
        try:
            last = month_number(until) if isinstance(until, str) else until
        except ValueError:
            fault = Fault("is not a month", key="until", value=until, allowed="YYYY-MM")
            raise ScenarioError([fault]) from None
        if last < self.start:
            first = month_name(self.start)
            raise ScenarioError(
                [
                    Fault(
                        "is before the start",
                        key="until",
                        value=month_name(last),
                        allowed=f"a month from {first} on",
                    )
                ]
            )
        return replace(self, until=last)

    def with_parameters(
        self, values: Mapping[str, float], source: str = "given"
    ) -> Scenario:
        """The same scenario with some parameters changed.

        Parameters
        ----------
        values : mapping of str to float
            Values by dotted name, in the parameter's unit.
        source : str
            What to say of their origin.

        Raises
        ------
        ScenarioError
            With one fault for each unknown name or refused value.
        """
        catalogue = _catalogue(tuple((n, type(b)) for n, b in self.parameters.items()))
        faults = list(catalogue.faults(values))
        if faults:
            raise ScenarioError(faults)
        merged = differing(catalogue, {**self.given, **values})
        origins = {name: Origin(source, None, "") for name in values}
        return replace(
            self,
            parameters=FrozenMap(catalogue.values(merged)),
            given=FrozenMap(merged),
            origins=FrozenMap({**self.origins, **origins}),
        )


def differing(catalogue: Catalogue, given: Mapping[str, float]) -> dict[str, float]:
    """The values that are not the defaults, in the order of declaration."""
    return {
        declared.name: float(given[declared.name])
        for declared in catalogue
        if declared.name in given and given[declared.name] != declared.parameter.default
    }


@cache
def _catalogue(blocks: tuple[tuple[str, type], ...]) -> Catalogue:
    return Catalogue(dict(blocks))


def _lever_contents(key: str, lever: Lever, skip: frozenset[str] = frozenset()) -> Any:
    fields = lever.model_dump(exclude=_NOT_IN_A_RUN | skip)
    fields["delay_months"] = _delay(lever.delay_months)
    return {f"{key}.{field}": value for field, value in fields.items()}


def _delay(delay: Delay) -> Value:
    return delay.low if delay.certain else FrozenMap(delay.model_dump())


def _policy_contents(key: str, policy: Policy) -> dict[str, Value]:
    found: dict[str, Value] = {
        f"{key}.when.{field}": value
        for field, value in policy.when.model_dump(by_alias=True).items()
    }
    for response in policy.then:
        then = f"{key}.then.{response.slug}"
        found[f"{then}.after_months"] = response.after_months
        found[f"{then}.lasts_months"] = response.lasts_months
        dates = frozenset(("at", "until"))
        found.update(_lever_contents(then, response.template, dates))
    return found
