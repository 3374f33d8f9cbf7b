"""The eleven kinds of lever: what the Region, a broadcaster or the room can choose.

A lever is a dated event.  ``at`` is its first month and ``until`` its last one,
inclusive; a delay moves both.  Amounts of money are EUR of the year of the source.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from model.months import month_name
from model.scenario.fields import (
    Destination,
    Firm,
    Month,
    Nature,
    Place,
    Places,
    Record,
    Slug,
    Sources,
    Subsector,
    Subsectors,
    Title,
    WorkingLanguage,
    named_schema,
    refused,
)
from model.scenario.vocabulary import OUTSIDE

DelayMonths = Annotated[int, Field(ge=0, le=240)]


class Delay(Record):
    """Months by which a lever comes late: a triangular distribution.

    A delay that is written as one number has ``low == mode == high``.
    """

    low: DelayMonths
    """Shortest delay, months."""
    mode: DelayMonths
    """Likeliest delay, months."""
    high: DelayMonths
    """Longest delay, months."""

    @property
    def certain(self) -> bool:
        """Whether there is nothing to draw."""
        return self.low == self.high

    @model_validator(mode="after")
    def _ordered(self) -> Delay:
        if not self.low <= self.mode <= self.high:
            raise refused("is not in order", "low <= mode <= high")
        return self


def _read_delay(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"low": value, "mode": value, "high": value}
    if not isinstance(value, dict | Delay):
        raise refused("is not a delay", "whole months, or {low, mode, high}")
    return value


class Lever(Record):
    """What all kinds of lever share."""

    slug: Slug
    """Name of the lever within its scenario."""
    kind: str
    """Kind of lever."""
    title: Title
    """What it is, in English, French and Dutch."""
    at: Month
    """First month in which it works."""
    until: Month | None = None
    """Last month in which it works; nothing: for good."""
    source: Sources
    """Where its numbers come from."""
    nature: Nature
    """How well its numbers are known."""
    cost_eur: Annotated[float, Field(ge=0, le=1e10)] | None = None
    """One-off public cost, EUR."""
    cost_eur_year: Annotated[float, Field(ge=0, le=1e9)] | None = None
    """Public cost of each year in which it works, EUR per year."""
    region_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the public cost that the Region bears; others bear the rest."""
    delay_months: Annotated[
        Delay,
        BeforeValidator(_read_delay),
        named_schema("delay"),
    ] = Delay(low=0, mode=0, high=0)
    """By how many months it comes late."""

    @field_validator("until")
    @classmethod
    def _until_after_at(cls, value: int | None, info: ValidationInfo) -> int | None:
        at = info.data.get("at")
        if value is not None and at is not None and value < at:
            raise refused("is before 'at'", f"a month from {month_name(at)} on")
        return value


class FloorSpace(Lever):
    """Media-usable office space is delivered, or taken away."""

    kind: Literal["floor_space"]
    where: Places
    """Places; the floor space is divided evenly over them."""
    m2: Annotated[float, Field(ge=-500_000, le=500_000)]
    """Lettable floor space in all, m2; negative removes."""
    open_to_subsectors: Subsectors = None
    """Who may rent it; ``all`` or nothing: all media firms."""
    media_only: bool = True
    """Whether it is kept for media firms; otherwise anybody may fill it."""


