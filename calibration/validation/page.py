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
from calibration.targets import Targets, Use
from calibration.validation.predictive import Verdict, met_share
from calibration.validation.wording import Wording

NAME: Final = "validation.html"
TARGETS: Final = "validation-targets.csv"
PARAMETERS: Final = "validation-parameters.csv"
PACKAGE: Final = "calibration.validation"
_USES: Final[tuple[Use, ...]] = ("fitted", "held out", "checked")
_SHOWN: Final = 6.0  # standard errors to either side of a picture


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


def write_validation(found: Validation, folder: Path, lang: str = "en") -> Path:
    """Write the page and its tables.

    Parameters
    ----------
    found : Validation
    folder : Path
        Made if it is not there.
    lang : {"en", "fr", "nl"}
        Language of the page; tables keep their English names.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If there is no such language.
    """
    text = render(found, lang)
    folder.mkdir(parents=True, exist_ok=True)
    parameters = pd.DataFrame(
        [{**vars(one), "identified": one.identified} for one in found.marginals]
    )
    for table, name in ((found.table(), TARGETS), (parameters, PARAMETERS)):
        table.to_csv(
            folder / name, index=False, float_format="%.6g", lineterminator="\n"
        )
    page = folder / NAME
    page.write_text(text, encoding="utf-8")
    return page


def render(found: Validation, lang: str = "en") -> str:
    """The page as text."""
    t = Wording(lang)
    template = _environment().get_template("validation.html.jinja")
    style = _read("experiments.report", "report.css")
    style += _read(PACKAGE, "validation.css")
    groups = []
    for use in _USES:
        title, (met, count) = t(f"group.{use}"), met_share(found.verdicts, use)
        groups.append(
            {
                "title": title,
                "short": t("met", group=title, met=met, count=count),
                "rows": [_row(v, t) for v in found.verdicts if v.target.use == use],
            }
        )
    return template.render(
        t=t,
        found=found,
        style=Markup(style),
        lead=t("lead", runs=t.number(found.runs), pairs=t.number(found.pairs)),
        groups=groups,
        identified=_identified(found, t),
        misses=[_row(one, t) for one in found.misses],
        experiment=[_row(v, t) for v in found.verdicts if v.target.is_from_experiment],
        open=[t.open_line(one) for one in found.targets if one.why_not],
        marginals=[_marginal(one, t) for one in found.marginals],
        threshold=t.percent(IDENTIFIED),
        fit=t.fit(found.facts),
        files=", ".join((TARGETS, PARAMETERS)),
    )


def _identified(found: Validation, t: Wording) -> str:
    weak = [one.parameter for one in found.marginals if not one.identified]
    if not weak:
        return t("all_identified", share=t.percent(IDENTIFIED))
    return t("not_identified", names=", ".join(weak), share=t.percent(IDENTIFIED))


def _row(verdict: Verdict, t: Wording) -> dict[str, Any]:
    target = verdict.target
    told = verdict.runs > 0
    met = t("yes" if verdict.met else "no")
    return {
        "name": f"{target.id} {t.target(target)}",
        "published": t.published(target),
        "median": t.amount(verdict.median) if told else t("not_told"),
        "band": t.range(verdict.low, verdict.high) if told else "",
        "off": t.signed(verdict.off, 1) if told else "",
        "met": verdict.met,
        "verdict": met if verdict.covered else t("uncovered", met=met),
        "by": t(f"by.{target.by}"),
        "source": ", ".join([*map(t.source, target.source), t.year(target.year)]),
        "note": t.note(target),
        "picture": _picture(verdict, t) if told else Markup(""),
    }


def _picture(verdict: Verdict, t: Wording) -> Markup:
    """Predictive interval in standard errors of the target, whose band is shaded."""
    low, median, high = (
        100 * (min(max(verdict.target.off(x), -_SHOWN), _SHOWN) / _SHOWN + 1)
        for x in (verdict.low, verdict.median, verdict.high)
    )
    band = 100 * 2.0 / _SHOWN
    label = t("off_picture", off=t.signed(verdict.off, 1))
    return Markup(
        f'<svg class="interval" viewBox="0 0 200 14" role="img" aria-label="{label}">'
        f'<rect class="ok" x="{100 - band:.1f}" y="0" width="{2 * band:.1f}" '
        'height="14"/><line class="zero" x1="100" y1="0" x2="100" y2="14"/>'
        f'<line class="span" x1="{low:.1f}" y1="7" x2="{high:.1f}" y2="7"/>'
        f'<circle cx="{median:.1f}" cy="7" r="3.5"/></svg>'
    )


def _marginal(one: Marginal, t: Wording) -> dict[str, Any]:
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
        "prior": t.range(one.prior_low, one.prior_high),
        "median": t.amount(one.median),
        "posterior": t.range(one.low, one.high),
        "narrower": t.percent(one.contraction),
        "identified": one.identified,
        "verdict": t("yes" if one.identified else "no"),
        "picture": picture,
    }


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _read(PACKAGE, name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")
