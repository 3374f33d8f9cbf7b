r"""How travel time deters: from work, and from meetings of communities.

**Work.** A freelancer who lives in cell h takes a job at m minutes with chance

.. math:: P(m \mid h) \propto J_s(h, m)\, e^{-\kappa (1 - \theta) m}

with J the jobs of the trade at that many minutes and theta telework: how firms weigh
the way of a candidate (``model/processes/projects.py``), seen from the home. Other
candidates' nearness is left out, which makes kappa a lower bound where work is scarce.
Minutes are reported in fives, and only the neighbourhood of the home is known: the
chance of a job is summed over the minutes of a five, and that of all jobs of a person,
who sets out from one home, over the cells of the neighbourhood, by residents:

.. math:: P(m_1, \dots, m_k \mid a) = \sum_{h \in a} r_h \prod_j P(m_j \mid h)

so that minutes also tell where in the neighbourhood the home is. Taking each job by
itself is right on average too, but leans on r: people of one drawn population do not
live exactly as residents do, and gave 1.06 times the kappa that drew their jobs, where
their cells gave 1.00.

**Meetings.** A member comes with the chance of ``model/processes/meetings.py``, with a
sociability of one's own that is integrated out (Gauss and Hermite, 15 nodes). Topics
are not asked: the constants of core, active and peripheral members hold them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from calibration.choice.fitting import (
    Fit,
    Floats,
    Ints,
    Likelihood,
    NoEstimateError,
    maximise,
    one_each,
    search,
)
from calibration.choice.nested import softplus
from calibration.choice.sites import subsectors_of
from calibration.ground import Ground
from calibration.survey.codebook import codebook, neighbourhood_codes
from calibration.survey.reading import Survey
from model.processes.meeting_kernels import USUAL_MINUTES

FIVE, MOST_MINUTES = 5, 150
NODES = 15
MANY_MEMBERS = 5000  # a search begins with so many, and ends with all
NOWHERE = 1e-300  # chance that stands for none, whose logarithm is finite
START = np.array([0.03])  # of the deterrence, per minute
ROLES = ("core", "active", "peripheral")


class Jobs(NamedTuple):
    """Jobs that respondents told of, and those within reach of their homes.

    Attributes
    ----------
    reach : float64[rows, minutes]
        Jobs of the trade at each minute, for each cell of each pair of a neighbourhood
        and a trade.
    share : float64[rows]
        Residents of the cell, of its neighbourhood.
    start : int64[pairs]
        First row of each pair.
    pair : int64[respondents]
        Pair of who tells.
    told : float64[respondents, fives]
        Number of jobs at each five of minutes.
    respondent : int64[respondents]
    """

    reach: Floats
    share: Floats
    start: Ints
    pair: Ints
    told: Floats
    respondent: Ints


def fit_work(jobs: Jobs, weight: Floats) -> Fit:
    """Deterrence of a minute on the way to a freelance job: kappa (1 - theta).

    Raises
    ------
    NoEstimateError
        If the answers do not say.
    """
    return maximise(
        work_likelihood(jobs), START, one_each(weight[jobs.respondent], jobs.respondent)
    )


def chances(jobs: Jobs, deterrence: Any) -> Any:
    """Chance of a job at each five of minutes from each cell, complex[rows, fives]."""
    minutes = np.arange(jobs.reach.shape[1])
    fives = fives_of(minutes)
    pull = jobs.reach * np.exp(-deterrence * minutes)
    start = np.searchsorted(fives, np.arange(fives[-1] + 1))
    return np.add.reduceat(pull, start, axis=1) / pull.sum(axis=1)[:, None]


def work_likelihood(jobs: Jobs) -> Likelihood:
    """Log-likelihood of each respondent's jobs by the deterrence, per minute."""
    rows = np.split(np.arange(len(jobs.share)), jobs.start[1:])
    order = np.argsort(jobs.pair, kind="stable")
    pairs, first = np.unique(jobs.pair[order], return_index=True)
    people = np.split(order, first[1:])
    home = np.log(np.maximum(jobs.share, NOWHERE))

    def likelihood(theta: Any) -> Any:
        chance = chances(jobs, theta[0])
        logs = np.log(np.where(np.real(chance) > NOWHERE, chance, NOWHERE))
        found = np.empty(len(jobs.pair), logs.dtype)
        for pair, who in zip(pairs, people, strict=True):
            by_home = jobs.told[who] @ logs[rows[pair]].T + home[rows[pair]]
            found[who] = log_sum(by_home)
        return found

    return likelihood


