"""Layers of the map: one figure a cell, on a scale that never changes.

A layer travels as one byte a cell: 0 where there is nothing to tell, otherwise 1 to 255
between the ends of its scale. Scales are fixed for a session, so that two months and
two runs can be compared by eye.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.processes.state import FREELANCER, RegionState

Floats = NDArray[np.float64]
LEVELS = 254  # steps between the ends of a scale; 0 is kept for nothing


@dataclass(frozen=True)
class Layer:
    """A layer of the map.

    Attributes
    ----------
    key, unit : str
    low, high : float
        Ends of the scale, in the unit; what lies beyond is drawn as the end.
    scale : {"linear", "log"}
    diverging : bool
        Whether its middle is what it is compared with.
    measure : callable
        State to float64[n]; not-a-number where there is nothing to tell.
    """

    key: str
    unit: str
    low: float
    high: float
    scale: Literal["linear", "log"]
    diverging: bool
    measure: Callable[[RegionState], Floats]

    def coded(self, values: Floats) -> NDArray[np.uint8]:
        """Values as bytes, uint8[n]."""
        known = np.isfinite(values)
        held = np.clip(np.where(known, values, self.low), self.low, self.high)
        low, high = self.low, self.high
        if self.scale == "log":
            held, low, high = np.log(held), np.log(low), np.log(high)
        step = 1.0 + np.round((held - low) / (high - low) * LEVELS)
        return np.where(known, step, 0.0).astype(np.uint8)

    def decoded(self, code: int) -> float | None:
        """The value of a byte, exact to half a step; None where nothing is told."""
        if code == 0:
            return None
        share = (code - 1) / LEVELS
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** share)
        return float(self.low + share * (self.high - self.low))


def rent(state: RegionState) -> Floats:
    """Asking rent where there is office space on the market, EUR/m2/year."""
    market = state.cells.stock - state.cells.captive
    return np.where(market > 1.0, state.cells.rent, np.nan)


def jobs(state: RegionState) -> Floats:
    """Media jobs; nothing where there are none."""
    firms = state.firms
    found = np.bincount(firms.cell, firms.jobs, len(state.region)).astype(np.float64)
    return np.where(found > 0, found, np.nan)


def vacancy(state: RegionState) -> Floats:
    """Vacant share of the office market."""
    cells = state.cells
    market = cells.stock - cells.captive
    share = cells.vacant / np.maximum(market, 1.0)
    return np.where(market > 1.0, share, np.nan)


def knowledge(state: RegionState) -> Floats:
    """Mean knowledge of firms in a cell, weighed by jobs, SD between firms."""
    firms, n = state.firms, len(state.region)
    known = np.isfinite(firms.knowledge)
    weight = np.where(known, firms.jobs, 0)
    score = np.where(known, firms.knowledge, 0.0) * weight
    total = np.bincount(firms.cell, weight, n)
    mean = np.bincount(firms.cell, score, n) / np.maximum(total, 1.0)
    return np.where(total > 0, mean, np.nan)


def freelancers(state: RegionState) -> Floats:
    """Freelancers by the cell they work in: home, client or coworking space."""
    people = state.people
    work = people.work[(people.kind == FREELANCER) & (people.work >= 0)]
    found = np.bincount(work, minlength=len(state.region)).astype(np.float64)
    return np.where(found > 0, found, np.nan)


# Rents: the 5th and 95th percentile of cells in the base state are 126 and 168; half of
# all cells lie between 128 and 138, and would be one colour on a scale of all rents.
LAYERS: tuple[Layer, ...] = (
    Layer("rent", "EUR/m2/year", 120.0, 170.0, "linear", False, rent),
    Layer("jobs", "jobs", 1.0, 4000.0, "log", False, jobs),
    Layer("vacancy", "share", 0.0, 0.3, "linear", False, vacancy),
    Layer("knowledge", "SD", -2.5, 2.5, "linear", True, knowledge),
    Layer("freelancers", "persons", 1.0, 150.0, "log", False, freelancers),
)
