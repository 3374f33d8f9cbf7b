"""What can go wrong, as one tree.

::

    MediaparkError
    ├── InputError          the person can mend it: every fault at once, exit code 2
    │   ├── ScenarioError   a scenario file, an override, ``--set``
    │   ├── GeographyError  a grid or another table of places
    │   └── StoreError      a folder of results
    └── ModelError          the model broke one of its own laws: a bug, never bad input
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class MediaparkError(Exception):
    """Anything that this software raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input, and the way out.

    Attributes
    ----------
    problem : str
        What is wrong, in one sentence without a full stop.
    file : str
        Name of the file, or of the option, that the value came from.
    line : int or None
        Line in that file, counted from 1.
    key : str
        Dotted key or column.
    value : object
        What was found there.
    allowed : str
        What is allowed instead.
    nearest : str
        The valid name closest to what was written.
    """

    problem: str
    file: str = ""
    line: int | None = None
    key: str = ""
    value: object = None
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [part for part in (place, self.key) if part]
        text = ": ".join([*parts, self.problem])
        if self.value is not None:
            text += f" (found: {_short(self.value)})"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        return text


class InputError(MediaparkError):
    """An input that cannot be used; carries every fault that was found.

    Parameters
    ----------
    faults : iterable of Fault
        At least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class ScenarioError(InputError):
    """A scenario file, an override or a ``--set`` option that cannot be used."""


class GeographyError(InputError):
    """A grid or another table of places that cannot be used."""


class StoreError(InputError):
    """A folder of results that cannot be used."""


class ModelError(MediaparkError):
    """The model broke one of its own laws (conservation, capacity): a bug."""


def nearest(name: str, names: Sequence[str]) -> str:
    """The valid name closest to the one that was written, or an empty string."""
    found = difflib.get_close_matches(str(name), list(names), n=1, cutoff=0.6)
    return found[0] if found else ""


def _short(value: object, length: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"
