"""What is known of a cell or a firm in a month, read from stored frames.

Scrubbing, a dead worker and a stored session so all get the same answers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from live.frame_store import Track
from live.frames import MOST_SHOWN, Frame
from live.layers import LAYERS
from model.errors import Fault, InputError
from model.geography import Region
from model.months import month_name

MOST_FIRMS = 20  # that a cell lists
Details = dict[str, Any]


def cell_details(track: Track, region: Region, cell: object, t: int) -> Details:
    """A cell in a stored month.

    Raises
    ------
    InputError
        If there is no such cell.
    """
    if not isinstance(cell, int) or not 0 <= cell < len(region):
        allowed = f"a whole number from 0 to {len(region) - 1}"
        raise InputError([Fault("is no cell", key="cell", value=cell, allowed=allowed)])
    frame = track.read(t)
    shown = frame.arrays
    here = np.flatnonzero(shown["firm_cell"] == cell)
    firms = [firm_facts(frame, int(row)) for row in here]
    firms.sort(key=lambda firm: -firm["jobs"])
    met = np.flatnonzero(shown["community_cell"] == cell)
    names = frame.header["communities"]
    layers = {
        one.key: one.decoded(int(shown[f"layer.{one.key}"][cell])) for one in LAYERS
    }
    return {
        "cell": cell,
        "month": frame.header["month"],
        "zone": int(region.zone[cell]),
        "commune": int(region.commune[cell]),
        **layers,
        "jobs": sum(firm["jobs"] for firm in firms),
        "firms": firms[:MOST_FIRMS],
        "more_firms": max(0, len(firms) - MOST_FIRMS),
        "communities": [
            {
                "id": int(shown["community_id"][row]),
                "name": names.get(str(shown["community_id"][row])),
                "stage": int(shown["community_stage"][row]),
                "members": int(shown["community_members"][row]),
            }
            for row in met
        ],
    }


def firm_facts(frame: Frame, row: int) -> Details:
    """A firm of a frame; its true size where a byte cannot tell it."""
    number = int(frame.arrays["firm_id"][row])
    jobs = int(frame.arrays["firm_size"][row])
    anchors = {one["id"]: one for one in frame.header["anchors"]}
    known = anchors.get(number)
    if jobs == MOST_SHOWN:
        jobs = frame.header["sizes"].get(str(number), jobs)
    return {
        "id": number,
        "name": known["name"] if known else None,
        "subsector": int(frame.arrays["firm_subsector"][row]),
        "jobs": known["jobs"] if known else jobs,
        "cell": int(frame.arrays["firm_cell"][row]),
        "anchor": known is not None,
    }


def firm_details(track: Track, number: object, start: int) -> Details:
    """A firm as it was last seen, and where it has been.

    Parameters
    ----------
    track : Track
    number : int
        Its number in frames.
    start : int, month number
        Of the base state.

    Raises
    ------
    InputError
        If there never was such a firm.
    """
    trail: list[list[Any]] = []
    found: Details | None = None
    seen_last = -1
    for t in range(track.last + 1 if isinstance(number, int) else 0):
        frame = track.read(t)
        rows = np.flatnonzero(frame.arrays["firm_id"] == number)
        if not len(rows):
            continue
        seen_last = t
        cell = int(frame.arrays["firm_cell"][rows[0]])
        if not trail or trail[-1][1] != cell:
            trail.append([month_name(start + t), cell])
        found = firm_facts(frame, int(rows[0]))
    if found is None:
        raise InputError([Fault("is no firm of this run", key="firm", value=number)])
    return {**found, "alive": seen_last == track.last, "trail": trail}
