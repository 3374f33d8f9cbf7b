"""The codebook: every item of the survey, its answers, and what it informs.

It is a YAML file in English, French and Dutch, ``codebook.yaml``. The reader, the
synthetic survey and the page of estimates all work from it; nothing about an item is
said a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML

from model.errors import InputError
from model.geography import load_region

FILE = Path(__file__).with_name("codebook.yaml")
Part = Literal["workers", "firms"]
PARTS: tuple[Part, ...] = ("workers", "firms")
Kind = Literal[
    "id", "code", "yes-no", "whole", "number", "year", "month", "neighbourhood"
]
YES, NO = "yes", "no"
RESPONDENT, WEIGHT, SYNTHETIC = "respondent", "weight", "synthetic"
ABOUT_THE_ROW = (RESPONDENT, WEIGHT, SYNTHETIC, "answered")
NUMERIC: tuple[Kind, ...] = ("whole", "number", "year", "month", "neighbourhood")


class SurveyError(InputError):
    """A file of answers, cards or margins that cannot be used."""


class Strict(BaseModel):
    """A record that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """A text in three languages."""

    en: str
    fr: str
    nl: str


class Item(Strict):
    """One question.

    Attributes
    ----------
    name : str
        Column, or the beginning of several.
    type : str
        What an answer is.
    label : Words
        The question.
    informs : tuple of str
        Parameters of the model, or words.
    answers : dict of str to Words
        Codes with their meaning.
    range : (float, float) or None
        Answers outside are impossible; years for a month.
    unit : str
    repeat : int
        How many columns.
    at_most : str
        Item that an answer cannot exceed.
    margin : bool
        Whether weights use it.
    """

    name: str
    type: Kind
    label: Words
    informs: tuple[str, ...]
    answers: dict[str, Words] = {}
    range: tuple[float, float] | None = None
    unit: str = ""
    repeat: int = 1
    at_most: str = ""
    margin: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Item:
        if (self.type == "code") != bool(self.answers):
            raise ValueError(f"{self.name}: codes have answers, and nothing else has")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a file that hold the item."""
        if self.repeat == 1:
            return (self.name,)
        return tuple(f"{self.name}_{k}" for k in range(1, self.repeat + 1))

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes that an answer may be; empty for numbers and ids."""
        return (YES, NO) if self.type == "yes-no" else tuple(self.answers)

    @property
    def allowed(self) -> str:
        """Allowed answers, for messages."""
        if self.codes:
            return ", ".join(self.codes)
        if self.type == "neighbourhood":
            return "a number of the monitoring of neighbourhoods"
        if self.range is None:
            return "any text"
        low, high = self.range
        if self.type == "month":
            return f"a month from {low:.0f}-01 to {high:.0f}-12"
        noun = {"number": "number", "year": "year"}.get(self.type, "whole number")
        return f"{noun} from {low:.12g} to {high:.12g} {self.unit}".rstrip()


class CardItem(Strict):
    """One line of a card of a site: what it says, and its levels."""

    name: str
    unit: str
    label: Words
    levels: tuple[float, ...]
    informs: tuple[str, ...]


class Sum(Strict):
    """Items of one respondent that cannot add up to more."""

    part: Part
    items: tuple[str, ...]
    at_most: float


class Codebook(Strict):
    """All items of both parts, the cards, and sums that cannot be exceeded."""

    workers: tuple[Item, ...]
    firms: tuple[Item, ...]
    cards: tuple[CardItem, ...]
    sums: tuple[Sum, ...]

    def items(self, part: Part) -> tuple[Item, ...]:
        """Items of a part, in the order of the questionnaire."""
        return self.workers if part == "workers" else self.firms

    def item(self, part: Part, name: str) -> Item:
        """One item.

        Raises
        ------
        LookupError
            If the part has no such item.
        """
        for item in self.items(part):
            if item.name == name:
                return item
        raise LookupError(f"the survey of {part} has no item {name!r}")

    def columns(self, part: Part) -> dict[str, Item]:
        """Items by column."""
        return {name: item for item in self.items(part) for name in item.columns}


class Limit(NamedTuple):
    """A column whose answers cannot exceed those of another."""

    column: str
    ceiling: str


def limits(items: tuple[Item, ...]) -> Iterator[Limit]:
    """Columns that cannot exceed others, item by item."""
    by_name = {item.name: item for item in items}
    for item in items:
        if item.at_most:
            ceilings = by_name[item.at_most].columns
            for column, ceiling in zip(item.columns, ceilings, strict=True):
                yield Limit(column, ceiling)


@cache
def codebook() -> Codebook:
    """The codebook that comes with the package."""
    text = FILE.read_text(encoding="utf-8")
    return Codebook.model_validate(YAML(typ="safe", pure=True).load(text))


@cache
def neighbourhood_codes() -> tuple[int, ...]:
    """Numbers of the neighbourhoods that have a cell, in the region's order."""
    return tuple(int(place.id) for place in load_region("250").neighbourhoods)
