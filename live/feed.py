"""What just happened, in words: large moves, communities, levers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from live.frames import folded
from live.names import display_name
from live.words import Text, subsector_name, text
from model.geography import Region
from model.months import month_name
from model.processes.journal import COMMUNITY_KINDS, MOVE_KINDS
from model.processes.state import SUBSECTORS, RegionState

Item = dict[str, Any]
MOST_ITEMS = 8  # of a month and run
WORTH_TELLING = 20  # jobs, of firms without a name
_TOLD = ("move", "departure", "arrival", "closure", "stuck")
_MONTHS_A_YEAR = 12


def feed_of(state: RegionState, run: str, first_event: int) -> list[Item]:
    """What happened in the month that has passed, what matters most first.

    Parameters
    ----------
    state : RegionState
    run : str
    first_event : int
        Events of levers that were there before.
    """
    month = state.month - 1
    items = [
        *_levers(state, first_event),
        *sorted(_moves(state, month), key=lambda item: -item["jobs"]),
        *_communities(state, month),
    ]
    head = {"run": run, "month": month_name(month)}
    return [{**head, **item} for item in items[:MOST_ITEMS]]


def _levers(state: RegionState, first_event: int) -> Iterator[Item]:
    titles = {pull.lever.slug: pull.lever.title for pull in state.programme.pulls}
    titles |= {policy.slug: policy.title for policy in state.scenario.policies}
    for event in state.journal.events[first_event:]:
        slug, what = str(event["lever"]), str(event["what"])
        if slug in titles:
            policy = any(one.slug == slug for one in state.scenario.policies)
            kind = "policy" if policy else "lever_ends" if what == "ends" else "lever"
            parts: dict[str, Text | str] = {"title": titles[slug], "what": what}
            yield {"kind": kind, "text": text(f"feed.{kind}", **parts)}


def _moves(state: RegionState, month: int) -> Iterator[Item]:
    for record in reversed(state.journal.moves):
        if record["month"][0] != month:
            return
        kind = MOVE_KINDS[int(record["kind"][0])]
        if kind not in _TOLD:
            continue
        for one in record:
            if one["jobs"] >= WORTH_TELLING or one["name"] >= 0:
                yield _move(state, kind, one)


def _move(state: RegionState, kind: str, one: Any) -> Item:
    start, end = int(one["from_cell"]), int(one["to_cell"])
    parts: dict[str, Text | str] = {
        "who": firm_name(state, int(one["name"]), int(one["subsector"])),
        "start": zone_of(state.region, start),
        "end": zone_of(state.region, end),
        "jobs": str(int(one["jobs"])),
    }
    return {
        "kind": kind,
        "text": text(f"feed.{kind}", **parts),
        "cell": end if end >= 0 else start,
        "firm": int(folded(one["address"].reshape(1))[0]),
        "jobs": int(one["jobs"]),
    }


def _communities(state: RegionState, month: int) -> Iterator[Item]:
    for record in reversed(state.journal.communities):
        if not len(record):
            continue
        if record["month"][0] != month:
            return
        for one in record:
            kind = COMMUNITY_KINDS[int(one["kind"])]
            if kind not in ("founded", "closed"):
                continue
            cell = int(one["venue"])
            parts: dict[str, Text | str] = {
                "what": subsector_name(SUBSECTORS[int(one["topic"])]),
                "place": zone_of(state.region, cell),
                "age": age_words(int(one["age"])),
            }
            if one["name"] >= 0:
                parts["what"] = state.named_communities[int(one["name"])]
            yield {"kind": kind, "text": text(f"feed.{kind}", **parts), "cell": cell}


def age_words(months: int) -> Text:
    """How old something is, in whole years."""
    years = months // _MONTHS_A_YEAR
    key = (
        "feed.age.less" if years == 0 else "feed.age.one" if years == 1 else "feed.age"
    )
    return text(key, years=str(years))


def firm_name(state: RegionState, name: int, subsector: int) -> Text | str:
    """What a firm is called; its subsector where it has no name."""
    if name < 0:
        return text("feed.firm", what=subsector_name(SUBSECTORS[subsector]))
    return display_name(state.named_firms[name])


def zone_of(region: Region, cell: int) -> Text:
    """What the zone of a cell is called; -1 is outside."""
    return text("feed.outside") if cell < 0 else region.zones[region.zone[cell]].name
