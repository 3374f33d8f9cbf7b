"""Indicators of workers, freelancers, communities, knowledge and ties."""

from __future__ import annotations

import numpy as np

from model.history import History
from model.indicators.declared import Floats, at_least_one, indicator


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
    return h.commuters / at_least_one(_jobs(h))


@indicator(
    "share", "region", "less", "own",
    "Employees on short contracts", "Salariés sous contrat court",
    "Werknemers met een kort contract",
    "synthetic; the share of newcomers is given",
)  # fmt: skip
def short_contract_share(h: History) -> Floats:
    """Share of employees on fixed-term or agency contracts."""
    return h.short_contracts / at_least_one(_jobs(h))


def _jobs(h: History) -> Floats:
    total: Floats = h.jobs.sum(axis=(1, 2))
    return total


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
    "days/month", "zone", "more", "own",
    "Paid days of a freelancer", "Jours payés par indépendant",
    "Betaalde dagen per freelancer",
    "mean of the last year; residents of the Region",
)  # fmt: skip
def freelance_days(h: History) -> Floats:
    """Mean paid days of freelancers by home."""
    return h.freelance_days / at_least_one(h.freelancers)


@indicator(
    "EUR/month", "zone", "more", "own",
    "Net income of a freelancer", "Revenu net par indépendant",
    "Netto-inkomen per freelancer",
    "fees are set to published net pay of 2018; compare, do not quote",
)  # fmt: skip
def freelance_income(h: History) -> Floats:
    """Mean net income of freelancers by home, mean of the last year."""
    return h.freelance_income / at_least_one(h.freelancers)


@indicator(
    "share", "zone", "less", "own",
    "Freelancers in tight budgets", "Indépendants au budget serré",
    "Freelancers met een krap budget",
    "income of the last year below an assumed cost of living",
)  # fmt: skip
def tight_budgets(h: History) -> Floats:
    """Share of freelancers whose income is below the cost of living."""
    return h.tight / at_least_one(h.freelancers)


@indicator(
    "firms", "zone", "neither", "own",
    "Clients of a freelancer", "Clients par indépendant", "Klanten per freelancer",
    "firms that gave a contract in the last twelve months",
)  # fmt: skip
def clients(h: History) -> Floats:
    """Mean number of active clients of freelancers by home."""
    return h.clients / at_least_one(h.freelancers)


@indicator(
    "share", "region", "neither", "own",
    "Freelance days from earlier clients",
    "Jours d'indépendants chez d'anciens clients",
    "Freelancedagen bij eerdere klanten",
    "of the month's contracts",
)  # fmt: skip
def repeat_work(h: History) -> Floats:
    """Share of contracted days with firms that were clients already."""
    return h.repeat_days / at_least_one(h.contract_days)


@indicator(
    "min", "zone", "less", "own",
    "Way of a freelancer to work", "Trajet d'un indépendant vers son travail",
    "Weg van een freelancer naar het werk",
    "one way, nothing for work at home; estimated from straight distances",
)  # fmt: skip
def freelance_minutes(h: History) -> Floats:
    """Mean minutes of freelancers, by home, to where they work."""
    return h.work_minutes / at_least_one(h.freelancers)


@indicator(
    "persons", "zone", "neither", "sum",
    "Freelancers in coworking spaces", "Indépendants en espace de coworking",
    "Freelancers in coworkingruimten",
    "spaces and desks are assumed",
)  # fmt: skip
def coworkers(h: History) -> Floats:
    """Freelancers who work in coworking spaces of each zone."""
    return h.coworkers


@indicator(
    "persons/month", "region", "neither", "own",
    "People going freelance", "Personnes devenant indépendantes",
    "Mensen die freelancer worden",
)  # fmt: skip
def went_freelance(h: History) -> Floats:
    """People who became freelancers in the month."""
    return h.went_freelance


@indicator(
    "persons/month", "region", "less", "own",
    "Freelancers giving up", "Indépendants qui arrêtent", "Freelancers die stoppen",
    "leaving the trade or looking for a job; retirement is not counted",
)  # fmt: skip
def left_freelance(h: History) -> Floats:
    """Freelancers who left in the month."""
    return h.left_freelance


@indicator(
    "min", "zone", "less", "own",
    "Way of an employee to work", "Trajet d'un salarié vers son travail",
    "Weg van een werknemer naar het werk",
    "one way, residents of the Region by home, measured each December",
)  # fmt: skip
def commute_minutes(h: History) -> Floats:
    """Mean minutes of employees, by home, to their firm."""
    return h.commute_minutes / at_least_one(h.residents)


@indicator(
    "communities", "zone", "more", "sum",
    "Live communities of practice", "Communautés de pratique actives",
    "Actieve praktijkgemeenschappen",
    "by venue; all but seven are synthetic",
)  # fmt: skip
def communities(h: History) -> Floats:
    """Live communities of practice by zone of their venue."""
    return h.communities


@indicator(
    "communities", "zone", "neither", "sum",
    "Support of communities", "Soutien aux communautés",
    "Steun voor gemeenschappen",
    "each community counts by the share of its needs that policy meets",
)  # fmt: skip
def supported_communities(h: History) -> Floats:
    """Communities by the part of their needs that policy meets."""
    return h.supported


