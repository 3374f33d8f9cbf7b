"""Texts of a page or a picture in three languages, beside those of the report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from experiments.report.texts import Texts

FILE = "texts.yaml"


class Words(Texts):
    """Texts of a package in one language; numbers as the report writes them.

    Parameters
    ----------
    language : {"en", "fr", "nl"}
    package : str
        Package that holds a ``texts.yaml`` of its own; what it does not hold is looked
        for among the texts of the report.

    Raises
    ------
    InputError
        If there is no such language.
    """

    def __init__(self, language: str, package: str) -> None:
        super().__init__(language)
        self._texts = {**self._texts, **texts_of(package)}


@cache
def texts_of(package: str) -> Mapping[str, Mapping[str, str]]:
    """Every text of a package by key, then language."""
    file = resources.files(package) / FILE
    loaded = YAML(typ="safe", pure=False).load(file.read_text(encoding="utf-8"))
    return {
        str(key): {name: " ".join(str(text).split()) for name, text in words.items()}
        for key, words in loaded.items()
    }
