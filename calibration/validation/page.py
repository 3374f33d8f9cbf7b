"""The page of a validation: one file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2
import pandas as pd
from markupsafe import Markup

from calibration.identified import IDENTIFIED, Marginal
from calibration.targets import Target, Targets
from calibration.validation.predictive import Verdict, met_share

NAME: Final = "validation.html"
TARGETS: Final = "validation-targets.csv"
PARAMETERS: Final = "validation-parameters.csv"
_SHOWN: Final = 6.0  # standard errors to either side of a picture
_TITLES: Final = {
    "fitted": "Fitted targets",
    "held out": "Held-out targets",
    "checked": "Figures that are only checked",
}


@dataclass(frozen=True)
class Validation:
    """What was found.

    Attributes
    ----------
    posterior : str
    facts : dict
        The manifest of the posterior.
    verdicts : sequence of Verdict
    marginals : sequence of Marginal
    targets : Targets
    runs, pairs : int
    command : str
    """

    posterior: str
    facts: dict[str, Any]
    verdicts: Sequence[Verdict]
    marginals: Sequence[Marginal]
    targets: Targets
    runs: int
    pairs: int
    command: str

    @property
    def synthetic(self) -> bool:
        """Whether any of it rests on a synthetic survey."""
        return bool(self.facts.get("synthetic"))

    @property
    def misses(self) -> list[Verdict]:
        """Fitted and held-out targets that are not met, the largest first."""
        counted = [
            one
            for one in self.verdicts
            if one.target.use in ("fitted", "held out") and not one.met
        ]
        return sorted(counted, key=lambda one: -abs(one.off) if one.runs else 0.0)

    def table(self) -> pd.DataFrame:
        """One row for each target that can be compared."""
        return pd.DataFrame(
            [
                {
                    "id": v.target.id, "what": v.target.what, "use": v.target.use,
                    "by": v.target.by, "unit": v.target.unit, "year": v.target.year,
                    "value": v.target.value, "error": v.target.error,
                    "low": v.low, "median": v.median, "high": v.high,
                    "off_in_errors": v.off, "met": v.met, "covered": v.covered,
                    "runs": v.runs, "source": "; ".join(v.target.source),
                }
                for v in self.verdicts
            ]
        )  # fmt: skip


def write_validation(found: Validation, folder: Path) -> Path:
    """Write the page and its tables.

    Parameters
    ----------
    found : Validation
    folder : Path
        Made if it is not there.

    Returns
    -------
    Path
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parameters = pd.DataFrame(
        [{**vars(one), "identified": one.identified} for one in found.marginals]
    )
    for table, name in ((found.table(), TARGETS), (parameters, PARAMETERS)):
        table.to_csv(
            folder / name, index=False, float_format="%.6g", lineterminator="\n"
        )
    page = folder / NAME
    page.write_text(render(found), encoding="utf-8")
    return page


def render(found: Validation) -> str:
    """The page as text."""
    template = _environment().get_template("validation.html.jinja")
    style = _read("experiments.report", "report.css")
    style += _read("calibration.validation", "validation.css")
    groups = [
        {
            "title": title,
            "met": met_share(found.verdicts, use),
            "rows": [_row(v) for v in found.verdicts if v.target.use == use],
        }
        for use, title in _TITLES.items()
    ]
    weak = [one.parameter for one in found.marginals if not one.identified]
    return template.render(
        found=found,
        style=Markup(style),
        groups=groups,
        misses=[_row(one) for one in found.misses],
        experiment=[_row(v) for v in found.verdicts if v.target.is_from_experiment],
        open=[one for one in found.targets if one.why_not],
        marginals=[_marginal(one) for one in found.marginals],
        weak=weak,
        identified=f"{IDENTIFIED:.0%}",
        waves=found.facts.get("waves", []),
        generations=found.facts.get("generations", []),
        files=(TARGETS, PARAMETERS),
    )


def _row(verdict: Verdict) -> dict[str, Any]:
    target = verdict.target
    told = verdict.runs > 0
    return {
        "id": target.id,
        "what": target.what,
        "year": target.year,
        "published": f"{_amount(target.value)} ± {_amount(target.error)} "
        f"{_unit(target)}",
        "median": _amount(verdict.median) if told else "not told",
        "band": f"{_amount(verdict.low)} to {_amount(verdict.high)}" if told else "",
        "off": f"{verdict.off:+.1f}" if told else "",
        "met": verdict.met,
        "covered": verdict.covered,
        "by": "input tables" if target.by == "data" else "free parameters",
        "source": ", ".join(target.source),
        "note": target.note,
        "picture": _picture(verdict) if told else Markup(""),
    }


def _picture(verdict: Verdict) -> Markup:
    """Predictive interval in standard errors of the target, whose band is shaded."""
    low, median, high = (
        100 * (min(max(verdict.target.off(x), -_SHOWN), _SHOWN) / _SHOWN + 1)
        for x in (verdict.low, verdict.median, verdict.high)
    )
    band = 100 * 2.0 / _SHOWN
    return Markup(
        '<svg class="interval" viewBox="0 0 200 14" role="img" aria-label="'
        f'{verdict.off:+.1f} standard errors off">'
        f'<rect class="ok" x="{100 - band:.1f}" y="0" width="{2 * band:.1f}" '
        'height="14"/><line class="zero" x1="100" y1="0" x2="100" y2="14"/>'
        f'<line class="span" x1="{low:.1f}" y1="7" x2="{high:.1f}" y2="7"/>'
        f'<circle cx="{median:.1f}" cy="7" r="3.5"/></svg>'
    )


def _marginal(one: Marginal) -> dict[str, Any]:
    ends = (one.prior_low, one.prior_high, one.low, one.high)
    start, width = min(ends), (max(ends) - min(ends)) or 1.0
    a, b, c, m, d = (
        200 * (x - start) / width
        for x in (one.prior_low, one.prior_high, one.low, one.median, one.high)
    )
    picture = Markup(
        f'<svg class="interval" viewBox="0 0 200 14" role="img" aria-label="'
        f'{one.parameter}">'
        f'<rect class="prior" x="{a:.1f}" y="4" width="{b - a:.1f}" height="6"/>'
        f'<line class="span" x1="{c:.1f}" y1="7" x2="{d:.1f}" y2="7"/>'
        f'<circle cx="{m:.1f}" cy="7" r="3.5"/></svg>'
    )
    return {
        "name": one.parameter,
        "prior": f"{_amount(one.prior_low)} to {_amount(one.prior_high)}",
        "median": _amount(one.median),
        "posterior": f"{_amount(one.low)} to {_amount(one.high)}",
        "narrower": f"{one.contraction:.0%}",
        "identified": one.identified,
        "picture": picture,
    }


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _unit(target: Target) -> str:
    return "" if target.unit in ("share", "ratio") else target.unit


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(
            lambda name: _read("calibration.validation", name)
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")
