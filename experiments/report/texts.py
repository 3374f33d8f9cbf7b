"""Words and numbers of the report in English, French and Dutch.

All words stand in ``texts.yaml``, one key with three languages each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from model.errors import Fault, InputError, nearest
from model.months import month_number

LANGUAGES = ("en", "fr", "nl")
THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"
_POINT = {"en": ".", "fr": ",", "nl": ","}
_GROUP = {"en": ",", "fr": THIN, "nl": "."}


@cache
def all_texts() -> Mapping[str, Mapping[str, str]]:
    """Every text by key, then language."""
    file = resources.files("experiments.report") / "texts.yaml"
    loaded = YAML(typ="safe", pure=False).load(file.read_text(encoding="utf-8"))
    return {
        str(key): {name: " ".join(str(text).split()) for name, text in words.items()}
        for key, words in loaded.items()
    }


class Texts:
    """Texts of one language.

    Parameters
    ----------
    language : {"en", "fr", "nl"}

    Raises
    ------
    InputError
        If there is no such language.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            fault = Fault(
                "is not a language of the report", "--lang", value=language,
                allowed=", ".join(LANGUAGES), nearest=nearest(language, LANGUAGES),
            )  # fmt: skip
            raise InputError([fault])
        self.language = language
        self._texts = all_texts()

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
        text = text.replace(",", "\0").replace(".", _POINT[self.language])
        text = text.replace("\0", _GROUP[self.language])
        if is_zero:
            return text
        mark = MINUS if value < 0 else "+" if sign else ""
        return mark + text

    def signed(self, value: float, digits: int = 0) -> str:
        """A difference, always with its sign."""
        return self.number(value, digits, sign=True)

    def percent(self, share: float) -> str:
        """A share in percent."""
        space = "" if self.language == "en" else HARD
        return f"{self.number(100 * share)}{space}%"

    def money(self, euro: float) -> str:
        """An amount to three digits, with its currency."""
        size = abs(euro)
        if size >= 999_500:
            digits = 0 if size >= 1e8 else 1 if size >= 1e7 else 2
            amount = self.number(euro / 1e6, digits)
            return self("unit.million", amount=amount).replace(" ", HARD)
        step = 10.0 ** max(0, len(str(int(size))) - 3)
        amount = self.number(round(euro / step) * step)
        return self("unit.euro", amount=amount).replace(" ", HARD)

    def month(self, month: str) -> str:
        """A month ``YYYY-MM`` in words."""
        names = self("months").split(";")
        number = month_number(month)
        return f"{names[number % 12].strip()} {number // 12}"

    def end(self, month: str) -> str:
        """A last month in words: the year alone where it is complete."""
        return month[:4] if month.endswith("-12") else self.month(month)

    def listing(self, items: Sequence[str]) -> str:
        """Items with commas, and a word before the last one."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('word.and')} {items[-1]}"
