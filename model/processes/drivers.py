r"""Drivers that nobody controls: telework.

The telework share of work time is :math:`\theta` = ``before`` until March 2020, rises
evenly to ``after`` in January 2022, and stays; levers may add to it. During the burn-in
it stands still.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from model.months import month_number
from model.parameters import uncertain
from model.processes.state import RegionState

BREAK_BEGINS = month_number("2020-03")
BREAK_ENDS = month_number("2022-01")


class Parameters(NamedTuple):
    """Telework."""

    before: Annotated[
        float,
        uncertain(
            0.10,
            unit="share of work time",
            hard=(0.0, 1.0),
            plausible=(0.05, 0.2),
            source="before the pandemic; level assumed",
            confidence="M",
            means="theta until March 2020",
        ),
    ]
    after: Annotated[
        float,
        uncertain(
            0.35,
            unit="share of work time",
            hard=(0.0, 1.0),
            plausible=(0.2, 0.5),
            source="48 % of those working in Brussels often work at home (2024)",
            confidence="M",
            means="theta from January 2022 on",
        ),
    ]


def telework_share(month: int, p: Parameters) -> float:
    """Telework share of work time in a month."""
    way = (month - BREAK_BEGINS) / (BREAK_ENDS - BREAK_BEGINS)
    return p.before + min(max(way, 0.0), 1.0) * (p.after - p.before)


def apply(state: RegionState) -> None:
    """Set the drivers of the month."""
    p = state.scenario.block(Parameters)
    share = p.before if state.frozen else telework_share(state.month, p)
    state.telework = min(max(share + state.telework_change, 0.0), 1.0)
