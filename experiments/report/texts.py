"""Words and numbers of the report in English, French and Dutch.

All words stand in ``texts.yaml``, one key with three languages each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.months import month_number
from model.texts import HARD, LANGUAGES, Phrases, texts_of

__all__ = ["LANGUAGES", "Texts", "all_texts"]

PACKAGE = "experiments.report"


def all_texts() -> Mapping[str, Mapping[str, str]]:
    """Every text by key, then language."""
    return texts_of(PACKAGE)


class Texts(Phrases):
    """Texts of one language, with money and months in words.

    Parameters
    ----------
    language : {"en", "fr", "nl"}
    *packages : str
        Packages whose own texts are heard before those of the report.

    Raises
    ------
    InputError
        If there is no such language.
    """

    def __init__(self, language: str, *packages: str) -> None:
        super().__init__(language, *packages, PACKAGE)

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
