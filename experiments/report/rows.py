"""Rows of the report's tables, as words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import pandas as pd

from experiments.comparison.flows import PLACE
from experiments.comparison.frames import flow_frame
from experiments.comparison.result import VariantResult
from experiments.comparison.statistics import Band, Estimate, band
from experiments.comparison.tables import Paths
from experiments.report.context import Context
from experiments.report.texts import Texts

FEW_ROWS = 12


class Cell(NamedTuple):
    """A figure, its band and a remark; whether it may as well be nothing."""

    main: str
    band: str = ""
    note: str = ""
    unsure: bool = False


class Row(NamedTuple):
    """A row of the headline table."""

    label: str
    cells: list[Cell]
    inner: bool = False


def span(found: Band, tell: Callable[[float], str], texts: Texts) -> str:
    """Both edges of a band."""
    return texts("range", low=tell(found.low), high=tell(found.high))


def difference(found: Estimate, texts: Texts) -> Cell:
    """A paired difference with its band."""
    if found.is_zero:
        return Cell(texts("zero.exact"), unsure=True)
    note = texts("covers_zero") if found.band.covers_zero else ""
    middle = texts.signed(found.band.median)
    if found.band.low == found.band.high:
        return Cell(middle, texts("all_runs"))
    edges = span(found.band, texts.signed, texts)
    return Cell(middle, edges, note, found.band.covers_zero)


def how_often(found: Estimate, texts: Texts) -> Cell:
    """In how many runs there is more, and the probability of it."""
    chance = found.chance
    main = texts("head.of", wins=chance.wins, pairs=chance.pairs)
    if found.is_zero:
        return Cell(main, "", texts("zero.exact"))
    low, high = texts.percent(chance.low), texts.percent(chance.high)
    p = texts.percent(chance.probability)
    return Cell(main, texts("head.probability", p=p, low=low, high=high))


def share(found: Band | None, texts: Texts) -> Cell:
    """A displaced share."""
    if found is None:
        return Cell(texts("none.zero"), unsure=True)
    return Cell(texts.percent(found.median), span(found, texts.percent, texts))


def euro_per(found: Band | None, result: VariantResult, texts: Texts) -> Cell:
    """Money for a job, or why there is none."""
    if found is not None:
        return Cell(texts.money(found.median), span(found, texts.money, texts))
    if result.unpriced:
        return Cell(texts("none.cost"), unsure=True)
    key = "none.money" if result.spent.is_zero else "none.zero"
    return Cell(texts(key), unsure=True)


def spent(result: VariantResult, texts: Texts) -> Cell:
    """The Region's money."""
    found = result.spent.band
    note = texts("none.partial") if result.unpriced else ""
    edges = "" if found.low == found.high else span(found, texts.money, texts)
    return Cell(texts.money(found.median), edges, note)


Maker: TypeAlias = Callable[[VariantResult], Cell]


def headline(context: Context) -> list[Row]:
    """The headline table: a row for each figure, a cell for each variant."""
    texts = context.texts
    focus = context.zone(context.comparison.focus)
    has_both = any(one.no_knowledge for one in context.comparison.variants)

    def without(figure: Callable[[VariantResult], Cell]) -> Maker:
        return lambda r: (
            figure(r.no_knowledge)
            if r.no_knowledge
            else Cell(texts("none.one_way"), unsure=True)
        )

    makers: tuple[tuple[str, bool, Maker], ...] = (
        ("jobs_here", False, lambda r: difference(r.jobs_here, texts)),
        ("no_knowledge", True, without(lambda r: difference(r.jobs_here, texts))),
        ("decided", True, lambda r: difference(r.decided_here, texts)),
        ("followed", True, lambda r: difference(r.followed_here, texts)),
        ("firms_here", False, lambda r: difference(r.firms_here, texts)),
        ("no_knowledge", True, without(lambda r: difference(r.firms_here, texts))),
        ("jobs_region", False, lambda r: difference(r.jobs_region, texts)),
        ("no_knowledge", True, without(lambda r: difference(r.jobs_region, texts))),
        ("displaced", False, lambda r: share(r.displaced, texts)),
        ("displaced_followed", True, lambda r: share(r.displaced_followers, texts)),
        ("spent", False, lambda r: spent(r, texts)),
        ("euro_here", False, lambda r: euro_per(r.euro_per_job_here, r, texts)),
        ("euro_region", False, lambda r: euro_per(r.euro_per_job_region, r, texts)),
        ("chance_here", False, lambda r: how_often(r.jobs_here, texts)),
        ("chance_region", False, lambda r: how_often(r.jobs_region, texts)),
    )
    return [
        Row(
            texts(f"head.{key}", focus=focus),
            [make(one) for one in context.comparison.variants],
            inner,
        )
        for key, inner, make in makers
        if has_both or key != "no_knowledge"
    ]


class FlowRow(NamedTuple):
    """A row of an account of jobs."""

    label: str
    how: str
    gain: str
    loss: str
    net: str
    band: str


