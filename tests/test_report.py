"""The page: needs nothing else, can be read by all, claims no more than it may."""

from __future__ import annotations

import re
import string
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from experiments.comparison import compare_tables, estimate
from experiments.report import LANGUAGES, About, Texts, all_texts, write_report
from experiments.report.summary import odds, spread_words, word
from experiments.report.svg import spread_out, ticks
from model.errors import InputError
from tests.comparison_toys import Toy, ToyRun, region, toy_tables

FOLDER = Path(__file__).parents[1] / "experiments" / "report"
LARGEST = 1_000_000  # bytes of a page with one variant
VOID = {"meta", "br", "hr", "img", "link", "input"}


def shown(words: str) -> str:
    """Words as they stand in a page."""
    return words.replace("'", "&#39;")


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def runs(gain: int, pairs: int) -> tuple[list[ToyRun], list[ToyRun]]:
    """Pairs in which Reyers gains firms, some from elsewhere and some new."""
    before, after = [], []
    for i in range(pairs):
        home = Toy(1, "schaerbeek", gain + i)
        anchor = Toy(2, "evere", 50, anchor=True, name="bx1")
        start = [(f"{2025}-11", "bx1")]
        before.append(ToyRun([home, anchor]))
        moved = [Toy(1, "reyers", gain + i), anchor._replace(zone="reyers")]
        after.append(ToyRun([*moved, Toy(3, "reyers", 5)], cost=1e6, events=start))
    return before, after


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, tmp_path_factory, scenario):
    """A page in each language."""
    before, after = runs(40, 12)
    tables = toy_tables(
        {"reference": before, "committed": after}, [i // 2 for i in range(12)]
    )
    known = {name: scenario(name) for name in ("reference", "committed")}
    found = compare_tables(tables, "reference", ["committed"], region(), known)
    about = About({"commit": "abc"}, "", {"S29": "A source, https://example.org"})
    folder = tmp_path_factory.mktemp(request.param)
    path = write_report(found, folder, request.param, known, about)
    return request.param, path.read_text(encoding="utf-8")


def test_the_page_loads_nothing(page):
    _, text = page
    tags = Page(text).tags
    for tag, attrs in tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed"}
        for name in ("src", "srcset", "data", "xlink:href", "action", "poster"):
            assert name not in attrs, (tag, name)
        assert (attrs.get("href") or "#").startswith("#")
    assert "@import" not in text and "url(" not in text
    assert len(text.encode()) < LARGEST


def test_the_page_is_well_formed_and_accessible(page):
    language, text = page
    found = Page(text)
    assert not found.open
    assert found.named("html")[0]["lang"] == language
    ids = Counter(attrs["id"] for _, attrs in found.tags if "id" in attrs)
    assert max(ids.values()) == 1
    anchors = {attrs["href"][1:] for attrs in found.named("a")}
    assert anchors <= set(ids)
    for picture in found.named("svg"):
        assert picture["role"] == "img"
        assert set(picture["aria-labelledby"].split()) <= set(ids)
    assert len(found.named("svg")) > 15
    tables = len(found.named("table"))
    assert tables == len(found.named("caption")) > 5
    assert all("scope" in attrs for attrs in found.named("th"))
    heads = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
    assert heads[0] == 1 and heads.count(1) == 1
    steps = np.diff(heads)
    assert (steps <= 1).all()


def test_the_page_says_what_the_runs_say(page):
    language, text = page
    texts = Texts(language)
    assert shown(texts("ask.come")) in text
    assert texts.signed(100) in text  # 40 to 51, the anchor's 50, and 5
    assert "BX1" in text and "abc" in text and "A source" in text
    assert not re.search(r"\b(None|nan|inf)\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_effect_that_covers_zero_is_not_claimed(language, tmp_path, scenario):
    home = [ToyRun([Toy(1, "reyers", 50)]) for _ in range(12)]
    noise = [ToyRun([Toy(1, "reyers", 50 + (-1) ** i * i)]) for i in range(12)]
    tables = toy_tables({"reference": home, "vague": noise})
    found = compare_tables(tables, "reference", ["vague"], region())
    text = write_report(found, tmp_path, language).read_text(encoding="utf-8")
    texts = Texts(language)
    unclear = all_texts()["sum.jobs_unclear"][language].split("{")[0].strip()
    assert shown(unclear) in text
    assert shown(texts("none.zero")) in text
    assert shown(texts("chance.as_likely_as_not")) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_difference_is_said_so(language, tmp_path):
    same = [ToyRun([Toy(1, "reyers", 50)]) for _ in range(3)]
    tables = toy_tables({"reference": same, "nothing": same})
    found = compare_tables(tables, "reference", ["nothing"], region())
    text = write_report(found, tmp_path, language).read_text(encoding="utf-8")
    texts = Texts(language)
    said = texts("sum.no_difference", pairs=3, variant="nothing", reference="reference")
    assert shown(said) in text
    assert shown(texts("flow.nothing")) in text


def test_support_for_communities_is_said_to_be_weakly_known(tmp_path, scenario):
    before, after = runs(40, 2)
    tables = toy_tables({"reference": before, "communities": after})
    known = {name: scenario(name) for name in ("reference", "communities")}
    found = compare_tables(tables, "reference", ["communities"], region(), known)
    text = write_report(found, tmp_path, "en", known).read_text(encoding="utf-8")
    assert text.count("rests on weak evidence") == 2
    assert "not modelled" not in text
    assert "too few to rest a decision on" in text


def test_the_same_runs_give_the_same_page(tmp_path):
    before, after = runs(40, 4)
    tables = toy_tables({"reference": before, "variant": after})
    pages = []
    for name in ("one", "two"):
        found = compare_tables(tables, "reference", ["variant"], region())
        pages.append(write_report(found, tmp_path / name).read_bytes())
    assert pages[0] == pages[1]


def test_texts_are_complete():
    for key, words in all_texts().items():
        assert tuple(words) == LANGUAGES, key
        parts = {
            language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for language, text in words.items()
        }
        assert parts["en"] == parts["fr"] == parts["nl"], key
        assert all(text.strip() for text in words.values()), key


def test_every_text_is_used_and_none_is_missing():
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in FOLDER.iterdir()
        if path.suffix in {".py", ".jinja"}
    )
    keys = set(all_texts())
    asked = set(re.findall(r"""\bt(?:exts)?\(\s*"([a-z_0-9.]+)"[,)]""", sources))
    assert asked <= keys
    stems = set(re.findall(r"""f"([a-z_.]+?)\{""", sources))
    mentioned = set(re.findall(r"""["']([a-z_0-9]+(?:\.[a-z_0-9]+)?)["']""", sources))
    for key in keys - mentioned:
        assert any(key.startswith(stem) for stem in stems if "." in stem), key


def test_numbers_follow_the_language():
    numbers = {lang: Texts(lang).number(-1234.5, 1) for lang in LANGUAGES}
    assert numbers == {"en": "−1,234.5", "fr": "−1\u202f234,5", "nl": "−1.234,5"}
    assert Texts("en").signed(-0.2) == "0"
    assert Texts("en").signed(0.6) == "+1"
    assert Texts("nl").money(1_234_567).replace("\u00a0", " ") == "1,23 miljoen euro"
    assert Texts("fr").money(55_727).replace("\u00a0", " ") == "55\u202f700 euros"
    assert Texts("en").listing(["a", "b", "c"]) == "a, b and c"
    assert Texts("fr").month("2026-09") == "septembre 2026"


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match=r"allowed: en, fr, nl"):
        Texts("de")


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.99, "extremely likely"), (0.93, "very likely"), (0.7, "likely"),
        (0.5, "about as likely as not"), (0.2, "unlikely"), (0.07, "very unlikely"),
        (0.01, "extremely unlikely"),
    ],
)  # fmt: skip
def test_words_are_calibrated(probability, words):
    assert word(probability, Texts("en")) == words


def test_odds_count_runs():
    found = estimate([1.0] * 34 + [-1.0] * 6, [-1] * 40)
    said = odds(found.chance, Texts("en"))
    assert "34 of 40 runs" in said and "likely" in said
    assert "wider than these bands" in spread_words(found.spread, Texts("en"))


def test_ticks_are_round_and_labels_keep_apart():
    assert ticks(-3, 412) == [-100, 0, 100, 200, 300, 400, 500]
    assert spread_out([0, 1, 50], 10) == [0, 10, 50]
