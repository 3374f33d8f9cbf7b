"""Options that mean the same in every command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

_GROUND = "What is run"
_OUTPUT = "Output"
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
Fixed: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--fixed", rich_help_panel=_GROUND,
        help="Keep uncertain parameters at their defaults instead of drawing them.",
    ),
]  # fmt: skip
Draw: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--draw", min=0, rich_help_panel=_GROUND,
        help="Use this draw of the uncertain parameters instead of the defaults.",
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
    """

    key: int
    until: str | None
    scale: float
    grid: str
    settings: tuple[str, ...]
    out: Path | None

    def words(self, name: str) -> tuple[str, ...]:
        """What names a scenario on the command line."""
        words = [name]
        for setting in self.settings:
            words += ["--set", setting]
        if self.until is not None:
            words += ["--until", self.until]
        return tuple(words)
