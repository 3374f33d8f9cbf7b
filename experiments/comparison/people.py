"""What is compared of people: figures by year and zone, and who talks with whom.

Sums of a month are noisy, so they enter as means over each year; stocks and what is
itself a mean of a year enter as they stand at the end of it. Two spans of years are
told: the last one, and all full years since a lever first acted, fixed beforehand so
that nobody looks for the best year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from experiments.comparison.tables import (
    ALL,
    Floats,
    Integers,
    Pairs,
    Paths,
    Tables,
    codes_of,
    column,
    months_in,
)
from model.errors import Fault, InputError
from model.indicators import INDICATORS, REGION
from model.processes.journal import COMMUNITY_KINDS
from model.processes.state import SUBSECTORS

Span: TypeAlias = Literal["since", "last"]
SPANS: tuple[Span, ...] = ("since", "last")
FLOWS = (
    "attendance", "turnout", "known_talks", "across_talks", "new_ties", "repeat_work",
    "went_freelance", "left_freelance",
)  # fmt: skip
COUNTED = {
    "communities_founded": "founded",
    "communities_closed": "closed",
    "founders_lost": "founder lost",
}
ACROSS_SHARE = "across_share"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "communities": (
        "communities", "supported_communities", *COUNTED, "attendance", "turnout",
        "new_ties",
    ),
    "meetings": ("across_talks", ACROSS_SHARE, "known_talks"),
    "freelancers": (
        "freelancers", "freelance_days", "freelance_income", "tight_budgets", "clients",
        "repeat_work", "freelance_minutes", "coworkers", "went_freelance",
        "left_freelance", "commute_minutes",
    ),
    "network": (
        "ties", "cross_employer_ties", "ei_index", "clustering", "path_length",
        "giant_component", "brokerage",
    ),
    "knowledge": ("knowledge", "knowledge_gap"),
}  # fmt: skip
INDICATED = tuple(
    name for names in GROUPS.values() for name in names if name in INDICATORS
)
STOCKS = tuple(name for name in INDICATED if name not in FLOWS)
PAIRS = tuple(zip(*(axis.tolist() for axis in np.triu_indices(5)), strict=True))
_UNITS = dict.fromkeys(COUNTED, "communities/year") | {ACROSS_SHARE: "share"}


def unit_of(figure: str) -> str:
    """Unit of a figure of people."""
    return _UNITS.get(figure) or INDICATORS[figure].unit


@dataclass(frozen=True)
class People:
    """Figures of people on both sides of the pairs, year by year.

    Attributes
    ----------
    years : tuple of str
    since : int
        Position of the first full year after a lever first acted.
    figures : dict of str to Paths
        float64[pairs, years, zones + 1], the Region last; not-a-number in zones where
        a figure is told of the Region only.
    encounters : Paths
        float64[pairs, years, 15, 2], talks/year: the subsectors of ``PAIRS``, within
        one employer and across.
    """

    years: tuple[str, ...]
    since: int
    figures: Mapping[str, Paths] = field(repr=False)
    encounters: Paths = field(repr=False)

    def over(self, paths: Floats, span: Span) -> Floats:
        """Mean over the years of a span, float64[pairs, ...]."""
        first = self.since if span == "since" else len(self.years) - 1
        mean: Floats = paths[:, first:].mean(axis=1)
        return mean

    @property
    def is_zero(self) -> bool:
        """Whether no figure of any pair differs."""
        every = (*self.figures.values(), self.encounters)
        return not any(np.nan_to_num(paths.difference).any() for paths in every)


class Side(NamedTuple):
    """Figures of one side of the pairs."""

    figures: dict[str, Floats]
    encounters: Floats


def people_of(
    tables: Tables, pairs: Pairs, zones: Sequence[str], first_act: str | None
) -> People:
    """Figures of people of all pairs.

    Parameters
    ----------
    tables : Tables
    pairs : Pairs
    zones : sequence of str
        Without the Region.
    first_act : str or None, YYYY-MM
        When the variant first did what its reference does not.

    Raises
    ------
    InputError
        If a figure is missing in some runs.
    """
    months = months_in(tables.people["month"])
    months = months[1:] or months  # The first is the base state.
    years = tuple(dict.fromkeys(month[:4] for month in months))
    if not years:
        raise InputError([Fault("has no figures of people", "indicators")])
    reference, variant = (
        _side(tables, runs, months, years, zones)
        for runs in (pairs.reference, pairs.variant)
    )
    full = [year > first_act[:4] if first_act else True for year in years]
    return People(
        years,
        full.index(True) if any(full) else len(years) - 1,
        {
            name: Paths(reference.figures[name], variant.figures[name])
            for name in reference.figures
        },
        Paths(reference.encounters, variant.encounters),
    )


def _side(
    tables: Tables, runs: Sequence[str], months: Sequence[str],
    years: tuple[str, ...], zones: Sequence[str],
) -> Side:  # fmt: skip
    figures = _indicated(tables.people, runs, months, (*zones, REGION))
    figures |= _counted(tables.communities, runs, years, zones)
    encounters = _encounters(tables.encounters, runs, years)
    within, across = np.moveaxis(encounters.sum(axis=2), -1, 0)
    share = np.full((len(runs), len(years), len(zones) + 1), np.nan)
    share[..., -1] = across / np.maximum(within + across, 1.0)
    return Side(figures | {ACROSS_SHARE: share}, encounters)


def _indicated(
    table: pd.DataFrame, runs: Sequence[str], months: Sequence[str],
    zones: Sequence[str],
) -> dict[str, Floats]:  # fmt: skip
    """Indicators by year: flows as means, all else as at the end of the year."""
    years = list(dict.fromkeys(month[:4] for month in months))
    year_of = np.array([years.index(month[:4]) for month in months])
    ends = np.append(np.diff(year_of) > 0, True)
    figure, month, run, zone = (
        codes_of(table[name], labels)
        for name, labels in (
            ("indicator", INDICATED), ("month", months), ("run", runs), ("zone", zones)
        )
    )  # fmt: skip
    flow = np.array([name in FLOWS for name in INDICATED])
    wanted = codes_of(table["subsector"], (ALL,)) == 0
    wanted &= np.minimum.reduce([figure, month, run, zone]) >= 0
    wanted &= flow[figure] | ends[month]
    shape = (len(INDICATED), len(runs), len(years), len(zones))
    at = np.ravel_multi_index(
        tuple(code[wanted] for code in (figure, run, year_of[month], zone)), shape
    )
    size = int(np.prod(shape))
    count = np.bincount(at, minlength=size)
    total = np.bincount(at, column(table, "value")[wanted], size)
    with np.errstate(invalid="ignore"):
        values = np.where(count > 0, total / count, np.nan).reshape(shape)
    figures = dict(zip(INDICATED, values, strict=True))
    names = [name for name, one in figures.items() if np.isnan(one[..., -1]).any()]
    if names:
        text = "is missing in some years: do all runs have the same months?"
        raise InputError([Fault(text, "indicators", key=name) for name in names])
    return figures


def _counted(
    table: pd.DataFrame, runs: Sequence[str], years: Sequence[str], zones: Sequence[str]
) -> dict[str, Floats]:
    """Communities founded, closed, or without their founder, in each year."""
    run, zone = codes_of(table["run"], runs), codes_of(table["zone"], zones)
    kind, year = codes_of(table["kind"], COMMUNITY_KINDS), _years(table, years)
    wanted = np.minimum.reduce([run, zone, kind, year]) >= 0
    counts = np.zeros((len(COMMUNITY_KINDS), len(runs), len(years), len(zones) + 1))
    np.add.at(counts, tuple(code[wanted] for code in (kind, run, year, zone)), 1.0)
    counts[..., -1] = counts.sum(axis=-1)
    return {
        name: counts[COMMUNITY_KINDS.index(kind_name)]
        for name, kind_name in COUNTED.items()
    }


def _years(table: pd.DataFrame, years: Sequence[str]) -> Integers:
    months = months_in(table["month"])
    known = [years.index(m[:4]) if m[:4] in years else -1 for m in months]
    return np.array([*known, -1])[codes_of(table["month"], months)]


def _encounters(
    table: pd.DataFrame, runs: Sequence[str], years: Sequence[str]
) -> Floats:
    """Talks by year, float64[runs, years, 15, 2]; none where the table has none."""
    run, year = codes_of(table["run"], runs), codes_of(table["year"], years)
    one, two = (codes_of(table[name], SUBSECTORS) for name in ("subsector", "other"))
    across = column(table, "across_employers").astype(np.int64)
    wanted = np.minimum.reduce([run, year, one, two]) >= 0
    talks = np.zeros((len(runs), len(years), 5, 5, 2))
    at = tuple(code[wanted] for code in (run, year, one, two, across))
    np.add.at(talks, at, column(table, "talks")[wanted])
    first, second = np.array(PAIRS).T
    return talks[:, :, first, second]
