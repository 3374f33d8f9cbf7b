"""What was refused, in the words of the room: three languages, one sentence a fault.

Faults are told in English by whoever found them. The texts of the view hold the same
sentences as keys (``fault.`` for what is wrong, ``allowed.`` for the way out), with
``{names}`` where a fault puts something in.
"""

from __future__ import annotations

import re
import string
from functools import cache
from typing import Any, NamedTuple

from experiments.report.texts import LANGUAGES
from live.words import Text, all_words, text
from model.errors import Fault, InputError

_LONGEST = 200  # characters of what was found
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+")
_THOUSANDS = {"en": ",", "fr": "\u202f", "nl": "."}


def refusal(error: InputError) -> dict[str, Any]:
    """What was wrong, for the page: every fault with a sentence in three languages."""
    return {"faults": [_entry(fault) for fault in error.faults]}


def _entry(fault: Fault) -> dict[str, Any]:
    return {
        "place": fault.key or fault.file,
        "problem": fault.problem,
        "found": None if fault.value is None else str(fault.value)[:_LONGEST],
        "allowed": fault.allowed,
        "nearest": fault.nearest,
        "text": in_words(fault),
    }


def in_words(fault: Fault) -> Text:
    """A fault as a sentence in each language.

    One that no text knows is told as it is: better English than silence.
    """
    problem = _text_of("fault", fault.problem)
    if problem is None:
        return text("fault", what=str(fault)[:_LONGEST])
    found = "" if fault.value is None else str(fault.value)[:_LONGEST]
    parts = [text(problem.key, found=found, **problem.parts)]
    if fault.allowed:
        way_out = _text_of("allowed", fault.allowed)
        same = _everywhere(fault.allowed)
        said = same if way_out is None else text(way_out.key, **way_out.parts)
        parts.append(text("notice.allowed", allowed=said))
    if fault.nearest:
        parts.append(text("notice.nearest", nearest=fault.nearest))
    field = all_words().get(f"field.{fault.key.rpartition('.')[2]}")
    return {
        language: (f"{field[language]} – " if field else "")
        + " ".join(part[language] for part in parts)
        for language in LANGUAGES
    }


class _Known(NamedTuple):
    """A text that a sentence is told by, and what stands in its gaps."""

    key: str
    parts: dict[str, Text]


def _text_of(kind: str, sentence: str) -> _Known | None:
    for key, pattern in _patterns(kind):
        if match := pattern.fullmatch(sentence):
            gaps = match.groupdict().items()
            return _Known(key, {name: _everywhere(words) for name, words in gaps})
    return None


@cache
def _patterns(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys of a kind of text, and what they match; those without gaps come first."""
    keys = [key for key in all_words() if key.startswith(f"{kind}.")]
    keys.sort(key=lambda key: "{" in key)
    return tuple((key, _pattern(key.removeprefix(f"{kind}."))) for key in keys)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = []
    for words, name, _, _ in string.Formatter().parse(sentence):
        parts.append(re.escape(words))
        if name:
            parts.append(f"(?P<{name}>.+?)")
    return re.compile("".join(parts))


def _everywhere(words: str) -> Text:
    """Something that is the same in all languages, but for the thousands of numbers."""

    def parted(sign: str) -> str:
        return _NUMBER.sub(lambda number: number[0].replace(",", sign), words)

    return {language: parted(sign) for language, sign in _THOUSANDS.items()}
