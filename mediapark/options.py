"""Options that mean the same in every command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from experiments.precision import Target

_GROUND = "What is run"
_PRECISION = "Replicates until sure"
_OUTPUT = "Output"
_FIGURE = "Which figure"
_ROOM = "The room"
_LARGEST = 2**64 - 1


class Language(StrEnum):
    """Languages of texts."""

    en = "en"
    fr = "fr"
    nl = "nl"


Replicates: TypeAlias = Annotated[
    int,
    typer.Option(
        "--replicates", min=1, help="Runs of each scenario.", rich_help_panel=_GROUND
    ),
]
Key: TypeAlias = Annotated[
    int,
    typer.Option(
        "--key", min=0, max=_LARGEST, rich_help_panel=_GROUND,
        help="Replicate key: runs that share it share every random draw. With "
        "several replicates, the key of the first.",
    ),
]  # fmt: skip
OneKey: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--key", min=0, max=_LARGEST, rich_help_panel=_GROUND,
        help="Replicate key: runs that share it share every random draw; 0 if not "
        "given, or that of the session that the file comes from.",
    ),
]  # fmt: skip
OneScale: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--scale", rich_help_panel=_GROUND,
        help="Share of firms, people and floor space that is simulated, 0-1; 1 if not "
        "given, or that of the session that the file comes from.",
    ),
]  # fmt: skip
OneGrid: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--grid", metavar="250|500|FILE", rich_help_panel=_GROUND,
        help="Side of a cell in metres, or a CSV file with a grid of your own; 250 if "
        "not given, or that of the session that the file comes from.",
    ),
]  # fmt: skip
Port: TypeAlias = Annotated[
    int,
    typer.Option(
        "--port", min=0, max=65535, rich_help_panel=_ROOM,
        help="Port of the page; 0: any that is free.",
    ),
]  # fmt: skip
Share: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--share", rich_help_panel=_ROOM,
        help="Let phones and browsers in the local network look on, by a QR code.",
    ),
]  # fmt: skip
NoBrowser: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-browser", rich_help_panel=_ROOM,
        help="Only say the facilitator's address.",
    ),
]  # fmt: skip
SessionFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--session", metavar="FILE", rich_help_panel=_ROOM,
        help="Go on with a saved session.",
    ),
]  # fmt: skip
SavedIn: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", rich_help_panel=_ROOM,
        help="Folder of saved sessions; results/sessions if not given.",
    ),
]  # fmt: skip
Fixed: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--fixed", rich_help_panel=_GROUND,
        help="Keep uncertain parameters at their defaults instead of drawing them.",
    ),
]  # fmt: skip
BothWays: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--both-ways/--one-way", rich_help_panel=_GROUND,
        help="Run every replicate once more without an effect of knowledge on growth, "
        "and show each headline with and without it. That effect is weakly known. It "
        "doubles the number of runs, and so the time; --one-way leaves them out.",
    ),
]  # fmt: skip
Draw: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--draw", min=0, rich_help_panel=_GROUND,
        help="Use this draw of the uncertain parameters instead of the defaults.",
    ),
]  # fmt: skip
PosteriorName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--posterior", metavar="NAME|DIR", rich_help_panel=_GROUND,
        help="Take the calibrated parameters from this posterior instead of their "
        "ranges: a shipped one, or the folder that 'calibrate' has left.",
    ),
]  # fmt: skip
Until: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="YYYY-MM", help="Last month.", rich_help_panel=_GROUND
    ),
]
Scale: TypeAlias = Annotated[
    float,
    typer.Option(
        "--scale", rich_help_panel=_GROUND,
        help="Share of firms, people and floor space that is simulated, 0-1.",
    ),
]  # fmt: skip
Grid: TypeAlias = Annotated[
    str,
    typer.Option(
        "--grid", metavar="250|500|FILE", rich_help_panel=_GROUND,
        help="Side of a cell in metres, or a CSV file with a grid of your own.",
    ),
]  # fmt: skip
Setting: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", rich_help_panel=_GROUND,
        help="A single value, laid on last; may be repeated.",
    ),
]  # fmt: skip
Workers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, rich_help_panel=_GROUND,
        help="Processes; one for each core if not given.",
    ),
]  # fmt: skip
Shard: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--shard", metavar="I/N", rich_help_panel=_GROUND,
        help="Run every N-th point only, into a folder of its own; the same command "
        "without --shard gathers all of them and runs what is still missing.",
    ),
]  # fmt: skip
Dask: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--dask", metavar="ADDRESS|local", rich_help_panel=_GROUND,
        help="Compute on a Dask cluster; 'local' starts one on this machine.",
    ),
]  # fmt: skip
DryRun: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--dry-run", rich_help_panel=_GROUND,
        help="Say what it would take, and compute nothing but a few runs to time it.",
    ),
]  # fmt: skip
UntilPrecise: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--until-precise", metavar="P", rich_help_panel=_PRECISION,
        help="Add replicates until the half-width of the 95 % interval of the mean "
        "paired difference is at most this share of the true difference: 0.05 is 5 % "
        "(estimated half-width at most P/(1+P) of the estimated difference). Over the "
        "points of a sweep both are root mean squares. At least 10 independent "
        "replicates, or pairs that share a draw, come before the first look; each "
        "batch adds a quarter.",
    ),
]  # fmt: skip
Absolute: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--absolute", rich_help_panel=_PRECISION,
        help="P is a half-width in the indicator's own unit, not a share.",
    ),
]  # fmt: skip
AtMost: TypeAlias = Annotated[
    int,
    typer.Option(
        "--at-most", metavar="N", min=2, rich_help_panel=_PRECISION,
        help="Replicates after which it ends in any case.",
    ),
]  # fmt: skip
Indicator: TypeAlias = Annotated[
    str,
    typer.Option(
        "--indicator", rich_help_panel=_PRECISION,
        help="Indicator whose difference is to be known, in the last month.",
    ),
]  # fmt: skip
Zone: TypeAlias = Annotated[
    str,
    typer.Option("--zone", rich_help_panel=_PRECISION, help="Zone of it, or 'region'."),
]
Retry: TypeAlias = Annotated[
    bool,
    typer.Option("--retry", help="Try failed runs again.", rich_help_panel=_GROUND),
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", rich_help_panel=_OUTPUT,
        help="Folder of results; what it holds already is not computed again.",
    ),
]  # fmt: skip
Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of results.")
]
OfIndicator: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--indicator", rich_help_panel=_FIGURE,
        help="Indicator; that of the design if not given.",
    ),
]  # fmt: skip
OfZone: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--zone", rich_help_panel=_FIGURE,
        help="Zone, or region; that of the design if not given.",
    ),
]  # fmt: skip
AtMonth: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--month", metavar="YYYY-MM", help="Which month; the last if not given.",
        rich_help_panel=_FIGURE,
    ),
]  # fmt: skip
OfScenario: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--scenario", rich_help_panel=_FIGURE,
        help="Whose figure; each against the reference if not given.",
    ),
]  # fmt: skip
Against: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--against", metavar="SCENARIO", rich_help_panel=_FIGURE,
        help="Take off the value of this scenario in the run that shares all draws.",
    ),
]  # fmt: skip
Resamples: TypeAlias = Annotated[
    int, typer.Option("--resamples", min=100, help="Resamples of the bootstrap.")
]
Seed: TypeAlias = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of the bootstrap.")
]
Lang: TypeAlias = Annotated[
    Language,
    typer.Option("--lang", help="Language of texts.", rich_help_panel=_OUTPUT),
]
Quiet: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--quiet", help="Only say where results lie.", rich_help_panel=_OUTPUT
    ),
]
Json: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--json", help="Print JSON and nothing else.", rich_help_panel=_OUTPUT
    ),
]
Name: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="Name or file; + adds overrides: full-plan+telework-high.",
    ),
]


@dataclass(frozen=True)
class Ground:
    """What a command runs, as it was typed.

    Attributes
    ----------
    key : int
        First replicate key.
    until : str or None, YYYY-MM
        Last month.
    scale : float
        Share of the population and of floor space, 0-1.
    grid : str
        ``250``, ``500`` or a CSV file.
    settings : tuple of str
        ``key=value``.
    out : Path or None
        Folder of results.
    posterior : str or None
        Name or folder of a posterior.
    """

    key: int
    until: str | None
    scale: float
    grid: str
    settings: tuple[str, ...]
    out: Path | None
    posterior: str | None = None

    def words(self, name: str) -> tuple[str, ...]:
        """What names a scenario on the command line."""
        words = [name]
        for setting in self.settings:
            words += ["--set", setting]
        if self.until is not None:
            words += ["--until", self.until]
        return tuple(words)


def target_of(share: float | None, absolute: bool, most: int) -> Target | None:
    """How well differences must be known; None where nobody asked.

    Raises
    ------
    InputError
        If it is no half-width.
    """
    if share is None:
        return None
    from experiments.precision import Target  # It takes time to load.
    from model.errors import Fault, InputError

    if not share > 0:
        allowed = "more than 0"
        fault = Fault("is no half-width", "--until-precise", value=share)
        raise InputError([replace(fault, allowed=allowed)])
    return Target(share, absolute, most)
