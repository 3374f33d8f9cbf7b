"""Commands that fit the model to targets: ``calibrate``, ``validate``, ``recover``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from mediapark import options as o
from mediapark.console import Out, telling_faults

_GROUND = "What is run"
_OUTPUT = "Output"

Priors: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--priors", metavar="FILE", rich_help_panel=_GROUND,
        help="Priors of a survey, as 'survey estimate' writes them; the shipped ones "
        "if not given.",
    ),
]  # fmt: skip
Quick: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--quick", rich_help_panel=_GROUND,
        help="A rough look in two minutes: a quarter of the firms, one year, 12 draws.",
    ),
]  # fmt: skip
Reduced: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--reduced", rich_help_panel=_GROUND,
        help="All firms, three years, 100 draws: about half an hour on one core.",
    ),
]  # fmt: skip
Emulated: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--emulated", rich_help_panel=_GROUND,
        help="Take the posterior from the emulators of history matching instead of "
        "ABC-SMC: a fifth of the time, and pyABC is not needed.",
    ),
]  # fmt: skip
PosteriorOut: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--posterior-out", metavar="DIR", rich_help_panel=_OUTPUT,
        help="Folder of the posterior; below that of results if not given.",
    ),
]  # fmt: skip
Runs: TypeAlias = Annotated[
    int,
    typer.Option("--runs", min=2, help="Predictive runs.", rich_help_panel=_GROUND),
]
Pairs: TypeAlias = Annotated[
    int,
    typer.Option(
        "--pairs", min=0, rich_help_panel=_GROUND,
        help="Pairs of runs of the virtual experiment.",
    ),
]  # fmt: skip
Regions: TypeAlias = Annotated[
    int, typer.Option("--regions", min=2, help="How many.", rich_help_panel=_GROUND)
]
Sampled: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--sampled", rich_help_panel=_GROUND,
        help="Fit by ABC-SMC itself; without it by the emulators of history matching, "
        "which takes a tenth of the time.",
    ),
]  # fmt: skip


def calibrate(
    priors: Priors = None,
    quick: Quick = False,
    reduced: Reduced = False,
    emulated: Emulated = False,
    workers: o.Workers = None,
    dask: o.Dask = None,
    posterior_out: PosteriorOut = None,
    out: o.Out = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Fit the free parameters to published targets: a posterior."""
    with telling_faults(json):
        from mediapark.calibrating import Asked, calibrate_all

        asked = Asked(
            out, posterior_out, priors, quick, reduced, emulated, workers, dask
        )
        calibrate_all(Out(quiet, json), asked)


def validate(
    posterior: o.PosteriorName = None,
    runs: Runs = 40,
    pairs: Pairs = 10,
    scale: o.Scale = 1.0,
    workers: o.Workers = None,
    out: o.Out = None,
    lang: o.Lang = o.Language.en,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Hold a posterior against figures that it has not seen: a page."""
    with telling_faults(json):
        from mediapark.validating import SHIPPED, VALIDATION, Effort, validate_all

        effort = Effort(out or VALIDATION, runs, pairs, scale, workers)
        validate_all(Out(quiet, json), posterior or SHIPPED, effort, lang.value)


def recover(
    regions: Regions = 20,
    sampled: Sampled = False,
    workers: o.Workers = None,
    out: o.Out = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Fit regions that were simulated from known parameters: are they found?"""
    with telling_faults(json):
        from mediapark.validating import RECOVERY, Effort, recover_all

        effort = Effort(out or RECOVERY, regions, workers=workers)
        recover_all(Out(quiet, json), sampled, effort)
