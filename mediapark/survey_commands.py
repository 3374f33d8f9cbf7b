"""The commands ``mediapark survey ...``: check, draw, estimate and the codebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediapark import options as o
from mediapark.console import Out, telling_faults

survey = typer.Typer(
    name="survey",
    help="The survey of media workers and firms: from answers to priors.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@survey.command()
def codebook(
    lang: o.Lang = o.Language.en, quiet: o.Quiet = False, json: o.Json = False
) -> None:
    """List every column with its question, its answers and what it informs."""
    with telling_faults(json):
        from mediapark.surveying import show_codebook

        show_codebook(Out(quiet, json), lang.value)


@survey.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV files of answers.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write every fault into a CSV file."
        ),
    ] = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Read answers, name every fault by row and column, and say what stays."""
    with telling_faults(json):
        from mediapark.surveying import check_answers

        check_answers(Out(quiet, json), files, out)


@survey.command()
def draw(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for both files.")
    ],
    key: Annotated[
        int, typer.Option(min=0, max=2**64 - 1, help="Another key, another survey.")
    ] = 0,
    setting: o.Setting = None,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Draw a synthetic survey from known parameters."""
    with telling_faults(json):
        from mediapark.surveying import draw_answers

        draw_answers(Out(quiet, json), key, tuple(setting or ()), out)


@survey.command()
def estimate(
    workers_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Answers of workers, in place of those drawn."
        ),
    ] = None,
    firms_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Answers of firms, in place of those drawn."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of results.")
    ] = Path("survey-results"),
    lang: o.Lang = o.Language.en,
    quiet: o.Quiet = False,
    json: o.Json = False,
) -> None:
    """Weigh answers, estimate, and write a page, a table and priors.

    With one file only, nothing synthetic is added to it; with none, both shipped
    synthetic files are used.
    """
    with telling_faults(json):
        from mediapark.surveying import estimate_survey

        files = (workers_file, firms_file)
        estimate_survey(Out(quiet, json), files, out, lang.value)