def flow_rows(result: VariantResult, scope: str, context: Context) -> list[FlowRow]:
    """An account of jobs: the largest rows, the rest together, and the total."""
    texts = context.texts
    frame = flow_frame(result)
    frame = frame[frame["scope"] == scope]
    order = (-frame["net"].abs()).sort_values(kind="stable").index
    frame = frame.loc[order]
    is_zone = frame["cause"] == PLACE
    rest = frame[is_zone].iloc[FEW_ROWS:]
    shown = frame.drop(rest.index)
    rows = [_flow_row(row, context) for _, row in shown.iterrows()]
    if len(rest):
        label = texts("flow.other_zones", count=rest["zone"].nunique())
        rows.append(_sum_row(label, rest, texts))
    rows.append(_sum_row(texts("flow.total"), frame, texts))
    return rows


def _flow_row(row: pd.Series, context: Context) -> FlowRow:
    texts = context.texts
    label = (
        context.zone(row["zone"])
        if row["cause"] == PLACE
        else texts(f"flow.cause_{row['cause']}")
    )
    low, high = texts.signed(row["net_low"], 0), texts.signed(row["net_high"], 0)
    return FlowRow(
        label,
        texts("flow.decided" if row["decided"] else "flow.by_itself"),
        texts.signed(row["gain"], 1), texts.signed(row["loss"], 1),
        texts.signed(row["net"], 1), texts("range", low=low, high=high),
    )  # fmt: skip


def _sum_row(label: str, frame: pd.DataFrame, texts: Texts) -> FlowRow:
    gain, loss, net = (float(frame[name].sum()) for name in ("gain", "loss", "net"))
    return FlowRow(
        label, "", texts.signed(gain, 1), texts.signed(loss, 1),
        texts.signed(net, 1), "",
    )  # fmt: skip


class ZoneRow(NamedTuple):
    """A row of the table of zones."""

    name: str
    jobs: tuple[str, str, Cell]
    above: str
    firms: tuple[str, str, Cell]
    is_total: bool


def zone_rows(result: VariantResult, context: Context) -> list[ZoneRow]:
    """Every zone and the Region at the end."""
    texts = context.texts
    rows = []
    for index, zone in enumerate(result.zone_names()):
        jobs, firms = (
            _zone_cells(paths, index, texts) for paths in (result.jobs, result.firms)
        )
        change = result.jobs.difference[:, -1, index]
        above = texts("head.of", wins=int((change > 0).sum()), pairs=len(change))
        is_total = index == len(result.zones)
        rows.append(ZoneRow(context.zone(zone), jobs, above, firms, is_total))
    return rows


def _zone_cells(paths: Paths, index: int, texts: Texts) -> tuple[str, str, Cell]:
    found = band(paths.difference[:, -1, index])
    edges = span(found, texts.signed, texts)
    change = Cell(texts.signed(found.mean, 1), edges, unsure=found.covers_zero)
    reference, variant = (
        texts.number(float(side[:, -1, index].mean()))
        for side in (paths.reference, paths.variant)
    )
    return reference, variant, change


class SureRow(NamedTuple):
    """A row of the table on certainty."""

    label: str
    change: Cell
    counts: str
    chance: Cell
    parameters: Cell


def sure_rows(result: VariantResult, context: Context) -> list[SureRow]:
    """How sure each main figure is."""
    texts = context.texts
    focus = context.zone(result.focus)
    rows = []
    for key, found in (
        ("jobs_here", result.jobs_here),
        ("followed", result.followed_here),
        ("firms_here", result.firms_here),
        ("jobs_region", result.jobs_region),
    ):
        chance, spread = found.chance, found.spread
        parameters = Cell(texts("sure.cannot"))
        if spread.share is not None and spread.low is not None:
            high = texts.percent(spread.high or 0.0)
            low = texts.percent(spread.low)
            edges = texts("range", low=low, high=high)
            parameters = Cell(texts.percent(spread.share), edges)
        edges = texts(
            "range", low=texts.percent(chance.low), high=texts.percent(chance.high)
        )
        rows.append(
            SureRow(
                texts(f"head.{key}", focus=focus), difference(found, texts),
                f"{chance.wins} / {chance.ties} / {chance.losses}",
                Cell(texts.percent(chance.probability), edges), parameters,
            )
        )  # fmt: skip
    return rows


class BothRow(NamedTuple):
    """A headline figure with an effect of knowledge on growth, and without."""

    label: str
    given: Cell
    without: Cell
    through: Cell


def both_rows(result: VariantResult, context: Context) -> list[BothRow]:
    """Headline figures both ways; nothing where there are no such runs."""
    other = result.no_knowledge
    if other is None:
        return []
    texts, focus = context.texts, context.zone(result.focus)
    rows = []
    figures: tuple[tuple[str, Callable[[VariantResult], Estimate]], ...] = (
        ("jobs_here", lambda one: one.jobs_here),
        ("followed", lambda one: one.followed_here),
        ("firms_here", lambda one: one.firms_here),
        ("jobs_region", lambda one: one.jobs_region),
    )
    for key, figure in figures:
        through = result.through_knowledge(figure)
        rows.append(
            BothRow(
                texts(f"head.{key}", focus=focus),
                difference(figure(result), texts), difference(figure(other), texts),
                Cell(texts("sure.cannot"))
                if through is None
                else difference(through, texts),
            )
        )  # fmt: skip
    return rows
