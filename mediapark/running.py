"""``mediapark run``: one run with its tables, a chart, a map and a summary."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import typer

from experiments.draws import Sampling, Variant, requests_for, with_draw
from experiments.keys import NO_DRAW, RunRequest
from experiments.posterior import note_posterior
from experiments.runner import Summary, run_all
from experiments.store import Store
from mediapark.api import RESULTS, load_scenario
from mediapark.console import FAILED, STOPPED, Out
from mediapark.options import Ground
from mediapark.pictures import draw_pictures
from mediapark.posteriors import load_posterior
from model.geography import load_region
from model.indicators import INDICATORS, REGION
from model.months import month_name
from model.scenario import Replay

YEARLY = "indicators-yearly.csv"
_WHOLE = {"en": "Region", "fr": "Région", "nl": "Gewest"}
_SHOWN = ("jobs", "firms", "vacancy", "rent")


def run_one(
    out: Out, name: str, ground: Ground, draw: int | None, how: tuple[str, bool]
) -> None:
    """Run, write everything, and say where it lies.

    Parameters
    ----------
    out : Out
    name : str
        The scenario, as it was typed.
    ground : Ground
    draw : int or None
        Draw of the uncertain parameters; None: defaults.
    how : (str, bool)
        Language of texts, and whether to try again what failed.
    """
    lang, retry = how
    request = request_of(name, ground, draw)
    region = load_region(ground.grid)
    folder = ground.out or RESULTS / request.name
    store = Store.create(folder)
    if retry:
        store.forget_failures()
    out.line(f"{request.name}, replicate {request.replicate}: running")
    note_posterior(load_posterior(ground.posterior), store)
    summary = run_all([request], store, workers=1)
    _tell_trouble(out, summary, store, request)
    mine = store.select({request.key})
    indicators = mine.table("indicators")
    pictures = draw_pictures(folder, indicators, mine.table("cells"), region, lang)
    files = [write_yearly(indicators, request, folder), *pictures]
    figures = figures_of(indicators)
    out.value(
        {
            "scenario": request.name,
            "replicate": request.replicate,
            "run": request.key,
            "known": bool(summary.known),
            "seconds": summary.seconds,
            "figures": figures,
            "folder": str(folder),
            "files": [str(file) for file in files],
        }
    )
    first, last = month_name(request.scenario.start), month_name(request.scenario.until)
    zones = {zone.id: zone.name[lang] for zone in region.zones} | {REGION: _WHOLE[lang]}
    rows = [
        (
            f"{INDICATORS[str(one['indicator'])].definition[lang]}, "
            f"{zones[str(one['zone'])]}",
            _shown(one, "start"),
            _shown(one, "end"),
        )
        for one in figures
    ]
    out.table("", ("", f">before {first}", f">{last}"), rows)
    if summary.known:
        out.line("Known already, not computed again.")
    out.last(f"Results: {folder}")


def as_played(
    name: str, key: int | None, scale: float | None, grid: str | None
) -> tuple[int, float, str]:
    """Replicate key, scale and grid: as given, else as the session was played.

    Raises
    ------
    InputError
        If the scenario cannot be used.
    """
    played = Replay()
    if None in (key, scale, grid):
        played = load_scenario(name).replay or played
    return (
        played.key if key is None else key,
        played.scale if scale is None else scale,
        played.grid if grid is None else grid,
    )


def request_of(name: str, ground: Ground, draw: int | None) -> RunRequest:
    """The run that was asked for.

    Raises
    ------
    InputError
        If the scenario or a number cannot be used.
    """
    scenario = load_scenario(name, settings=ground.settings, until=ground.until)
    posterior = load_posterior(ground.posterior)
    sampling = Sampling(1, ground.key, True, ground.grid, ground.scale, posterior)
    request = requests_for([Variant(scenario, ground.words(name))], sampling)[0]
    number = NO_DRAW if draw is None else draw
    drawn = with_draw(scenario, number, posterior)
    return RunRequest(**{**vars(request), "scenario": drawn, "draw": number})


def _tell_trouble(
    out: Out, summary: Summary, store: Store, request: RunRequest
) -> None:
    if summary.stopped:
        out.note("Stopped before the run had ended.")
        raise typer.Exit(STOPPED)
    if request.key in store.failed():
        failures = store.select({request.key}).table("failures")
        error, trace = failures.iloc[-1][["error", "traceback"]]
        out.value({"scenario": request.name, "run": request.key, "error": error})
        out.note(f"{trace}The run failed: {error} (--retry tries it again)")
        raise typer.Exit(FAILED)


def write_yearly(indicators: pd.DataFrame, request: RunRequest, folder: Path) -> Path:
    """Indicators at the end of each year as CSV."""
    months = indicators["month"].astype(str)
    last = months.max()
    rows = indicators[months.str.endswith("-12") | (months == last)]
    rows = rows.drop(columns="run")
    rows.insert(0, "scenario", request.name)
    rows.insert(1, "replicate", request.replicate)
    path = folder / YEARLY
    rows.to_csv(path, index=False, float_format="%.10g", lineterminator="\n")
    return path


def figures_of(indicators: pd.DataFrame) -> list[dict[str, object]]:
    """A few figures of the Region and of Reyers, before the first month and at last."""
    wanted = indicators[
        indicators["indicator"].isin(_SHOWN)
        & indicators["zone"].isin((REGION, "reyers"))
        & (indicators["subsector"] == "all")
    ].astype({"month": str, "zone": str, "indicator": str})
    found: list[dict[str, object]] = []
    groups = wanted.sort_values("month").groupby(["indicator", "zone"])["value"]
    for (indicator, zone), values in groups:
        start, end = float(values.iloc[0]), float(values.iloc[-1])
        found.append({"indicator": indicator, "zone": zone, "start": start, "end": end})
    return found


def _shown(figure: dict[str, object], when: str) -> str:
    value = float(str(figure[when]))
    return (
        f"{100 * value:.1f} %" if figure["indicator"] == "vacancy" else f"{value:,.0f}"
    )
