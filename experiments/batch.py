"""Runs that are asked for, each made into a request only when its turn comes.

A request holds a whole scenario. Ten thousand of them would fill the memory of the
process that gives them out; ten thousand keys and names do not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from experiments.keys import RunRequest


@dataclass(frozen=True)
class Batch(Collection[RunRequest]):
    """Runs in order, known by key and name before they are made.

    Attributes
    ----------
    keys, names : sequence of str
        Key of each run, and the name under which it stands in tables.
    make : callable
        The request at a place in the order.
    """

    keys: Sequence[str]
    names: Sequence[str]
    make: Callable[[int], RunRequest]

    @classmethod
    def of(cls, requests: Sequence[RunRequest]) -> Batch:
        """Requests that are there already."""
        keys = [request.key for request in requests]
        return cls(keys, [r.name for r in requests], requests.__getitem__)

    def at(self, places: Sequence[int]) -> Batch:
        """Some of the runs, in the order of ``places``."""
        return Batch(
            [self.keys[place] for place in places],
            [self.names[place] for place in places],
            lambda index: self.make(places[index]),
        )

    def without(self, known: Collection[str]) -> Batch:
        """The runs whose keys are not known, each key once."""
        first: dict[str, int] = {}
        for place, key in enumerate(self.keys):
            if key not in known:
                first.setdefault(key, place)
        return self.at(list(first.values()))

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[RunRequest]:
        return (self.make(place) for place in range(len(self)))

    def __contains__(self, key: object) -> bool:
        return key in self.keys
