"""Texts of the workshop view in three languages, and names from where they stand."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.report.texts import LANGUAGES, all_texts
from model.texts import texts_of

Text = Mapping[str, str]


def all_words() -> Mapping[str, Text]:
    """Every text of the view by key."""
    return texts_of("live")


def text(key: str, **parts: Text | str) -> Text:
    """A text in all languages, with parts put in, each in its own language.

    Raises
    ------
    KeyError
        If there is no such text, or a part of it is missing.
    """
    found = all_words()[key]
    return {
        language: found[language].format(
            **{
                name: part if isinstance(part, str) else part[language]
                for name, part in parts.items()
            }
        )
        for language in LANGUAGES
    }


def subsector_name(subsector: str) -> Text:
    """What a subsector is called."""
    return all_texts()[f"subsector.{subsector}"]
