"""A month of a run as bytes: what the map shows, read in the browser without a copy.

Bytes 0-3 are the word ``MPF1``; then the length of the header (uint32, little-endian);
then the header, JSON padded with spaces so that what follows starts at a multiple of 8;
then arrays, each starting at a multiple of 8. The header says for each array its name,
type, length and its offset from the end of the header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from live.layers import LAYERS
from live.names import display_name
from model.months import month_name
from model.processes.state import RegionState

MAGIC = b"MPF1"
ALIGNED = 8
MOST_SHOWN = 255  # jobs that a byte can tell; anchors stand in the header
Array = NDArray[Any]


class Frame(NamedTuple):
    """A frame that was read.

    Attributes
    ----------
    header : dict
        ``run``, ``month``, ``t`` (months since the base state), ``anchors`` and
        ``arrays``.
    arrays : dict of str to array
        Views on the bytes.
    """

    header: dict[str, Any]
    arrays: dict[str, Array]


def packed(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """A header and arrays as bytes."""
    listed, body, offset = [], [], 0
    for name, array in arrays.items():
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        part = little.tobytes()
        kind = f"u{array.dtype.itemsize}"
        listed.append(
            {"name": name, "dtype": kind, "length": len(array), "offset": offset}
        )
        padding = -len(part) % ALIGNED
        body.append(part + b"\0" * padding)
        offset += len(part) + padding
    text = json.dumps({**header, "arrays": listed}, ensure_ascii=False)
    written = text.encode()
    written += b" " * (-(len(MAGIC) + 4 + len(written)) % ALIGNED)
    size = np.array(len(written), "<u4").tobytes()
    return b"".join((MAGIC, size, written, *body))


def unpacked(data: bytes) -> Frame:
    """The frame of some bytes.

    Raises
    ------
    ValueError
        If they are none.
    """
    if data[:4] != MAGIC:
        raise ValueError("not a frame of this version")
    size = int(np.frombuffer(data, "<u4", 1, 4)[0])
    start = 8 + size
    header = json.loads(data[8:start])
    arrays = {
        one["name"]: np.frombuffer(
            data, f"<{one['dtype']}", one["length"], start + one["offset"]
        )
        for one in header["arrays"]
    }
    return Frame(header, arrays)


def folded(address: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Addresses as 32 bits: the same firm is the same number in every run."""
    return (address ^ (address >> np.uint64(32))).astype(np.uint32)


def frame_of(state: RegionState, run: str, t: int) -> bytes:
    """What the map shows of the month that has passed.

    Parameters
    ----------
    state : RegionState
    run : str
        Which of the runs it is.
    t : int, months
        Since the base state.
    """
    firms, groups = state.firms, state.communities
    ids = folded(firms.address)
    arrays: dict[str, Array] = {
        "firm_id": ids,
        "firm_cell": firms.cell.astype(np.uint16),
        "firm_size": np.minimum(firms.jobs, MOST_SHOWN).astype(np.uint8),
        "firm_subsector": firms.subsector.astype(np.uint8),
        "community_id": folded(groups.address),
        "community_cell": groups.venue.astype(np.uint16),
        "community_stage": groups.stage.astype(np.uint8),
        "community_members": members_of(state).astype(np.uint16),
    }
    arrays |= {f"layer.{one.key}": one.coded(one.measure(state)) for one in LAYERS}
    named = np.flatnonzero(firms.name >= 0)
    anchors = [
        {
            "id": int(ids[row]),
            "name": display_name(state.named_firms[firms.name[row]]),
            "jobs": int(firms.jobs[row]),
            "cell": int(firms.cell[row]),
        }
        for row in named
    ]
    large = np.flatnonzero((firms.jobs > MOST_SHOWN) & (firms.name < 0))
    header = {
        "run": run,
        "month": month_name(state.month - 1),
        "t": t,
        "anchors": anchors,
        "sizes": {str(ids[row]): int(firms.jobs[row]) for row in large},
        "communities": {
            str(folded(groups.address[[row]])[0]): state.named_communities[
                groups.name[row]
            ]
            for row in np.flatnonzero(groups.name >= 0)
        },
    }
    return packed(header, arrays)


def members_of(state: RegionState) -> NDArray[np.int64]:
    """Members of each live community, by row."""
    memberships = state.society.memberships
    rows = state.communities.rows(memberships.community)
    alive = (rows >= 0) & (state.people.rows(memberships.person) >= 0)
    return np.bincount(rows[alive], minlength=len(state.communities))
