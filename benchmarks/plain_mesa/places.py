"""Places where people meet and work, besides firms: venues and coworking spaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from benchmarks.plain_mesa.cell import PlainCell
    from benchmarks.plain_mesa.firm import PlainFirm


@dataclass
class Venue:
    """Where communities can meet; one in the house of a firm moves with it."""

    cell: PlainCell
    host: PlainFirm | None

    def follow_host(self) -> None:
        """Be where the firm is."""
        if self.host and not self.host.gone:
            self.cell = self.host.cell


@dataclass
class CoworkingSpace:
    """Desks that freelancers can take; price in EUR/month.

    ``number`` is its place among all spaces, which its draws are found by.
    """

    number: int
    address: np.uint64
    cell: PlainCell
    desks: int
    price: float
    taken: int = 0
