"""Writes what a survey says: a page, a table and the priors, each saying SYNTHETIC."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2

from calibration.estimates import Estimate, Estimates
from calibration.priors import Prior, write_priors
from calibration.survey.codebook import SurveyError
from calibration.weights import BOUNDS, Line
from model.errors import Fault
from model.simulation import CATALOGUE

PAGE: Final = "survey.html"
TABLE: Final = "estimates.csv"
PRIORS: Final = "priors.csv"
PACKAGE: Final = "calibration.page"


def write_results(found: Estimates, folder: Path) -> list[Path]:
    """Write the page, the table of estimates and the priors into a folder.

    Returns
    -------
    list of Path
        Page, table, priors.

    Raises
    ------
    SurveyError
        If they cannot be written.
    """
    files = [folder / name for name in (PAGE, TABLE, PRIORS)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files[0].write_text(render(found), encoding="utf-8")
        found.table.to_csv(
            files[1], index=False, float_format="%.8g", lineterminator="\n"
        )
        write_priors(found.priors.values(), files[2])
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise SurveyError([Fault(reason, str(folder))]) from error
    return files


def render(found: Estimates) -> str:
    """The page as text."""
    text = (resources.files(PACKAGE) / "survey.html.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(text).render(**parts(found))


def parts(found: Estimates) -> dict[str, Any]:
    """All that the page shows."""
    said = " (SYNTHETIC)" if found.synthetic else ""
    pairs = list(zip(found.surveys, found.weights, strict=True))
    informed = {e.prior.parameter for e in found.estimates if e.prior}
    return {
        "title": f"What the survey says about the model{said}",
        "synthetic": found.synthetic,
        "files": [
            {
                "part": survey.part,
                "file": survey.file,
                "synthetic": survey.synthetic,
                "read": f"{survey.read:,}",
                "kept": f"{survey.kept:,}",
                "faults": f"{survey.fault_count:,}",
                "kish": f"{weights.kish:,.0f}",
            }
            for survey, weights in pairs
        ],
        "estimates": [row_of(one) for one in found.estimates],
        "declared_only": [name for name in found.priors if name not in informed],
        "notes": found.notes,
        "weights": [
            {
                "part": survey.part,
                "kept": f"{survey.kept:,}",
                "kish": f"{weights.kish:,.0f}",
                "least": f"{weights.values.min():.2f}",
                "most": f"{weights.values.max():.2f}",
                "lines": [line_of(line) for line in weights.lines],
                "empty": ", ".join(weights.empty),
                "unknown": ", ".join(weights.unknown),
                "missed": any(line.missed for line in weights.lines),
            }
            for survey, weights in pairs
        ],
        "bounds": f"{BOUNDS[0]:g} to {BOUNDS[1]:g}",
    }


def row_of(one: Estimate) -> dict[str, str]:
    """An estimate in words, for tables."""
    return {
        "name": one.name,
        "value": f"{one.value:.3g}",
        "error": f"{one.error:.2g}",
        "unit": one.unit,
        "n": f"{one.n:,}",
        "kish": f"{one.kish:,.0f}",
        "prior": prior_in_words(one.prior) if one.prior else "",
        "declared": declared_in_words(one.prior.parameter) if one.prior else "",
        "method": one.method,
    }


def prior_in_words(prior: Prior) -> str:
    """A prior as it is read aloud."""
    how = f"{prior.distribution}({prior.centre:.3g}, {prior.spread:.2g})"
    return f"{prior.parameter}: {how} on {prior.low:g} to {prior.high:g}"


def declared_in_words(parameter: str) -> str:
    """Default and plausible range of a parameter."""
    declared = CATALOGUE[parameter]
    low, high = declared.plausible
    return f"{declared.default:g} ({low:g} to {high:g})"


def line_of(line: Line) -> dict[str, Any]:
    """A category of a margin in words."""
    return {
        "margin": line.margin,
        "code": line.code,
        "n": f"{line.n:,}",
        "before": f"{line.before:.1%}",
        "target": f"{line.target:.1%}",
        "after": f"{line.after:.1%}",
        "source": line.source,
        "missed": line.missed,
    }
