"""Every word of the page stands in one file, in three languages, and is used."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from live.layers import LAYERS
from live.words import all_words
from live.world import SHOWN
from model.indicators import INDICATORS

LIVE = Path(__file__).parents[1] / "live"
LANGUAGES = {"en", "fr", "nl"}
# Keys that are put together while running: the beginning of each.
MADE = (
    "layer.", "lever.", "field.", "unit.", "stage.", "choice.", "feed.", "fault",
    "allowed.", "caveat.", "ensemble.spans.", "report.band.", "view.", "key.", "polls.",
    "tab.",
)  # fmt: skip


def read(*patterns):
    files = [file for pattern in patterns for file in sorted(LIVE.glob(pattern))]
    return {file.name: file.read_text("utf-8") for file in files}


def asked_for():
    """Keys that pages, modules and the report name, with where."""
    found = {}
    modules = read("static/js/*.mjs", "templates/*.jinja", "*.py")
    for name, text in modules.items():
        for key in re.findall(r"""\b(?:t|texts|text)\(\s*["']([\w./]+)["']""", text):
            found.setdefault(key, name)
        for key in re.findall(r"""["']([a-z]+(?:\.[\w/]+)+)["']""", text):
            if key in all_words():
                found.setdefault(key, name)
    for name, text in read("static/*.html").items():
        for key in re.findall(r'data-(?:text|label)="([^"]+)"', text):
            found.setdefault(key, name)
    return found


def parts(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_three_languages_with_the_same_parts():
    for key, words in all_words().items():
        assert set(words) == LANGUAGES, key
        assert len({frozenset(parts(text)) for text in words.values()}) == 1, key
        # All three say something, or none: some counts have no unit, some no caveat.
        assert len({bool(text) for text in words.values()}) == 1, key


def test_no_key_is_missing():
    known = all_words()
    missing = {key: place for key, place in asked_for().items() if key not in known}
    assert missing == {}


def test_no_text_is_left_over():
    used = set(asked_for())
    left = [key for key in all_words() if key not in used and not key.startswith(MADE)]
    assert left == []


def test_units_of_layers_and_charts_have_words():
    units = {layer.unit for layer in LAYERS} | {
        INDICATORS[name].unit for name, _ in SHOWN
    }
    assert {f"unit.{unit}" for unit in units} <= set(all_words())


@pytest.mark.parametrize("page", ["index.html", "phone.html"])
def test_pages_hold_no_words_script_or_style_of_their_own(page):
    text = (LIVE / "static" / page).read_text("utf-8")
    assert not re.search(r"<style|style=|\son\w+=|https?://", text)
    assert re.findall(r"<script[^>]*>", text) == re.findall(
        r'<script type="module" src="/static/[^"]+">', text
    )
    body = re.sub(r"<[^>]+>", "", text[text.index("<body") :])
    assert set(body.split()) <= {"Mediapark", "+", "−", "⤢", "?"}


def test_modules_make_no_markup_from_strings():
    for name, text in read("static/js/*.mjs").items():
        banned = (
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://"
        )
        assert not re.search(banned, text), name
        assert len(text.splitlines()) <= 400, name
