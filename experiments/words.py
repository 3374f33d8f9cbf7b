"""Texts of a page or a picture in three languages, beside those of the report."""

from __future__ import annotations

from experiments.report.texts import Texts
from model.texts import texts_of

__all__ = ["Words", "texts_of"]


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
        super().__init__(language, package)