class RentSubsidy(Lever):
    """A share of the rent is paid for the tenants of a place."""

    kind: Literal["rent_subsidy"]
    where: Places
    """Places in which tenants get it."""
    share: Annotated[float, Field(ge=0, le=0.6)]
    """Share of the rent that is paid."""
    subsectors: Subsectors = None
    """Who gets it; ``all`` or nothing: everybody."""
    max_jobs: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Largest firm that gets it, jobs; nothing: any size."""


class AnchorMove(Lever):
    """A firm known by name moves to premises of its own."""

    kind: Literal["anchor_move"]
    who: Firm
    """The firm that moves."""
    to: Destination
    """Where it goes; ``outside`` is out of the Region."""
    m2: Annotated[float, Field(gt=0, le=500_000)] | None = None
    """New premises, for its own use, m2; nothing only when it goes outside."""
    demolish: bool = False
    """Whether the old premises are taken down rather than let."""

    @model_validator(mode="after")
    def _premises(self) -> AnchorMove:
        if self.m2 is None and self.to != OUTSIDE:
            raise refused("names no premises", "'m2', or 'to: outside'")
        return self


class AnchorJobs(Lever):
    """A firm known by name grows or shrinks."""

    kind: Literal["anchor_jobs"]
    who: Firm
    """The firm that changes."""
    factor: Annotated[float, Field(ge=0, le=10)] | None = None
    """Jobs at the end as a share of those at the beginning."""
    jobs: Annotated[float, Field(ge=0, le=50_000)] | None = None
    """Jobs at the end, FTE."""
    over_months: Annotated[int, Field(ge=1, le=600)] = 1
    """Months that the change takes, in equal steps."""

    @model_validator(mode="after")
    def _one_of_two(self) -> AnchorJobs:
        if (self.factor is None) == (self.jobs is None):
            raise refused("does not say how many jobs", "either 'factor' or 'jobs'")
        return self


class AnchorArrival(Lever):
    """A large firm comes from outside the Region."""

    kind: Literal["anchor_arrival"]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    """Name of the newcomer."""
    where: Place
    """Where it settles."""
    jobs: Annotated[float, Field(gt=0, le=50_000)]
    """Jobs that it brings, FTE."""
    subsector: Subsector
    """Its trade."""
    language: WorkingLanguage
    """Its working language."""
    m2: Annotated[float, Field(gt=0, le=500_000)]
    """Premises built for it, m2."""


class Transit(Lever):
    """A place becomes easier to reach by public transport."""

    kind: Literal["transit"]
    where: Places
    """Places that are reached faster."""
    minutes_saved: Annotated[float, Field(ge=0, le=20)]
    """Time saved on each trip to or from there, minutes."""
    access_change: Annotated[float, Field(ge=-3, le=3)] = 0.0
    """Change of transit access, standard units."""


class Quality(Lever):
    """A place becomes more, or less, agreeable."""

    kind: Literal["quality"]
    where: Places
    """Places that change."""
    change: Annotated[float, Field(ge=-1, le=1)]
    """Change of place quality, which runs from 0 to 1."""


class CommunitySupport(Lever):
    """Rooms, money and hosts for communities of practice."""

    kind: Literal["community_support"]
    where: Places
    """Places whose communities get it."""
    eur_year: Annotated[float, Field(ge=0, le=1e8)]
    """Budget in all, EUR per year; the public cost unless ``cost_eur_year`` differs."""
    rooms: Annotated[int, Field(ge=0, le=1_000)] = 0
    """Rooms that are free of charge."""
    facilitators: Annotated[float, Field(ge=0, le=1_000)] = 0.0
    """Paid facilitators, FTE."""

    @model_validator(mode="before")
    @classmethod
    def _budget_is_cost(cls, data: Any) -> Any:
        if isinstance(data, dict) and "eur_year" in data:
            return {"cost_eur_year": data["eur_year"], **data}
        return data


class Coworking(Lever):
    """Coworking spaces or shared studios open for media freelancers."""

    kind: Literal["coworking"]
    where: Places
    """Places; the desks are divided evenly over them."""
    desks: Annotated[int, Field(ge=0, le=10_000)]
    """Desks in all."""
    price_eur_month: Annotated[float, Field(ge=0, le=5_000)]
    """Price of a desk, EUR per month."""


class Telework(Lever):
    """Employers and the Region agree on more, or less, telework."""

    kind: Literal["telework"]
    change: Annotated[float, Field(ge=-1, le=1)]
    """Change of the telework share of work time, 0 to 1."""


class SkillsProgramme(Lever):
    """Courses for media workers."""

    kind: Literal["skills_programme"]
    participants_year: Annotated[int, Field(ge=0, le=100_000)]
    """People trained each year."""
    subsector: Subsector
    """The trade whose knowledge is taught."""
    points: Annotated[float, Field(ge=0, le=10)]
    """What each learns, on the scale of 0 to 30."""


KINDS: dict[str, type[Lever]] = {
    "floor_space": FloorSpace,
    "rent_subsidy": RentSubsidy,
    "anchor_move": AnchorMove,
    "anchor_jobs": AnchorJobs,
    "anchor_arrival": AnchorArrival,
    "transit": Transit,
    "quality": Quality,
    "community_support": CommunitySupport,
    "coworking": Coworking,
    "telework": Telework,
    "skills_programme": SkillsProgramme,
}
