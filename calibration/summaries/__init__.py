"""From a run to the figures that targets are compared with.

Each summary is a pure function of a run that has ended, named as in ``targets.yaml``.
What a run is too short to tell is not a number (NaN).
"""

from __future__ import annotations

from calibration.summaries import base_state, moves, people
from calibration.summaries.declared import SUMMARIES, Seen

__all__ = ["SUMMARIES", "Seen", "base_state", "moves", "people", "summaries_of"]


def summaries_of(seen: Seen) -> dict[str, float]:
    """All summaries of a run, by name; NaN where the run does not tell."""
    return {name: float(measure(seen)) for name, (_, measure) in SUMMARIES.items()}