def log_sum(logs: Any) -> Any:
    """ln of the sum of exponentials over the last axis, for complex numbers too."""
    top = np.real(logs).max(axis=-1)
    return np.log(np.exp(logs - top[..., None]).sum(axis=-1)) + top


def fives_of(minutes: Any) -> Ints:
    """Reported five of each minute, counted from 0 for five minutes."""
    return np.maximum(0, np.round(np.asarray(minutes) / FIVE).astype(np.int64) - 1)


def minutes_told(survey: Survey) -> Floats:
    """Minutes to each job of the self-employed who live in the Region; NaN elsewhere.

    Returns
    -------
    float64[respondents, jobs], min
    """
    columns = codebook().item("workers", "job_minutes").columns
    minutes = np.stack([survey.number(name) for name in columns], axis=1)
    home, trade = survey.number("home_neighbourhood"), subsectors_of(survey)
    usable = (
        survey.is_code("status", "self-employed") & np.isfinite(home) & (trade >= 0)
    )
    return np.where(usable[:, None] & (minutes < MOST_MINUTES), minutes, np.nan)


def jobs_told(survey: Survey, ground: Ground) -> Jobs:
    """Jobs of the self-employed who live in the Region.

    Raises
    ------
    NoEstimateError
        If there are none.
    """
    minutes = minutes_told(survey)
    told = np.isfinite(minutes)
    who = np.flatnonzero(told.any(axis=1))
    if not len(who):
        raise NoEstimateError("no_minutes")
    home, trade = survey.number("home_neighbourhood"), subsectors_of(survey)
    area = np.searchsorted(neighbourhood_codes(), home[who])
    pairs, pair = np.unique(
        np.stack([area, trade[who]], axis=1), axis=0, return_inverse=True
    )
    reach, share, start = _homes(ground, pairs)
    person, job = np.nonzero(told[who])
    counts = np.zeros((len(who), MOST_MINUTES // FIVE))
    np.add.at(counts, (person, fives_of(minutes[who[person], job])), 1.0)
    jobs = Jobs(reach, share, start, pair.reshape(len(who)), counts, who)
    return _possible(jobs)


def _homes(ground: Ground, pairs: Ints) -> tuple[Floats, Floats, Ints]:
    """Reach and share of each cell of each pair, and the first row of each pair."""
    region = ground.region
    reach, share, start, rows = [], [], [], 0
    for area, s in pairs:
        cells = np.flatnonzero(region.neighbourhood == area)
        residents = np.maximum(region.population[cells], NOWHERE)
        reach.append(np.stack([reach_of(ground, int(cell), int(s)) for cell in cells]))
        share.append(residents / residents.sum())
        start.append(rows)
        rows += len(cells)
    return np.concatenate(reach), np.concatenate(share), np.array(start)


def _possible(jobs: Jobs) -> Jobs:
    """Without jobs at minutes at which no home of the neighbourhood has any.

    Raises
    ------
    NoEstimateError
        If nothing is left.
    """
    somewhere = np.add.reduceat(np.real(chances(jobs, 0.0)), jobs.start, axis=0) > 0.0
    told = np.where(somewhere[jobs.pair], jobs.told, 0.0)
    left = told.any(axis=1)
    if not left.any():
        raise NoEstimateError("no_jobs_there")
    return jobs._replace(
        pair=jobs.pair[left], told=told[left], respondent=jobs.respondent[left]
    )


def reach_of(ground: Ground, cell: int, subsector: int) -> Floats:
    """Jobs of a trade by minutes from a cell, float64[minutes]."""
    minutes = np.minimum(np.round(ground.minutes[cell]), MOST_MINUTES - 1)
    at, jobs = minutes.astype(np.int64), ground.jobs[subsector]
    return np.asarray(np.bincount(at, jobs, MOST_MINUTES), np.float64)


class Attendance(NamedTuple):
    """Memberships that respondents told of.

    Attributes
    ----------
    design : float64[rows, k]
        Roles (those that occur), ln(1 + friends), minus minutes.
    names : tuple of str
        Parameters of the columns.
    held, went : float64[rows]
        Meetings, and those attended.
    start : int64[respondents]
        First row of each.
    respondent : int64[respondents]
    """

    design: Floats
    names: tuple[str, ...]
    held: Floats
    went: Floats
    start: Ints
    respondent: Ints


def attendance_told(survey: Survey) -> Attendance:
    """Memberships with meetings held and attended, minutes, friends and role.

    Raises
    ------
    NoEstimateError
        If there are none.
    """
    kinds = ("meetings", "attended", "minutes", "friends")
    count = codebook().item("workers", "community_role").repeat
    columns = range(1, count + 1)
    held, went, minutes, friends = (
        np.stack([survey.number(f"community_{kind}_{k}") for k in columns], axis=1)
        for kind in kinds
    )
    role = np.stack([survey.code(f"community_role_{k}") for k in columns], axis=1)
    told = np.isfinite(held + went + minutes + friends) & (role >= 0)
    who, which = np.nonzero(told)
    if not len(who):
        raise NoEstimateError("no_community")
    at = (who, which)
    present = [k for k in range(len(ROLES)) if (role[at] == k).any()]
    design = [(role[at] == k).astype(float) for k in present]
    design += [np.log1p(friends[at]), USUAL_MINUTES - minutes[at]]
    names = [f"meetings.{ROLES[k]}" for k in present]
    respondent, start = np.unique(who, return_index=True)
    return Attendance(
        np.stack(design, axis=1),
        (*names, "meetings.friends", "meetings.travel", "meetings.sociability"),
        held[at], went[at], start, respondent,
    )  # fmt: skip


def attendance_likelihood(told: Attendance) -> Likelihood:
    """Log-likelihood of each member: coefficients, then the deviation of eta.

    Memberships that are alike in all answers are worked out once.
    """
    nodes, shares = np.polynomial.hermite_e.hermegauss(NODES)
    logs = np.log(shares / shares.sum())
    rows = pd.DataFrame(np.column_stack([told.design, told.held, told.went]))
    kind = rows.groupby(list(rows), sort=False).ngroup().to_numpy()
    first = np.unique(kind, return_index=True)[1]
    design, held, went = told.design[first], told.held[first], told.went[first]

    def likelihood(theta: Any) -> Any:
        ready = (design @ theta[:-1])[:, None] + theta[-1] * nodes
        chance = went[:, None] * ready - held[:, None] * softplus(ready)
        return log_sum(np.add.reduceat(chance[kind], told.start, axis=0) + logs)

    return likelihood


def fit_attendance(told: Attendance, weight: Floats) -> Fit:
    """Coefficients of attendance in the order of ``told.names``.

    Raises
    ------
    NoEstimateError
        If the answers do not say.
    """
    start = np.zeros(told.design.shape[1] + 1)
    start[-1] = 0.5
    if len(told.start) > MANY_MEMBERS:
        some = _every(told, len(told.start) // MANY_MEMBERS + 1)
        answers = one_each(weight[some.respondent], some.respondent)
        start = search(attendance_likelihood(some), start, answers)
    answers = one_each(weight[told.respondent], told.respondent)
    fit = maximise(attendance_likelihood(told), start, answers)
    fit.estimate[-1] = abs(fit.estimate[-1])  # The sign of a deviation is free.
    return fit


def _every(told: Attendance, step: int) -> Attendance:
    """Memberships of every so many members, spread evenly."""
    member = np.repeat(
        np.arange(len(told.start)), np.diff(told.start, append=len(told.held))
    )
    rows = np.flatnonzero(member % step == 0)
    return told._replace(
        design=told.design[rows], held=told.held[rows], went=told.went[rows],
        start=np.unique(member[rows], return_index=True)[1],
        respondent=told.respondent[::step],
    )  # fmt: skip
