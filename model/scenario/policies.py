"""Adaptive policies: if an indicator crosses a line, then act.

A policy fires once, in the first month in which its condition has held for
``for_months`` months in a row; the model logs the firing.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SerializeAsAny, model_validator

from model.scenario.fields import (
    Indicator,
    Month,
    Nature,
    Record,
    Slug,
    Sources,
    Title,
    ZoneOrRegion,
    refused,
)
from model.scenario.levers import Lever
from model.scenario.vocabulary import REGION


class Trigger(Record):
    """The condition of an adaptive policy."""

    indicator: Indicator
    """Indicator that is watched."""
    zone: ZoneOrRegion = REGION
    """Zone in which it is watched, or ``region``."""
    below: float | None = None
    """Line under which the condition holds, unit of the indicator."""
    above: float | None = None
    """Line over which the condition holds, unit of the indicator."""
    since: Month = Field(alias="from")
    """First month in which the indicator is looked at."""
    for_months: Annotated[int, Field(ge=1, le=240)] = 1
    """How many months in a row the condition must hold."""

    @model_validator(mode="after")
    def _one_threshold(self) -> Trigger:
        if (self.below is None) == (self.above is None):
            raise refused("names no threshold", "either 'below' or 'above'")
        return self

    def holds(self, value: float) -> bool:
        """Whether a value of the indicator lies beyond the line.

        Parameters
        ----------
        value : float, unit of the indicator
            Value in one month; not-a-number never holds.
        """
        if self.below is not None:
            return value < self.below
        return self.above is not None and value > self.above


class Response(Record):
    """A lever that waits for its policy to fire."""

    slug: Slug
    """Name of the lever."""
    after_months: Annotated[int, Field(ge=0, le=600)]
    """Months between the firing and the lever's first month."""
    lasts_months: Annotated[int, Field(ge=1, le=600)] | None = None
    """Months in which it works; nothing: for good."""
    template: SerializeAsAny[Lever]
    """The lever, with dates that mean nothing yet."""

    def lever(self, fired: int) -> Lever:
        """The dated lever.

        Parameters
        ----------
        fired : int, month number
            Month in which the policy fired.
        """
        at = fired + self.after_months
        until = None if self.lasts_months is None else at + self.lasts_months - 1
        return self.template.model_copy(update={"at": at, "until": until})


class Policy(Record):
    """When something is seen, then levers are pulled."""

    slug: Slug
    """Name of the policy within its scenario."""
    title: Title
    """What it is, in English, French and Dutch."""
    source: Sources
    """Where its numbers come from."""
    nature: Nature
    """How well its numbers are known."""
    when: Trigger
    """The condition."""
    then: Annotated[tuple[Response, ...], Field(min_length=1)]
    """The levers that it pulls."""
