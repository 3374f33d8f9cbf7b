"""A circle on which people are dealt, so that chance may bring up the next of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.plain_mesa.worker import PlainWorker


class Circle:
    """People at points of a circle of length one.

    Parameters
    ----------
    dealt : iterable of (float, PlainWorker)
        Everybody with a point, in any order.
    """

    def __init__(self, dealt: Iterable[tuple[float, PlainWorker]] = ()) -> None:
        places = sorted(dealt, key=lambda place: place[0])
        self.points = [point for point, _ in places]
        self.people = [person for _, person in places]

    def __len__(self) -> int:
        return len(self.people)

    def append(self, point: float, person: PlainWorker) -> None:
        """Put somebody behind all others."""
        self.points.append(point)
        self.people.append(person)

    def _at(self, point: float) -> int:
        return bisect_left(self.points, point) % len(self.people)

    def after(self, point: float) -> PlainWorker:
        """Who comes next after a point."""
        return self.people[self._at(point)]

    def around(self, point: float) -> Iterator[PlainWorker]:
        """Everybody once, from a point on."""
        first = self._at(point) if self.people else 0
        for step in range(len(self.people)):
            yield self.people[(first + step) % len(self.people)]

    def take(self, point: float) -> PlainWorker:
        """Take who comes next after a point off the circle."""
        at = self._at(point)
        del self.points[at]
        return self.people.pop(at)
