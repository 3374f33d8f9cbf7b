"""A design as it is written: the keys of the file and what each may hold."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from experiments.draws import LARGEST_KEY
from model.months import month_name
from model.scenario.fields import Month, Record, Slug


class OutcomeFile(Record):
    """The figure that is looked at while a sweep runs."""

    indicator: str = "jobs"
    """Indicator, at the end of the last month."""
    zone: str = "reyers"
    """Zone, or ``region``."""


class DesignFile(Record):
    """A design file."""

    name: Slug
    """Name of the file, without its ending."""
    question: Annotated[str, Field(min_length=1)]
    """What the sweep is to answer."""
    scenarios: tuple[str, ...] = ()
    """Scenarios that are run at every point; the first is the reference."""
    uncertainties: str | tuple[str, ...] = ()
    """``all``, groups such as ``space``, or dotted names of parameters."""
    levers: dict[str, Any] | None = None
    """Fields of levers with their ranges; ``scenario`` with a list of scenarios."""
    seeds: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    """Replicate keys that the factor ``seed`` spans; nothing: it is no factor."""
    ranges: dict[str, Any] | None = None
    """Other ranges than the declared ones, by dotted name: ``[low, high]``."""
    groups: dict[str, tuple[str, ...]] | None = None
    """Groups of one's own: their parameters by name of the group."""
    method: Any
    """Name of the method under ``kind``, and its own keys."""
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Replicates of each scenario at each point."""
    key: Annotated[int, Field(ge=0, le=LARGEST_KEY)] = 0
    """Replicate key of the first replicate."""
    until: Month | None = None
    """Last month of every run; nothing: that of the scenario."""
    grid: str | int = "250"
    """``250``, ``500`` or a CSV file."""
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the population and of floor space."""
    outcome: OutcomeFile = OutcomeFile()
    """What is looked at while the sweep runs, and decides when it is precise."""

    @property
    def last_month(self) -> str | None:
        """Last month as it is typed."""
        return None if self.until is None else month_name(self.until)
