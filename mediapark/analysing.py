"""``mediapark sensitivity``: which factors decide the figures of a sweep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mediapark.console import Out
from mediapark.headline import plain

if TYPE_CHECKING:
    from experiments.sensitivity.analysis import Sensitivity
    from experiments.sensitivity.figures import Figure
    from experiments.sweep.folder import Swept

_SHOWN = 12


@dataclass(frozen=True)
class Asked:
    """What is to be explained, as it was typed; None: as the design says.

    Attributes
    ----------
    indicator, zone, month : str or None
    scenario, against : str or None
        Scenario, and the one whose paired value is taken off.
    resamples, seed : int
        Of the bootstrap.
    """

    indicator: str | None = None
    zone: str | None = None
    month: str | None = None
    scenario: str | None = None
    against: str | None = None
    resamples: int = 1000
    seed: int = 0

    def figure(self, swept: Swept) -> Figure:
        """The figure that is meant."""
        from experiments.sensitivity.report import watched

        names = ("indicator", "zone", "month", "scenario", "against")
        given = {name: getattr(self, name) for name in names}
        return replace(
            watched(swept), **{k: v for k, v in given.items() if v is not None}
        )


def analyse_sweep(out: Out, folder: Path, asked: Asked, lang: str) -> None:
    """Analyse, write tables and pictures, and show who leads."""
    from experiments.sensitivity.report import FOLDER, analyse_folder, write_results
    from experiments.sensitivity.resampling import Bootstrap
    from experiments.sweep.folder import Swept

    swept = Swept(folder)
    bootstrap = Bootstrap(asked.resamples, asked.seed)
    figure = asked.figure(swept)
    found = analyse_folder(swept, figure, bootstrap)
    files = write_results(found, swept, lang, figure)
    main = list(dict.fromkeys(found.convergence["figure"])) or list(found.figures[:1])
    out.value(
        {
            "method": found.method.kind,
            "indices": [plain(row) for row in found.indices.to_dict("records")],
            "shares": [plain(row) for row in found.shares.to_dict("records")],
            "left_out": list(found.left_out),
            "files": [str(file) for file in files],
        }
    )
    for name in main:
        _tell(out, found, name)
    if found.left_out:
        names = "; ".join(one.partition(":")[0] for one in found.left_out)
        out.note(f"Not explained, since they do not vary by more than chance: {names}")
    out.last(f"Indices and pictures: {folder / FOLDER}")


def _tell(out: Out, found: Sensitivity, figure: str) -> None:
    from experiments.sensitivity.analysis import matters

    ranked = found.ranking(figure)
    index = str(ranked["index"].iloc[0])
    unit = str(ranked["unit"].iloc[0])
    shown = f", {unit}" if unit != "-" else ""
    floor = ranked["chance"].notna().any()
    columns = ["", "group", f">{index}{shown}", ">95 %", ">"]
    rows = []
    for row, above in zip(ranked.to_dict("records"), matters(ranked), strict=True):
        cells = [row["factor"], row["group"], f"{row['value']:.3g}",
                 f"{row['low']:.3g} to {row['high']:.3g}"]  # fmt: skip
        chance = f"chance {row['chance']:.2g}" if floor else ""
        rows.append([*cells, "" if above else f"not told from chance {chance[7:]}"])
    out.table(figure, columns, rows[:_SHOWN])
    if len(rows) > _SHOWN:
        out.line(f"and {len(rows) - _SHOWN} more")
    for line in _how_settled(found, figure):
        out.line(line)
    out.line("")


def _how_settled(found: Sensitivity, figure: str) -> list[str]:
    state = found.settled(figure)
    lines = []
    if not pd.isna(state.width):
        rank = (
            "" if state.rank is None else f"; ranks of half and all: {state.rank:.2f}"
        )
        lines.append(f"widest interval of those that matter: {state.width:.2g}{rank}")
    mine = found.shares[found.shares["figure"] == figure].to_dict("records")
    for row in mine:
        if row["share"] != "factors":
            lines.append(
                f"share of all variance, {row['share']}: {row['value']:.0%} "
                f"({row['low']:.0%} to {row['high']:.0%})"
            )
    return lines
