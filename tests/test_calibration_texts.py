"""Pages of estimates and of validation speak three languages, and leave nothing out."""

import re
from dataclasses import replace
from html import unescape
from importlib import resources
from string import Formatter

import pytest
from typer.testing import CliRunner

from calibration.page.survey import in_words, render
from calibration.said import PACKAGE as SURVEY
from calibration.shares import FIRMS, WORKERS
from calibration.survey.codebook import PARTS, codebook
from calibration.survey.reading import read_survey
from calibration.survey.synthetic import FOLDER
from calibration.targets import shipped_targets
from calibration.validation.page import Validation
from calibration.validation.page import render as render_validation
from calibration.validation.predictive import Verdict
from calibration.validation.wording import PACKAGE as VALIDATION
from calibration.validation.wording import Wording
from calibration.weights import read_margins
from mediapark.cli import app
from model.simulation import CATALOGUE
from model.texts import LANGUAGES, Phrases, texts_of

OTHERS = ("fr", "nl")
FACTS = {
    "synthetic": True, "by": "emulators", "draws": 1000, "effective draws": 41.5,
    "waves": [{"trials": 1090, "prior left": 0.25}],
    "generations": [{"temperature": 1.5, "accepted": 100.0, "candidates": 400.0}],
    "ground": {"scenario": "committed", "until": "2020-12", "scale": 0.5},
}  # fmt: skip


@pytest.mark.parametrize("package", [SURVEY, VALIDATION])
def test_texts_are_there_in_three_languages_with_the_same_parts(package):
    for key, words in texts_of(package).items():
        assert tuple(words) == LANGUAGES, key
        parts = [
            {name for _, name, _, _ in Formatter().parse(text) if name}
            for text in words.values()
        ]
        assert parts[0] == parts[1] == parts[2], key
        empty = key in ("unit.share", "unit.ratio")
        assert all(words.values()) or empty, key


@pytest.mark.parametrize("package", [SURVEY, VALIDATION])
def test_every_text_is_used(package):
    """By its key, by a key that is put together, or as the name of what has words."""
    places = (package, "calibration", "calibration.choice")
    files = [file for place in places for file in resources.files(place).iterdir()]
    sources = "".join(
        file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith((".py", ".jinja"))
    )
    named = set(re.findall(r'"([a-z_.]+)"', sources))
    put_together = set(re.findall(r'f?"([a-z_]+)[._]?\{', sources)) | {
        "source", "unit", "by", "target", "note", "why_not", "estimate", "why",
    }  # fmt: skip
    for key in texts_of(package):
        assert key in named or key.partition(".")[0] in put_together, key


def test_whatever_can_be_said_of_an_estimate_has_words():
    held = texts_of(SURVEY)
    for share in (*WORKERS, *FIRMS):
        assert f"estimate.{share.name}" in held
        assert f"unit.{share.unit}" in held
    for part, margins in read_margins().items():
        for margin in margins:
            assert f"item.{margin.item}" in held
            for source in margin.sources:
                assert f"nature.{source.nature}" in held
                assert set(source.words) == set(LANGUAGES) and all(
                    source.words.values()
                )
        asked = [item.name for item in codebook().items(part) if item.margin]
        assert all(f"item.{name}" in held for name in asked)
    assert all(f"part.{part}" in held for part in PARTS)


def test_every_target_is_worded_as_it_stands_in_the_file():
    """A target that says something else now must be translated anew."""
    held, wanted = texts_of(VALIDATION), {}
    for one in shipped_targets():
        wanted[f"target.{one.id}"] = one.what
        wanted |= {f"why_not.{one.id}": one.why_not} if one.why_not else {}
        wanted |= {f"note.{one.id}": one.note} if one.note else {}
    for key, english in wanted.items():
        assert held[key]["en"] == english, key
    kept = {k for k in held if k.partition(".")[0] in ("target", "why_not", "note")}
    assert kept - {"target"} == set(wanted)


def test_a_target_that_was_reworded_is_told_in_english():
    one = next(iter(shipped_targets()))
    assert Wording("fr").target(one) == "travailleurs des médias"
    assert Wording("fr").target(replace(one, what="other people")) == "other people"


@pytest.fixture(scope="module")
def found():
    from calibration.estimates import estimates

    return estimates(*(read_survey(FOLDER / f"{part}.csv") for part in PARTS))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_estimates_speaks_one_language(found, lang):
    page = unescape(render(found, lang))
    assert f'<html lang="{lang}">' in page
    words = texts_of(SURVEY)
    assert words["synthetic"][lang] in page
    foreign = [
        texts[other]
        for texts in words.values()
        for other in LANGUAGES
        if other != lang and len(texts[other]) > 24 and "{" not in texts[other]
        and texts[other] not in texts[lang]
    ]  # fmt: skip
    assert [text for text in foreign if text in page] == []
    value = next(e.value for e in found.estimates if e.name == "days of a contract")
    assert Phrases(lang, SURVEY).significant(value) in page
    t = Phrases(lang, SURVEY)
    for one in found.estimates:
        name = in_words("estimate", one.name, t)
        assert name in page and (
            name != one.name or one.name in CATALOGUE or lang == "en"
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_validation_speaks_one_language(lang):
    verdicts = [
        Verdict(one, one.value, one.value + one.error, one.value + 3 * one.error, 40)
        for one in shipped_targets()
        if one.summary
    ]
    page = unescape(
        render_validation(
            Validation("mine", FACTS, verdicts, [], shipped_targets(), 40, 10, "x"),
            lang,
        )
    )
    assert f'<html lang="{lang}">' in page
    words = texts_of(VALIDATION)
    foreign = [
        texts[other]
        for texts in words.values()
        for other in LANGUAGES
        if other != lang and len(texts[other]) > 24 and "{" not in texts[other]
        and texts[other] not in texts[lang]
    ]  # fmt: skip
    assert [text for text in foreign if text in page] == []
    assert ("14,825" in page) == (lang == "en")


def test_commands_write_the_page_in_a_language(tmp_path):
    words = ["survey", "estimate", "--lang", "nl", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, words).exit_code == 0
    page = (tmp_path / "survey.html").read_text(encoding="utf-8")
    assert "SYNTHETISCH" in page and "Schattingen" in page
    table = (tmp_path / "estimates.csv").read_text(encoding="utf-8")
    assert "days of a contract" in table
