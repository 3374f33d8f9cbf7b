"""The report of a comparison: one page that needs nothing else, in three languages."""

from experiments.report.context import About
from experiments.report.page import render, write_report
from experiments.report.texts import LANGUAGES, Texts, all_texts

__all__ = ["LANGUAGES", "About", "Texts", "all_texts", "render", "write_report"]
