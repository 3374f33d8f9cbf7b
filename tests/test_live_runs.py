"""Edits made while a run goes on are dated levers from its start, to the byte."""

from dataclasses import replace
from pathlib import Path

import pytest

import mediapark as mp
from live import edits
from live.log import Log
from live.run import Ground, LiveRun, same_tables
from model.errors import InputError
from model.months import month_name
from model.scenario import Replay, patched, yaml_of
from model.scenario.levers import KINDS
from model.simulation import vocabulary
from tests.small_runs import SMALL

KEY = 5
GROUND = Ground(KEY, str(SMALL))
KNOWN = vocabulary()


class Played:
    """A run with edits, as a room makes them."""

    def __init__(self, scenario):
        self.scenario, self.log = scenario, Log()
        self.run = LiveRun("A", scenario, GROUND)

    @property
    def present(self):
        return self.scenario.start - 1 + self.run.t

    def to(self, month):
        while month_name(self.present) != month:
            self.run.step()

    def edit(self, lever=None, values=None, kind=None, since=None):
        start = edits.month_from(since, self.present)
        if lever is None:
            lever, patch = edits.added(self.scenario, kind, values, start)
        else:
            patch = edits.changed(self.scenario, lever, values, start, KEY)
        return self.lay_on(lever, patch, start)

    def lay_on(self, lever, patch, start):
        amended = patched(self.scenario, patch, KNOWN)
        old = edits.before(self.scenario, patch)
        self.run.amend(amended)
        self.scenario = amended
        one = edits.Edit(
            self.log.next_id(), "A", self.present, start, lever, patch, old
        )
        self.log.edits.append(one)
        return one

    def undo(self, edit):
        start = self.present + 1
        patch = edits.restoring(self.scenario, edit, start, KEY)
        return self.lay_on(edit.lever, patch, start)

    def finish(self):
        while self.run.model.running:
            self.run.step()
        return self.run.tables()


def headless(scenario, folder: Path):
    """The tables of the file that a session is exported as."""
    replay = Replay(key=KEY, grid=str(SMALL))
    path = folder / "session.yaml"
    path.write_text(yaml_of(replace(scenario, replay=replay), "session"), "utf-8")
    return mp.run(path)


def played_with_every_kind(scenario):
    """A run in which every kind of lever is put in, and what can change is changed."""
    room = Played(scenario("full-plan+slippage").with_until("2026-12"))
    room.to("2018-10")
    where = {"where": ["reyers"]}
    rent = room.edit(kind="rent_subsidy", values={**where, "share": 0.4})
    desks = room.edit(
        kind="coworking", values={**where, "desks": 60, "price_eur_month": 90.0}
    )
    telework = room.edit(kind="telework", values={"change": 0.1})
    values = {**where, "eur_year": 2e5, "rooms": 3, "facilitators": 1.0}
    support = room.edit(kind="community_support", values=values, since="2019-06")
    room.to("2020-04")
    room.edit(rent.lever, {"share": 0.1})
    room.edit(telework.lever, {"change": 0.2})
    room.edit(desks.lever, {"desks": 20})
    room.edit(support.lever, None, since="2021-01")
    values = {"who": "vrt", "factor": 0.5, "over_months": 24}
    jobs = room.edit(kind="anchor_jobs", values=values)
    room.to("2022-12")
    room.edit(jobs.lever, {"factor": 0.2})
    room.edit("media-1", {"m2": 9000.0})
    room.edit("media-2", None)
    values = {"participants_year": 200, "subsector": "press", "points": 2.0}
    room.edit(kind="skills_programme", values=values)
    room.edit(kind="anchor_move", values={"who": "vrt", "to": "outside"})
    here = {"where": ["mediapark"]}
    room.edit(kind="transit", values={**here, "minutes_saved": 5.0}, since="2023-06")
    room.edit(kind="quality", values={**here, "change": 0.3})
    room.edit(kind="floor_space", values={**here, "m2": 4000.0}, since="2024-01")
    values = {
        "name": "<b>New</b>", "where": "mediapark", "jobs": 300.0, "m2": 5000.0,
        "subsector": "digital", "language": "INT",
    }  # fmt: skip
    room.edit(kind="anchor_arrival", values=values)
    return room


def test_edits_of_every_kind_are_the_scenario_from_its_start(scenario, tmp_path):
    room = played_with_every_kind(scenario)
    seen = room.finish()
    repeated = headless(room.scenario, tmp_path)
    assert same_tables(seen, repeated)
    untouched = mp.run(scenario("full-plan").with_until("2026-12"), KEY, grid=SMALL)
    assert not same_tables(seen, untouched)
    assert {lever.kind for lever in room.scenario.levers} == set(KINDS)


