"""Writes what a survey says: a page, a table and the priors, each saying SYNTHETIC."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2

from calibration.estimates import Estimate, Estimates
from calibration.priors import Prior, write_priors
from calibration.said import PACKAGE
from calibration.survey.codebook import Part, SurveyError, codebook
from calibration.survey.reading import Survey
from calibration.weights import BOUNDS, Line, Margin, Weights
from model.errors import Fault
from model.simulation import CATALOGUE
from model.texts import Phrases, texts_of

PAGE: Final = "survey.html"
TABLE: Final = "estimates.csv"
PRIORS: Final = "priors.csv"


def write_results(found: Estimates, folder: Path, lang: str = "en") -> list[Path]:
    """Write the page, the table of estimates and the priors into a folder.

    Parameters
    ----------
    found : Estimates
    folder : Path
        Made if it is not there.
    lang : {"en", "fr", "nl"}
        Language of the page; tables keep their English names.

    Returns
    -------
    list of Path
        Page, table, priors.

    Raises
    ------
    SurveyError
        If they cannot be written.
    InputError
        If there is no such language.
    """
    files = [folder / name for name in (PAGE, TABLE, PRIORS)]
    page = render(found, lang)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files[0].write_text(page, encoding="utf-8")
        found.table.to_csv(
            files[1], index=False, float_format="%.8g", lineterminator="\n"
        )
        write_priors(found.priors.values(), files[2])
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise SurveyError([Fault(reason, str(folder))]) from error
    return files


def render(found: Estimates, lang: str = "en") -> str:
    """The page as text."""
    text = (resources.files(PACKAGE) / "survey.html.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = Phrases(lang, PACKAGE)
    return environment.from_string(text).render(t=texts, **parts(found, texts))


def parts(found: Estimates, t: Phrases) -> dict[str, Any]:
    """All that the page shows."""
    said = f" ({t('synthetic')})" if found.synthetic else ""
    pairs = list(zip(found.surveys, found.weights, strict=True))
    informed = {e.prior.parameter for e in found.estimates if e.prior}
    return {
        "title": t("title") + said,
        "synthetic": found.synthetic,
        "files": [
            {
                "part": part_in_words(survey.part, t),
                "file": survey.file,
                "synthetic": survey.synthetic,
                "read": t.number(survey.read),
                "kept": t.number(survey.kept),
                "faults": t.number(survey.fault_count),
                "kish": t.number(weights.kish),
            }
            for survey, weights in pairs
        ],
        "estimates": [row_of(one, t) for one in found.estimates],
        "declared_only": [name for name in found.priors if name not in informed],
        "notes": [note.in_words(t) for note in found.notes],
        "weights": [weighting(survey, weights, t) for survey, weights in pairs],
        "bounds": t(
            "bounds", low=t.significant(BOUNDS[0]), high=t.significant(BOUNDS[1])
        ),
    }


def part_in_words(part: Part, t: Phrases) -> str:
    """Who was asked."""
    return t(f"part.{part}")


def row_of(one: Estimate, t: Phrases) -> dict[str, str]:
    """An estimate in words, for tables."""
    return {
        "name": in_words("estimate", one.name, t),
        "value": t.significant(one.value),
        "error": t.significant(one.error, 2),
        "unit": in_words("unit", one.unit, t),
        "n": t.number(one.n),
        "kish": t.number(one.kish),
        "prior": prior_in_words(one.prior, t) if one.prior else "",
        "declared": declared_in_words(one.prior.parameter, t) if one.prior else "",
        "method": one.method.in_words(t),
    }


def in_words(kind: str, name: str, t: Phrases) -> str:
    """A name in a language; as it is if it has no words, as parameters and symbols."""
    key = f"{kind}.{name}"
    return t(key) if key in texts_of(PACKAGE) else name


def prior_in_words(prior: Prior, t: Phrases) -> str:
    """A prior as it is read aloud."""
    return t(
        f"prior.{prior.distribution}",
        parameter=prior.parameter,
        centre=t.significant(prior.centre),
        spread=t.significant(prior.spread, 2),
        low=t.significant(prior.low),
        high=t.significant(prior.high),
    )


def declared_in_words(parameter: str, t: Phrases) -> str:
    """Default and plausible range of a parameter."""
    declared = CATALOGUE[parameter]
    default, low, high = (
        t.significant(x, 4) for x in (declared.default, *declared.plausible)
    )
    return t("declared.range", default=default, low=low, high=high)


def weighting(survey: Survey, weights: Weights, t: Phrases) -> dict[str, Any]:
    """Weights of a part of the survey in words."""
    lines = [line_of(survey.part, line, t) for line in weights.lines]
    part = part_in_words(survey.part, t)
    items = ", ".join(t(f"item.{name}") for name in weights.unknown)
    return {
        "label": t("weights_of", part=part),
        "caption": t(
            "weights.caption",
            part=part,
            kept=t.number(survey.kept),
            kish=t.number(weights.kish),
            least=t.number(weights.values.min(), 2),
            most=t.number(weights.values.max(), 2),
        ),
        "lines": lines,
        "empty": "; ".join(
            t("about", what=line["margin"], words=line["code"])
            for line, one in zip(lines, weights.lines, strict=True)
            if one.n == 0 and one.target > 0.0
        ),
        "unknown": t("no_margin", items=items) if items else "",
        "missed": any(line.missed for line in weights.lines),
    }


def line_of(part: Part, line: Line, t: Phrases) -> dict[str, Any]:
    """A category of a margin in words."""
    source = line.source
    return {
        "margin": margin_in_words(part, line.margin, t),
        "code": code_in_words(part, line.margin.item, line.code, t),
        "n": t.number(line.n),
        "before": t.percent(line.before, 1),
        "target": t.percent(line.target, 1),
        "after": t.percent(line.after, 1),
        "source": t(
            "about", what=t(f"nature.{source.nature}"), words=t.of(source.words)
        )
        if source
        else "",
        "missed": line.missed,
    }


def margin_in_words(part: Part, margin: Margin, t: Phrases) -> str:
    """What a margin is of."""
    item = t(f"item.{margin.item}")
    if margin.within is None:
        return item
    return t("within", item=item, group=code_in_words(part, *margin.within, t))


def code_in_words(part: Part, item: str, code: str, t: Phrases) -> str:
    """An answer, as the codebook words it."""
    return t.of(codebook().item(part, item).answers[code].model_dump())
