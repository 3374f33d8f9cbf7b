"""A column of state, as the kernels and as the plain Mesa agents have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

RELATIVE, SINGLE_RELATIVE, ABSOLUTE = 1e-9, 1e-6, 1e-7
NOBODY = -1  # address of who is gone or was never there


class Column(NamedTuple):
    """The same state of the same agents in both writings.

    Attributes
    ----------
    what : str
        What it is, of whom: ``"jobs of firm"``.
    who : sequence
        Address or number of each agent.
    kernels, agents : sequence
        One entry for each agent; arrays of numbers, or lists of anything.
    """

    what: str
    who: Sequence[Any]
    kernels: Any
    agents: Any

    def difference(self) -> str:
        """The first in which the two differ; nothing if they agree."""
        if len(self.kernels) != len(self.agents):
            numbers = f"kernels {len(self.kernels)}, plain Mesa {len(self.agents)}"
            return f"number of {self.what}: {numbers}"
        for row in np.flatnonzero(self.apart()).tolist():
            kernels, agents = (
                plainly(side[row]) for side in (self.kernels, self.agents)
            )
            who = f"{self.what} {self.who[row]}"
            return f"{who}: kernels {kernels!r}, plain Mesa {agents!r}"
        return ""

    def apart(self) -> Any:
        """In which rows the two differ, bool[agents]."""
        kernels = self.kernels
        if not isinstance(kernels, np.ndarray):
            return [a != b for a, b in zip(kernels, self.agents, strict=True)]
        agents = np.array(self.agents).reshape(kernels.shape)
        if np.issubdtype(kernels.dtype, np.floating):
            single = kernels.dtype == np.float32
            relative = SINGLE_RELATIVE if single else RELATIVE
            differ = ~np.isclose(agents, kernels, relative, ABSOLUTE)
        else:
            differ = agents != kernels
        return differ.reshape(len(kernels), -1).any(axis=1)


def plainly(value: Any) -> Any:
    """Numbers and lists of numpy as Python's own."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def attributes(
    kind: str, names: Iterable[str], who: Sequence[int], table: Any, agents: list[Any]
) -> list[Column]:
    """Columns of a table beside the attributes of the same names."""
    return [
        Column(
            f"{name} of {kind}", who, table[name], [getattr(a, name) for a in agents]
        )
        for name in names
    ]


def addresses(table: Any, rows: NDArray[np.int64]) -> list[int]:
    """Addresses of rows of a table, ``NOBODY`` of -1."""
    known = [*table.address.tolist(), NOBODY]
    return [known[row] for row in rows.tolist()]


def address_of(agent: Any) -> int:
    """Address of an agent, ``NOBODY`` if there is none or it is gone."""
    return NOBODY if agent is None or agent.gone else int(agent.address)
