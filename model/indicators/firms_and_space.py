"""Indicators of firms, jobs, floor space and money."""

from __future__ import annotations

import numpy as np

from model.history import History
from model.indicators.declared import Floats, at_least_one, indicator


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
    share: Floats = by_zone / at_least_one(by_zone.sum(axis=1, keepdims=True))
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
    share = media / at_least_one(every)
    region = media.sum(axis=1) / at_least_one(every.sum(axis=1))
    quotient: Floats = share / np.where(region > 0, region, 1.0)[:, None]
    return quotient


@indicator(
    "share", "zone", "less", "own",
    "Office vacancy", "Vacance de bureaux", "Leegstand van kantoren",
)  # fmt: skip
def vacancy(h: History) -> Floats:
    """Vacant share of the office stock."""
    return 1.0 - h.taken / at_least_one(h.stock)


@indicator(
    "EUR/m2/year", "zone", "neither", "own",
    "Asking rent, constant prices", "Loyer demandé, prix constants",
    "Vraaghuur, constante prijzen",
    "weighed by stock; built from published district rents",
)  # fmt: skip
def rent(h: History) -> Floats:
    """Mean asking rent, weighed by stock."""
    return h.rent_bill / at_least_one(h.stock)


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
    total = at_least_one(ordered.sum(axis=1))
    out: Floats = (2 * (ordered * rank).sum(axis=1) / total - n - 1) / n
    return out


@indicator(
    "EUR", "region", "less", "own",
    "The Region's money spent so far", "Argent régional dépensé à ce jour",
    "Tot nu toe uitgegeven gewestgeld",
    "one-off and yearly costs of levers where known, and rent subsidies",
)  # fmt: skip
def public_cost(h: History) -> Floats:
    """Cost to the Region since the start."""
    return np.cumsum(h.cost)
