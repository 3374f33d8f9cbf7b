"""The room on a loopback port: protocol, roles, edits, a dead worker, sessions."""

import json
import logging
import os
import signal
import urllib.error
import urllib.request
from contextlib import ExitStack

import pytest
import websockets.exceptions
from websockets.sync.client import connect

import mediapark as mp
from live.access import LARGEST_MESSAGE, MOST_CLIENTS
from live.run import same_tables
from model.months import month_number
from tests.live_rooms import Served

pytestmark = pytest.mark.slow
NAMES = ("full-plan", "slim-green")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(NAMES, tmp_path_factory.mktemp("sessions"), replicates=2) as found:
        yield found


@pytest.fixture
def desk(served):
    """The facilitator, at the first month of a room without edits."""
    with served.facilitator() as browser:
        browser.until(lambda: browser.state.get("ready"))
        if browser.state["presenting"]:
            browser.done("present", on=False)
        browser.done("reset")
        yield browser


def play_to(browser, month):
    browser.done("speed", months_per_second=None)
    while browser.state["month"] < month:
        browser.done("step")
        browser.until(lambda: browser.frames)


def get(served, path, **headers):
    request = urllib.request.Request(served.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer, answer.read()


def status_of(served, path, **headers):
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(served, path, **headers)
    caught.value.close()
    return caught.value.code


def cookie(served):
    body = json.dumps({"key": served.room.access.key}).encode()
    request = urllib.request.Request(served.url + "/enter", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        written = answer.headers["set-cookie"]
    assert "HttpOnly" in written and "SameSite=strict" in written
    return written.split(";")[0]


def test_the_world_tells_of_every_cell_and_lever(served):
    answer, body = get(served, "/world.json")
    world = json.loads(body)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(world["cells"]["x"]) == world["cells"]["n"] == 144
    assert len(world["levers"]) == 11
    for lever in world["levers"]:
        for field in lever["fields"]:
            assert set(field["name"]) == {"en", "fr", "nl"}
            if field["type"] in ("number", "share"):
                assert field["low"] <= field["default"] <= field["high"]
    assert {layer["key"] for layer in world["layers"]} == {
        "rent", "jobs", "vacancy", "knowledge", "freelancers",
    }  # fmt: skip
    texts = json.loads(get(served, "/texts.json")[1])
    assert all(set(words) == {"en", "fr", "nl"} for words in texts.values())


def test_both_runs_are_on_the_same_month_and_no_point_is_skipped(served, desk):
    with served.browser("phone", rate=2) as phone:
        desk.done("speed", months_per_second=None)
        desk.done("play")
        desk.until(lambda: desk.state["t"] >= 12)
        desk.done("pause")
        desk.settle()
        stopped = desk.state["t"]
        phone.settle(1.0)
        desk.settle()
        assert desk.state["t"] == stopped
        assert phone.state["month"] == desk.state["month"]
        assert {len(desk.points[run]["jobs"]) for run in "AB"} == {stopped + 1}
        assert phone.points == desk.points
        assert desk.months("A")[-1] == desk.months("B")[-1] == desk.state["month"]
        assert phone.months("B")[-1] == desk.state["month"]
        assert len(phone.frames) < len(desk.frames)  # frames may be skipped
        assert max(len(f.arrays["firm_id"]) for f in desk.frames) > 0


def test_a_viewer_sees_and_cannot_steer(served, desk):
    before = desk.state
    for browser in (served.browser(), served.browser("room", "guess" * 4)):
        with browser:
            browser.until(lambda browser=browser: browser.role)
            assert browser.role == "viewer"
            for word in ("play", "step", "reset", "save", "ensemble", "choose"):
                answer = browser.refused(word, on=True, name="x", A="tram")
                assert (
                    answer["faults"][0]["text"]["fr"]
                    == "Seule l'animation peut faire cela."
                )
            edit = {"run": "A", "kind": "telework", "values": {"change": 0.1}}
            browser.refused("edit", **edit)
            assert browser.done("cell", run="A", cell=10)["cell"]["cell"] == 10
    desk.settle(0.2)
    assert (desk.state["t"], desk.state["edits"]) == (before["t"], before["edits"])


def test_foreign_origins_and_hosts_are_refused(served, desk):
    address = served.url.replace("http", "ws") + "/ws"
    for origin in ("http://example.org", f"http://127.0.0.1:{served.room.port}.org"):
        refused = pytest.raises(websockets.exceptions.InvalidStatus)
        with refused, connect(address, origin=origin):
            pass
    with connect(address, origin=served.url):
        pass
    assert status_of(served, "/world.json", Host="example.org") == 421
    assert status_of(served, "/static/../server.py") == 404
    assert desk.done("step")["is"] == "done"


@pytest.mark.parametrize(
    "what",
    ["malformed", "no hello", "a list", "bytes", "oversized", "deep", "half", "flood"],
)
def test_a_bad_message_closes_its_own_socket_only(served, desk, what):
    with served.browser() as other:
        other.until(lambda: other.role)
        if what == "flood":
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                for number in range(5_000):
                    other.socket.send(json.dumps({"do": "ack", "n": number}))
                other.settle(5)
        else:
            bad = {
                "malformed": "{not json", "no hello": "", "a list": "[1]",
                "half": '{"do": "\\ud800"}', "bytes": b"\0\1", "deep": "[" * 60_000,
                "oversized": json.dumps({"do": "x" * LARGEST_MESSAGE}),
            }[what]  # fmt: skip
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                other.socket.send(bad)
                other.settle(5)
    assert desk.done("step")["is"] == "done"


def test_whoever_leaves_without_waiting_leaves_no_trace(
    served, desk, caplog, monkeypatch
):
    logger = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    for _ in range(5):
        with served.facilitator() as other:
            for number in range(20):
                message = {"do": "cell", "n": number, "run": "A", "cell": number}
                other.socket.send(json.dumps(message))
    desk.until(lambda: desk.state["viewers"] == 0)
    assert desk.done("step")["is"] == "done"
    assert [record.getMessage() for record in caplog.records] == []


def test_no_more_than_sixty_come_in(served, desk):
    address = served.url.replace("http", "ws") + "/ws"
    hello = json.dumps({"do": "hello", "as": "phone"})
    with ExitStack() as left:
        for _ in range(MOST_CLIENTS - 1):
            one = left.enter_context(connect(address, max_queue=None, max_size=None))
            one.send(hello)
            one.recv(timeout=30)
        late = left.enter_context(connect(address, max_queue=None, max_size=None))
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            late.send(hello)
            late.recv(timeout=30)
        assert closed.value.rcvd.code == 1013
        assert desk.done("step")["is"] == "done"


def test_edits_replay_headless_also_after_a_worker_was_killed(served, desk, tmp_path):
    play_to(desk, "2018-06")
    values = {"where": ["reyers"], "share": 0.4}
    edit = {"kind": "rent_subsidy", "values": values, "from": "2018-09"}
    made = desk.done("edit", run="both", note="what if", **edit)
    assert len(made["edits"]) == 2
    quality = {"where": ["mediapark"], "change": 0.2}
    desk.done("edit", run="A", kind="quality", values=quality)
    telework = desk.done("edit", run="A", kind="telework", values={"change": 0.1})
    desk.done("undo", edit=telework["edits"][0])
    play_to(desk, "2019-03")
    lever = next(e["lever"] for e in desk.state["edits"] if e["run"] == "A")
    desk.done("edit", run="A", lever=lever, values={"share": 0.1})
    frame = desk.frames[-1]
    process = served.coordinator.seats["A"].worker.process
    os.kill(process.pid, signal.SIGKILL)
    desk.until(lambda: not desk.state["runs"]["A"]["alive"])
    desk.ask("step")
    assert desk.state["month"] == "2019-03"  # the clock stands still
    desk.done("restart", run="A")
    desk.until(lambda: desk.state["runs"]["A"]["alive"])
    desk.settle()
    again = [f for f in desk.frames if f.header["run"] == frame.header["run"]][-1]
    assert again.header == frame.header
    play_to(desk, "2020-12")
    assert (desk.state["t"] == desk.done("step") and False) or desk.state["t"] == 36
    headers = {"Cookie": cookie(served)}
    for run in "AB":
        answer, body = get(served, f"/export/session.yaml?run={run}", **headers)
        name = answer.headers["content-disposition"].split('"')[1]
        path = tmp_path / name
        path.write_bytes(body)
        seen = served.do(served.coordinator.seats[run].tables())
        assert same_tables(seen, mp.run(path))


def test_branching_forgets_what_came_after(served, desk):
    play_to(desk, "2018-03")
    desk.done("edit", run="A", kind="telework", values={"change": 0.1})
    kept = desk.state["edits"][0]["id"]
    play_to(desk, "2018-08")
    second = desk.done("edit", run="B", kind="telework", values={"change": 0.2})
    play_to(desk, "2018-10")
    assert desk.done("branch", month="2018-08")["dropped"] == second["edits"]
    desk.until(lambda: desk.state["month"] == "2018-08" and not desk.state["busy"])
    desk.settle()
    assert [edit["id"] for edit in desk.state["edits"]] == [kept]
    assert len(desk.points["A"]["jobs"]) == 9
    assert desk.refused("branch", month="2018-09")["faults"][0]["allowed"] == (
        "a month from 2017-12 to 2018-08"
    )


def test_what_acts_once_is_undone_by_going_back_and_the_rest_stays(
    served, desk, tmp_path
):
    telework = {"kind": "telework", "values": {"change": 0.1}}
    play_to(desk, "2018-03")
    space = {"where": ["mediapark"], "m2": 30000.0}
    first = desk.done("edit", run="A", kind="floor_space", values=space)["edits"][0]
    play_to(desk, "2018-07")
    desk.done("edit", run="both", **telework, note="stays")
    play_to(desk, "2018-11")
    desk.refused("undo", edit=first)
    backs = {edit["id"]: edit["back"] for edit in desk.state["edits"]}
    assert backs == {first: "2018-03", first + 1: None, first + 2: None}
    desk.done("undo", edit=first, back=True)
    desk.until(lambda: desk.state["month"] == "2018-03" and not desk.state["busy"])
    left = {e["id"]: e["undone"] for e in desk.state["edits"]}
    assert left == {first: True, first + 1: False, first + 2: False}
    play_to(desk, "2020-12")
    headers = {"Cookie": cookie(served)}
    for run in "AB":
        _, body = get(served, f"/export/session.yaml?run={run}", **headers)
        path = tmp_path / f"session-{NAMES['AB'.index(run)]}-{run.lower()}.yaml"
        path.write_bytes(body)
        scenario = mp.load_scenario(path)
        assert [one.at for one in scenario.levers if one.kind == "telework"][-1] == (
            month_number("2018-08")
        )
        assert not [one for one in scenario.levers if "room-floor" in one.slug]
        seen = served.do(served.coordinator.seats[run].tables())
        assert same_tables(seen, mp.run(path))


def test_scrubbing_cells_and_trails(served, desk):
    play_to(desk, "2018-12")
    desk.settle()
    desk.frames.clear()
    desk.done("look", run="B", month="2018-05")
    desk.until(lambda: desk.frames)
    [frame] = desk.frames
    assert (frame.header["run"], frame.header["month"]) == ("B", "2018-05")
    world = json.loads(get(served, "/world.json")[1])
    firm = int(frame.arrays["firm_id"][0])
    found = desk.done("firm", run="B", firm=firm)["firm"]
    assert found["id"] == firm
    assert found["trail"][0][0] == "2017-12"
    cell = int(frame.arrays["firm_cell"][0])
    known = desk.done("cell", run="B", cell=cell, month="2018-05")["cell"]
    assert firm in [one["id"] for one in known["firms"]] or known["more_firms"]
    assert known["jobs"] == pytest.approx(sum(f["jobs"] for f in known["firms"]))
    assert known["zone"] == world["cells"]["zone"][cell]
    assert desk.refused("cell", run="B", cell=10**6)["faults"][0]["place"] == "cell"
    for odd in (-1, 2**70, "x", [], None, {"a": 1}):
        assert desk.refused("firm", run="B", firm=odd)["faults"][0]["place"] == "firm"
        desk.refused("look", run="B", month=odd)
        desk.refused("look", run=odd, month="2018-05")


def test_a_poll_counts_and_keeps_nothing_else(served, desk):
    desk.refused("poll", action="open", question="?", answers=["yes"])
    asked = {"question": "More jobs at Reyers?", "answers": ["<b>yes</b>", "no"]}
    desk.done("poll", action="open", **asked)
    poll = desk.state["poll"]["id"]
    with served.browser("phone") as phone, served.browser("phone") as other:
        phone.done("vote", poll=poll, answer=1)
        phone.refused("vote", poll=poll, answer=0)
        other.refused("vote", poll=poll, answer=7)
        other.done("vote", poll=poll, answer=1)
        with served.browser("phone", cookie="mediapark_phone=seven") as third:
            third.done("vote", poll=poll, answer=0)
        # The same phone on another line, as after a tunnel or in another tab.
        with served.browser("phone", cookie="mediapark_phone=seven") as third:
            third.until(lambda: third.voted is True)
            third.refused("vote", poll=poll, answer=0)
        desk.done("poll", action="close")
        other.refused("vote", poll=poll, answer=0)
        assert served.room.workshop.voters == set()
    assert desk.state["poll"]["counts"] == [1, 2]
    assert desk.state["poll"]["answers"] == ["<b>yes</b>", "no"]  # data, not markup
    kept = served.coordinator.log.plain()["polls"][-1]
    assert set(kept) == {"id", "question", "answers", "counts", "month", "open"}
    answer, _ = get(served, "/phone")
    given = answer.headers["set-cookie"]
    assert given.startswith("mediapark_phone=") and "HttpOnly" in given
    assert "expires" not in given.lower() and "max-age" not in given.lower()
    assert (
        answer.headers["set-cookie"] != get(served, "/phone")[0].headers["set-cookie"]
    )
    desk.done("poll", action="clear")


def test_a_blackout_hides_the_map_from_viewers_only(served, desk):
    with served.browser("phone") as phone:
        phone.until(lambda: phone.frames)
        desk.done("blackout", on=True)
        phone.settle()
        seen = len(phone.frames)
        play_to(desk, "2018-04")
        phone.settle(1.0)
        assert (len(phone.frames), phone.state["blackout"]) == (seen, True)
        desk.until(lambda: desk.months()[-1] == "2018-04")
        desk.done("blackout", on=False)
        phone.until(lambda: phone.months()[-1] == "2018-04")


def test_the_clock_stops_at_a_chapter_and_asks(served, desk):
    made = desk.done("chapter", month="2018-04", text="What do you expect?")
    desk.done("speed", months_per_second=None)
    desk.done("play")
    desk.until(lambda: desk.state["asking"] is not None)
    assert (desk.state["month"], desk.state["playing"]) == ("2018-04", False)
    assert desk.state["asking"] == made["id"]
    desk.done("step")
    assert desk.state["asking"] is None
    desk.done("unchapter", id=made["id"])
    note = desk.done("note", month="2018-04", text="<i>here</i>", run="A", cell=3)
    assert desk.state["notes"][-1]["text"] == "<i>here</i>"
    desk.done("unnote", id=note["id"])
    desk.refused("unnote", id=note["id"])


def test_downloads_are_the_facilitators(served, desk):
    play_to(desk, "2018-02")
    for name in ("session.yaml", "session.json", "series.csv"):
        assert status_of(served, f"/export/{name}") == 401
        answer, body = get(served, f"/export/{name}", Cookie=cookie(served))
        assert answer.status == 200 and body
    rows = get(served, "/export/series.csv", Cookie=cookie(served))[1].decode()
    assert rows.splitlines()[0] == "run,scenario,month,indicator,value"
    assert status_of(served, "/export/nothing", Cookie=cookie(served)) == 404
    assert status_of(served, "/qr.svg") == 404  # nothing is shared


def test_a_session_is_saved_presented_loaded_and_goes_on(served, desk):
    play_to(desk, "2018-04")
    desk.done("edit", run="A", kind="telework", values={"change": 0.1}, note="more")
    desk.done("note", month="2018-04", text="seen")
    play_to(desk, "2018-08")
    desk.refused("save", name="../elsewhere")
    desk.done("save", name="tuesday")
    assert desk.state["saved"] == ["tuesday"]
    points = json.loads(json.dumps(desk.points))
    desk.done("choose", A="tram", B=None)
    assert list(desk.state["runs"]) == ["A"]
    desk.refused("choose", A="/etc/passwd", B=None)
    desk.refused("load", name="monday")
    desk.done("load", name="tuesday")
    desk.until(lambda: desk.state["month"] == "2018-08" and not desk.state["busy"])
    assert [edit["note"] for edit in desk.state["edits"]] == ["more"]
    desk.done("present", on=True)
    assert desk.state["month"] == "2017-12"
    desk.done("step")
    assert desk.state["month"] == "2018-01"
    desk.refused("edit", run="A", kind="telework", values={"change": 0.1})
    desk.done("present", on=False)
    desk.settle()
    assert desk.points == points
    desk.until(lambda: all(run["alive"] for run in desk.state["runs"].values()))
    desk.done("step")
    assert desk.state["month"] == "2018-09"


def test_a_damaged_session_is_refused(served, desk):
    folder = served.room.sessions.folder
    folder.mkdir(exist_ok=True)
    (folder / "broken.mediapark").write_bytes(b"PK no zip")
    answer = desk.refused("load", name="broken")
    assert answer["faults"][0]["problem"] == "is not a session, or is damaged"
    assert desk.done("step")["is"] == "done"
    (folder / "broken.mediapark").unlink()
