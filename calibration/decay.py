r"""How travel time deters: from work, and from meetings of communities.

**Work.** A freelancer who lives in cell h takes a job at m minutes with chance

.. math:: P(m \mid h) \propto J_s(h, m)\, e^{-\kappa (1 - \theta) m}

with J the jobs of the trade at that many minutes and theta telework: how firms weigh
the way of a candidate (``model/processes/projects.py``), seen from the home. Other
candidates' nearness is left out, which makes kappa a lower bound where work is scarce.
Minutes are reported in fives, and only the neighbourhood of the home is known: the
chance is summed over the minutes of a five and over the cells of the neighbourhood, by
residents.

**Meetings.** A member comes with the chance of ``model/processes/meetings.py``, with a
sociability of one's own that is integrated out (Gauss and Hermite, 15 nodes). Topics
are not asked: the constants of core, active and peripheral members hold them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from calibration.choice.fitting import (
    Fit,
    Floats,
    Ints,
    Likelihood,
    NoEstimateError,
    maximise,
)
from calibration.choice.nested import softplus
from calibration.choice.sites import subsectors_of
from calibration.ground import Ground
from calibration.survey.codebook import codebook, neighbourhood_codes
from calibration.survey.reading import Survey
from model.processes.meeting_kernels import USUAL_MINUTES

FIVE, MOST_MINUTES = 5, 150
NODES = 15
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
    pair, five : int64[jobs]
        Pair of who tells, and minutes in fives.
    respondent : int64[jobs]
    """

    reach: Floats
    share: Floats
    start: Ints
    pair: Ints
    five: Ints
    respondent: Ints


def fit_work(jobs: Jobs, weight: Floats) -> Fit:
    """Deterrence of a minute on the way to a freelance job: kappa (1 - theta).

    Raises
    ------
    NoEstimateError
        If the answers do not say.
    """
    return maximise(
        work_likelihood(jobs), START, weight[jobs.respondent], jobs.respondent
    )


def work_likelihood(jobs: Jobs) -> Likelihood:
    """Log-likelihood of each job as a function of the deterrence, per minute."""
    minutes = np.arange(jobs.reach.shape[1])
    fives = fives_of(minutes)
    start = np.searchsorted(fives, np.arange(fives[-1] + 1))

    def likelihood(theta: Any) -> Any:
        pull = jobs.reach * np.exp(-theta[0] * minutes)
        band = np.add.reduceat(pull, start, axis=1)
        chance = band * (jobs.share / pull.sum(axis=1))[:, None]
        by_pair = np.add.reduceat(chance, jobs.start, axis=0)
        return np.log(by_pair[jobs.pair, jobs.five])

    return likelihood


def fives_of(minutes: Any) -> Ints:
    """Reported five of each minute, counted from 0 for five minutes."""
    return np.maximum(0, np.round(np.asarray(minutes) / FIVE).astype(np.int64) - 1)


def jobs_told(survey: Survey, ground: Ground) -> Jobs:
    """Jobs of the self-employed who live in the Region.

    Raises
    ------
    NoEstimateError
        If there are none.
    """
    columns = codebook().item("workers", "job_minutes").columns
    minutes = np.stack([survey.number(name) for name in columns], axis=1)
    home, trade = survey.number("home_neighbourhood"), subsectors_of(survey)
    usable = (
        survey.is_code("status", "self-employed") & np.isfinite(home) & (trade >= 0)
    )
    told = usable[:, None] & np.isfinite(minutes) & (minutes < MOST_MINUTES)
    who, which = np.nonzero(told)
    if not len(who):
        raise NoEstimateError("no freelancer told of minutes to a job")
    area = np.searchsorted(neighbourhood_codes(), home[who])
    pairs, pair = np.unique(
        np.stack([area, trade[who]], axis=1), axis=0, return_inverse=True
    )
    pair = pair.reshape(len(who))
    reach, share, start = [], [], []
    region, rows = ground.region, 0
    for area_of_pair, s in pairs:
        cells = np.flatnonzero(region.neighbourhood == area_of_pair)
        residents = region.population[cells]
        residents = residents / residents.sum() if residents.sum() > 0.0 else (
            np.full(len(cells), 1.0 / len(cells))
        )  # fmt: skip
        table = np.stack([_reach(ground, int(cell), int(s)) for cell in cells])
        reach.append(table)
        share.append(residents)
        start.append(rows)
        rows += len(cells)
    jobs = Jobs(
        np.concatenate(reach), np.concatenate(share), np.array(start), pair,
        fives_of(minutes[who, which]), who,
    )  # fmt: skip
    possible = np.isfinite(np.real(_quiet(work_likelihood(jobs))))
    if not possible.any():
        raise NoEstimateError("no job lies where freelancers said that they worked")
    return jobs._replace(
        pair=jobs.pair[possible], five=jobs.five[possible],
        respondent=jobs.respondent[possible],
    )  # fmt: skip


def _quiet(likelihood: Likelihood) -> Any:
    """A likelihood without deterrence; -inf where a job is nowhere to be found."""
    with np.errstate(divide="ignore"):
        return likelihood(np.zeros(1, complex))


def _reach(ground: Ground, cell: int, subsector: int) -> Floats:
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
        raise NoEstimateError("nobody told of a community")
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
    """Log-likelihood of each member: coefficients, then the deviation of eta."""
    nodes, shares = np.polynomial.hermite_e.hermegauss(NODES)
    logs = np.log(shares / shares.sum())

    def likelihood(theta: Any) -> Any:
        ready = (told.design @ theta[:-1])[:, None] + theta[-1] * nodes
        rows = told.went[:, None] * ready - told.held[:, None] * softplus(ready)
        members = np.add.reduceat(rows, told.start, axis=0) + logs
        top = np.real(members).max(axis=1)
        return np.log(np.exp(members - top[:, None]).sum(axis=1)) + top

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
    fit = maximise(
        attendance_likelihood(told), start, weight[told.respondent], told.respondent
    )
    fit.estimate[-1] = abs(fit.estimate[-1])  # The sign of a deviation is free.
    return fit
