"""The command ``mediapark``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediapark import options as o
from mediapark.calibration_commands import calibrate, recover, validate
from mediapark.console import Out, telling_faults
from mediapark.survey_commands import survey

app = typer.Typer(
    name="mediapark",
    help="Simulates the firms and workers of Brussels' media, and what the Mediapark "
    "at Pôle Reyers would change.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(survey)


def _version(wanted: bool) -> None:
    if wanted:
        from mediapark import __version__

        typer.echo(f"mediapark {__version__}")
        raise typer.Exit


@app.callback()
def front(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Say which version."
        ),
    ] = False,
) -> None:
    """Simulate the firms and workers of Brussels' media."""


@app.command()
def scenarios(
    lang: o.Lang = o.Language.en, quiet: o.Quiet = False, json: o.Json = False
) -> None:
    """List scenarios and overrides."""
    with telling_faults(json):
        from mediapark.listing import list_all

        list_all(Out(quiet, json), lang.value)


@app.command()
def explain(
    scenario: o.Name,
    against: Annotated[
        str, typer.Option(metavar="SCENARIO", help="What to compare with.")
    ] = "reference",
    setting: o.Setting = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Show every difference between two scenarios, with its source."""
    with telling_faults(json):
        from mediapark.listing import explain_difference

        explain_difference(Out(quiet, json), scenario, against, tuple(setting or ()))


@app.command()
def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="Files or folders; all shipped ones if none."
        ),
    ] = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Look for faults in scenario files; all of them at once."""
    with telling_faults(json):
        from mediapark.listing import check_files

        check_files(Out(quiet, json), tuple(files or ()))


@app.command()
def parameters(quiet: o.Quiet = False, json: o.Json = False) -> None:
    """List all parameters with unit, range, role and source."""
    from mediapark.listing import list_parameters

    list_parameters(Out(quiet, json))


@app.command()
def schema(
    override: Annotated[
        bool, typer.Option("--override", help="Of overrides instead of scenarios.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it into a file.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    with telling_faults(False):
        from mediapark.listing import write_schema

        write_schema("override" if override else "scenario", out)


@app.command()
def run(
    scenario: o.Name,
    key: o.OneKey = None,
    draw: o.Draw = None,
    posterior: o.PosteriorName = None,
    until: o.Until = None,
    scale: o.OneScale = None,
    grid: o.OneGrid = None,
    setting: o.Setting = None,
    retry: o.Retry = False,
    out: o.Out = None,
    lang: o.Lang = o.Language.en,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Run one scenario once: tables, a map and a chart."""
    with telling_faults(json):
        from mediapark.running import as_played, run_one

        key, scale, grid = as_played(scenario, key, scale, grid)
        settings = tuple(setting or ())
        ground = o.Ground(key, until, scale, grid, settings, out, posterior)
        run_one(Out(quiet, json), scenario, ground, draw, (lang.value, retry))


@app.command()
def live(
    scenario: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO]...",
            help="One or two, side by side; full-plan and communities if none.",
        ),
    ] = None,
    key: o.Key = 0,
    posterior: o.PosteriorName = None,
    until: o.Until = None,
    scale: o.Scale = 1.0,
    grid: o.Grid = "250",
    setting: o.Setting = None,
    port: o.Port = 8642,
    share: o.Share = False,
    no_browser: o.NoBrowser = False,
    session: o.SessionFile = None,
    replicates: o.Replicates = 20,
    out: o.SavedIn = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Open the workshop view: runs in the room, in the browser, without internet."""
    with telling_faults(json):
        from mediapark.showing import Asked, show

        settings = tuple(setting or ())
        ground = o.Ground(key, until, scale, grid, settings, out, posterior)
        names = tuple(scenario or ("full-plan", "communities"))
        asked = Asked(names, port, share, not no_browser, session, replicates)
        show(Out(quiet, json), asked, ground)


@app.command()
def compare(
    reference: Annotated[
        str, typer.Argument(metavar="REFERENCE", help="What to compare with.")
    ],
    scenario: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO...",
            help="Names or files; + adds overrides: full-plan+telework-high.",
        ),
    ],
    replicates: o.Replicates = 20,
    key: o.Key = 0,
    fixed: o.Fixed = False,
    posterior: o.PosteriorName = None,
    both_ways: o.BothWays = True,
    until: o.Until = None,
    scale: o.Scale = 1.0,
    grid: o.Grid = "250",
    setting: o.Setting = None,
    until_precise: o.UntilPrecise = None,
    absolute: o.Absolute = False,
    at_most: o.AtMost = 400,
    indicator: o.Indicator = "jobs",
    zone: o.Zone = "reyers",
    workers: o.Workers = None,
    retry: o.Retry = False,
    out: o.Out = None,
    lang: o.Lang = o.Language.en,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Compare scenarios with a reference, in runs that share every random draw."""
    with telling_faults(json):
        from mediapark.comparing import Asked, compare_all

        settings = tuple(setting or ())
        ground = o.Ground(key, until, scale, grid, settings, out, posterior)
        target = o.target_of(until_precise, absolute, at_most)
        asked = Asked(
            (reference, *scenario), replicates, fixed, both_ways, workers, retry,
            target, (indicator, zone),
        )  # fmt: skip
        compare_all(Out(quiet, json), asked, ground, lang.value)


@app.command()
def sweep(
    design: Annotated[
        str, typer.Argument(metavar="DESIGN", help="File, or name of a shipped design.")
    ],
    posterior: o.PosteriorName = None,
    shard: o.Shard = None,
    workers: o.Workers = None,
    dask: o.Dask = None,
    until_precise: o.UntilPrecise = None,
    absolute: o.Absolute = False,
    at_most: o.AtMost = 400,
    retry: o.Retry = False,
    dry_run: o.DryRun = False,
    out: o.Out = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Run a design: many points, each under several scenarios and replicates."""
    with telling_faults(json):
        from mediapark.sweeping import Asked, sweep_all

        target = o.target_of(until_precise, absolute, at_most)
        asked = Asked(
            design, out, shard, workers, dask, retry, dry_run, target, posterior
        )
        sweep_all(Out(quiet, json), asked)


@app.command()
def sensitivity(
    folder: o.Folder,
    indicator: o.OfIndicator = None,
    zone: o.OfZone = None,
    month: o.AtMonth = None,
    scenario: o.OfScenario = None,
    against: o.Against = None,
    resamples: o.Resamples = 1000,
    seed: o.Seed = 0,
    lang: o.Lang = o.Language.en,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Say which factors decide the figures of a sweep: indices and pictures."""
    with telling_faults(json):
        from mediapark.analysing import Asked, analyse_sweep

        asked = Asked(indicator, zone, month, scenario, against, resamples, seed)
        analyse_sweep(Out(quiet, json), folder, asked, lang.value)


@app.command()
def robust(
    folder: o.Folder,
    indicator: o.OfIndicator = None,
    zone: o.OfZone = None,
    month: o.AtMonth = None,
    better: Annotated[
        str | None,
        typer.Option(
            metavar="more|less", help="What is better; as the indicator says."
        ),
    ] = None,
    resamples: o.Resamples = 1000,
    seed: o.Seed = 0,
    lang: o.Lang = o.Language.en,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Choose among the variants of a sweep when nobody knows the future."""
    with telling_faults(json):
        from mediapark.analysing import Asked
        from mediapark.choosing import choose

        asked = Asked(indicator, zone, month, resamples=resamples, seed=seed)
        choose(Out(quiet, json), folder, asked, better, lang.value)


for command in (calibrate, validate, recover):
    app.command()(command)


@app.command()
def query(
    folder: o.Folder,
    sql: Annotated[
        str,
        typer.Argument(metavar="SQL", help="One SELECT; - reads it from the input."),
    ],
    reference: Annotated[
        str | None,
        typer.Option(metavar="SCENARIO", help="What the view 'pairs' compares with."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write it: .csv, .parquet or .json."
        ),
    ] = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Ask a folder of results in SQL; views: runs, series, moves, pairs."""
    with telling_faults(json):
        from mediapark.asking import ask_folder

        ask_folder(Out(quiet, json), folder, sql, reference, out)


@app.command()
def bundle(
    folder: o.Folder,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE.zip", help="Beside the folder if not given."
        ),
    ] = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Pack a folder of results for an archive; the same bytes whenever it is done."""
    with telling_faults(json):
        from mediapark.asking import pack_folder

        pack_folder(Out(quiet, json), folder, out)


@app.command()
def verify(
    folder: o.Folder,
    sample: Annotated[
        int | None, typer.Option(min=1, help="How many runs; all if not given.")
    ] = None,
    workers: o.Workers = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Run the runs of a folder once more and compare bit by bit."""
    with telling_faults(json):
        from mediapark.checking import verify_folder

        verify_folder(Out(quiet, json), folder, sample, workers)


def main() -> None:
    """Entry point of the command."""
    app()
