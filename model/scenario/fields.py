"""Field types of the language: months, titles, names that the model must know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from model.errors import nearest
from model.months import month_name, month_number
from model.scenario.frozen import FrozenMap
from model.scenario.vocabulary import OUTSIDE, REGION, Vocabulary, some_of

FIRST_MONTH = month_number("1990-01")
LAST_MONTH = month_number("2100-12")
LANGUAGES = ("en", "fr", "nl")
NAMED = "x-named"
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
_SOURCE = r"S\d{2,3}|assumed|https?://\S+"

Nature: TypeAlias = Literal["measured", "official", "press", "assumed"]


class Record(BaseModel):
    """Base of everything read from a scenario file: strict, closed and frozen."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


def refused(problem: str, allowed: str = "", nearest: str = "") -> PydanticCustomError:
    """A refusal in the words that the person will read."""
    context = {"problem": problem, "allowed": allowed, "nearest": nearest}
    return PydanticCustomError("refused", "{problem}", context)


def read_month(value: object) -> int:
    """Month number of ``YYYY-MM``; raises a refusal in words."""
    allowed = f"a month from {month_name(FIRST_MONTH)} to {month_name(LAST_MONTH)}"
    try:
        number = month_number(value if isinstance(value, str) else "")
    except ValueError:
        raise refused("is not a month", f"{allowed}, such as 2026-09") from None
    if not FIRST_MONTH <= number <= LAST_MONTH:
        raise refused("is out of range", allowed)
    return number


def _read_title(value: object) -> FrozenMap[str]:
    if isinstance(value, str) and value.strip():
        return FrozenMap(dict.fromkeys(LANGUAGES, value))
    if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
        raise refused("is not a text in three languages", "en, fr and nl, or one text")
    for language in LANGUAGES:
        if not isinstance(value[language], str) or not value[language].strip():
            raise refused(f"has no text in '{language}'", "en, fr and nl, or one text")
    return FrozenMap({language: value[language] for language in LANGUAGES})


def _read_slug(value: str) -> str:
    if not re.fullmatch(SLUG, value):
        raise refused("is not a name", "small letters, digits and hyphens")
    return value


def _read_source(value: str) -> str:
    if not re.fullmatch(_SOURCE, value):
        raise refused("is not a source", "a key such as S29, 'assumed', or an address")
    return value


def one_or_more(value: object) -> object:
    """A single value as a tuple of one."""
    return (value,) if isinstance(value, str) else value


def _all_or_some(value: object) -> object:
    return None if value == "all" else one_or_more(value)


def _known(
    what: str, names: Callable[[Vocabulary], Sequence[str]]
) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        known = () if info.context is None else names(info.context)
        if info.context is not None and value not in known:
            allowed = some_of(known, value)
            raise refused(f"is an unknown {what}", allowed, nearest(value, known))
        return value

    return check


def _names(what: str, names: Callable[[Vocabulary], Sequence[str]]) -> Any:
    return AfterValidator(_known(what, names))


def named_schema(kind: str, many: bool = False) -> WithJsonSchema:
    """JSON Schema that points to a named one, which ``schema.py`` puts in."""
    one: dict[str, Any] = {NAMED: kind}
    some = {"type": "array", "items": one, "minItems": 1}
    return WithJsonSchema({"anyOf": [one, some]} if many else one)


Month: TypeAlias = Annotated[
    int,
    PlainValidator(read_month),
    PlainSerializer(month_name, return_type=str),
    named_schema("month"),
]
Title: TypeAlias = Annotated[
    FrozenMap[str],
    PlainValidator(_read_title),
    PlainSerializer(dict, return_type=dict),
    named_schema("title"),
]
Slug: TypeAlias = Annotated[str, AfterValidator(_read_slug)]
Source: TypeAlias = Annotated[str, AfterValidator(_read_source)]
Sources: TypeAlias = Annotated[
    tuple[Source, ...],
    Field(min_length=1),
    BeforeValidator(one_or_more),
    named_schema("source", many=True),
]
Place: TypeAlias = Annotated[
    str, _names("place", lambda v: v.locations), named_schema("place")
]
Destination: TypeAlias = Annotated[
    str, _names("place", lambda v: (*v.locations, OUTSIDE)), named_schema("destination")
]
Places: TypeAlias = Annotated[
    tuple[Place, ...],
    Field(min_length=1),
    BeforeValidator(one_or_more),
    named_schema("place", many=True),
]
Firm: TypeAlias = Annotated[
    str, _names("firm", lambda v: v.firms), named_schema("firm")
]
Indicator: TypeAlias = Annotated[
    str, _names("indicator", lambda v: v.indicators), named_schema("indicator")
]
ZoneOrRegion: TypeAlias = Annotated[
    str, _names("zone", lambda v: (*v.zones, REGION)), named_schema("zone")
]
Subsector: TypeAlias = Annotated[
    str, _names("subsector", lambda v: v.subsectors), named_schema("subsector")
]
Subsectors: TypeAlias = Annotated[
    tuple[Subsector, ...] | None,
    BeforeValidator(_all_or_some),
    named_schema("subsectors"),
]
WorkingLanguage: TypeAlias = Annotated[
    str, _names("language", lambda v: v.languages), named_schema("language")
]
