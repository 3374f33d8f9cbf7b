"""The plain-language summary: sentences that say no more than the numbers do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from experiments.comparison.flows import BY_ITSELF, CAUSES
from experiments.comparison.result import VariantResult
from experiments.comparison.statistics import FEW_RUNS, Band, Chance, Estimate, Spread
from experiments.report.texts import Texts
from experiments.report.words import name_of, teller, unit_words

# Words for a probability, as the climate panel of the United Nations uses them.
_WORDS = (
    (0.95, "extremely_likely"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "as_likely_as_not"),
    (0.10, "unlikely"),
    (0.05, "very_unlikely"),
    (-1.0, "extremely_unlikely"),
)
_PEOPLE = (
    "communities", "across_talks", "knowledge", "freelance_days", "freelance_income",
    "tight_budgets", "clients", "freelance_minutes",
)  # fmt: skip
_NAMED_ZONES = 4


class Answer(NamedTuple):
    """A question of a planner, and what the runs say."""

    question: str
    sentences: list[str]


@dataclass(frozen=True)
class Names:
    """What things are called in the report.

    Attributes
    ----------
    texts : Texts
    reference, variant, focus, end : str
        Titles, name of the focus zone, last month in words.
    zones : dict of str to str
    levers, anchors : dict of str to str
        Titles by slug.
    """

    texts: Texts
    reference: str
    variant: str
    focus: str
    end: str
    zones: dict[str, str]
    levers: dict[str, str]
    anchors: dict[str, str]


def word(probability: float, texts: Texts) -> str:
    """The calibrated word for a probability."""
    key = next(name for least, name in _WORDS if probability >= least)
    return texts(f"chance.{key}")


def odds(chance: Chance, texts: Texts) -> str:
    """How many runs are above the reference, and the word for it."""
    return texts(
        "sum.odds", wins=chance.wins, pairs=chance.pairs,
        word=word(chance.probability, texts),
        low=texts.percent(chance.low), high=texts.percent(chance.high),
    )  # fmt: skip


def answers(result: VariantResult, names: Names) -> list[Answer]:
    """Questions and answers for a variant."""
    texts = names.texts
    if result.is_zero:
        text = texts(
            "sum.no_difference", pairs=len(result.pairs),
            variant=names.variant, reference=names.reference,
        )  # fmt: skip
        return [Answer(texts("ask.come"), [text])]
    parts: tuple[tuple[str, Callable[[VariantResult, Names], list[str]]], ...] = (
        ("ask.come", _will_they_come),
        ("ask.from", _from_where),
        ("ask.new", _is_it_new),
        ("ask.people", _what_of_the_people),
        ("ask.cost", _what_does_it_cost),
        ("ask.sure", _how_sure),
    )
    return [Answer(texts(key), tell(result, names)) for key, tell in parts]


def between(found: Band, texts: Texts) -> dict[str, str]:
    """Median and edges of a band of differences, as words."""
    return {
        "median": texts.signed(found.median),
        "low": texts.signed(found.low),
        "high": texts.signed(found.high),
    }


def _will_they_come(result: VariantResult, names: Names) -> list[str]:
    texts = names.texts
    jobs, firms = result.jobs_here, result.firms_here
    key = _case(jobs.band)
    common = {"focus": names.focus, "end": names.end, "reference": names.reference}
    said = [texts(f"sum.jobs_{key}", **common, **between(jobs.band, texts))]
    said.append(odds(jobs.chance, texts))
    said += resting_on_knowledge(result, lambda one: one.jobs_here, texts)
    said.append(texts("sum.firms", **common, **between(firms.band, texts)))
    if result.decided:
        who = texts.listing(
            [names.anchors.get(one.name, one.name) for one in result.decided]
        )
        decided = texts.signed(result.decided_here.band.median)
        said.append(texts("sum.decided", jobs=decided, who=who))
        followed = result.followed_here
        if not followed.is_zero:
            case = _case(followed.band)
            said.append(texts(f"sum.followed_{case}", **between(followed.band, texts)))
            if followed.chance.wins != jobs.chance.wins:
                said.append(odds(followed.chance, texts))
    return said


def _what_of_the_people(result: VariantResult, names: Names) -> list[str]:
    """What is told from zero, what is not, and what is equal."""
    texts = names.texts
    clear, unclear, equal = [], [], []
    for figure in _PEOPLE:
        found = result.of_people(figure, "last")
        name = name_of(figure, texts).lower()
        if found.is_zero:
            equal.append(name)
        elif found.band.covers_zero:
            unclear.append(name)
        else:
            tell = teller(figure, found.band, texts)
            unit = unit_words(figure, texts)
            middle = f"{tell(found.band.median)} {unit}".rstrip()
            low, high = tell(found.band.low), tell(found.band.high)
            clear.append(
                texts("people.told", name=name, median=middle, low=low, high=high)
            )
    year = result.people.years[-1]
    said = []
    if clear:
        said.append(texts("people.clear", year=year, figures=texts.listing(clear)))
    if unclear:
        said.append(texts("people.unclear", names=texts.listing(unclear)))
    if equal:
        known = texts.listing(equal)
        said.append(texts("people.equal", names=known, reference=names.reference))
    return said


def _case(found: Band) -> str:
    if found.low == found.high == 0.0:
        return "zero"
    if found.covers_zero:
        return "unclear"
    return "more" if found.low > 0 else "fewer"


def _from_where(result: VariantResult, names: Names) -> list[str]:
    texts = names.texts
    net = result.flows.net[:, -1].mean(axis=0)
    zones = net[len(CAUSES) :]
    said = []
    whole = zones.sum(axis=1)
    order = np.argsort(-np.abs(whole), kind="stable")
    for key, sign in (("sum.comes_from", 1.0), ("sum.goes_to", -1.0)):
        listed = [
            f"{names.zones[result.zones[z]]} {texts.number(abs(whole[z]))}"
            for z in order
            if sign * whole[z] > 0.5
        ]
        if listed:
            rest = len(listed) - _NAMED_ZONES
            text = texts.listing(listed[:_NAMED_ZONES])
            said.append(texts(key, zones=text, focus=names.focus))
            if rest > 0:
                said.append(texts("sum.other_zones", count=rest))
    if result.decided and abs(zones[:, BY_ITSELF]).sum() >= 0.5:
        own = zones[:, BY_ITSELF]
        first = int(np.argmax(np.abs(own)))
        said.append(
            texts(
                "sum.by_themselves",
                zone=names.zones[result.zones[first]],
                jobs=texts.signed(float(own[first])),
            )
        )
    return said or [texts("sum.from_nowhere", focus=names.focus)]


def _is_it_new(result: VariantResult, names: Names) -> list[str]:
    texts = names.texts
    region = result.jobs_region
    key = _case(region.band)
    said = [texts(f"sum.region_{key}", **between(region.band, texts))]
    said.append(odds(region.chance, texts))
    said += resting_on_knowledge(result, lambda one: one.jobs_region, texts)
    share = result.displaced
    if share is None:
        said.append(texts("sum.no_share", focus=names.focus))
    else:
        case = "loss" if result.jobs_here.band.median < 0 else "gain"
        if share.median < 0:
            case = f"same_{case}"
            share = Band(-share.mean, -share.median, -share.high, -share.low)
        said.append(
            texts(
                f"sum.share_{case}",
                share=texts.number(100 * share.median),
                low=texts.number(100 * share.low), high=texts.number(100 * share.high),
                focus=names.focus,
            )
        )  # fmt: skip
    return said


def _what_does_it_cost(result: VariantResult, names: Names) -> list[str]:
    texts = names.texts
    spent = texts.money(result.spent.band.median)
    if result.unpriced:
        levers = [names.levers.get(slug, slug) for slug in result.unpriced]
        return [texts("sum.unpriced", levers=texts.listing(levers), spent=spent)]
    if result.spent.is_zero:
        return [texts("sum.no_money")]
    said = [texts("sum.spent", spent=spent, end=names.end)]
    for key, found in (
        ("here", result.euro_per_job_here),
        ("region", result.euro_per_job_region),
    ):
        if found is None:
            said.append(texts(f"sum.no_cost_{key}", focus=names.focus))
        else:
            said.append(
                texts(
                    f"sum.cost_{key}", focus=names.focus,
                    median=texts.money(found.median), low=texts.money(found.low),
                    high=texts.money(found.high),
                )
            )  # fmt: skip
    return said


def _how_sure(result: VariantResult, names: Names) -> list[str]:
    texts = names.texts
    pairs = len(result.pairs)
    said = [texts("sum.pairs", pairs=pairs)]
    if pairs < FEW_RUNS:
        said.append(texts("sum.few_pairs"))
    said.append(spread_words(result.jobs_here.spread, texts))
    said += without_knowledge(result, names.focus, texts)
    said.append(texts("sum.model_only"))
    return said


def resting_on_knowledge(
    result: VariantResult, figure: Callable[[VariantResult], Estimate], texts: Texts
) -> list[str]:
    """A warning where a figure says something else without the effect of knowledge."""
    other = result.no_knowledge
    if other is None or _case(figure(other).band) == _case(figure(result).band):
        return []
    return [texts("sum.rests", **between(figure(other).band, texts))]


def without_knowledge(result: VariantResult, focus: str, texts: Texts) -> list[str]:
    """Jobs without an effect of knowledge on growth, and what it adds to them."""
    other = result.no_knowledge
    figures: tuple[tuple[str, Callable[[VariantResult], Estimate]], ...] = (
        ("here", lambda one: one.jobs_here),
        ("region", lambda one: one.jobs_region),
    )
    said = []
    for key, figure in figures:
        through = result.through_knowledge(figure)
        if other is None or through is None:
            return [texts("sure.knowledge_missing")]
        words = between(figure(other).band, texts)
        said.append(texts(f"sure.no_knowledge_{key}", focus=focus, **words))
        case = _case(through.band)
        case = case if case in ("unclear", "zero") else "clear"
        said.append(texts(f"sure.through_{case}", **between(through.band, texts)))
    return said


def spread_words(spread: Spread, texts: Texts) -> str:
    """What brings the spread, or why that cannot be said."""
    if spread.share is None or spread.low is None or spread.high is None:
        key = spread.reason.replace(" ", "_")
        return texts(f"spread.{key}")
    return texts(
        "spread.share", share=texts.percent(spread.share),
        low=texts.percent(spread.low), high=texts.percent(spread.high),
        draws=spread.draws,
    )  # fmt: skip
