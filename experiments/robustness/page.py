"""The page of a robust choice: one file that needs no network, for planners."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from experiments.report.texts import Texts
from experiments.robustness.boxes import Box, Condition
from experiments.robustness.choice import Choice
from experiments.robustness.rows import cells, drawing_of_gain, drawing_of_regret
from experiments.sweep.folder import Swept
from experiments.titles import Titles
from model.simulation import CATALOGUE
from model.texts import texts_of

NAME: Final = "robust.html"
PACKAGE: Final = "experiments.robustness"
_TABLES: Final = ("robust-measures.csv", "robust-boxes.csv")


def write_choice(choice: Choice, swept: Swept, lang: str = "en") -> Path:
    """Write the page and its tables beside the runs.

    Parameters
    ----------
    choice : Choice
    swept : Swept
    lang : {"en", "fr", "nl"}

    Returns
    -------
    Path
        The page.
    """
    words = Texts(lang, PACKAGE)
    frames = (choice.measures, choice.box_table())
    for name, frame in zip(_TABLES, frames, strict=True):
        frame.to_csv(
            swept.folder / name, index=False, float_format="%.6g", lineterminator="\n"
        )
    page = swept.folder / NAME
    ends = [until for _, until in swept.facts["months"].values()]
    end = choice.figure.month or max(ends)
    teller = Teller(choice, Titles.of(swept.store, words), words, end)
    page.write_text(render(teller, _command(choice, swept, lang)), encoding="utf-8")
    return page


def render(teller: Teller, command: str) -> str:
    """The page as text."""
    template = _environment().get_template("robust.html.jinja")
    style = _read("experiments.report", "report.css") + _read(PACKAGE, "robust.css")
    return template.render(t=teller.words, style=Markup(style), command=command,
                           **teller.parts())  # fmt: skip


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _read(PACKAGE, name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


def _command(choice: Choice, swept: Swept, lang: str) -> str:
    figure = choice.figure
    words = ["mediapark", "robust", str(swept.folder), "--indicator", figure.indicator]
    words += ["--zone", figure.zone]
    if figure.month:
        words += ["--month", figure.month]
    words += ["--better", "more" if choice.sign > 0 else "less", "--lang", lang]
    return shlex.join(words)


def unit_in_words(unit: str, words: Texts) -> str:
    """A unit in the language; as it is declared where it needs no words."""
    key = f"robust.unit.{unit}"
    return words(key) if key in texts_of(PACKAGE) else unit


class Teller:
    """Says what a choice has found.

    Parameters
    ----------
    choice : Choice
    titles : Titles
    words : Texts
    month : str, YYYY-MM
        The month that counts.
    """

    def __init__(
        self, choice: Choice, titles: Titles, words: Texts, month: str
    ) -> None:
        self.choice, self.titles, self.words = choice, titles, words
        self.end = words.end(month)
        self.unit = unit_in_words(choice.figure.unit, words)

    def parts(self) -> dict[str, Any]:
        """All that the page shows."""
        choice, words = self.choice, self.words
        reference = self.titles.scenario(choice.variants[0])
        unit = self.unit
        named = {"figure": self.figure, "end": self.end}
        futures = words.number(choice.futures)
        return {
            "lead": words(
                "robust.lead", futures=futures, factors=len(choice.problem),
                replicates=choice.replicates, **named,
            ),
            "short": list(self.short()),
            "unit": unit,
            "gain_caption": words("robust.picture_gain", reference=reference)
            + f", {unit}",
            "gain": drawing_of_gain(choice, self.titles, words),
            "regret": drawing_of_regret(choice, self.titles, words),
            "caption": words("robust.caption", futures=futures, **named),
            "heads": [
                words("robust.variant"),
                words("robust.gain", reference=reference, unit=unit),
                words("robust.band"),
                *(words(f"robust.{key}", unit=unit)
                  for key in ("worst", "regret", "largest")),
                words("robust.best"),
            ],
            "rows": [
                {
                    "title": self.titles.scenario(one),
                    "leads": one == choice.leader,
                    "cells": cells(choice, one, words),
                }
                for one in choice.variants
            ],
            "boxes": [self.box(one, box) for one, box in choice.boxes.items()],
            "factors": list(self.factors()),
            "reading": [
                words("robust.read_regret"),
                words("robust.read_chance"),
                words("robust.read_luck", replicates=choice.replicates),
                words("robust.read_synthetic"),
            ],
            "files": words.listing(list(_TABLES)),
            "finder": next(iter(choice.boxes.values())).finder,
        }  # fmt: skip

    @property
    def figure(self) -> str:
        """What counts, in words."""
        figure = self.choice.figure
        zone = self.titles.zone(figure.zone)
        return f"{self.titles.indicator(figure.indicator)}, {zone}"

    def short(self) -> Iterator[str]:
        """Who leads, by which measure."""
        choice, words, unit = self.choice, self.words, self.unit
        leader = choice.leader
        firsts = (
            ("regret", leader),
            ("largest_regret", choice.first_by("largest_regret", most=False)),
            ("worst_tenth", choice.first_by("worst_tenth", most=choice.sign > 0)),
        )
        if len({name for _, name in firsts}) == 1:
            yield words(
                "robust.one", leader=self.titles.scenario(leader), unit=unit,
                regret=self.amount(choice.of(leader, "regret").value),
                largest=self.amount(choice.of(leader, "largest_regret").value),
            )  # fmt: skip
        else:
            keys = ("robust.least_mean", "robust.least_largest", "robust.tail")
            for key, (measure, name) in zip(keys, firsts, strict=True):
                value = self.amount(choice.of(name, measure).value)
                title = self.titles.scenario(name)
                yield words(key, name=title, value=value, unit=unit)
        often = choice.first_by("probability_best", most=True)
        share = choice.of(often, "probability_best")
        yield words(
            "robust.often", name=self.titles.scenario(often),
            share=words.percent(share.value), low=words.percent(share.low),
            high=words.percent(share.high),
        )  # fmt: skip

    def amount(self, value: float) -> str:
        """A value with as many digits as say something."""
        size = abs(value)
        digits = 0 if size >= 10 or size == 0.0 else 1 if size >= 1 else 2
        return self.words.number(value, digits)

    def box(self, variant: str, box: Box) -> dict[str, Any]:
        """When a variant falls behind, in a sentence."""
        words = self.words
        rival = self.choice.rival(variant)
        whom = (
            words("robust.another") if rival is None
            else words("robust.quoted", name=self.titles.scenario(rival))
        )  # fmt: skip
        said = {"name": self.titles.scenario(variant), "rival": whom}
        if box.share in (0.0, 1.0):
            key = "robust.always" if box.share else "robust.never"
            return {"sentence": words(key, **said), "quality": "", "told": False}
        start = words("robust.behind", share=words.percent(box.share), **said)
        if not box.conditions:
            return self._said(f"{start}: {words('robust.rare')}.")
        if not box.is_told:
            return self._said(f"{start}: {words('robust.no_rule')}.")
        conditions = words.listing([self.condition(one) for one in box.conditions])
        quality = words(
            "robust.quality",
            **{
                name: words.percent(getattr(box, name))
                for name in ("density", "held_out", "share", "coverage")
            },
        )
        sentence = f"{start}, {words('robust.mostly')} {conditions}."
        return {"sentence": sentence, "quality": quality, "told": True}

    @staticmethod
    def _said(sentence: str) -> dict[str, Any]:
        return {"sentence": sentence, "quality": "", "told": False}

    def condition(self, one: Condition) -> str:
        """A range of a factor in words."""
        words, factor = self.words, self.choice.problem[one.factor]
        if factor.kind == "categorical":
            inside = [
                factor.levels[code]
                for code in range(len(factor.levels))
                if one.low <= code <= one.high
            ]
            names = f" {words('robust.or')} ".join(map(self.titles.scenario, inside))
            return words("robust.one_of", factor=factor.name, names=names)
        low, high = (self.with_unit(factor.unit, edge) for edge in (one.low, one.high))
        if one.low > factor.low and one.high < factor.high:
            return words("robust.between", factor=factor.name, low=low, high=high)
        if one.low > factor.low:
            return words("robust.above", factor=factor.name, value=low)
        return words("robust.below", factor=factor.name, value=high)

    def with_unit(self, unit: str, value: float) -> str:
        """A value of a factor with three digits and its unit."""
        size = abs(value)
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 4
        shown = self.words.number(value, digits) if abs(value) < float("inf") else ""
        return shown if unit in ("-", "") else f"{shown} {unit}"

    def factors(self) -> Iterator[dict[str, str]]:
        """What the factors of the told boxes are."""
        boxes = [box for box in self.choice.boxes.values() if box.is_told]
        names = dict.fromkeys(one.factor for box in boxes for one in box.conditions)
        for name in names:
            factor = self.choice.problem[name]
            low, high = (
                self.words.number(factor.low, 3),
                self.words.number(factor.high, 3),
            )
            span = self.words("robust.to", low=low, high=high)
            known = CATALOGUE[name].means if name in CATALOGUE else name
            sourced = ", ".join(p for p in (factor.source, factor.confidence) if p)
            yield {
                "name": name, "range": f"{span} {factor.unit}".removesuffix(" -"),
                "means": known, "source": sourced,
            }  # fmt: skip