def test_a_rewound_run_is_the_same_run(scenario):
    room = Played(scenario("tram").with_until("2020-12"))
    room.to("2019-05")
    room.edit(kind="rent_subsidy", values={"where": ["reyers"], "share": 0.3})
    once = room.finish()
    frames = room.run.now().frame
    for t in (30, 17, 0):
        room.run.rewind(t, room.scenario)
        assert room.run.t == t
        assert same_tables(room.finish(), once)
    assert room.run.now().frame == frames


def test_rewound_and_edited_otherwise_is_the_other_scenario(scenario, tmp_path):
    room = Played(scenario("reference").with_until("2020-06"))
    chosen = room.scenario
    room.to("2018-06")
    room.edit(kind="telework", values={"change": 0.3})
    room.finish()
    room.run.rewind(4, chosen)  # before the edit, and so without it
    room.scenario = chosen
    room.edit(kind="rent_subsidy", values={"where": ["reyers"], "share": 0.5})
    assert same_tables(room.finish(), headless(room.scenario, tmp_path))


def test_undoing_what_works_brings_the_former_values_back(scenario, tmp_path):
    room = Played(scenario("incubator").with_until("2030-01"))
    begun = next(one for one in room.scenario.levers if one.kind == "rent_subsidy")
    room.to(month_name(begun.at + 3))
    changed = room.edit(begun.slug, {"share": 0.05})
    added = room.edit(kind="telework", values={"change": 0.2})
    ended = room.edit(changed.lever + f"-{month_name(changed.start)}", None, since=None)
    room.to(month_name(begun.at + 6))
    for edit in (ended, added):
        room.undo(edit)
    working = [
        one
        for one in room.scenario.levers
        if one.at <= room.present + 1 and (one.until or 10**6) > room.present
    ]
    assert [one.share for one in working if one.kind == "rent_subsidy"] == [0.05]
    assert not [one for one in working if one.kind == "telework"]
    assert same_tables(room.finish(), headless(room.scenario, tmp_path))


def refusal(what):
    with pytest.raises(InputError) as caught:
        what()
    return [
        (fault.problem, fault.allowed, fault.nearest) for fault in caught.value.faults
    ]


def test_what_would_change_the_past_is_refused_in_words(scenario):
    room = Played(scenario("reference").with_until("2019-12"))
    here = {"where": ["reyers"], "change": 0.1}
    done = room.edit(kind="quality", values=here)
    room.to("2018-03")
    month = "a month from 2018-04 on"
    assert refusal(lambda: room.edit(kind="quality", values=here, since="2018-03")) == [
        ("is in the past", month, "")
    ]
    assert refusal(lambda: room.edit(kind="quality", values=here, since="soon")) == [
        ("is not a month", month, "")
    ]
    [(problem, allowed, _)] = refusal(lambda: room.edit(done.lever, {"change": 0.2}))
    assert problem == "has begun by then, and acts once"
    assert allowed == "another lever, or a month up to 2018-01"
    assert refusal(lambda: room.edit(kind="qualty", values=here))[0][2] == "quality"
    [(problem, _, near)] = refusal(lambda: room.edit(done.lever[:-1], {"change": 0.2}))
    assert (problem, near) == ("is an unknown lever", done.lever)
    wrong = {"where": ["reyrs"], "share": 3.0, "colour": "red"}
    problems = [
        p for p, _, _ in refusal(lambda: room.edit(None, wrong, "rent_subsidy"))
    ]
    assert set(problems) >= {
        "is an unknown place", "is not a key that is known here", "is out of range",
    }  # fmt: skip


def test_the_model_itself_refuses_another_past(scenario):
    room = Played(scenario("reference").with_until("2019-12"))
    values = {"where": ["reyers"], "share": 0.3}
    lever = room.edit(kind="rent_subsidy", values=values).lever
    room.to("2018-06")
    [mine] = [one for one in room.scenario.levers if one.slug == lever]

    def with_levers(*levers):
        return replace(room.scenario, levers=levers)

    late, other = mine.model_copy(update={"slug": "x"}), {"share": 0.1}
    cases = {
        "has begun, and cannot change": with_levers(mine.model_copy(update=other)),
        "has begun, and cannot be taken away": with_levers(),
        "begins in the past": with_levers(mine, late),
        "ends in the past": with_levers(mine.model_copy(update={"until": mine.at})),
        "cannot change any more": room.scenario.with_parameters({"site.rent": -1.0}),
    }
    for problem, scenario_of_another_past in cases.items():

        def amend(wanted=scenario_of_another_past):
            room.run.amend(wanted)

        assert [found[0] for found in refusal(amend)] == [problem]
    ends_now = mine.model_copy(update={"until": room.present})
    room.run.amend(with_levers(ends_now))
