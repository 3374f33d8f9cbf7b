"""Summaries of freelancers, employees and meetings, and of the office market."""

from __future__ import annotations

import math

from calibration.measures import attendance_lost, evening
from calibration.summaries.declared import Seen, summary
from model.months import month_name


@summary("share")
def repeat_days(seen: Seen) -> float:
    """Freelance days contracted with earlier clients."""
    history = seen.model.history
    return float(history.repeat_days[1:].sum() / history.contract_days[1:].sum())


def _per_freelancer(seen: Seen, what: str) -> float:
    history = seen.model.history
    total = getattr(history, what)[1:].sum()
    return float(total / history.freelancers[1:].sum())


@summary("firms")
def clients(seen: Seen) -> float:
    """Clients of a freelancer in a year."""
    return _per_freelancer(seen, "clients")


@summary("share")
def tight_budgets(seen: Seen) -> float:
    """Freelancers whose income is below the cost of living."""
    return _per_freelancer(seen, "tight")


@summary("min")
def way_to_work(seen: Seen) -> float:
    """Mean way of freelancers to where they work."""
    return _per_freelancer(seen, "work_minutes")


@summary("share")
def attendance_lost_with_way(seen: Seen) -> float:
    """Attendance lost when the way to the venue doubles from 15 to 30 minutes."""
    return attendance_lost(evening(seen.model))


@summary("share")
def turnout(seen: Seen) -> float:
    """Members who come to a meeting."""
    held = seen.outcome.meetings
    members = held["members"].sum()
    return float(held["present"].sum() / members) if members else math.nan


@summary("months")
def between_meetings(seen: Seen) -> float:
    """Months between two meetings of a community."""
    history = seen.model.history
    held = history.meetings[1:].sum()
    return float(history.communities[1:].sum() / held) if held else math.nan


@summary("share")
def short_contracts(seen: Seen) -> float:
    """Employees on short contracts in the first month."""
    first = month_name(seen.model.scenario.start)
    return seen.indicator("short_contract_share", first)


@summary("share")
def commuters(seen: Seen) -> float:
    """Employees who live outside the region, December 2022."""
    return seen.indicator("commuter_share", "2022-12")


@summary("share")
def vacancy_2023(seen: Seen) -> float:
    """Office vacancy at the end of 2023."""
    return seen.indicator("vacancy", "2023-12")


@summary("share")
def vacancy_2024(seen: Seen) -> float:
    """Office vacancy in the third quarter of 2024."""
    return seen.indicator("vacancy", "2024-09")
