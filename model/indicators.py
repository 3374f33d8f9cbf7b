"""Indicators: one pure function each, of a run's history.

The model notes a few sums by zone at the end of every month (``model/history.py``);
every indicator is a function of them, so that a table, a chart and an adaptive policy
read the same number. Region totals carry the zone name ``region``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.history import History

Floats = NDArray[np.float64]
Level = Literal["zone", "region", "subsector"]
REGION = "region"


@dataclass(frozen=True)
class Indicator:
    """An indicator and what must be known of it.

    Attributes
    ----------
    name, unit : str
    level : {"zone", "region", "subsector"}
        Whether it is told by zone, for the region only, or by zone and subsector.
    better : {"more", "less", "neither"}
    total : {"sum", "own", "none"}
        How the region's figure comes about: sum of zones, computed by itself, or none.
    definition : dict of str to str
        In ``en``, ``fr`` and ``nl``.
    caveat : str
        What it does not say.
    measure : callable
        History to float64[months], [months, zones] or [months, zones, 5].
    """

    name: str
    unit: str
    level: Level
    better: Literal["more", "less", "neither"]
    total: Literal["sum", "own", "none"]
    definition: Mapping[str, str]
    caveat: str
    measure: Callable[[History], Floats]


INDICATORS: dict[str, Indicator] = {}


def indicator(
    unit: str,
    level: Level,
    better: Literal["more", "less", "neither"],
    total: Literal["sum", "own", "none"],
    en: str,
    fr: str,
    nl: str,
    caveat: str = "",
) -> Callable[[Callable[[History], Floats]], Callable[[History], Floats]]:
    """Declare a function as an indicator."""

    def declare(measure: Callable[[History], Floats]) -> Callable[[History], Floats]:
        INDICATORS[measure.__name__] = Indicator(
            measure.__name__, unit, level, better, total,
            {"en": en, "fr": fr, "nl": nl}, caveat, measure,
        )  # fmt: skip
        return measure

    return declare


@indicator(
    "jobs", "subsector", "more", "sum",
    "Jobs at media firms", "Emplois dans les entreprises de médias",
    "Banen bij mediabedrijven",
    "employees only; the self-employed are counted by home",
)  # fmt: skip
def jobs(h: History) -> Floats:
    """Jobs by zone and subsector."""
    return h.jobs


@indicator(
    "firms", "subsector", "more", "sum",
    "Media firms with employees", "Entreprises de médias avec personnel",
    "Mediabedrijven met personeel",
    "firms without a name are synthetic",
)  # fmt: skip
def firms(h: History) -> Floats:
    """Firms by zone and subsector."""
    return h.firms


@indicator(
    "EUR/year", "zone", "more", "sum",
    "Value added of media firms", "Valeur ajoutée des entreprises de médias",
    "Toegevoegde waarde van mediabedrijven",
    "jobs times a fixed value per job of 2014",
)  # fmt: skip
def value_added(h: History) -> Floats:
    """Value added by zone."""
    return h.value


@indicator(
    "share", "zone", "neither", "none",
    "Share of the Region's media jobs", "Part des emplois médias de la Région",
    "Aandeel in de mediabanen van het Gewest",
)  # fmt: skip
def job_share(h: History) -> Floats:
    """Share of each zone in all media jobs."""
    by_zone = h.jobs.sum(axis=2)
    share: Floats = by_zone / _at_least_one(by_zone.sum(axis=1, keepdims=True))
    return share


@indicator(
    "-", "zone", "neither", "none",
    "Location quotient of media jobs", "Quotient de localisation des emplois médias",
    "Locatiequotiënt van mediabanen",
    "against office jobs, estimated from occupied floor space",
)  # fmt: skip
def location_quotient(h: History) -> Floats:
    """Media jobs per job of a zone, relative to the region."""
    media = h.jobs.sum(axis=2)
    every = media + h.other_jobs
    share = media / _at_least_one(every)
    region = media.sum(axis=1) / _at_least_one(every.sum(axis=1))
    quotient: Floats = share / np.where(region > 0, region, 1.0)[:, None]
    return quotient


@indicator(
    "share", "zone", "less", "own",
    "Office vacancy", "Vacance de bureaux", "Leegstand van kantoren",
)  # fmt: skip
def vacancy(h: History) -> Floats:
    """Vacant share of the office stock."""
    return 1.0 - h.taken / _at_least_one(h.stock)


@indicator(
    "EUR/m2/year", "zone", "neither", "own",
    "Asking rent, constant prices", "Loyer demandé, prix constants",
    "Vraaghuur, constante prijzen",
    "weighed by stock; built from published district rents",
)  # fmt: skip
def rent(h: History) -> Floats:
    """Mean asking rent, weighed by stock."""
    return h.rent_bill / _at_least_one(h.stock)


@indicator(
    "m2", "zone", "less", "sum",
    "Unmet demand for floor space", "Demande de surface non satisfaite",
    "Onvervulde vraag naar ruimte",
    "of firms whose best site was full that month",
)  # fmt: skip
def unmet_demand(h: History) -> Floats:
    """Floor space wanted where there was no room."""
    return h.unmet


@indicator(
    "persons", "zone", "neither", "sum",
    "Freelancers by home", "Indépendants selon le domicile",
    "Freelancers naar woonplaats",
    "residents of the Region only; homes are synthetic",
)  # fmt: skip
def freelancers(h: History) -> Floats:
    """Freelancers who live in each zone."""
    return h.freelancers


@indicator(
    "firms/month", "zone", "neither", "sum",
    "Firms moving in", "Entreprises qui emménagent", "Bedrijven die intrekken",
    "from other zones, other cells of the zone, or outside",
)  # fmt: skip
def moves_in(h: History) -> Floats:
    """Firms that moved into each zone."""
    return h.flows[..., 1] + h.flows[..., 3]


@indicator(
    "firms/month", "zone", "neither", "sum",
    "Firms moving out", "Entreprises qui déménagent", "Bedrijven die wegtrekken",
)  # fmt: skip
def moves_out(h: History) -> Floats:
    """Firms that moved out of each zone."""
    return h.flows[..., 0] + h.flows[..., 2]


@indicator(
    "firms/month", "zone", "less", "sum",
    "Firms leaving the Region", "Entreprises quittant la Région",
    "Bedrijven die het Gewest verlaten",
)  # fmt: skip
def departures(h: History) -> Floats:
    """Firms that left the region."""
    return h.flows[..., 2]


@indicator(
    "firms/month", "zone", "more", "sum",
    "Firms arriving from outside", "Entreprises venues de l'extérieur",
    "Bedrijven van buiten",
)  # fmt: skip
def arrivals(h: History) -> Floats:
    """Firms that came from outside the region."""
    return h.flows[..., 3]


@indicator(
    "firms/month", "zone", "more", "sum",
    "Firms born", "Créations d'entreprises", "Opgerichte bedrijven",
)  # fmt: skip
def births(h: History) -> Floats:
    """Firms born in each zone."""
    return h.flows[..., 4]


@indicator(
    "firms/month", "zone", "less", "sum",
    "Firms closed", "Fermetures d'entreprises", "Stopgezette bedrijven",
)  # fmt: skip
def closures(h: History) -> Floats:
    """Firms closed in each zone."""
    return h.flows[..., 5]


@indicator(
    "-", "region", "neither", "own",
    "Herfindahl index of zones' jobs", "Indice de Herfindahl des emplois par zone",
    "Herfindahlindex van banen per zone",
    "moved by the few anchors more than by the many firms",
)  # fmt: skip
def herfindahl(h: History) -> Floats:
    """Sum of squared shares of zones in media jobs."""
    squares: Floats = (job_share(h) ** 2).sum(axis=1)
    return squares


@indicator(
    "-", "region", "neither", "own",
    "Gini coefficient of zones' jobs", "Coefficient de Gini des emplois par zone",
    "Ginicoëfficiënt van banen per zone",
)  # fmt: skip
def gini(h: History) -> Floats:
    """Inequality of media jobs between zones."""
    ordered = np.sort(h.jobs.sum(axis=2), axis=1)
    n = ordered.shape[1]
    rank = np.arange(1, n + 1)
    total = _at_least_one(ordered.sum(axis=1))
    out: Floats = (2 * (ordered * rank).sum(axis=1) / total - n - 1) / n
    return out


@indicator(
    "persons", "region", "less", "own",
    "Workers between jobs", "Travailleurs entre deux emplois",
    "Werknemers tussen twee banen",
)  # fmt: skip
def job_seekers(h: History) -> Floats:
    """Workers without an employer."""
    return h.seekers


@indicator(
    "share", "region", "neither", "own",
    "Employees who live outside the Region", "Salariés habitant hors de la Région",
    "Werknemers die buiten het Gewest wonen",
    "homes are synthetic; the share of newcomers is given",
)  # fmt: skip
def commuter_share(h: History) -> Floats:
    """Share of employees who live outside the region."""
    return h.commuters / _at_least_one(_jobs(h))


@indicator(
    "share", "region", "less", "own",
    "Employees on short contracts", "Salariés sous contrat court",
    "Werknemers met een kort contract",
    "synthetic; the share of newcomers is given",
)  # fmt: skip
def short_contract_share(h: History) -> Floats:
    """Share of employees on fixed-term or agency contracts."""
    return h.short_contracts / _at_least_one(_jobs(h))


def _jobs(h: History) -> Floats:
    total: Floats = h.jobs.sum(axis=(1, 2))
    return total


@indicator(
    "communities", "region", "more", "own",
    "Live communities of practice", "Communautés de pratique actives",
    "Actieve praktijkgemeenschappen",
    "their own life is not modelled yet: the number stands still",
)  # fmt: skip
def communities(h: History) -> Floats:
    """Live communities of practice."""
    return h.communities


@indicator(
    "EUR", "region", "less", "own",
    "The Region's money spent so far", "Argent régional dépensé à ce jour",
    "Tot nu toe uitgegeven gewestgeld",
    "one-off and yearly costs of levers where known, and rent subsidies",
)  # fmt: skip
def public_cost(h: History) -> Floats:
    """Cost to the Region since the start."""
    return np.cumsum(h.cost)


def _at_least_one(values: Floats) -> Floats:
    return np.maximum(values, 1.0)


def region_total(one: Indicator, history: History) -> Floats | None:
    """The region's figure of an indicator, float64[months]; None if it has none."""
    if one.level == "region":
        return one.measure(history)
    if one.total == "sum":
        values = one.measure(history)
        total: Floats = values.reshape(len(values), -1).sum(axis=1)
        return total
    if one.total == "own":
        whole = History(
            **{
                f.name: (
                    getattr(history, f.name).sum(axis=1, keepdims=True)
                    if getattr(history, f.name).ndim > 1
                    else getattr(history, f.name)
                )
                for f in fields(history)
            }
        )
        return one.measure(whole)[:, 0]
    return None


def series(name: str, zone: int | None, history: History) -> Floats:
    """An indicator by month, float64[months]; zone None is the region.

    Not-a-number where the indicator is not told at that level.
    """
    one = INDICATORS[name]
    unknown = np.full(len(history.cost), np.nan)
    if zone is None:
        total = region_total(one, history)
        return unknown if total is None else total
    values = one.measure(history)
    if values.ndim == 1:
        return unknown
    here: Floats = values[:, zone].reshape(len(values), -1).sum(axis=1)
    return here


def value_at(name: str, zone: int | None, history: History) -> float:
    """Last value of an indicator; zone None is the region."""
    return float(series(name, zone, history)[-1])
