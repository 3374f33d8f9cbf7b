"""Edits made in the room: from a message to runs that go on differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from live import edits
from live.coordinator import Coordinator
from live.edits import Edit, Patch
from live.seat import Seat
from model.errors import Fault, InputError, ScenarioError
from model.months import month_name
from model.scenario import Scenario, patched

_LONGEST_NOTE = 200  # characters


async def make_edit(room: Coordinator, asked: Mapping[str, Any]) -> list[Edit]:
    """Change or add a lever of one run or of both.

    Parameters
    ----------
    room : Coordinator
    asked : mapping
        ``run``, ``lever`` or ``kind``, ``values``, ``from`` and ``note``.

    Raises
    ------
    InputError
        With every fault; nothing is changed then.
    """
    both = asked.get("run") == "both"
    seats = list(room.seats.values()) if both else [room.run(asked.get("run"))]
    note = str(asked.get("note") or "")[:_LONGEST_NOTE]
    async with room.turn():
        room.refuse_while_presenting()
        start = edits.month_from(asked.get("from"), room.present)
        patches = [(seat, *_patch(room, seat, asked, start)) for seat in seats]
        return await _carry_out(room, patches, start, note)


async def _carry_out(
    room: Coordinator, patches: list[tuple[Seat, str, Patch]], start: int, note: str
) -> list[Edit]:
    made: list[tuple[Seat, Scenario, Edit]] = []
    for number, (seat, lever, patch) in enumerate(patches, room.log.last_id + 1):
        scenario = patched(seat.scenario, patch, room.vocabulary)
        old = edits.before(seat.scenario, patch)
        one = Edit(number, seat.name, room.present, start, lever, patch, old, note)
        made.append((seat, scenario, one))
    for seat, scenario, one in made:
        await seat.amend(scenario)
        room.log.edits.append(one)
        room.log.last_id = one.id
    return [one for _, _, one in made]


def _patch(
    room: Coordinator, seat: Seat, asked: Mapping[str, Any], start: int
) -> tuple[str, Patch]:
    values = asked.get("values")
    if values is not None and not isinstance(values, dict):
        raise InputError([Fault("is not a mapping", key="values", value=values)])
    if asked.get("lever") is not None:
        slug = edits.lever_of(seat.scenario, asked["lever"]).slug
        return slug, edits.changed(seat.scenario, slug, values, start, room.ground.key)
    slug, patch = edits.added(seat.scenario, asked.get("kind"), values or {}, start)
    return slug, {slug: edits.places_title(patch[slug] or {}, room.region)}


def way_back(room: Coordinator, edit: Edit) -> int | None:
    """The month to go back to, of an edit that acts once, and has; else None.

    Returns
    -------
    int or None, month number
        The last month without the edit.
    """
    last = edits.last_without(edit)
    passed = last < room.present
    if edit.undone is not None or not passed or edits.builds_on(room.log.edits, edit):
        return None
    seat = room.seats[edit.run]
    try:
        edits.restoring(seat.scenario, edit, room.present + 1, room.ground.key)
    except ScenarioError:
        return last
    return None


async def undo_by_going_back(room: Coordinator, edit: Edit) -> None:
    """Take back an edit that acts once: to the month before it; other edits stay.

    Raises
    ------
    InputError
        If it cannot be taken back any more.
    """
    month = way_back(room, edit)
    if month is None:
        await undo_edit(room, edit)
        return
    await room.rewind(month - room.start, lambda: room.log.undo(edit, month))


async def undo_edit(room: Coordinator, edit: Edit) -> None:
    """Take back an edit; where it works already, from the next month on.

    Raises
    ------
    InputError
        If it cannot be taken back any more.
    """
    async with room.turn():
        room.refuse_while_presenting()
        later = edits.builds_on(room.log.edits, edit)
        if edit.undone is not None or later:
            what = "has been taken back already"
            if later:
                what = "carries a later edit"
            allowed = f"edit {later[-1].id} first" if later else ""
            raise InputError([Fault(what, key="edit", value=edit.id, allowed=allowed)])
        seat = room.seats[edit.run]
        if edit.start > room.present:
            kept = [one for one in room.log.edits if one is not edit]
            await seat.amend(seat.with_edits(kept, room.vocabulary))
            room.log.undo(edit, room.present)
            return
        start = room.present + 1
        patch = edits.restoring(seat.scenario, edit, start, room.ground.key)
        note = f"{month_name(edit.start)}: {edit.id}"
        await _carry_out(room, [(seat, edit.lever, patch)], start, note)
