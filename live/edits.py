"""Edits: what the room changed, as patches of levers with the month they were made in.

An edit never changes the past. A lever that has not begun by the month from which the
edit counts is written anew; one that works by then ends the month before, and another
one of the same kind goes on with the new values; one that acts once, such as floor
space, is done when it has begun. So the levers of all edits together are a scenario
whose run, from its start, is the one that the room saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from live.levers import known_kind
from live.words import text
from model.errors import Fault, InputError, ScenarioError
from model.geography import Region
from model.months import month_name, month_number
from model.processes.levers import months_late
from model.scenario import (
    AnchorArrival,
    AnchorMove,
    FloorSpace,
    Lever,
    Quality,
    Scenario,
    Transit,
    Vocabulary,
    lever_document,
    patched,
)
from model.scenario.patch import unknown_lever

ONCE = (FloorSpace, AnchorMove, AnchorArrival, Transit, Quality)
Patch = dict[str, dict[str, Any] | None]
_OF_ITS_OWN = ("kind", "at", "delay_months", "cost_eur")


@dataclass(frozen=True)
class Edit:
    """One change of one run.

    Attributes
    ----------
    id : int
    run : str
    after : int, month number
        The month that had passed when it was made.
    start : int, month number
        The month from which it counts.
    lever : str
        Name of the lever that it is about.
    new, old : dict
        Levers as they are written, by name; None where there is none.
    note : str
    undone : int or None, month number
        The month that had passed when it was taken back.
    """

    id: int
    run: str
    after: int
    start: int
    lever: str
    new: Patch
    old: Patch
    note: str = ""
    undone: int | None = None


def month_from(written: object, present: int) -> int:
    """The month from which an edit counts; the next one if nothing is said.

    Parameters
    ----------
    written : str or None, YYYY-MM
    present : int, month number
        The month that has passed.

    Raises
    ------
    InputError
        If it is none, or has passed.
    """
    allowed = f"a month from {month_name(present + 1)} on"
    if written is None:
        return present + 1
    try:
        month = month_number(written if isinstance(written, str) else "")
    except ValueError:
        fault = Fault("is not a month", key="from", value=written, allowed=allowed)
        raise InputError([fault]) from None
    if month <= present:
        fault = Fault("is in the past", key="from", value=written, allowed=allowed)
        raise InputError([fault])
    return month


def added(
    scenario: Scenario, kind: object, values: Mapping[str, Any], start: int
) -> tuple[str, Patch]:
    """A lever that was not there; its name, and the patch.

    Raises
    ------
    ScenarioError
        If there is no such kind.
    """
    known = known_kind(kind)
    slug = _free(scenario, f"room-{known.replace('_', '-')}-{month_name(start)}")
    written = {
        "kind": known,
        "title": dict(text(f"lever.{known}")),
        "source": "assumed",
        "nature": "assumed",
        **_said(values),
        "at": month_name(start),
    }
    return slug, {slug: written}


def changed(
    scenario: Scenario,
    slug: str,
    values: Mapping[str, Any] | None,
    start: int,
    key: int,
) -> Patch:
    """A lever with other values from a month on, or without it.

    Parameters
    ----------
    scenario : Scenario
    slug : str
    values : mapping or None
        Only what changes; None ends the lever.
    start : int, month number
    key : int
        Replicate key, which delays are drawn with.

    Raises
    ------
    ScenarioError
        If there is no such lever, or if it is done by then.
    """
    lever = lever_of(scenario, slug)
    late = months_late(np.uint64(key), lever)
    first = lever.at + late
    last = None if lever.until is None else lever.until + late
    written = lever_document(lever)
    if first >= start:
        return {slug: None if values is None else _laid_on(written, values)}
    if isinstance(lever, ONCE) or (last is not None and last < start):
        what = "has begun by then, and acts once" if last is None else "has ended"
        allowed = f"another lever, or a month up to {month_name(first)}"
        fault = Fault(what, key=f"levers.{slug}", allowed=allowed)
        raise ScenarioError([fault])
    ending = {**written, "until": month_name(start - 1 - late)}
    if values is None:
        return {slug: ending}
    follower = {k: v for k, v in written.items() if k not in ("delay_months", "until")}
    follower.pop("cost_eur", None)  # paid when the lever began
    if last is not None:
        follower["until"] = month_name(last)
    follower = {**_laid_on(follower, values), "at": month_name(start)}
    return {slug: ending, _free(scenario, f"{slug}-{month_name(start)}"): follower}


def restoring(scenario: Scenario, edit: Edit, start: int, key: int) -> Patch:
    """What brings the former values back, of an edit that works already.

    Raises
    ------
    ScenarioError
        If the lever acts once, and has.
    """
    former = edit.old[edit.lever]
    if former is None:
        return changed(scenario, edit.lever, None, start, key)
    target = next((slug for slug, old in edit.old.items() if old is None), edit.lever)
    lever = {one.slug: one for one in scenario.levers}.get(target)
    if lever is not None and (lever.until is None or lever.until >= start):
        values = {k: v for k, v in former.items() if k not in _OF_ITS_OWN}
        return changed(scenario, target, values, start, key)
    again = _free(scenario, f"{edit.lever}-{month_name(start)}")
    return {again: {**former, "at": month_name(start)}}


def last_without(edit: Edit) -> int:
    """The last month, month number, in which an edit has changed nothing yet."""
    levers = [one for patch in (edit.old, edit.new) for one in patch.values() if one]
    return max(edit.start, min(month_number(one["at"]) for one in levers)) - 1


def lever_of(scenario: Scenario, slug: object) -> Lever:
    """The lever of a name.

    Raises
    ------
    ScenarioError
        If there is none.
    """
    for lever in scenario.levers:
        if lever.slug == slug:
            return lever
    names = tuple(lever.slug for lever in scenario.levers)
    raise ScenarioError([unknown_lever(str(slug), names)])


def before(scenario: Scenario, patch: Patch) -> Patch:
    """What a patch will have replaced, as a patch."""
    known = {lever.slug: lever_document(lever) for lever in scenario.levers}
    return {slug: known.get(slug) for slug in patch}


def amended(
    scenario: Scenario, edits: Iterable[Edit], vocabulary: Vocabulary
) -> Scenario:
    """The scenario that some edits make of another, in their order.

    Raises
    ------
    ScenarioError
        With every fault of the levers.
    """
    for edit in edits:
        if edit.undone is None:
            scenario = patched(scenario, edit.new, vocabulary)
    return scenario


def builds_on(edits: Sequence[Edit], edit: Edit) -> list[Edit]:
    """Later edits of the same levers, which would hang in the air without this one."""
    return [
        other
        for other in edits
        if other.id > edit.id
        and other.run == edit.run
        and other.undone is None
        and other.new.keys() & edit.new.keys()
    ]


def places_title(written: dict[str, Any], region: Region) -> dict[str, Any]:
    """The same lever with its places in its title, where it has any."""
    where = written.get("where")
    if not where:
        return written
    known = {one.id: one.name for one in (*region.sites, *region.zones)}
    names = [
        known[p] for p in ((where,) if isinstance(where, str) else where) if p in known
    ]
    places = {
        language: ", ".join(name[language] for name in names)
        for language in written["title"]
    }
    title = text("lever.at_place", lever=written["title"], places=places)
    return {**written, "title": dict(title)} if names else written


def _laid_on(written: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    both = {**written, **values}
    return _said(both)


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values without those that say nothing."""
    return {key: value for key, value in values.items() if value not in (None, [])}


def _free(scenario: Scenario, slug: str) -> str:
    """The name, or with a number where it is taken."""
    taken = {lever.slug for lever in scenario.levers}
    numbers = (slug if k == 1 else f"{slug}-{k}" for k in range(1, len(taken) + 2))
    return next(name for name in numbers if name not in taken)
