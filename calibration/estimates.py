"""From answers to priors: weights, estimates and their errors, in one pass.

What a survey of workers and one of firms say about the model's parameters. Each
estimate keeps the number of respondents, their effective number and its method; what
cannot be estimated is said in a note, and the declared prior stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from calibration.choice.conditional import Choices
from calibration.choice.fitting import Fit, Floats, NoEstimateError
from calibration.choice.joint import Both, find_joint, fit_joint
from calibration.choice.nested import fit_nested
from calibration.choice.sites import (
    cards_told,
    revealed_choices,
    site_names,
    stated_choices,
)
from calibration.decay import (
    attendance_told,
    fit_attendance,
    fit_work,
    jobs_told,
    minutes_told,
)
from calibration.ground import Ground, base_ground
from calibration.priors import Distribution, Prior, declared_prior
from calibration.said import Said
from calibration.shares import FEWEST, shares_of
from calibration.survey.reading import Survey
from calibration.weights import Weights, kish, weigh
from model.processes.drivers import BREAK_ENDS
from model.simulation import CATALOGUE

FEWEST_MOVES = 8  # below, moves cannot rescale cards; assumed
RATIO = Said("method.ratio")


@dataclass(frozen=True)
class Estimate:
    """One figure of the survey.

    Attributes
    ----------
    name : str
    value, error : float
        With its design-based standard error.
    n : int
        Respondents.
    kish : float
        Their effective number.
    unit : str
    method : Said
    prior : Prior or None
        What it becomes; None for a figure that is only looked at.
    """

    name: str
    value: float
    error: float
    n: int
    kish: float
    unit: str
    method: Said
    prior: Prior | None = None


@dataclass(frozen=True)
class Estimates:
    """All that the survey says.

    Attributes
    ----------
    surveys : tuple of Survey
    weights : tuple of Weights
        Of each.
    estimates : tuple of Estimate
    notes : tuple of Said
        What could not be estimated, and why.
    """

    surveys: tuple[Survey, ...]
    weights: tuple[Weights, ...] = field(repr=False)
    estimates: tuple[Estimate, ...]
    notes: tuple[Said, ...]

    @property
    def synthetic(self) -> bool:
        """Whether any of it rests on answers that nobody gave."""
        return any(survey.synthetic for survey in self.surveys)

    @property
    def priors(self) -> dict[str, Prior]:
        """A prior for each estimated or calibrated parameter, by name."""
        found = {e.prior.parameter: e.prior for e in self.estimates if e.prior}
        free = [one.name for one in CATALOGUE.with_role("calibrated")]
        declared = {name: declared_prior(name) for name in free if name not in found}
        order = {name: place for place, name in enumerate(CATALOGUE.names)}
        every = found | declared
        return {name: every[name] for name in sorted(every, key=order.__getitem__)}

    @property
    def table(self) -> pd.DataFrame:
        """Estimates as a table, one row each."""
        return pd.DataFrame(
            {
                "estimate": e.name,
                "parameter": e.prior.parameter if e.prior else "",
                "value": e.value,
                "error": e.error,
                "unit": e.unit,
                "n": e.n,
                "kish": e.kish,
                "method": str(e.method),
                "synthetic": self.synthetic,
            }
            for e in self.estimates
        )


def estimates(
    workers: Survey | None = None,
    firms: Survey | None = None,
    ground: Ground | None = None,
) -> Estimates:
    """Weights, estimates and priors of a survey.

    Parameters
    ----------
    workers, firms : Survey, optional
        At least one of them.
    ground : Ground, optional
        Base year that answers are compared with; the reference's if not given.
    """
    place = base_ground if ground is None else (lambda: ground)
    surveys = tuple(survey for survey in (workers, firms) if survey is not None)
    weights = tuple(weigh(survey) for survey in surveys)
    found: list[Estimate] = []
    notes: list[Said] = []
    for survey, weight in zip(surveys, weights, strict=True):
        for share, ratio in shares_of(survey, weight.values):
            if ratio is None:
                notes.append(_too_few(share.name, share.parameter))
                continue
            one = Estimate(share.name, *ratio, share.unit, RATIO)
            kind: Distribution = "lognormal" if share.lognormal else "normal"
            found.append(with_prior(one, share.parameter, survey, kind))
    for survey, weight in zip(surveys, weights, strict=True):
        jobs = (_sites,) if survey.part == "firms" else (_work, _attendance)
        for job in jobs:
            found += _attempt(job, (survey, place, weight.values), found, notes)
    if not any(e.prior and e.prior.parameter == "projects.repeat" for e in found):
        found += _repeat_of_workers(found, surveys)
    return Estimates(surveys, weights, tuple(found), tuple(notes))


def with_prior(
    estimate: Estimate, parameter: str, survey: Survey, kind: Distribution = "normal"
) -> Estimate:
    """An estimate with the prior that it becomes; none without a parameter."""
    declared = CATALOGUE[parameter] if parameter else None
    positive = kind != "lognormal" or estimate.value > 0.0
    if declared is None or not positive or not estimate.error > 0.0:
        return estimate
    spread = estimate.error / (estimate.value if kind == "lognormal" else 1.0)
    said = "synthetic survey" if survey.synthetic else "survey"
    source = (
        f"{said} of {survey.part} ({survey.file}), n = {estimate.n}: {estimate.name}"
    )
    prior = Prior(
        parameter,
        kind,
        estimate.value,
        spread,
        *declared.hard,
        source,
        survey.synthetic,
    )
    return replace(estimate, prior=prior)


# The base year is made only if something has to be compared with it.
Material = tuple[Survey, Callable[[], Ground], Floats]
Job = Callable[[Material, list[Estimate]], Iterator[Estimate]]


def _attempt(
    job: Job, material: Material, known: list[Estimate], notes: list[Said]
) -> list[Estimate]:
    try:
        return list(job(material, known))
    except NoEstimateError as reason:
        what = Said(f"job.{job.__name__.strip('_')}")
        notes.append(Said("note.failed", {"what": what, "why": reason.why}))
        return []


def _of_fit(
    names: tuple[str, ...], fit: Fit, weight: Floats, method: Said
) -> Iterator[Estimate]:
    """Estimates of a fit; names that are no parameters are only looked at."""
    for k, name in enumerate(names):
        unit = CATALOGUE[name].unit if name in CATALOGUE else "-"
        yield Estimate(
            name, float(fit.estimate[k]), float(fit.errors[k]), fit.respondents,
            kish(weight), unit, method,
        )  # fmt: skip


def _sites(material: Material, known: list[Estimate]) -> Iterator[Estimate]:
    """Choice of sites."""
    survey, place, weight = material
    firms = np.unique(cards_told(survey)[0])
    if len(firms) < FEWEST:
        raise NoEstimateError("few_cards", FEWEST)
    ground = place()
    stated = stated_choices(survey, ground, weight)
    moves = _moves(survey, ground, weight)
    *sites, nest = site_names()
    outside = "outside beside cards"
    if moves is None:
        fit = fit_nested(stated)
        names = (*sites, nest, outside)
        method = Said("method.cards", {"cards": len(stated)})
        with_priors = {nest}  # Hypothetical bias is in all others.
    else:
        first = find_joint(Both(stated, moves))
        values = dict(zip(sites, map(float, first), strict=False))
        again = revealed_choices(survey, ground.with_parameters(values), weight)
        fit = fit_joint(Both(stated, again), first)
        names = (*sites, "ln scale of cards against moves", nest, outside)
        counts = {"cards": len(stated), "moves": len(moves)}
        method = Said("method.joint", counts)
        with_priors = {*sites, nest}
    for one in _of_fit(names, fit, weight[firms], method):
        yield with_prior(one, one.name if one.name in with_priors else "", survey)


def _moves(survey: Survey, ground: Ground, weight: Floats) -> Choices | None:
    """Moves, if there are enough to rescale cards."""
    try:
        moves = revealed_choices(survey, ground, weight)
    except NoEstimateError:
        return None
    return moves if len(moves) >= FEWEST_MOVES else None


def _work(material: Material, known: list[Estimate]) -> Iterator[Estimate]:
    """Travel-time decay of work."""
    survey, place, weight = material
    few = NoEstimateError("few_jobs", FEWEST)
    if np.isfinite(minutes_told(survey)).any(axis=1).sum() < FEWEST:
        raise few
    ground = place()
    jobs = jobs_told(survey, ground)
    if len(jobs.respondent) < FEWEST:
        raise few
    fit = fit_work(jobs, weight)
    theta, error = _telework(survey, ground, known)
    slope, own = float(fit.estimate[0]), float(fit.errors[0])
    stay = 1.0 - theta
    kappa = Estimate(
        "deterrence of a minute on the way to work", slope / stay,
        float(np.hypot(own / stay, slope * error / stay**2)), fit.respondents,
        kish(weight[jobs.respondent]), "/min",
        Said("method.work", {"jobs": int(jobs.told.sum()), "telework": theta}),
    )  # fmt: skip
    yield with_prior(kappa, "surroundings.minutes_deterrence", survey)


def _telework(
    survey: Survey, ground: Ground, known: list[Estimate]
) -> tuple[float, float]:
    """Telework when the answers were given, from them if they say it, and its error."""
    answered = survey.number("answered")
    month = int(np.nanmedian(answered)) if np.isfinite(answered).any() else BREAK_ENDS
    name = "telework.after" if month >= BREAK_ENDS else "telework.before"
    for one in known:
        if one.prior and one.prior.parameter == name:
            return one.value, one.error
    return ground.telework(month), 0.0


def _attendance(material: Material, known: list[Estimate]) -> Iterator[Estimate]:
    """Attendance of communities."""
    survey, _, weight = material
    told = attendance_told(survey)
    if len(told.respondent) < FEWEST:
        raise NoEstimateError("few_members", FEWEST)
    fit = fit_attendance(told, weight)
    method = Said("method.attendance", {"memberships": len(told.held)})
    for one in _of_fit(told.names, fit, weight[told.respondent], method):
        yield with_prior(one, one.name, survey)


def _repeat_of_workers(
    known: list[Estimate], surveys: tuple[Survey, ...]
) -> Iterator[Estimate]:
    """Repeat hiring from what workers say, where firms say nothing."""
    found = [e for e in known if e.name == "jobs for a client of before"]
    if not found:
        return
    one, declared = found[0], CATALOGUE["projects.incumbent"]
    low, high = declared.plausible
    unsure = (high - low) / np.sqrt(12.0)
    share = one.value / declared.default
    error = np.hypot(one.error / declared.default, share * unsure / declared.default)
    estimate = replace(
        one, name="repeat hiring, by workers", value=share, error=float(error),
        method=Said("method.repeat", {"share": declared.default}),
    )  # fmt: skip
    yield with_prior(estimate, "projects.repeat", surveys[0])


def _too_few(name: str, parameter: str) -> Said:
    what, known = Said(f"estimate.{name}"), "_prior" if parameter else ""
    return Said(
        f"note.few{known}", {"what": what, "count": FEWEST, "parameter": parameter}
    )
