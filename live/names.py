"""What firms are called on the screen."""

from __future__ import annotations

from functools import cache

from model.population.tables import named_firms


@cache
def display_name(firm: str) -> str:
    """The name of a named firm; newcomers of a scenario bear their own."""
    return next((one.name for one in named_firms() if one.id == firm), firm)
