"""What happened: moves of firms, meetings, and what levers and policies did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.months import month_name

MOVE = np.dtype(
    [
        ("month", np.int32),
        ("kind", np.int8),
        ("reason", np.int8),
        ("address", np.uint64),
        ("name", np.int16),
        ("subsector", np.int8),
        ("jobs", np.int32),
        ("space", np.float64),
        ("from_cell", np.int32),
        ("to_cell", np.int32),
    ]
)
MOVE_KINDS = ("move", "departure", "arrival", "birth", "closure", "stuck")
MOVE_REASONS = (
    "none",
    "lease break",
    "shortage of space",
    "growth or shrinkage",
    "better site",
    "spin-off",
    "start-up",
    "from outside",
    "scenario",
    "closure",
)

MEETING = np.dtype(
    [
        ("month", np.int32),
        ("community", np.uint64),
        ("name", np.int16),
        ("topic", np.int8),
        ("venue", np.int32),
        ("room", np.bool_),
        ("members", np.int32),
        ("present", np.int32),
        ("talks", np.int32),
        ("known", np.int32),
        ("across", np.int32),
        ("new_ties", np.int32),
    ]
)
COMMUNITY = np.dtype(
    [
        ("month", np.int32),
        ("kind", np.int8),
        ("community", np.uint64),
        ("name", np.int16),
        ("topic", np.int8),
        ("venue", np.int32),
        ("age", np.int32),
        ("energy", np.float64),
        ("members", np.int32),
    ]
)
COMMUNITY_KINDS = ("founded", "founder lost", "closed")


@dataclass
class Tally:
    """Sums of the present month that no column keeps.

    Attributes
    ----------
    days, repeat_days, unfilled_days : float, days
        Of freelance work contracted, of that with earlier clients, and asked in vain.
    paid_days : float, days
        Worked by freelancers.
    went_freelance, left_freelance : int, persons
    replaced : int, persons
        Of those who went freelance, in place of others who left (burn-in).
    laid_off : int, persons
        Employees without a job since this month.
    contacts, outward : int, talks
        Of everybody with anybody, colleagues too; of these, across employers.
    encounters : float64[5, 5, 2], talks
        At meetings, by subsectors of the two (the smaller index first), within one
        employer or across.
    """

    days: float = 0.0
    repeat_days: float = 0.0
    unfilled_days: float = 0.0
    paid_days: float = 0.0
    went_freelance: int = 0
    left_freelance: int = 0
    replaced: int = 0
    laid_off: int = 0
    contacts: int = 0
    outward: int = 0
    encounters: NDArray[np.float64] = field(default_factory=lambda: np.zeros((5, 5, 2)))


@dataclass
class Journal:
    """What happened: moves of firms, meetings, and what levers and policies did."""

    moves: list[NDArray[Any]] = field(default_factory=list)
    meetings: list[NDArray[Any]] = field(default_factory=list)
    communities: list[NDArray[Any]] = field(default_factory=list)
    events: list[dict[str, object]] = field(default_factory=list)

    def clear(self) -> None:
        """Forget all but events."""
        for records in (self.moves, self.meetings, self.communities):
            records.clear()

    def write(self, month: int, **columns: Any) -> None:
        """Record moves; columns not given are zero."""
        self.moves.append(_record(MOVE, month, len(columns["address"]), columns))

    def write_by_kind(
        self, month: int, kinds: dict[str, NDArray[np.bool_]], **columns: Any
    ) -> None:
        """Record moves of several kinds: of each, the entries that its mask picks."""
        record = _record(MOVE, month, len(columns["address"]), columns)
        for kind, mask in kinds.items():
            if mask.any():
                part = record[mask]
                part["kind"] = MOVE_KINDS.index(kind)
                self.moves.append(part)

    def write_communities(self, month: int, **columns: Any) -> None:
        """Record what became of communities; columns not given are zero."""
        count = len(columns["community"])
        self.communities.append(_record(COMMUNITY, month, count, columns))

    def log(
        self,
        month: int,
        lever: str,
        what: str,
        cost_eur: float = 0.0,
        region_share: float = 1.0,
    ) -> None:
        """Record what a lever or policy did, its cost, and the Region's share."""
        self.events.append(
            {
                "month": month_name(month),
                "lever": lever,
                "what": what,
                "cost_eur": cost_eur,
                "region_share": region_share,
            }
        )


def _record(
    kind: np.dtype[Any], month: int, count: int, columns: dict[str, Any]
) -> NDArray[Any]:
    record = np.zeros(count, kind)
    record["month"] = month
    for name, value in columns.items():
        record[name] = value
    return record
