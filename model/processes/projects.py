r"""Firms post projects; slots of their teams go to freelancers.

A firm of subsector s posts Poisson(:math:`\rho_s n_i`) projects a month; a team has
1 + Poisson(m - 1) slots, a slot exponential days. With chance :math:`p_{inc}` a slot is
for an incumbent, somebody with clients already, and of these a share
:math:`q_{rep}` for a former collaborator of the firm (Guimera et al. 2005); the rest is
open to all. In each case the firm looks at the next few who are free, on a circle
of freelancers that is dealt anew each month, and takes the best of

.. math::
    u_{ij} = \theta_w \ln(1 + w_{ij}) + \theta_c\, coCoP_{ij} + \theta_k V_{js} / 10
             - \kappa (1 - \theta) \tau_{ij} - \theta_l 1[l_i \ne l_j] + Gumbel

with w past contracts, coCoP a community shared with staff, V knowledge of the firm's
trade (0-30), tau minutes from home and theta telework. A contract adds 1 to w and ties
the freelancer to a contact at the firm and to the rest of the team; w and ties fade by
``tie_decay`` a month. Word of mouth and repeat hiring rule these labour markets
(Grabher 2002; Apitzsch 2010), variety helps too.

In the base state firms ask for as many days as freelancers work: by trade, freelancers
times ``freelance.paid_days``.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from model import streams
from model.network import PROJECTS, grouped
from model.parameters import calibrated, fixed, uncertain
from model.processes.hiring_kernels import Posted, contacts, fill, post
from model.processes.hiring_pool import Pool, firms_of, pool_of, write_back
from model.processes.society import Talks
from model.processes.state import (
    FREELANCER,
    SUBSECTOR_COUNT,
    Floats,
    Integers,
    RegionState,
)
from model.processes.surroundings import Parameters as Ranges
from model.processes.workplace import Parameters as Workplace

WEAKEST_TIE = 0.69  # contracts, faded, at which two people have lost sight; assumed


class Parameters(NamedTuple):
    """Projects and who is hired for them."""

    days_per_contract: Annotated[
        float,
        uncertain(
            14.0,
            unit="days",
            hard=(0.5, 60.0),
            plausible=(6.0, 20.0),
            source="derived: 143 paid days a year in 10 contracts (SMart 2012)",
            confidence="M",
            means="dd: mean length of a contract",
        ),
    ]
    team_size: Annotated[
        float,
        uncertain(
            2.0,
            unit="freelancers",
            hard=(1.0, 20.0),
            plausible=(1.2, 4.0),
            source="assumption",
            confidence="L",
            means="mean freelance slots of a project",
        ),
    ]
    incumbent: Annotated[
        float,
        uncertain(
            0.75,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.5, 0.95),
            source="Guimera et al. 2005, form; level assumed",
            confidence="L",
            means="p_inc: slots for somebody with clients",
        ),
    ]
    repeat: Annotated[
        float,
        calibrated(
            0.8,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.3, 0.9),
            source="Guimera et al. 2005, form; survey: share of repeat clients",
            confidence="L",
            means="q_rep: of these, for a former collaborator",
        ),
    ]
    tie_effect: Annotated[
        float,
        uncertain(
            0.5,
            unit="per ln(1 + contracts)",
            hard=(0.0, 5.0),
            plausible=(0.2, 1.0),
            source="assumption; hiring by word of mouth",
            confidence="L",
            means="theta_w: past work for the firm",
        ),
    ]
    community_effect: Annotated[
        float,
        uncertain(
            0.3,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.0, 0.8),
            source="assumption; survey: did work follow from who was met",
            confidence="L",
            means="theta_c: a community shared with the firm's staff",
        ),
    ]
    fit_effect: Annotated[
        float,
        uncertain(
            0.5,
            unit="per 10 points",
            hard=(0.0, 5.0),
            plausible=(0.2, 1.0),
            source="assumption",
            confidence="L",
            means="theta_k: knowledge of the firm's trade",
        ),
    ]
    language_effect: Annotated[
        float,
        uncertain(
            1.0,
            unit="-",
            hard=(0.0, 5.0),
            plausible=(0.3, 2.0),
            source="assumption; French and Dutch media are two labour markets",
            confidence="L",
            means="theta_l: another working language",
        ),
    ]
    tie_decay: Annotated[
        float,
        uncertain(
            0.03,
            unit="/month",
            hard=(0.0, 0.5),
            plausible=(0.01, 0.08),
            source="assumption; separation is tolerated long (Jussieu)",
            confidence="L",
            means="delta_w: ties and past work fade",
        ),
    ]
    most_ties: Annotated[
        float,
        fixed(
            150,
            unit="ties",
            hard=(1, 10_000),
            plausible=(100, 250),
            source="Dunbar 1992",
            confidence="M",
            means="ties that a person can hold",
            integer=True,
        ),
    ]


def apply(state: RegionState) -> None:
    """Post projects, fill their slots, and tie those who work together."""
    p = state.scenario.block(Parameters)
    people, society, month = state.people, state.society, state.month
    society.talks.clear()
    society.ties.renew(p.tie_decay, WEAKEST_TIE)
    rows = people.of_kind(FREELANCER)
    if not len(rows):
        return
    pool = pool_of(state, rows, p.tie_decay)
    firms = firms_of(state, pool)
    turn = streams.uniforms(
        state.key, streams.PROJECT, month, state.firms.address, (1 << 32) - 1
    )
    per_project = p.team_size * p.days_per_contract
    posted = Posted(
        *post(
            np.argsort(turn), state.firms.jobs, state.firms.subsector,
            state.firms.address, state.base.days_per_job / per_project, state.key,
            month, p,
        )
    )  # fmt: skip
    kappa = state.scenario.block(Ranges).minutes_deterrence * (1.0 - state.telework)
    outside = state.scenario.block(Workplace).outside_minutes
    taken, known, *team = fill(
        posted, firms, pool, state.minutes, outside, kappa, state.key, month, p
    )
    write_back(state, pool)
    hired = taken >= 0
    met = contacts_of(state, pool, taken[hired], posted.firm[hired])
    first, second = (
        people.slot[np.concatenate([of_firm, pool.row[of_team]])]
        for of_firm, of_team in zip(met, team, strict=True)
    )
    talks = Talks(first, second, PROJECTS)
    society.ties.strengthen(talks.first, talks.second, PROJECTS, 1.0)
    society.talks.append(talks)
    tally = state.tally
    tally.days += float(posted.days[hired].sum())
    tally.repeat_days += float(posted.days[hired & known].sum())
    tally.unfilled_days += float(posted.days[~hired].sum())


def contacts_of(
    state: RegionState, pool: Pool, freelancer: Integers, firm: Integers
) -> tuple[Integers, Integers]:
    """Rows of freelancers (places in the pool) and of whom they deal with at firms."""
    people = state.people
    start, staff = grouped(state.firms.rows(people.employer), len(state.firms))
    contact = contacts(
        firm, pool.address[freelancer], start, staff, state.firms.address, state.key
    )
    met = contact >= 0
    return pool.row[freelancer[met]], contact[met]


def days_per_job(state: RegionState, paid_days: float) -> Floats:
    """Freelance days asked for per job, by subsector, that keep freelancers at work.

    Parameters
    ----------
    paid_days : float, days/month
        What a freelancer works in the base state.
    """
    people, firms = state.people, state.firms
    freelance = people.kind == FREELANCER
    supply = np.bincount(people.skill[freelance], minlength=SUBSECTOR_COUNT)
    jobs = np.bincount(firms.subsector, firms.jobs, SUBSECTOR_COUNT)
    asked: Floats = paid_days * supply / np.maximum(jobs, 1.0)
    return asked
