"""Texts in English, French and Dutch, and numbers as each language writes them.

Words of a page stand in a ``texts.yaml`` beside it, one key with three languages each.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from model.errors import Fault, InputError, nearest

LANGUAGES = ("en", "fr", "nl")
FILE = "texts.yaml"
THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"
_POINT = {"en": ".", "fr": ",", "nl": ","}
_GROUP = {"en": ",", "fr": THIN, "nl": "."}


@cache
def texts_of(package: str) -> Mapping[str, Mapping[str, str]]:
    """Every text of a package by key, then language."""
    file = resources.files(package) / FILE
    loaded = YAML(typ="safe", pure=False).load(file.read_text(encoding="utf-8"))
    return {
        str(key): {name: " ".join(str(text).split()) for name, text in words.items()}
        for key, words in loaded.items()
    }


class Phrases:
    """Texts of one language.

    Parameters
    ----------
    language : {"en", "fr", "nl"}
    *packages : str
        Packages that hold a ``texts.yaml``; of two that hold the same key, the first
        is heard.

    Raises
    ------
    InputError
        If there is no such language.
    """

    def __init__(self, language: str, *packages: str) -> None:
        if language not in LANGUAGES:
            fault = Fault(
                "is not a language of the texts", "--lang", value=language,
                allowed=", ".join(LANGUAGES), nearest=nearest(language, LANGUAGES),
            )  # fmt: skip
            raise InputError([fault])
        self.language = language
        self._texts: dict[str, Mapping[str, str]] = {}
        for package in reversed(packages):
            self._texts |= texts_of(package)

    def __call__(self, key: str, **parts: object) -> str:
        """The text of a key, with parts put in.

        Raises
        ------
        KeyError
            If there is no such text, or a part of it is missing.
        """
        return self._texts[key][self.language].format(**parts)

    def of(self, names: Mapping[str, str]) -> str:
        """The name in this language; in English where it has none."""
        return names.get(self.language) or names["en"]

    def number(self, value: float, digits: int = 0, sign: bool = False) -> str:
        """A number with the separators of the language."""
        text = f"{abs(value):,.{digits}f}"
        is_zero = not any(c in "123456789" for c in text)
        text = self._separated(text)
        if is_zero:
            return text
        mark = MINUS if value < 0 else "+" if sign else ""
        return mark + text

    def signed(self, value: float, digits: int = 0) -> str:
        """A difference, always with its sign."""
        return self.number(value, digits, sign=True)

    def significant(self, value: float, digits: int = 3) -> str:
        """A number to so many significant digits."""
        text = self._separated(f"{abs(value):,.{digits}g}")
        return MINUS + text if value < 0 else text

    def _separated(self, text: str) -> str:
        """An English number in this language."""
        text = text.replace(",", "\0").replace(".", _POINT[self.language])
        return text.replace("\0", _GROUP[self.language])

    def percent(self, share: float, digits: int = 0) -> str:
        """A share in percent."""
        space = "" if self.language == "en" else HARD
        return f"{self.number(100 * share, digits)}{space}%"
