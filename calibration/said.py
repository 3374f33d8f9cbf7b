"""What is said of an estimate: a key of texts with its parts, told in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.texts import Phrases

PACKAGE = "calibration.page"


@dataclass(frozen=True)
class Said:
    """Something to say; as text, in English.

    Attributes
    ----------
    key : str
        Of ``page/texts.yaml``.
    parts : mapping of str to text, number or Said
        What is put in; floats to two digits.
    """

    key: str
    parts: Mapping[str, str | int | float | Said] = field(default_factory=dict)

    def in_words(self, texts: Phrases) -> str:
        """The sentence in a language."""
        return texts(
            self.key, **{name: _told(texts, one) for name, one in self.parts.items()}
        )

    def __str__(self) -> str:
        return self.in_words(Phrases("en", PACKAGE))


def _told(texts: Phrases, part: str | int | float | Said) -> str:
    if isinstance(part, Said):
        return part.in_words(texts)
    if isinstance(part, str):
        return part
    return texts.number(part) if isinstance(part, int) else texts.significant(part, 2)
