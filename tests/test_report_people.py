"""The page on people: both ways of knowledge, and no effect where none is shown."""

from __future__ import annotations

import re

import pytest

from experiments.comparison import compare_tables
from experiments.comparison.knowledge import NO_KNOWLEDGE
from experiments.report import LANGUAGES, Texts, write_report
from tests.comparison_toys import Toy, ToyRun, region, toy_tables
from tests.test_report import Page, shown

PAIRS = 12
GAIN, VAGUE = "communities", "freelance_income"


def run(jobs: int, communities: float, income: float, talks: float) -> ToyRun:
    """A run of one firm at Reyers, with three figures of people."""
    people = {(GAIN, "region"): communities, (VAGUE, "region"): income}
    said = [("press", "digital", True, talks), ("press", "press", False, 8.0)]
    return ToyRun([Toy(1, "reyers", jobs)], people=people, talks=said)


def tables(both_ways: bool):
    """Communities gain 30 to 41; income wavers around zero; two jobs by knowledge."""
    sides = {
        "reference": [run(50, 20.0, 3000.0, 100.0) for _ in range(PAIRS)],
        "variant": [
            run(55, 50.0 + i, 3000.0 + (-1) ** i * 40.0, 150.0) for i in range(PAIRS)
        ],
    }
    if both_ways:
        sides["reference" + NO_KNOWLEDGE] = sides["reference"]
        sides["variant" + NO_KNOWLEDGE] = [
            run(53, 50.0, 3000.0, 150.0) for _ in range(PAIRS)
        ]
    return toy_tables(sides)


def written(folder, language: str, both_ways: bool = True) -> str:
    found = compare_tables(tables(both_ways), "reference", ["variant"], region())
    return write_report(found, folder, language).read_text(encoding="utf-8")


def row_of(text: str, label: str) -> str:
    """The row of a table that bears a label."""
    start = text.index(f'<th scope="row">{shown(label)}')
    return text[start : text.index("</tr>", start)]


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"people-{request.param}")
    return request.param, written(folder, request.param)


def test_the_headline_stands_there_both_ways(page):
    language, text = page
    texts = Texts(language)
    assert shown(texts("both.title")) in text
    start = text.index(shown(texts("both.title")))
    row = row_of(text[start:], texts("head.jobs_here", focus="Reyers"))
    mains = re.findall(r'class="main">([^<]*)<', row)
    assert mains == [texts.signed(5), texts.signed(3), texts.signed(2)]
    assert shown(texts("head.no_knowledge")) in text
    words = {"median": "+2", "low": "+2", "high": "+2"}
    assert shown(texts("sure.through_clear", **words)) in text
    words = {"median": "+3", "low": "+3", "high": "+3"}
    assert shown(texts("sure.no_knowledge_region", **words)) in text


def test_only_what_is_clear_of_zero_looks_so(page):
    language, text = page
    texts = Texts(language)
    label = {"en": "Live communities", "fr": "Communautés de", "nl": "Actieve"}
    gain = row_of(text, label[language])
    assert "unsure" not in gain and texts.signed(36) in gain
    label = {"en": "Net income", "fr": "Revenu net", "nl": "Netto-inkomen"}
    vague = row_of(text, label[language])
    assert vague.count("unsure") == 1 and "(0)" in vague
    # In its chart no stretch of the line has the colour of an effect.
    chart = text[text.index('id="v-variant-people-freelance_income"') :]
    chart = chart[: chart.index("</svg>")]
    assert "line unsure" in chart and "line variant" not in chart


def test_who_meets_whom_is_drawn(page):
    language, text = page
    texts = Texts(language)
    press, digital = texts("subsector.press"), texts("subsector.digital")
    assert f"{press} – {digital}: {texts.number(100)}" in text
    assert f"{press} – {digital}: {texts.signed(50)}" in text
    assert not Page(text).open
    assert not re.search(r"\b(None|nan|inf)\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_way_is_said_to_be_one(language, tmp_path):
    text = written(tmp_path, language, both_ways=False)
    texts = Texts(language)
    assert shown(texts("sure.knowledge_missing")) in text
    assert shown(texts("both.title")) not in text
    assert shown(texts("head.no_knowledge")) not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_difference_of_people_is_told_as_none(language, tmp_path):
    same = [run(50, 20.0, 3000.0, 100.0)] * 3
    more = [run(52, 20.0, 3000.0, 100.0)] * 3
    found = compare_tables(
        toy_tables({"reference": same, "variant": more}),
        "reference", ["variant"], region(),
    )  # fmt: skip
    text = write_report(found, tmp_path, language).read_text(encoding="utf-8")
    texts = Texts(language)
    assert shown(texts("people.nothing", reference="reference")) in text
    assert "people-freelance_income" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_jobs_are_told_as_equal_where_people_differ(language, tmp_path):
    before = [run(50, 20.0, 3000.0, 100.0)] * 3
    after = [run(50, 25.0, 3000.0, 100.0)] * 3
    found = compare_tables(
        toy_tables({"reference": before, "variant": after}),
        "reference", ["variant"], region(),
    )  # fmt: skip
    text = write_report(found, tmp_path, language).read_text(encoding="utf-8")
    texts = Texts(language)
    zeros = {"end": "2025", "focus": "Reyers", "reference": "reference"}
    nothing = texts("sum.jobs_zero", median="0", low="0", high="0", **zeros)
    assert shown(nothing) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_that_rests_on_knowledge_is_said_to(language, tmp_path):
    same = [run(50, 20.0, 3000.0, 100.0)] * 3
    sides = {"reference": same, "variant": [run(54, 20.0, 3000.0, 100.0)] * 3}
    sides |= {"reference" + NO_KNOWLEDGE: same, "variant" + NO_KNOWLEDGE: same}
    found = compare_tables(toy_tables(sides), "reference", ["variant"], region())
    text = write_report(found, tmp_path, language).read_text(encoding="utf-8")
    rests = Texts(language)("sum.rests", median="0", low="0", high="0")
    assert text.count(shown(rests)) == 2  # At Reyers and in the Region.
