"""What happened: moves of firms, and what levers and policies did."""

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


@dataclass
class Journal:
    """What happened: moves of firms, and what levers and policies did."""

    moves: list[NDArray[Any]] = field(default_factory=list)
    events: list[dict[str, object]] = field(default_factory=list)

    def write(self, month: int, **columns: Any) -> None:
        """Record moves; columns not given are zero."""
        count = len(columns["address"])
        record = np.zeros(count, MOVE)
        record["month"] = month
        for name, value in columns.items():
            record[name] = value
        self.moves.append(record)

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
