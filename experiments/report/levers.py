"""The levers of a variant: what, when, how large, at what cost, known how."""

from __future__ import annotations

from typing import Any, NamedTuple

from experiments.comparison.result import VariantResult
from experiments.report.charts import Mark
from experiments.report.context import Context
from experiments.report.texts import Texts
from model.months import month_name, month_number
from model.scenario import (
    OUTSIDE,
    AnchorArrival,
    AnchorJobs,
    AnchorMove,
    CommunitySupport,
    Coworking,
    FloorSpace,
    Lever,
    Quality,
    RentSubsidy,
    SkillsProgramme,
    Telework,
    Transit,
)


class LeverRow(NamedTuple):
    """A lever as words; ``month`` is when it starts in the middle run."""

    number: int
    month: int
    title: str
    date: str
    size: str
    cost: str
    nature: str


def lever_rows(result: VariantResult, context: Context) -> list[LeverRow]:
    """Levers of the variant in the order of their dates."""
    levers = context.own_levers(result.name)
    acts = result.acts[result.acts["what"] != "ends"].drop_duplicates("lever")
    texts = context.texts
    known: dict[str, Any] = {str(row.lever): row for row in acts.itertuples()}
    found = []
    for slug, row in known.items():
        lever = levers.get(slug)
        title = texts.of(lever.title) if lever else str(row.what)
        date = _date(row, len(result.pairs), texts)
        found.append((str(row.month), slug, title, date))
    for slug, lever in levers.items():
        if slug not in known:
            text = texts("lever.not_reached")
            month = month_name(lever.at) if lever.at else result.months[-1]
            found.append((month, slug, texts.of(lever.title), text))
    rows = []
    for number, (month, slug, title, date) in enumerate(sorted(found), start=1):
        lever = levers.get(slug)
        words = (
            ("", "", "")
            if lever is None
            else (size(lever, context), cost(lever, texts), nature(lever, texts))
        )
        rows.append(LeverRow(number, month_number(month), title, date, *words))
    return rows


def marks(rows: list[LeverRow], result: VariantResult) -> list[Mark]:
    """Levers on the time axis."""
    first, last = month_number(result.months[0]), month_number(result.months[-1])
    return [Mark(r.month, r.number) for r in rows if first <= r.month <= last]


def _date(row: Any, pairs: int, texts: Texts) -> str:
    words = texts.month(row.month)
    if row.first != row.last:
        low, high = texts.month(row.first), texts.month(row.last)
        words += f" ({texts('range', low=low, high=high)})"
    if row.pairs < pairs:
        words += f"; {texts('head.of', wins=row.pairs, pairs=pairs)}"
    return words


def size(lever: Lever, context: Context) -> str:
    """How large a lever is, and where."""
    texts, places = context.texts, context.places()
    parts: list[str] = []
    if isinstance(lever, FloorSpace):
        parts.append(f"{texts.signed(lever.m2)} m²")
    elif isinstance(lever, RentSubsidy):
        parts.append(texts.percent(-lever.share))
        if lever.max_jobs:
            parts.append(f"≤ {lever.max_jobs} {texts('map.jobs')}")
    elif isinstance(lever, AnchorJobs):
        change = f"× {texts.number(lever.factor or 0.0, 2)}"
        parts.append(change if lever.jobs is None else texts.number(lever.jobs))
    elif isinstance(lever, AnchorArrival):
        parts.append(f"{texts.signed(lever.jobs)} {texts('map.jobs')}")
    elif isinstance(lever, Transit):
        parts.append(f"{texts.signed(-lever.minutes_saved)} min")
    elif isinstance(lever, Quality):
        parts.append(texts.signed(lever.change, 2))
    elif isinstance(lever, CommunitySupport):
        parts += _support(lever, texts)
    elif isinstance(lever, Coworking):
        price = texts.money(lever.price_eur_month)
        count = texts.number(lever.desks)
        parts.append(texts("lever.desks", count=count, price=price))
    elif isinstance(lever, Telework):
        parts.append(texts("lever.telework", points=texts.signed(100 * lever.change)))
    elif isinstance(lever, SkillsProgramme):
        count = texts.number(lever.participants_year)
        trade = texts(f"subsector.{lever.subsector}")
        parts.append(texts("lever.skills", count=count, subsector=trade))
    if isinstance(lever, AnchorMove | AnchorArrival) and lever.m2:
        parts.append(f"{texts.number(lever.m2)} m²")
    target = getattr(lever, "where", None) or getattr(lever, "to", None) or ()
    names = (target,) if isinstance(target, str) else target
    if OUTSIDE in names:
        parts.append(texts("flow.outside"))
    parts.append(texts.listing([places[n] for n in names if n in places]))
    return "; ".join(part for part in parts if part)


def _support(lever: CommunitySupport, texts: Texts) -> list[str]:
    parts = [f"{texts.money(lever.eur_year)} {texts('lever.a_year')}"]
    if lever.rooms:
        parts.append(texts("lever.rooms", count=texts.number(lever.rooms)))
    if lever.facilitators:
        digits = 0 if float(lever.facilitators).is_integer() else 1
        count = texts.number(lever.facilitators, digits)
        parts.append(texts("lever.hosts", count=count))
    return parts


def cost(lever: Lever, texts: Texts) -> str:
    """Public cost of a lever, and the Region's share."""
    parts = []
    if lever.cost_eur is not None:
        parts.append(texts.money(lever.cost_eur))
    if lever.cost_eur_year is not None:
        parts.append(f"{texts.money(lever.cost_eur_year)} {texts('lever.a_year')}")
    if not parts:
        if isinstance(lever, RentSubsidy):
            return texts("lever.by_use")
        if isinstance(lever, AnchorMove | AnchorJobs | AnchorArrival):
            return texts("lever.own")
        return texts("lever.unknown")
    if lever.region_share < 1.0:
        parts.append(f"{texts('lever.share')} {texts.percent(lever.region_share)}")
    return "; ".join(parts)


def nature(lever: Lever, texts: Texts) -> str:
    """How well the numbers of a lever are known, and their sources."""
    keys = [key for key in lever.source if key != "assumed"]
    words = texts(f"nature.{lever.nature}")
    return f"{words} [{'; '.join(keys)}]" if keys else words


def community_levers(result: VariantResult, context: Context) -> list[str]:
    """Titles of levers that support communities."""
    return [
        context.texts.of(lever.title)
        for lever in context.own_levers(result.name).values()
        if isinstance(lever, CommunitySupport)
    ]
