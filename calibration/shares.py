r"""Shares and means that the survey gives directly, with design-based errors.

Each is a ratio of two weighted sums over respondents,

.. math::
    R = \frac{\sum_i w_i y_i}{\sum_i w_i x_i}, \quad
    Var(R) = \frac{n}{n-1} \sum_i (z_i - \bar z)^2, \quad
    z_i = \frac{w_i (y_i - R x_i)}{\sum_j w_j x_j}

(linearisation of a ratio; Särndal, Swensson & Wretman 1992), so that a respondent who
tells of five jobs counts as one, with five answers. What raking adds in precision is
not claimed: the errors are those of the weights as given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from calibration.choice.fitting import Floats
from calibration.survey.codebook import codebook
from calibration.survey.reading import Survey
from calibration.weights import kish
from model.processes.drivers import BREAK_BEGINS, BREAK_ENDS
from model.processes.meetings import ACTIVE_FROM, CORE_FROM

SETTLED = 40.0  # years; homes move less from then on
SLOTS, TALKS = 5.0, 10.0  # contracts and talks that were asked about
FEWEST = 10  # respondents below whom nothing is estimated


class Parts(NamedTuple):
    """Numerator and denominator of each respondent; NaN where there is no answer."""

    y: Floats
    x: Floats


@dataclass(frozen=True)
class Share:
    """A ratio that the survey gives.

    Attributes
    ----------
    name : str
    parts : function of a survey
    parameter : str
        Of the model; empty for a figure that is only looked at.
    unit : str
    lognormal : bool
        Whether its prior is lognormal (positive, with an error in proportion).
    """

    name: str
    parts: Callable[[Survey], Parts]
    parameter: str = ""
    unit: str = "share"
    lognormal: bool = False


class Found(NamedTuple):
    """A ratio with its error, respondents, and their effective number."""

    value: float
    error: float
    n: int
    kish: float


def ratio(parts: Parts, weight: Floats) -> Found | None:
    """A weighted ratio with its design-based error; None where too few answered."""
    known = np.isfinite(parts.y) & np.isfinite(parts.x) & (parts.x > 0.0)
    known &= weight > 0.0
    n = int(known.sum())
    if n < FEWEST:
        return None
    y, x, w = parts.y[known], parts.x[known], weight[known]
    below = float(w @ x)
    value = float(w @ y) / below
    z = w * (y - value * x) / below
    error = float(np.sqrt(n / (n - 1.0) * ((z - z.mean()) ** 2).sum()))
    return Found(value, error, n, kish(w))


def _yes(survey: Survey, column: str, code: str = "yes") -> Floats:
    """1 for a code, 0 for another one, NaN for no answer."""
    answers = survey.code(column)
    held = np.where(answers >= 0, survey.is_code(column, code), np.nan)
    return held.astype(np.float64)


def _among(survey: Survey, column: str, code: str, item: str, of: str) -> Parts:
    """Share of a code among those who gave a code of another item."""
    y = _yes(survey, column, code)
    return Parts(y, np.where(survey.is_code(item, of), 1.0, np.nan))


def _free(survey: Survey) -> Floats:
    """1 for the self-employed, NaN for others."""
    return np.where(survey.is_code("status", "self-employed"), 1.0, np.nan)


def _per_one(y: Floats) -> Parts:
    return Parts(y, np.ones_like(y))


def _stack(survey: Survey, item: str, read: Callable[[str], Floats]) -> Floats:
    """Answers of a repeated item, float64[respondents, k]."""
    columns = codebook().item(survey.part, item).columns
    return np.stack([read(name) for name in columns], axis=1)


def _sums(values: Floats) -> Parts:
    """Sum and number of the answers of a repeated item."""
    return Parts(
        np.nansum(values, axis=1), np.isfinite(values).sum(axis=1).astype(float)
    )


def _home_rate(survey: Survey, settled: bool) -> Parts:
    age = survey.number("age")
    group = (age >= SETTLED) if settled else (age < SETTLED)
    return Parts(_yes(survey, "home_moved"), np.where(group, 1.0, np.nan))


def telework(survey: Survey, after: bool) -> Parts:
    """Days at home and all days of employees, before or after telework rose."""
    answered = survey.number("answered")
    when = (answered >= BREAK_ENDS) if after else (answered < BREAK_BEGINS)
    employed = survey.is_code("status", "employee") & when
    days = [
        survey.number(f"days_{where}") for where in ("home", "workplace", "coworking")
    ]
    total = days[0] + days[1] + np.nan_to_num(days[2])
    return Parts(days[0], np.where(employed, total, np.nan))


def moving_rate(survey: Survey) -> Parts:
    """Moves and years at risk: each year back to the last move, or to the founding."""
    year = np.floor(survey.number("answered") / 12.0)
    moved, founded = survey.number("last_move"), survey.number("founded")
    never = ~np.isfinite(moved) & (survey.code("moved_from") < 0)
    years = np.where(np.isfinite(moved), year - moved, year - founded) + 1.0
    years = np.where(np.isfinite(moved) | never, years, np.nan)
    return Parts(np.isfinite(moved).astype(float), np.where(years > 0.0, years, np.nan))


def _first_contact(code: str) -> Callable[[Survey], Parts]:
    return lambda s: _sums(_stack(s, "job_contact", lambda name: _yes(s, name, code)))


def _level(low: float, high: float) -> Callable[[Survey], Parts]:
    """Memberships whose record of attendance lies between two shares."""

    def parts(survey: Survey) -> Parts:
        went = _stack(survey, "community_attended", survey.number)
        record = went / _stack(survey, "community_meetings", survey.number)
        here = np.where(np.isfinite(record), (record >= low) & (record < high), np.nan)
        return _sums(here)

    return parts


WORKERS = (
    Share("days of a contract", lambda s: _sums(_stack(s, "job_days", s.number)),
          "projects.days_per_contract", "days", lognormal=True),
    Share("paid days of the self-employed",
          lambda s: Parts(s.number("paid_days"), _free(s)),
          "freelance.paid_days", "days/month"),
    Share("self-employed who live outside the Region",
          lambda s: Parts(1.0 - _yes(s, "home_place", "brussels"), _free(s)),
          "freelance.outside_share"),
    Share("telework before 2020", lambda s: telework(s, after=False),
          "telework.before", "share of work time"),
    Share("telework from 2022 on", lambda s: telework(s, after=True),
          "telework.after", "share of work time"),
    Share("moved house in a year, under 40", lambda s: _home_rate(s, settled=False),
          "homes.young_rate", "/year"),
    Share("moved house in a year, from 40 on", lambda s: _home_rate(s, settled=True),
          "homes.settled_rate", "/year"),
    Share("talks sought with people known", lambda s: _per_one(
          s.number("talks_known") / TALKS), "meetings.known"),
    Share("new acquaintances kept",
          lambda s: Parts(s.number("met_kept"), s.number("met_new")),
          "meetings.new_tie"),
    Share("new acquaintances who brought work",
          lambda s: Parts(s.number("met_work"), s.number("met_new"))),
    Share("jobs for a client of before", lambda s: _sums(
          _stack(s, "job_repeat", lambda name: _yes(s, name)))),
    Share("income from clients of before",
          lambda s: Parts(s.number("repeat_income") / 100.0, _free(s))),
    Share("clients of a freelancer in a year",
          lambda s: Parts(s.number("clients"), _free(s)), unit="clients"),
    Share("workers in a community", lambda s: _per_one(_yes(s, "member"))),
    Share("memberships with the record of a core member", _level(CORE_FROM, 2.0)),
    Share("memberships with that of an active member", _level(ACTIVE_FROM, CORE_FROM)),
    Share("memberships with that of a peripheral member", _level(-1.0, ACTIVE_FROM)),
    *(Share(f"first contact by {code}", _first_contact(code))
      for code in ("client", "colleague", "community", "open")),
    Share("employees on fixed-term or agency contracts", lambda s: Parts(
          1.0 - _among(s, "contract", "open-ended", "status", "employee").y,
          np.where(s.is_code("status", "employee"), 1.0, np.nan))),
    Share("workers with a master's degree or more", lambda s: _per_one(
          _yes(s, "education", "master") + _yes(s, "education", "doctorate"))),
    Share("women", lambda s: _per_one(_yes(s, "sex", "woman"))),
)  # fmt: skip
FIRMS = (
    Share("firms that move in a year", moving_rate, "relocation.rate", "/year",
          lognormal=True),
    Share("freelance contracts for somebody with clients", lambda s: _per_one(
          s.number("slots_experienced") / SLOTS), "projects.incumbent"),
    Share("of these, for somebody known to the firm",
          lambda s: Parts(s.number("slots_repeat"), s.number("slots_experienced")),
          "projects.repeat"),
)  # fmt: skip


def shares_of(survey: Survey, weight: Floats) -> Iterator[tuple[Share, Found | None]]:
    """Every share of a part of the survey; None where too few answered."""
    for share in WORKERS if survey.part == "workers" else FIRMS:
        yield share, ratio(share.parts(survey), weight)
