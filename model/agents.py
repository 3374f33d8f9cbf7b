"""The agents: what each of them is and knows, a page each.

Every attribute is a column (see ``model/columns.py``); what the agents *do* stands in
``model/processes``, one process a file.
"""

from __future__ import annotations

import numpy as np

from model.columns import Column, ColumnAgent

STAGES = ("potential", "coalescing", "maturing", "stewardship", "transforming")
LEVELS = ("core", "active", "peripheral")


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
    knowledge = Column(np.float64, unit="SD", means="standing knowledge (assumed)")
    value_per_job = Column(np.float64, unit="EUR/year", means="value added per job")
    origin = Column(np.int8, unit="index", means="how it came to be here")


class Person(ColumnAgent):
    """A media worker: what an employee and a freelancer have in common."""

    address = Column(np.uint64, unit="-", means="address of its random draws")
    skill = Column(np.int8, unit="index", means="subsector of the trade")
    language = Column(np.int8, unit="index", means="working language")
    home = Column(np.int32, unit="index", means="cell of the home, -1 outside")
    employer = Column(np.int64, unit="slot", means="firm that employs it, -1 if none")
    idle = Column(np.int32, unit="months", means="months without an employer")
    short_contract = Column(np.bool_, unit="-", means="fixed term or agency")


class Employee(Person):
    """A worker on the payroll of a firm, or looking for such a job.

    Hired and laid off as firms change; leaves the trade after a year without a job.
    """


class Freelancer(Person):
    """A self-employed worker; a source of start-ups and of talent near a site."""


class Community(ColumnAgent):
    """A community of practice: a group across employers that meets and learns.

    The seven Ps of the research: *place* is ``venue``, *pertinence* ``topic``,
    *profile* its members (``model.network``), *path-dependency* ``stage`` and
    ``age``, *performance* ``energy``, *policies* ``support``; *proximity* is the way
    from members' homes to the venue.
    """

    address = Column(np.uint64, unit="-", means="address of its random draws")
    name = Column(np.int16, unit="index", means="known community, -1 if synthetic")
    topic = Column(np.int8, unit="index", means="subsector it is about")
    venue = Column(np.int32, unit="index", means="cell where it meets")
    stage = Column(np.int8, unit="index", means="stage of its life")
    age = Column(np.int32, unit="months", means="months since it was founded")
    frequency = Column(np.float64, unit="/month", means="meetings per month")
    energy = Column(np.float64, unit="0-1", means="will to go on")
    support = Column(np.float64, unit="EUR/year", means="public support received")
