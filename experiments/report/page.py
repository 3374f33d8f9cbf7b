"""Put the report together and write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from experiments.comparison.frames import write_tables
from experiments.comparison.result import Comparison, VariantResult
from experiments.comparison.surfaces import KERNEL_KM
from experiments.report import figures, people, rows
from experiments.report.charts import Mark
from experiments.report.context import About, Context
from experiments.report.levers import community_levers, lever_rows, marks
from experiments.report.summary import answers
from experiments.report.texts import Texts
from model.scenario import Scenario, explain

NAME = "report.html"
_TEN_MILLION = 1e7


def write_report(
    comparison: Comparison,
    folder: Path | str,
    lang: str = "en",
    scenarios: Mapping[str, Scenario] | None = None,
    about: About | None = None,
) -> Path:
    """Write the report and its tables into a folder.

    Parameters
    ----------
    comparison : Comparison
    folder : Path or str
        Made if it is not there.
    lang : {"en", "fr", "nl"}
        Language of the page.
    scenarios : mapping of str to Scenario, optional
        For titles, levers, costs and what was changed.
    about : About, optional
        Versions, command and sources of the runs.

    Returns
    -------
    Path
        The page.
    """
    folder = Path(folder)
    texts = Texts(lang)
    files = [path.name for path in write_tables(comparison, folder)]
    context = Context(comparison, texts, scenarios or {}, about or About())
    page = folder / NAME
    page.write_text(render(context, files), encoding="utf-8")
    return page


def render(context: Context, files: list[str]) -> str:
    """The page as text."""
    template = _environment().get_template("report.html.jinja")
    return template.render(
        t=context.texts,
        style=Markup(_read("report.css")),
        focus=context.zone(context.comparison.focus),
        reference=context.title(context.comparison.reference),
        variants=[_variant(one, context) for one in context.comparison.variants],
        headline=[*rows.headline(context), *people.headline(context)],
        **_frame(context, files),
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(name: str) -> str:
    file = resources.files("experiments.report") / name
    return file.read_text(encoding="utf-8")


def _frame(context: Context, files: list[str]) -> dict[str, Any]:
    """What stands around the variants."""
    texts, comparison = context.texts, context.comparison
    first = comparison.variants[0]
    end = texts.end(first.months[-1])
    keys = sorted(
        {key for one in context.scenarios.values() for key in one.sources}
        | {
            key
            for one in comparison.variants
            for lever in context.own_levers(one.name).values()
            for key in lever.source
        }
        - {"assumed"}
    )

    def quoted(name: str) -> str:
        return texts("quote", name=context.title(name))

    return {
        "lead": texts(
            "lead",
            variants=texts.listing(
                [quoted(one.name) for one in comparison.variants]
            ),
            reference=quoted(comparison.reference),
            first=texts.month(first.months[1 if len(first.months) > 1 else 0]),
            last=texts.month(first.months[-1]),
        ),
        "end": end,
        "limits": [
            texts(f"limits.{key}", end=end)
            for key in ("synthetic", "parameters", "communities", "people",
                        "knowledge", "horizon", "delays", "housing")
        ] + _of_posterior(context),
        "example": rows.difference(first.jobs_here, texts),
        "changes": _changes(context),
        "facts": _facts(context),
        "source_keys": keys,
        "sources": [
            (key, context.about.sources[key])
            for key in keys
            if key in context.about.sources
        ],
        "command": context.about.command or _command(context),
        "files": texts.listing(files),
    }  # fmt: skip


def _of_posterior(context: Context) -> list[str]:
    """Where calibrated parameters come from, and whether that is synthetic."""
    posterior = context.about.posterior
    if posterior is None:
        return []
    key = "limits.posterior_synthetic" if posterior.synthetic else "limits.posterior"
    draws = len(posterior.points)
    return [context.texts(key, name=posterior.name, draws=draws)]


def _command(context: Context) -> str:
    comparison = context.comparison
    names = " ".join(one.name for one in comparison.variants)
    pairs = max(len(one.pairs) for one in comparison.variants)
    return (
        f"mediapark compare {comparison.reference} {names} "
        f"--replicates {pairs} --lang {context.texts.language}"
    )


def _changes(context: Context) -> list[tuple[str, list[dict[str, str]]]]:
    """Values of each variant that differ from the reference, levers apart."""
    reference = context.scenarios.get(context.comparison.reference)
    found = []
    for one in context.comparison.variants:
        scenario = context.scenarios.get(one.name)
        if reference is None or scenario is None:
            continue
        differences = [
            {
                "key": item.key,
                "old": _value(item.old),
                "new": _value(item.new),
                "where": f"{item.file}:{item.line}" if item.line else item.file,
                "source": item.source,
            }
            for item in explain(reference, scenario)
            if not item.key.startswith("levers.")
        ]
        found.append((context.title(one.name), differences))
    return found


def _value(value: object) -> str:
    return "–" if value is None else str(value)


def _facts(context: Context) -> list[tuple[str, str]]:
    texts, comparison = context.texts, context.comparison
    names = [comparison.reference, *(one.name for one in comparison.variants)]
    keys = sorted(
        {int(key) for one in comparison.variants for key in one.pairs.replicate}
    )
    shown = ", ".join(map(str, keys))
    if len(keys) > 2 and keys == list(range(keys[0], keys[-1] + 1)):
        shown = f"{keys[0]}–{keys[-1]}"
    facts = [
        (texts("source.scenarios"), ", ".join(names)),
        (texts("source.replicates"), shown),
    ]
    for name in names:
        scenario = context.scenarios.get(name)
        if scenario is not None:
            label = texts("source.fingerprint", name=name)
            facts.append((label, scenario.fingerprint[:16]))
    facts.append((texts("source.grid"), context.region.fingerprint[:16]))
    return facts + [(key, value) for key, value in context.about.facts.items()]


def _variant(result: VariantResult, context: Context) -> dict[str, Any]:
    """All that the page says of a variant."""
    texts = context.texts
    ident = re.sub(r"[^a-z0-9]+", "-", f"v-{result.name.lower()}").strip("-")
    names = context.names(result)
    levers = lever_rows(result, context)
    on_axis = marks(levers, result)
    parts = figures.net_parts(result)
    return {
        "id": ident,
        "title": names.variant,
        "about": context.summary(result.name),
        "answers": answers(result, names),
        "is_zero": result.is_zero,
        "pairs": len(result.pairs),
        "maps": figures.maps(result, context, ident),
        "cell_m": texts.number(1000 * context.region.cell_km),
        "kernel_m": texts.number(1000 * KERNEL_KM),
        "flow": figures.flow_figure(result, context, ident),
        "flow_total": texts.signed(float(parts.total[-1]), 1),
        "flow_rows": rows.flow_rows(result, result.focus, context),
        "region_rows": rows.flow_rows(result, "region", context),
        "net": figures.net_figure(result, context, on_axis, ident),
        "levels": figures.level_figures(result, context, on_axis, ident),
        "jobs": figures.difference_figures(result, context, on_axis, ident, "jobs"),
        "firms": figures.difference_figures(result, context, on_axis, ident, "firms"),
        "zones": rows.zone_rows(result, context),
        "money": _money(result, context),
        "levers": levers,
        "missing_levers": _missing_levers(result, context),
        "community": texts.listing(community_levers(result, context)),
        "people": _people(result, context, on_axis, ident),
        "sure": rows.sure_rows(result, context),
        "both": rows.both_rows(result, context),
        "checks": _checks(result, context),
    }


def _people(
    result: VariantResult, context: Context, on_axis: list[Mark], ident: str
) -> dict[str, Any]:
    """All that the page says of people under a variant."""
    return {
        "groups": people.groups(result, context),
        "charts": people.charts(result, context, on_axis, ident),
        "meetings": people.meetings(result, context, ident),
        "zone_heads": people.zone_heads(context.texts),
        "zones": people.by_zone(result, context),
        "spans": people.spans(result),
        "is_zero": result.people.is_zero,
    }


def _missing_levers(result: VariantResult, context: Context) -> str:
    scenario = context.scenarios.get(result.name)
    reference = context.scenarios.get(context.comparison.reference)
    if scenario is None or reference is None:
        return ""
    own = {lever.slug for lever in scenario.levers}
    texts = context.texts
    return texts.listing(
        [texts.of(one.title) for one in reference.levers if one.slug not in own]
    )


def _money(result: VariantResult, context: Context) -> dict[str, Any]:
    texts = context.texts
    gain = result.jobs_here.band
    names = context.names(result)
    ten = ""
    if gain.low > 0:
        ten = texts(
            "money.ten", here=texts.money(_TEN_MILLION / gain.median), focus=names.focus
        )
    return {
        "spent": rows.spent(result, texts),
        "here": rows.euro_per(result.euro_per_job_here, result, texts),
        "region": rows.euro_per(result.euro_per_job_region, result, texts),
        "unpriced": [names.levers.get(slug, slug) for slug in result.unpriced],
        "ten": ten,
    }


def _checks(result: VariantResult, context: Context) -> list[str]:
    """Sentences on the checks that the runs passed."""
    texts = context.texts
    said = [texts("sure.conservation")]
    switches = result.switches
    if switches is None:
        said.append(texts("sure.no_switches"))
    else:
        said.append(
            texts(
                "sure.switches", choices=switches.choices, pairs=switches.pairs,
                direct=switches.direct, nearby=switches.nearby,
                space=switches.through_space, others=switches.others,
                before=switches.before,
            )
        )  # fmt: skip
    return said
