"""``mediapark live`` and ``mediapark run SESSION``: what they take and refuse."""

import socket
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import mediapark as mp
from experiments.store import Store
from live.run import same_tables
from mediapark.cli import app
from model.scenario import Replay, yaml_of
from tests.live_rooms import Served
from tests.small_runs import SMALL, UNTIL

GRID = ("--grid", str(SMALL))


def refused(*words):
    result = CliRunner().invoke(app, ["live", "--no-browser", *map(str, words)])
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    return result.output


def test_what_cannot_be_opened_is_refused_before_the_door_opens(tmp_path):
    assert "did you mean 'full-plan'?" in refused("full-pln")
    assert "cannot stand side by side" in refused("tram", "incubator", "reference")
    off_grid = refused("communities", *GRID)
    assert off_grid.count("names a place that the grid 'reyers_12x12' does not") > 1
    broken = tmp_path / "broken.mediapark"
    broken.write_text("no zip")
    assert "is not a session, or is damaged" in refused("tram", "--session", broken)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert "allowed: another port" in refused("tram", "--port", port)


@pytest.fixture
def session(scenario, tmp_path):
    found = scenario("full-plan").with_until(UNTIL)
    replay = Replay(key=9, grid=str(SMALL), scale=0.5)
    path = tmp_path / "evening.yaml"
    path.write_text(yaml_of(replace(found, replay=replay), "evening"), "utf-8")
    return path


def test_run_repeats_a_session_as_it_was_played(session, tmp_path):
    played = mp.run(session)
    by_hand = mp.run("full-plan", 9, until=UNTIL, grid=SMALL, scale=0.5)
    assert same_tables(played, by_hand)
    assert not same_tables(played, mp.run(session, 10))
    words = ["run", str(session), "--out", str(tmp_path / "out"), "--quiet"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    table = Store.create(tmp_path / "out").table("indicators")
    assert (table["value"].to_numpy() == played.indicators["value"].to_numpy()).all()


def test_a_replay_that_is_none_is_refused(session):
    text = session.read_text("utf-8")
    session.write_text(text.replace("scale: 0.5", "scale: 1.5"), "utf-8")
    result = CliRunner().invoke(app, ["run", str(session)])
    assert result.exit_code == 2
    assert "replay.scale: is out of range (found: 1.5)" in result.output


@pytest.mark.slow
def test_a_saved_session_opens_a_room(tmp_path):
    names, until = ("full-plan",), "2018-12"
    with Served(names, tmp_path, until=until) as served, served.facilitator() as desk:
        desk.until(lambda: desk.state.get("ready"))
        desk.done("edit", run="A", kind="telework", values={"change": 0.1})
        for _ in range(4):
            desk.done("step")
        desk.done("save", name="evening")
        points = desk.points
        frame = served.coordinator.seats["A"].track.frames[-1]
    file = tmp_path / "evening.mediapark"
    again = Served(("tram",), tmp_path, until=until, session=file)
    with again as served, served.facilitator() as desk:
        desk.until(lambda: desk.state.get("month") == "2018-04")
        assert served.coordinator.seats["A"].track.frames[-1] == frame
        desk.settle()
        assert desk.points == points
        assert [edit["kind"] for edit in desk.state["edits"]] == ["telework"]