@indicator(
    "persons/month", "zone", "more", "sum",
    "Visits to meetings of communities", "Participations aux réunions de communautés",
    "Bezoeken aan bijeenkomsten van gemeenschappen",
    "by venue",
)  # fmt: skip
def attendance(h: History) -> Floats:
    """People who came to meetings in the month."""
    return h.visits


@indicator(
    "persons", "zone", "more", "own",
    "Turnout of a meeting", "Participants par réunion", "Opkomst per bijeenkomst",
    "zero in months without a meeting",
)  # fmt: skip
def turnout(h: History) -> Floats:
    """Mean number of people at the month's meetings."""
    return h.visits / at_least_one(h.meetings)


@indicator(
    "share", "zone", "neither", "own",
    "Talks between acquaintances at meetings", "Conversations entre connaissances",
    "Gesprekken tussen bekenden",
    "of the talks at communities' meetings; zero in months without a meeting",
)  # fmt: skip
def known_talks(h: History) -> Floats:
    """Share of talks at meetings between people who knew each other."""
    return h.known_talks / at_least_one(h.talks)


@indicator(
    "talks/month", "zone", "more", "sum",
    "Talks across employers at meetings", "Conversations entre employeurs différents",
    "Gesprekken over werkgevers heen",
    "by venue; a freelancer has no employer and always counts",
)  # fmt: skip
def across_talks(h: History) -> Floats:
    """Talks at meetings between people who share no employer."""
    return h.across_talks


@indicator(
    "ties/month", "zone", "more", "sum",
    "New ties from meetings", "Nouveaux liens nés de réunions",
    "Nieuwe banden uit bijeenkomsten",
    "by venue",
)  # fmt: skip
def new_ties(h: History) -> Floats:
    """Ties made at the month's meetings."""
    return h.new_ties


@indicator(
    "points", "zone", "more", "own",
    "Knowledge of staff", "Connaissances du personnel", "Kennis van het personeel",
    "no observable unit: it ranks mechanisms; measured each December",
)  # fmt: skip
def knowledge(h: History) -> Floats:
    """Mean knowledge of employees by workplace."""
    return h.knowledge / at_least_one(h.staff)


@indicator(
    "points", "region", "less", "own",
    "Differences of knowledge between firms",
    "Écarts de connaissances entre entreprises",
    "Kennisverschillen tussen bedrijven",
    "standard deviation; no observable unit; measured each December",
)  # fmt: skip
def knowledge_gap(h: History) -> Floats:
    """Standard deviation of mean knowledge between firms without a name."""
    return h.knowledge_gap


@indicator(
    "ties", "region", "more", "own",
    "Ties between media workers", "Liens entre travailleurs des médias",
    "Banden tussen mediawerkers",
    "from projects, communities and coworking; measured each December",
)  # fmt: skip
def ties(h: History) -> Floats:
    """Ties that are kept."""
    return h.ties


@indicator(
    "share", "region", "more", "own",
    "Ties across employers", "Liens entre employeurs différents",
    "Banden over werkgevers heen",
    "of ties from projects, communities and coworking; colleagues are no such ties",
)  # fmt: skip
def cross_employer_ties(h: History) -> Floats:
    """Share of ties between people who share no employer."""
    return h.cross_share


@indicator(
    "-", "region", "neither", "own",
    "E-I index of talks", "Indice E-I des conversations", "E-I-index van gesprekken",
    "external less internal talks over all (Krackhardt & Stern 1988), colleagues "
    "included; how often colleagues talk is assumed",
)  # fmt: skip
def ei_index(h: History) -> Floats:
    """External minus internal talks of the month, as a share of all."""
    index: Floats = np.where(
        h.contacts > 0, 2.0 * h.outward / at_least_one(h.contacts) - 1.0, 0.0
    )
    return index


@indicator(
    "share", "region", "neither", "own",
    "Clustering of ties", "Regroupement des liens", "Clustering van banden",
    "contacts of a person who know each other; a sample, each December",
)  # fmt: skip
def clustering(h: History) -> Floats:
    """Mean local clustering coefficient."""
    return h.clustering


@indicator(
    "steps", "region", "less", "own",
    "Steps between two media workers", "Pas entre deux travailleurs des médias",
    "Stappen tussen twee mediawerkers",
    "within the largest component; from eight sources, each December",
)  # fmt: skip
def path_length(h: History) -> Floats:
    """Mean path length."""
    return h.path_length


@indicator(
    "share", "region", "more", "own",
    "Tied workers in the largest component",
    "Travailleurs liés dans la plus grande composante",
    "Verbonden werkers in de grootste component",
    "measured each December",
)  # fmt: skip
def giant_component(h: History) -> Floats:
    """Share of people with ties who are in the largest component."""
    return h.giant_share


@indicator(
    "share", "region", "neither", "own",
    "Brokerage between employers", "Intermédiation entre employeurs",
    "Bemiddeling tussen werkgevers",
    "pairs of a person's contacts whom nothing else connects; a sample, each December",
)  # fmt: skip
def brokerage(h: History) -> Floats:
    """Mean share of contacts of different employers who do not know each other."""
    return h.brokerage
