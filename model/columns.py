"""State lives in columns; Mesa agents are views on them.

``Firm.jobs = Column(...)`` is declared once. From it come ``firm.jobs`` on one Mesa
agent, and ``model.firms.jobs``: the numpy array of all live firms, which kernels read
and write. A :class:`Table` adds and removes rows; the Mesa agents follow when somebody
looks, so that ``model.agents`` always tells the truth, and a run in which nobody looks
does not pay for them.

Rows move when others are removed; a *slot* never does. Refer to another agent by its
slot, and ask ``table.row_of`` where it is now (-1: gone). The slot -1 is nobody's: the
last entry of ``row_of`` answers for it, -1 too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mesa
import numpy as np
from numba import njit
from numpy.typing import DTypeLike, NDArray

from model.errors import ModelError

Snapshot = dict[str, NDArray[Any]]
_ASIDE = 8192  # bytes that are moved at a time


class Column:
    """One state variable of an agent type.

    Parameters
    ----------
    dtype : data-type
        Type of the numpy array.
    unit : str
        Unit of the values, ``-`` for none.
    means : str
        What it is, in one line.
    width : int, optional
        Number of values per agent; one if not given.
    """

    def __init__(
        self, dtype: DTypeLike, *, unit: str, means: str, width: int = 0
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.unit = unit
        self.means = means
        self.width = width
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, agent: ColumnAgent | None, owner: type) -> Any:
        if agent is None:
            return self
        value = agent.columns[self.name][agent.row]
        return value if self.width else value.item()

    def __set__(self, agent: ColumnAgent, value: Any) -> None:
        agent.columns[self.name][agent.row] = value

    def empty(self, capacity: int) -> NDArray[Any]:
        """Zeros for ``capacity`` agents."""
        shape = (capacity, self.width) if self.width else (capacity,)
        return np.zeros(shape, self.dtype)


class ColumnAgent(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent whose state lives in the columns of a table.

    Attributes
    ----------
    slot : int
        Number of the agent in its table, for ever.
    unique_id : int
        Its slot after those of earlier tables: the same whoever looked, and when.
    """

    columns: Table

    def __init__(self, model: mesa.Model, columns: Table, slot: int) -> None:
        super().__init__(model)
        self.columns = columns
        self.slot = slot
        self.unique_id = columns.first_id + slot

    @property
    def row(self) -> int:
        """Present row in the columns.

        Raises
        ------
        ModelError
            If the agent is gone.
        """
        row = int(self.columns.row_of[self.slot])
        if row < 0:
            raise ModelError(f"{type(self).__name__} {self.slot} is gone")
        return row


