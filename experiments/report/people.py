"""What the report says of people: tables, charts and who talks with whom."""

from __future__ import annotations

from typing import NamedTuple

from experiments.comparison.people import GROUPS, SPANS, Span
from experiments.comparison.result import VariantResult
from experiments.comparison.statistics import Estimate, band
from experiments.report.charts import Mark, band_chart
from experiments.report.context import Context
from experiments.report.figures import Figure
from experiments.report.matrix import bracketed, change_matrix, level_matrix
from experiments.report.rows import Cell, Row, span
from experiments.report.texts import Texts
from experiments.report.words import (
    is_share,
    is_tiny,
    level,
    name_of,
    teller,
    unit_words,
    with_unit,
)
from model.indicators import REGION
from model.processes.state import SUBSECTORS

HEADLINE = ("communities", "across_talks", "freelance_income", "tight_budgets")
CHARTS = (
    "communities", "across_talks", "knowledge", "freelance_income", "tight_budgets",
    "freelance_minutes",
)  # fmt: skip
BY_ZONE = (
    "communities", "attendance", "freelance_income", "tight_budgets",
    "freelance_minutes", "knowledge",
)  # fmt: skip


class FigureRow(NamedTuple):
    """A figure of people; ``since`` and ``last`` are paired differences."""

    label: str
    unit: str
    level: str
    since: Cell
    last: Cell
    counts: str


class Group(NamedTuple):
    """Figures that belong together."""

    title: str
    about: str
    rows: list[FigureRow]


class ZoneRow(NamedTuple):
    """Differences of a zone, one for each figure."""

    name: str
    cells: list[Cell]
    is_total: bool


class Meetings(NamedTuple):
    """Levels and differences of talks, across employers or within one."""

    title: str
    level: Figure
    change: Figure


def change(figure: str, found: Estimate, texts: Texts) -> Cell:
    """A paired difference; in brackets and pale where its band covers zero."""
    if found.is_zero:
        return Cell(texts("zero.exact"), unsure=True)
    if is_tiny(figure, found.band):
        return Cell(texts("zero.near"), unsure=True)
    tell = teller(figure, found.band, texts)
    main = bracketed(tell(found.band.median), found.band)
    unsure = found.band.covers_zero
    return Cell(main, span(found.band, tell, texts), unsure=unsure)


def headline(context: Context) -> list[Row]:
    """Rows of the headline table: the Region in the last year."""
    texts = context.texts
    return [
        Row(
            with_unit(figure, texts),
            [
                change(figure, one.of_people(figure, "last"), texts)
                for one in context.comparison.variants
            ],
        )
        for figure in HEADLINE
    ]


def groups(result: VariantResult, context: Context) -> list[Group]:
    """All figures of people in the Region."""
    texts = context.texts
    return [
        Group(
            texts(f"people.group_{key}"),
            texts(f"people.about_{key}"),
            [_row(name, result, texts) for name in names],
        )
        for key, names in GROUPS.items()
    ]


def _row(figure: str, result: VariantResult, texts: Texts) -> FigureRow:
    reference = result.people.figures[figure].reference[..., -1]
    before = float(result.people.over(reference, "last").mean())
    since, last = (result.of_people(figure, one) for one in SPANS)
    count = last.chance
    return FigureRow(
        name_of(figure, texts), unit_words(figure, texts), level(figure, before, texts),
        change(figure, since, texts), change(figure, last, texts),
        f"{count.wins} / {count.ties} / {count.losses}",
    )  # fmt: skip


def by_zone(result: VariantResult, context: Context) -> list[ZoneRow]:
    """Differences of each zone, means of the years since a lever first acted."""
    names = result.zone_names()
    return [
        ZoneRow(
            context.zone(zone),
            [
                change(figure, result.of_people(figure, "since", zone), context.texts)
                for figure in BY_ZONE
            ],
            zone == REGION,
        )
        for zone in names
    ]


def zone_heads(texts: Texts) -> list[tuple[str, str]]:
    """Name and unit of each figure that is told by zone."""
    return [(name_of(one, texts), unit_words(one, texts)) for one in BY_ZONE]


def charts(
    result: VariantResult, context: Context, marks: list[Mark], ident: str
) -> list[Figure]:
    """Paired differences of the Region, year by year."""
    texts = context.texts
    months = [f"{year}-12" for year in result.people.years]
    found = []
    for figure in CHARTS:
        scale = 100.0 if is_share(figure) else 1.0
        values = scale * result.people.figures[figure].difference[..., -1]
        drawing = band_chart(
            months, [("variant", values)], marks, texts, with_zero=True
        )
        end = band(values[:, -1])
        tell = teller(figure, band(values[:, -1] / scale), texts)
        about = texts(
            "time.alt_difference", zone=context.zone(REGION),
            median=tell(end.median / scale), low=tell(end.low / scale),
            high=tell(end.high / scale),
        )  # fmt: skip
        name = with_unit(figure, texts)
        title = f"{texts('people.difference')}: {name}"
        picture = drawing.markup(f"{ident}-people-{figure}", title, about)
        found.append(Figure(name, picture))
    return found


def meetings(result: VariantResult, context: Context, ident: str) -> list[Meetings]:
    """Who talks with whom at meetings, across employers and within one."""
    texts, people = context.texts, result.people
    names = [texts(f"subsector.{name}") for name in SUBSECTORS]
    before = people.over(people.encounters.reference, "since").mean(axis=0)
    ends = people.over(people.encounters.difference, "since")
    found = []
    for side, key in ((1, "across"), (0, "within")):
        bands = [band(values) for values in ends[..., side].T]
        drawings = {
            "level": level_matrix(
                before[:, side], float(before.sum()), names, texts
            ),
            "change": change_matrix(bands, before[:, side], names, texts),
        }  # fmt: skip
        parts = []
        for part, drawing in drawings.items():
            caption = texts(f"people.matrix_{part}")
            title = f"{texts(f'people.{key}')}: {caption}"
            picture = drawing.markup(f"{ident}-matrix-{key}-{part}", title)
            parts.append(Figure(caption, picture))
        found.append(Meetings(texts(f"people.{key}"), *parts))
    return found


def spans(result: VariantResult) -> dict[Span, str]:
    """Years that each span covers."""
    years = result.people.years
    first, last = years[result.people.since], years[-1]
    return {"since": last if first == last else f"{first}–{last}", "last": last}
