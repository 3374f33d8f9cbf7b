"""Every frame and every point of the session, for scrubbing, latecomers and replay.

Months are counted from the base state (0). Two runs of 276 months are 14 MB.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from live.feed import Item
from live.frames import Frame, unpacked
from live.run import Month, Points


@dataclass
class Track:
    """What one run has told so far.

    Attributes
    ----------
    frames : list of bytes
        By month.
    points : list of dict
        By month.
    feed : list of dict
        In the order in which it was told.
    """

    frames: list[bytes] = field(default_factory=list)
    points: list[Points] = field(default_factory=list)
    feed: list[Item] = field(default_factory=list)
    _read: dict[int, Frame] = field(default_factory=dict, repr=False)

    @property
    def last(self) -> int:
        """The last month stored; -1 if there is none."""
        return len(self.frames) - 1

    def keep(self, month: Month) -> None:
        """Store a month; later ones are forgotten."""
        self.forget(month.t)
        self.frames.append(month.frame)
        self.points.append(month.points)
        self.feed += month.feed

    def forget(self, t: int, name: str | None = None) -> None:
        """Forget a month and all later ones.

        Parameters
        ----------
        t : int, months
        name : str, YYYY-MM, optional
            The same month, from which on nothing was told either.
        """
        del self.frames[t:], self.points[t:]
        self._read = {k: frame for k, frame in self._read.items() if k < t}
        if name is not None:
            self.feed = [item for item in self.feed if item["month"] < name]

    def read(self, t: int) -> Frame:
        """The frame of a month, read once."""
        if t not in self._read:
            self._read[t] = unpacked(self.frames[t])
        return self._read[t]
