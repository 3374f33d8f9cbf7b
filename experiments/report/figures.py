"""The pictures of a variant, each with its words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from experiments.comparison.flows import BY_ITSELF, CAUSES, DECIDED, SIZE
from experiments.comparison.result import VariantResult
from experiments.comparison.statistics import band
from experiments.comparison.tables import Floats, Paths
from experiments.report.charts import Mark, band_chart, stacked_years
from experiments.report.context import Context
from experiments.report.flowchart import Stream, flow_chart
from experiments.report.maps import CLUSTER, cell_map, zone_map
from model.indicators import REGION

NAMED_STREAMS = 7
LEAST_SHARE = 0.01  # of all that comes and goes: the rest is drawn together
LEAST_JOBS = 0.05


class Figure(NamedTuple):
    """A picture and its caption."""

    caption: str
    picture: Markup


class NetParts(NamedTuple):
    """The gain at the focus in parts, float64[years] each."""

    decided: Floats
    displaced: Floats
    new: Floats
    total: Floats


def net_parts(result: VariantResult) -> NetParts:
    """What the rest of the Region lacks, and what is net new; means over pairs."""
    gain = result.flows.total.mean(axis=0)
    net = result.regional.total.mean(axis=0)
    decided = (result.flows.part(DECIDED) - result.regional.part(DECIDED)).mean(axis=0)
    return NetParts(decided, gain - net - decided, net, gain)


def maps(result: VariantResult, context: Context, ident: str) -> list[Figure]:
    """Both maps."""
    texts, region = context.texts, context.region
    ends = result.jobs.difference[:, -1, :-1].mean(axis=0)
    best, worst = int(ends.argmax()), int(ends.argmin())
    alt = texts(
        "map.alt_cells",
        best=context.zone(result.zones[best]), gain=texts.signed(float(ends[best])),
        worst=context.zone(result.zones[worst]), loss=texts.signed(float(ends[worst])),
    )  # fmt: skip
    figures = []
    names = context.names(result).anchors
    for key, drawing in (
        ("cells", cell_map(result, region, texts, names)),
        ("zones", zone_map(result, region, texts)),
    ):
        caption = texts(f"map.{key}")
        picture = drawing.markup(
            f"{ident}-map-{key}", f"{texts('map.title')}: {caption}", alt
        )
        figures.append(Figure(caption, picture))
    return figures


def streams(
    result: VariantResult, context: Context
) -> tuple[list[Stream], list[Stream]]:
    """What comes to the focus and what goes, means over pairs at the end."""
    gain = result.flows.gain[:, -1].mean(axis=0)
    loss = -result.flows.loss[:, -1].mean(axis=0)
    least = max(LEAST_SHARE * float(gain.sum() + loss.sum()), LEAST_JOBS)
    return (
        _one_way(gain, least, "up", result, context),
        _one_way(loss, least, "down", result, context),
    )


def _one_way(
    jobs: Floats, least: float, way: str, result: VariantResult, context: Context
) -> list[Stream]:
    texts = context.texts
    first = len(CAUSES)
    places = jobs[first:]
    found = []
    for z in np.argsort(-places[:, DECIDED], kind="stable"):
        label = texts("flow.zone_decided", zone=context.zone(result.zones[z]))
        found.append(Stream(label, float(places[z, DECIDED]), "decided"))
    own = places[:, BY_ITSELF]
    order = [z for z in np.argsort(-own, kind="stable") if own[z] > 0]
    named = [z for z in order if own[z] >= least][:NAMED_STREAMS]
    for z in named:
        found.append(Stream(context.zone(result.zones[z]), float(own[z]), "moved"))
    key = "flow.other_zones" if named else "flow.zones"
    others = texts(key, count=len(order) - len(named))
    rest = float(own.sum() - own[named].sum())
    found.append(Stream(others, rest, "moved"))
    for rows, key, style in (([*range(SIZE + 1, first)], "new", "new"),
                             ([SIZE], "size", "size")):  # fmt: skip
        label = texts(f"flow.{way}_{key}")
        decided = texts("flow.zone_decided", zone=label)
        found.append(Stream(decided, float(jobs[rows, DECIDED].sum()), "decided"))
        found.append(Stream(label, float(jobs[rows, BY_ITSELF].sum()), style))
    return [stream for stream in found if stream.jobs >= LEAST_JOBS]


def flow_figure(result: VariantResult, context: Context, ident: str) -> Figure | None:
    """Ribbons into and out of the focus; nothing where nothing flows."""
    comes, goes = streams(result, context)
    if not comes and not goes:
        return None
    texts = context.texts
    focus = context.zone(result.focus)
    drawing = flow_chart(comes, goes, focus, texts)
    picture = drawing.markup(
        f"{ident}-flow", texts("flow.title"), texts("flow.alt", focus=focus)
    )
    return Figure(texts("flow.title"), picture)


def net_figure(
    result: VariantResult, context: Context, marks: list[Mark], ident: str
) -> Figure:
    """Net new against displaced, year by year."""
    texts = context.texts
    parts = net_parts(result)
    drawing = stacked_years(
        result.years,
        [
            ("decided", texts("net.decided"), parts.decided),
            ("moved", texts("net.displaced"), parts.displaced),
            ("new", texts("net.new"), parts.new),
        ],
        parts.total, marks, texts,
    )  # fmt: skip
    total, decided, displaced, new = (
        texts.signed(float(values[-1]))
        for values in (parts.total, parts.decided, parts.displaced, parts.new)
    )
    about = texts("net.alt", total=total, decided=decided, displaced=displaced, new=new)
    title = texts("net.title")
    return Figure(title, drawing.markup(f"{ident}-net", title, about))


def shown_zones(result: VariantResult, context: Context) -> list[str]:
    """The focus, the Region, the other clusters and the zone that changes most."""
    clusters = [
        zone.id for zone in context.region.zones if zone.character.startswith(CLUSTER)
    ]
    shown = [result.focus, REGION, *(z for z in clusters if z != result.focus)]
    change = np.abs(result.jobs.difference[:, -1, :-1].mean(axis=0))
    for z in np.argsort(-change, kind="stable"):
        if len(shown) >= 6:
            break
        if result.zones[z] not in shown:
            shown.append(result.zones[z])
    return shown


def difference_figures(
    result: VariantResult, context: Context, marks: list[Mark], ident: str, what: str
) -> list[Figure]:
    """Paired difference of jobs or firms over time, a chart for each zone."""
    texts = context.texts
    paths: Paths = getattr(result, what)
    figures = []
    for zone in shown_zones(result, context):
        values = paths.difference[:, :, result.zone_names().index(zone)]
        name = context.zone(zone)
        drawing = band_chart(
            result.months, [("variant", values)], marks, texts, with_zero=True
        )
        end = band(values[:, -1])
        about = texts(
            "time.alt_difference", zone=name, median=texts.signed(end.median),
            low=texts.signed(end.low), high=texts.signed(end.high),
        )  # fmt: skip
        title = f"{texts(f'time.{what}')}, {name}"
        picture = drawing.markup(f"{ident}-{what}-{zone}", title, about)
        figures.append(Figure(name, picture))
    return figures


def level_figures(
    result: VariantResult, context: Context, marks: list[Mark], ident: str
) -> list[Figure]:
    """Levels of both sides at the focus and in the Region."""
    texts = context.texts
    figures = []
    for what in ("jobs", "firms"):
        paths: Paths = getattr(result, what)
        for zone in (result.focus, REGION):
            z = result.zone_names().index(zone)
            lines = [
                ("reference", paths.reference[:, :, z]),
                ("variant", paths.variant[:, :, z]),
            ]
            drawing = band_chart(result.months, lines, marks, texts, with_zero=False)
            about = texts(
                "time.alt_level",
                reference=texts.number(float(np.median(lines[0][1][:, -1]))),
                variant=texts.number(float(np.median(lines[1][1][:, -1]))),
            )
            title = texts(f"time.level_{what}", zone=context.zone(zone))
            picture = drawing.markup(f"{ident}-level-{what}-{zone}", title, about)
            figures.append(Figure(title, picture))
    return figures