class Table:
    """Columns of one kind of agents, with the agents themselves.

    Parameters
    ----------
    model : mesa.Model
        The model that the agents register with.
    kinds : sequence of ColumnAgent classes
        Classes that share the table; they declare the columns.
    capacity : int
        Rows to make room for; grows by itself.
    first_id : int
        ``unique_id`` of the agent in slot 0.
    """

    def __init__(
        self,
        model: mesa.Model,
        kinds: Iterable[type[ColumnAgent]],
        capacity: int = 64,
        first_id: int = 0,
    ) -> None:
        self.model = model
        self.first_id = first_id
        self.kinds = tuple(kinds)
        self.declared = declared_columns(*self.kinds)
        self._agents: dict[int, ColumnAgent] = {}
        self._changed: list[int] = []  # slots removed or turned since somebody looked
        self._seen = 0  # slots that somebody has looked at
        self._slots = np.full(capacity + 1, -1)  # their rows, with room for more
        self.row_of: NDArray[np.int64] = self._slots[:1]
        self._count = 0
        self._of_kind: dict[int, NDArray[np.int64]] = {}  # as asked for so far
        self._arrays = {n: c.empty(capacity) for n, c in self.declared.items()}
        self._arrays["slot"] = np.zeros(capacity, np.int64)
        self._arrays["kind"] = np.zeros(capacity, np.int8)
        self._lay_out()
        self._show()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The live part of a column: a view, good until rows come or go."""
        return self._arrays[name][: self._count]

    def __getattr__(self, name: str) -> NDArray[Any]:
        known = ", ".join(self.__dict__.get("_arrays", ()))
        raise AttributeError(f"no column {name!r}; there are {known}")

    def _show(self) -> None:
        """Hand out the live part of every column as an attribute, ``firms.jobs``."""
        self._of_kind.clear()
        shown, live = self.__dict__, slice(self._count)
        for name, array in self._arrays.items():
            shown[name] = array[live]

    def _lay_out(self) -> None:
        """Note the memory of every column and the bytes of a row, for `remove`."""
        arrays = self._arrays.values()
        self._bytes = tuple(array.reshape(-1).view(np.uint8) for array in arrays)
        self._widths = np.array([array[:1].nbytes for array in arrays])

    def add(self, count: int, kind: int = 0, **values: Any) -> slice:
        """Add rows; columns not given are zero, as are all rows that are not in use.

        Parameters
        ----------
        count : int
            Number of agents.
        kind : int
            Index of their class in ``kinds``.
        **values : scalar or array of length ``count``
            Columns to fill.

        Returns
        -------
        slice
            Rows of the newcomers.
        """
        first, last = self._count, self._count + count
        self._reserve(last)
        rows = slice(first, last)
        before = len(self.row_of) - 1
        for name, value in values.items():
            self._arrays[name][rows] = value
        self._arrays["slot"][rows] = np.arange(before, before + count)
        self._arrays["kind"][rows] = kind
        self._number(before, first, count)
        self._count = last
        self._show()
        return rows

    def _number(self, before: int, first: int, count: int) -> None:
        """Give the next slots to new rows; the last entry stays nobody's."""
        end = before + count
        if end >= len(self._slots):
            more = np.full(max(end + 1, 2 * len(self._slots)), -1)
            more[:before] = self._slots[:before]
            self._slots = more
        self._slots[before:end] = np.arange(first, first + count)
        self.row_of = self._slots[: end + 1]

    def remove(self, rows: NDArray[Any]) -> None:
        """Remove rows (indices or a mask); order is kept."""
        gone = np.zeros(self._count, bool)
        gone[rows] = True
        if not gone.any():
            return
        self._changed += self["slot"][gone].tolist()
        self.row_of[self["slot"][gone]] = -1
        holes = np.flatnonzero(gone)
        close_gaps(self._bytes, self._widths, self._count, holes)
        first, self._count = int(holes[0]), self._count - len(holes)
        self._show()
        self.row_of[self["slot"][first:]] = np.arange(first, self._count)

    def turn(self, rows: NDArray[Any], kind: int) -> None:
        """Make agents of some rows agents of another class; slots and state stay."""
        self._changed += self["slot"][rows].tolist()
        self["kind"][rows] = kind
        self._of_kind.clear()

    def of_kind(self, kind: int) -> NDArray[np.int64]:
        """Rows of the agents of a class (index in ``kinds``), ascending.

        Kept until rows come, go or turn, since many processes ask; not to be changed.
        """
        if kind not in self._of_kind:
            self._of_kind[kind] = np.flatnonzero(self["kind"] == kind)
        return self._of_kind[kind]

    @property
    def agents(self) -> dict[int, ColumnAgent]:
        """The Mesa agents of all live rows, by slot."""
        self.catch_up()
        return self._agents

    def catch_up(self) -> None:
        """Let the Mesa agents follow what has become of the rows."""
        for slot in self._changed:
            if slot in self._agents:
                self._agents.pop(slot).remove()
        new = range(self._seen, len(self.row_of) - 1)
        for slot in dict.fromkeys([*self._changed, *new]):
            row = self.row_of[slot]
            if row >= 0 and slot not in self._agents:
                agent_class = self.kinds[self["kind"][row]]
                self._agents[slot] = agent_class(self.model, self, slot)
        self._changed.clear()
        self._seen = len(self.row_of) - 1

    def agent(self, row: int) -> ColumnAgent:
        """The Mesa agent of a row."""
        return self.agents[int(self["slot"][row])]

    def rows(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Present rows of slots, -1 where there is none (any more); their shape."""
        return self.row_of[slots]

    def snapshot(self) -> Snapshot:
        """Copies of all columns, and of where each slot stands (``row_of``)."""
        return {"row_of": self.row_of.copy()} | {
            name: self[name].copy() for name in self._arrays
        }

    def restore(self, snapshot: Snapshot) -> None:
        """Make the columns what they were; the Mesa agents are made anew."""
        for agent in self._agents.values():
            agent.remove()
        self._agents.clear()
        self._changed.clear()
        self._seen = 0
        count = len(snapshot["slot"])
        self._reserve(count)
        for name, array in self._arrays.items():
            array[:count], array[count:] = snapshot[name], 0
        self._slots, self._count = snapshot["row_of"].copy(), count
        self.row_of = self._slots[:]
        self._show()

    def _reserve(self, rows: int) -> None:
        capacity = len(self._arrays["slot"])
        if rows <= capacity:
            return
        room = max(rows, 2 * capacity)
        for name, array in self._arrays.items():
            larger = np.zeros((room, *array.shape[1:]), array.dtype)
            larger[: self._count] = array[: self._count]
            self._arrays[name] = larger
        self._lay_out()


@njit(cache=True)
def close_gaps(columns: Any, widths: Any, rows: int, holes: Any) -> None:
    """Move rows up over those that are gone, in place, and clear what is left over.

    Parameters
    ----------
    columns : tuple of uint8[capacity * width]
        Memory of the columns: it is moved, not read.
    widths : int64[columns]
        Bytes of a row of each.
    rows : int
        Rows so far.
    holes : int64[k]
        Rows that are gone, ascending.
    """
    aside = np.empty(_ASIDE, np.uint8)  # what lies apart is copied at once
    for c in range(len(columns)):
        column, width = columns[c], widths[c]
        for h in range(len(holes)):
            back = (h + 1) * width
            first = width * (holes[h] + 1)
            last = width * (holes[h + 1] if h + 1 < len(holes) else rows)
            for begin in range(first, last, _ASIDE):
                count = min(_ASIDE, last - begin)
                source, target = column[begin:], column[begin - back :]
                for k in range(count):
                    aside[k] = source[k]
                for k in range(count):
                    target[k] = aside[k]
        column[width * (rows - len(holes)) : width * rows] = 0


def declared_columns(*kinds: type[ColumnAgent]) -> dict[str, Column]:
    """Columns that some agent classes declare, by name."""
    found: dict[str, Column] = {}
    for kind in kinds:
        for base in reversed(kind.__mro__):
            for name, value in vars(base).items():
                if isinstance(value, Column):
                    found[name] = value
    return found
