"""``mediapark robust``: which variant, when nobody knows the future."""

from __future__ import annotations

from pathlib import Path

from mediapark.analysing import Asked
from mediapark.console import Out
from mediapark.headline import plain

_SHOWN = ("gain", "worst_tenth", "regret", "largest_regret", "probability_best")


def choose(out: Out, folder: Path, asked: Asked, better: str | None, lang: str) -> None:
    """Weigh the variants, write the page, and say who leads."""
    from experiments.robustness.choice import robust_choice
    from experiments.robustness.page import write_choice
    from experiments.sensitivity.resampling import Bootstrap
    from experiments.sweep.folder import Swept

    swept = Swept(folder)
    bootstrap = Bootstrap(asked.resamples, asked.seed)
    choice = robust_choice(swept, asked.figure(swept), better, bootstrap)
    page = write_choice(choice, swept, lang)
    out.value(
        {
            "leader": choice.leader,
            "measures": [plain(row) for row in choice.measures.to_dict("records")],
            "boxes": [plain(row) for row in choice.box_table().to_dict("records")],
            "page": str(page),
        }
    )
    unit = choice.figure.unit
    heads = (
        "", f">gain, {unit}", ">worst tenth", ">regret", ">largest regret", ">best in"
    )  # fmt: skip
    rows = []
    for name in choice.variants:
        figures = [choice.of(name, measure).value for measure in _SHOWN]
        shown = [f"{value:,.4g}" for value in figures[:-1]]
        rows.append([name, *shown, f"{figures[-1]:.0%}"])
    out.table(f"{choice.figure.name}, over {choice.futures} futures", heads, rows)
    out.line(f"Least regret on average: {choice.leader}")
    out.last(f"Page: {page}")
