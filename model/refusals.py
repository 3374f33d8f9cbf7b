"""What no run can be made of: places off its grid, odd keys and scales."""

from __future__ import annotations

from typing import cast

import numpy as np

from model.errors import Fault, InputError, ScenarioError, nearest
from model.geography import Region
from model.scenario import OUTSIDE, Scenario


def refuse_places_off_the_grid(scenario: Scenario, region: Region) -> None:
    """Refuse levers on places that a user's grid does not hold.

    Raises
    ------
    ScenarioError
        With one fault for each lever and place.
    """
    answers = [part.template for policy in scenario.policies for part in policy.then]
    faults = []
    for lever in (*scenario.levers, *answers):
        named = getattr(lever, "where", None) or getattr(lever, "to", None) or ()
        for place in (named,) if isinstance(named, str) else named:
            if place not in region.places and place != OUTSIDE:
                origin = scenario.written(f"levers.{lever.slug}")
                faults.append(
                    Fault(
                        f"names a place that the grid '{region.name}' does not hold",
                        file=origin.file if origin else "",
                        line=origin.line if origin else None,
                        key=f"levers.{lever.slug}",
                        value=place,
                        allowed="a place on the grid",
                        nearest=nearest(place, list(region.places)),
                    )
                )
    if faults:
        raise ScenarioError(faults)


def refuse_key_and_scale(key: object, scale: object) -> None:
    """Refuse a replicate key or a scale that cannot be.

    Raises
    ------
    InputError
        With a fault for each.
    """
    faults = []
    whole = isinstance(key, int | np.integer) and not isinstance(key, bool)
    if not whole or not 0 <= int(cast(int, key)) < 2**64:
        allowed = "a whole number from 0 to 2**64 - 1"
        faults.append(
            Fault("is no replicate key", key="rng", value=key, allowed=allowed)
        )
    if not isinstance(scale, int | float) or not 0.0 < scale <= 1.0:
        allowed = "a number above 0, up to 1"
        faults.append(Fault("is no scale", key="scale", value=scale, allowed=allowed))
    if faults:
        raise InputError(faults)
