"""The agents: what each of them is and knows, a page each.

Every attribute is a column (see ``model/columns.py``); what the agents *do* stands in
``model/processes``, one process a file.
"""

from __future__ import annotations

import numpy as np

from model.columns import Column, ColumnAgent
from model.processes.society import CATEGORIES, CLIENTS


class Firm(ColumnAgent):
    """An employer firm, or a named organisation of the media city.

    Each month it may grow, close, spawn another, decide to move (at a lease break, or
    rarely between breaks) and then choose a cell with room for it, or leave the
    Region. Named organisations (``anchor``) do so by scenario only.
    """

    address = Column(np.uint64, unit="-", means="address of its random draws")
    name = Column(np.int16, unit="index", means="named organisation, -1 if none")
    subsector = Column(np.int8, unit="index", means="subsector")
    language = Column(np.int8, unit="index", means="working language")
    jobs = Column(np.int32, unit="jobs", means="jobs, whole persons")
    size = Column(np.float64, unit="FTE", means="latent size that jobs are rounded of")
    past_jobs = Column(np.int32, unit="jobs", means="as each month began", width=12)
    age = Column(np.int32, unit="months", means="months since it was founded")
    cell = Column(np.int32, unit="index", means="cell it sits in")
    lease = Column(np.int32, unit="months", means="months since its lease began")
    space = Column(np.float64, unit="m2", means="floor space it occupies")
    rent = Column(np.float64, unit="EUR/m2/year", means="rent of its contract")
    anchor = Column(np.bool_, unit="-", means="moves and changes by scenario only")
    captive = Column(np.bool_, unit="-", means="owns its premises, off the market")
    partners = Column(np.int64, unit="slot", means="firms it works with", width=3)
    knowledge = Column(np.float64, unit="SD", means="mean knowledge of its staff")
    value_per_job = Column(np.float64, unit="EUR/year", means="value added per job")
    origin = Column(np.int8, unit="index", means="how it came to be here")
    students = Column(np.int32, unit="persons", means="students, of a media school")


class Person(ColumnAgent):
    """A media worker: what an employee and a freelancer have in common.

    Lives somewhere, works somewhere, knows people (``model.network.Ties``) and things,
    goes to the meetings of communities, and learns from those it talks with.
    """

    address = Column(np.uint64, unit="-", means="address of its random draws")
    skill = Column(np.int8, unit="index", means="subsector of the trade")
    language = Column(np.int8, unit="index", means="working language")
    born = Column(np.int32, unit="month", means="month of birth")
    home = Column(np.int32, unit="index", means="cell of the home, -1 outside")
    employer = Column(np.int64, unit="slot", means="firm that employs it, -1 if none")
    idle = Column(np.int32, unit="months", means="months without an employer")
    short_contract = Column(np.bool_, unit="-", means="fixed term or agency")
    leaving = Column(np.bool_, unit="-", means="leaves the trade at the quarter's end")
    knowledge = Column(
        np.float32, unit="points", means="by category, 0-30", width=CATEGORIES
    )
    own_month = Column(
        np.int8, unit="index", means="month of the year in which it may change its ways"
    )
    sociability = Column(np.float64, unit="SD", means="liking for meetings")
    works_at = Column(
        np.int16, unit="index", means="coworking space, -1 home, -2 employer or client"
    )
    work = Column(np.int32, unit="index", means="cell where it works, -1 if nowhere")
    fee = Column(np.float32, unit="EUR/day", means="net fee of a freelance day")
    booked = Column(np.float32, unit="days", means="freelance days still to be worked")
    paid_days = Column(np.float32, unit="days/month", means="mean of the last year")
    income = Column(np.float32, unit="EUR/month", means="mean of the last year, net")
    buffer = Column(np.float32, unit="months", means="savings, in months of living")
    short = Column(np.int16, unit="months", means="months with savings below zero")
    clients = Column(np.int32, unit="slot", means="firms, -1 if none", width=CLIENTS)
    client_ties = Column(
        np.float32, unit="contracts", means="contracts with each, faded", width=CLIENTS
    )
    client_month = Column(
        np.int16, unit="month", means="of the last contract with each", width=CLIENTS
    )


class Employee(Person):
    """A worker on the payroll of a firm, or looking for such a job.

    Hired and laid off as firms change, may go freelance; leaves the trade after a year
    without a job, or with age. Its talks with colleagues spread what one of them
    brought from outside.
    """


class Freelancer(Person):
    """A self-employed worker, who lives on contracts.

    Firms call former collaborators first, then choose by ties, shared communities,
    knowledge, travel and language. Works at a client's, at home or in a coworking
    space; leaves or takes a job when savings run out; starts firms.
    """


class Community(ColumnAgent):
    """A community of practice: a group across employers that meets and learns.

    The seven Ps of the research, each with its place in the model: *places* is
    ``venue`` (and ``host``, ``room``), *proximity* the minutes from members' homes and
    workplaces to it, *pertinence* ``topic`` and ``domain``, *profile* its members
    (``model.network.Memberships``), *path-dependency* ``stage``, ``age`` and
    ``founder``, *policies* ``support``, *performance* ``energy`` and ``turnout``.
    """

    address = Column(np.uint64, unit="-", means="address of its random draws")
    name = Column(np.int16, unit="index", means="known community, -1 if synthetic")
    topic = Column(np.int8, unit="index", means="subsector it is about")
    domain = Column(np.float32, unit="-", means="topic by category", width=CATEGORIES)
    venue = Column(np.int32, unit="index", means="cell where it meets")
    host = Column(np.int64, unit="slot", means="firm whose house it is, -1 if none")
    room = Column(np.bool_, unit="-", means="meets in a room that policy pays")
    founder = Column(np.int64, unit="slot", means="who carries it, -1 if nobody")
    stage = Column(np.int8, unit="index", means="stage of its life")
    age = Column(np.int32, unit="months", means="months since it was founded")
    frequency = Column(np.float64, unit="/month", means="meetings per month")
    energy = Column(np.float64, unit="0-1", means="will to go on")
    turnout = Column(np.float64, unit="persons", means="mean of recent meetings")
    thin = Column(np.int8, unit="meetings", means="in a row that nearly nobody came to")
    support = Column(
        np.float64, unit="0-1", means="part of its needs that policy meets"
    )
