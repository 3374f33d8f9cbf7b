"""The worker part of the synthetic survey: contracts, jobs, homes and communities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom, poisson

from calibration.ground import Ground
from calibration.survey.codebook import codebook, neighbourhood_codes
from calibration.survey.synthetic import (
    WORKERS,
    Assumed,
    Draws,
    Floats,
    Ints,
    as_file,
    asked,
    months_of,
    sample,
)
from model import streams
from model.processes.meeting_kernels import USUAL_MINUTES
from model.processes.state import FREELANCER, LANGUAGES, SUBSECTORS
from model.processes.workplace import Parameters as Workplace

# Women: audiovisual [S131], press [S126]; assumed for the others.
WOMEN = {"audiovisual": 0.36, "press": 0.314, "advertising": 0.5, "digital": 0.4,
         "training": 0.5}  # fmt: skip
NET_PAY, PAY_SPREAD = 2451.0, 0.3  # EUR/month [S126]; standard deviation of ln, assumed
ROLES = {"core": 0.12, "active": 0.18, "peripheral": 0.70}  # Wenger et al. 2002
FRIENDS = {"core": 6.0, "active": 3.0, "peripheral": 1.0}  # known who come; assumed
MEETINGS_A_YEAR, MET, MEAN_CLIENTS, WORK_OF_KEPT = 8.0, 6.0, 3.4, 0.2  # assumed
ROUNDING = 5.0  # min: people report minutes in fives
SETTLED = 40.0  # years
DAYS, PAYABLE = 5, 20  # work days of a week and of a month


def draw_workers(key: int, ground: Ground, assumed: Assumed) -> pd.DataFrame:
    """Answers of workers, as texts."""
    people = ground.state.people
    everybody = Draws(key, people.address)
    free = people.kind == FREELANCER
    age = np.clip((ground.state.month - people.born) / 12.0, 18.0, 70.0)
    trade = np.array(SUBSECTORS, object)[people.skill]
    chance = np.array([WOMEN[name] for name in SUBSECTORS])[people.skill]
    woman = everybody.uniform(streams.SURVEY_PROFILE, 0) < chance
    often = np.where(free, assumed.members_free, assumed.members)
    member = everybody.uniform(streams.SURVEY_COMMUNITIES, 0) < often
    readiness = (
        np.where(free, assumed.self_employed, 1.0)
        * np.where(member, assumed.member, 1.0)
        * np.where(woman, assumed.woman, 1.0)
        * np.where(age < SETTLED, assumed.young, 1.0)
    )
    rows = sample(everybody, readiness, min(WORKERS, len(free)))
    draws, home = everybody.chosen(rows), people.home[rows].astype(np.int64)
    answered = months_of(draws)
    answers: dict[str, Any] = {
        "answered": answered,
        "sex": np.where(woman[rows], "woman", "man").astype(object),
        "age": np.floor(age[rows]),
        "language": np.array([x.lower() for x in LANGUAGES], object)[
            people.language[rows]
        ],
        "subsector": trade[rows],
        "status": np.where(free[rows], "self-employed", "employee").astype(object),
        "member": np.where(member[rows], "yes", "no").astype(object),
    }
    short = people.short_contract[rows]
    answers |= _contracts(draws, ground, free[rows], short)
    answers |= _jobs(draws, ground, free[rows], people.skill[rows], home)
    answers |= _week(draws, ground, free[rows])
    answers |= _homes(draws, ground, home, age[rows])
    answers |= _communities(draws, ground, home, member[rows])
    return as_file("workers", answers, draws, assumed.silence)


def _contracts(draws: Draws, ground: Ground, free: Any, short: Any) -> dict[str, Any]:
    purpose = streams.SURVEY_PROFILE
    diploma = {"secondary": 0.1, "bachelor": 0.34, "master": 0.53, "doctorate": 0.03}
    term = draws.pick(purpose, 2, {"fixed-term": 0.7, "agency": 0.3})
    contract = np.where(free, "none", np.where(short, term, "open-ended"))
    share = ground.truth("freelance.paid_days") / PAYABLE
    days = binom.ppf(draws.uniform(purpose, 3), PAYABLE, share)
    spread = np.exp(PAY_SPREAD * draws.normal(purpose, 4) - PAY_SPREAD**2 / 2.0)
    pay = np.where(free, days * ground.truth("freelance.fee"), NET_PAY)
    clients = 1.0 + poisson.ppf(draws.uniform(purpose, 5), MEAN_CLIENTS - 1.0)
    return {
        "education": draws.pick(purpose, 1, diploma),
        "contract": contract.astype(object),
        "income": np.round(pay * spread, -1),
        "hours": np.clip(np.round(38.0 + 6.0 * draws.normal(purpose, 6)), 5.0, 80.0),
        "paid_days": np.where(free, days, np.nan),
        "clients": np.where(free, clients, np.nan),
        "repeat_income": np.where(
            free, np.round(40.0 + 60.0 * draws.uniform(purpose, 7), -1), np.nan
        ),
    }


def _jobs(
    draws: Draws, ground: Ground, free: Any, skill: Any, home: Ints
) -> dict[str, Any]:
    """Last five jobs of the self-employed: where, how long, for whom."""
    item = codebook().item("workers", "job_minutes")
    known = ground.truth("projects.incumbent") * ground.truth("projects.repeat")
    mean_days = ground.truth("projects.days_per_contract")
    others = {"colleague": 0.5, "community": 0.15, "open": 0.35}
    answers: dict[str, Any] = {}
    slots = range(item.repeat)
    place = np.stack([draws.uniform(streams.SURVEY_JOBS, 10 * k) for k in slots])
    minutes = job_minutes(ground, place, skill, np.where(free, home, -1))
    for k in slots:
        u = [draws.uniform(streams.SURVEY_JOBS, 10 * k + j) for j in range(3)]
        days = np.maximum(0.5, np.round(-2.0 * mean_days * np.log(u[1])) / 2.0)
        again = u[2] < known
        first = draws.pick(streams.SURVEY_JOBS, 10 * k + 4, others)
        answers |= {
            f"job_minutes_{k + 1}": np.where(free, minutes[k], np.nan),
            f"job_days_{k + 1}": np.where(free, days, np.nan),
            f"job_repeat_{k + 1}": asked(free, np.where(again, "yes", "no")),
            f"job_contact_{k + 1}": asked(free, np.where(again, "client", first)),
        }
    return answers


def job_minutes(ground: Ground, u: Floats, skill: Any, home: Ints) -> Floats:
    """Minutes to jobs drawn at shares of their law, float64[jobs, respondents].

    Parameters
    ----------
    ground : Ground
    u : float64[jobs, respondents]
    skill : int64[respondents]
    home : int64[respondents]
        Cells; -1 outside the Region.
    """
    found = np.full(u.shape, ground.scenario.block(Workplace).outside_minutes)
    for i in np.flatnonzero(home >= 0):
        found[:, i] = ground.minutes[home[i]][
            np.searchsorted(job_law(ground, home[i], skill[i]), u[:, i])
        ]
    return rounded(found)


def job_law(ground: Ground, home: int, skill: int) -> Floats:
    """Jobs of a trade by exp(-kappa (1 - theta) minutes), cumulated; float64[n]."""
    kappa = ground.truth("surroundings.minutes_deterrence")
    slope = kappa * (1.0 - ground.truth("telework.after"))
    minutes = ground.minutes[home].astype(np.float64)
    pull = np.cumsum(ground.jobs[skill] * np.exp(-slope * minutes))
    return np.asarray(pull / pull[-1])


def _week(draws: Draws, ground: Ground, free: Any) -> dict[str, Any]:
    theta = ground.truth("telework.after")
    at_home = binom.ppf(draws.uniform(streams.SURVEY_PROFILE, 8), DAYS, theta)
    shared = draws.uniform(streams.SURVEY_PROFILE, 9) < 0.15
    coworking = np.where(free & shared, np.minimum(1.0, DAYS - at_home), 0.0)
    return {
        "days_home": at_home,
        "days_workplace": DAYS - at_home - coworking,
        "days_coworking": coworking,
    }


def _homes(draws: Draws, ground: Ground, home: Ints, age: Floats) -> dict[str, Any]:
    inside, region = home >= 0, ground.region
    codes = np.array(neighbourhood_codes(), float)[region.neighbourhood[home]]
    beyond = draws.pick(
        streams.SURVEY_PROFILE, 10, {"flanders": 0.64, "wallonia": 0.35, "abroad": 0.01}
    )
    rate = np.where(
        age < SETTLED,
        ground.truth("homes.young_rate"),
        ground.truth("homes.settled_rate"),
    )
    moved = draws.uniform(streams.SURVEY_PROFILE, 11) < rate
    return {
        "home_place": np.where(inside, "brussels", beyond).astype(object),
        "home_neighbourhood": np.where(inside, codes, np.nan),
        "home_moved": np.where(moved, "yes", "no").astype(object),
    }


def _communities(
    draws: Draws, ground: Ground, home: Ints, member: Any
) -> dict[str, Any]:
    """Up to three communities: who comes by the model's law, topics aside."""
    purpose, truth = streams.SURVEY_COMMUNITIES, ground.truth
    sociable = truth("meetings.sociability") * draws.normal(purpose, 1)
    venues = ground.state.communities.venue.astype(np.int64)
    far = ground.scenario.block(Workplace).outside_minutes
    count = 1 + np.floor(3.0 * draws.uniform(purpose, 2) ** 2).astype(int)
    answers: dict[str, Any] = {}
    for k in range(3):
        u = [draws.uniform(purpose, 10 * (k + 1) + j) for j in range(5)]
        venue = venues[np.floor(u[0] * len(venues)).astype(int)]
        minutes = rounded(np.where(home >= 0, ground.minutes[home, venue], far))
        role = draws.pick(purpose, 10 * (k + 1) + 5, ROLES)
        usual = np.array([FRIENDS[name] for name in role])
        ready = np.array([truth(f"meetings.{name}") for name in role])
        friends, held = (
            poisson.ppf(u[1], usual),
            2.0 + poisson.ppf(u[2], MEETINGS_A_YEAR),
        )
        utility = (
            ready
            + sociable
            + truth("meetings.friends") * np.log1p(friends)
            - truth("meetings.travel") * (minutes - USUAL_MINUTES)
        )
        went = binom.ppf(u[3], held, 1.0 / (1.0 + np.exp(-utility)))
        house = {"school": 0.3, "coworking": 0.2, "company": 0.2, "public": 0.3}
        told = member & (k < count)
        numbers = {"meetings": held, "attended": went, "minutes": minutes,
                   "friends": friends}  # fmt: skip
        numbers = {name: np.where(told, x, np.nan) for name, x in numbers.items()}
        texts = {"role": role, "venue": draws.pick(purpose, 10 * (k + 1) + 6, house)}
        for name, values in numbers.items():
            answers[f"community_{name}_{k + 1}"] = values
        for name, values in texts.items():
            answers[f"community_{name}_{k + 1}"] = asked(told, values)
    return answers | _met(draws, ground, member)


def _met(draws: Draws, ground: Ground, member: Any) -> dict[str, Any]:
    purpose = streams.SURVEY_COMMUNITIES
    u = [draws.uniform(purpose, 100 + j) for j in range(4)]
    new = poisson.ppf(u[1], MET)
    kept = binom.ppf(u[2], new, ground.truth("meetings.new_tie"))
    numbers = {
        "talks_known": binom.ppf(u[0], 10, ground.truth("meetings.known")),
        "met_new": new,
        "met_kept": kept,
        "met_work": binom.ppf(u[3], kept, WORK_OF_KEPT),
    }
    return {name: np.where(member, x, np.nan) for name, x in numbers.items()}


def rounded(minutes: Any) -> Floats:
    """Minutes as people report them: in fives, and never none."""
    return np.maximum(ROUNDING, ROUNDING * np.round(np.asarray(minutes) / ROUNDING))
