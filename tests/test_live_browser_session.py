"""The room over an afternoon: kept and shown again, stopped, mended, and touched."""

from __future__ import annotations

import json
import os
import signal
import sys
import zipfile
from pathlib import Path

import pytest

from tests.live_pages import PHONE, WAIT, visiting

pytestmark = pytest.mark.slow
LONG = 6 * WAIT  # ms; processes of runs begin anew
PINCH = 8  # steps in which two fingers go apart


@pytest.fixture(scope="module")
def wall(browser, address):
    """The facilitator's screen."""
    with visiting(browser, address) as visit:
        visit.until_ready()
        yield visit


@pytest.fixture
def room(wall):
    """The facilitator's screen at the first month, nothing edited."""
    wall.reset()
    return wall


def steps(visit, *months, patience=WAIT):
    for month in months:
        visit.page.click("#step")
        visit.until_month(month, patience)


def say(visit, word, **values):
    """A note, a chapter's question: the text of a form, and its button."""
    visit.page.get_by_label(word).fill(values["text"])
    visit.page.get_by_role("button", name=values["button"]).click()


def session_button(visit, name):
    visit.open_panel("session")
    visit.page.locator("#panel-session").get_by_role("button", name=name).click()


def test_a_session_is_kept_and_loaded_again(room):
    page = room.page
    steps(room, "January 2018")
    room.add_floor_space(5000, why="the old studios")
    steps(room, "February 2018", "March 2018")
    room.open_panel("notes")
    say(room, "Note on the month shown", text="Here it was", button="Add note")
    session = page.locator("#panel-session")
    room.open_panel("session")
    session.get_by_label("Name").fill("Spring 2018")
    session.get_by_role("button", name="Save", exact=True).click()
    room.until_told("small letters")
    session.get_by_label("Name").fill("spring")
    session.get_by_role("button", name="Save", exact=True).click()
    session.get_by_label("Saved sessions").wait_for()
    figures = table(room)
    room.reset()
    steps(room, "January 2018")
    session_button(room, "Load")
    page.click("#question-yes")
    room.until_month("March 2018")
    room.open_panel("log")
    room.until_told("the old studios", "#panel-log .entry")
    room.open_panel("notes")
    room.until_told("Here it was", "#panel-notes .entry")
    assert table(room) == figures
    # The runs behind the frames come a little later, and go on.
    page.wait_for_selector("#banner", state="visible")
    page.wait_for_selector("#banner", state="hidden", timeout=LONG)
    steps(room, "April 2018", patience=LONG)


def table(visit):
    """All figures of the month shown."""
    visit.open_panel("table")
    visit.wait("caption", f"The Region in {visit.month}")
    return visit.page.locator("#panel-table td").all_inner_texts()


def test_what_is_stored_can_be_presented(room):
    page = room.page
    steps(room, "January 2018", "February 2018", "March 2018")
    figures = table(room)
    session_button(room, "Present what is stored")
    room.until_month("December 2017")
    room.until_told("nothing is computed", "#banner")
    room.add_floor_space(5000)
    room.until_told("Stop presenting first")
    page.click("#play")
    room.until_month("March 2018")
    page.wait_for_selector("#play[data-playing=false]")
    assert table(room) == figures
    session_button(room, "End the presentation")
    room.until_month("March 2018")
    page.wait_for_selector("#banner", state="hidden")
    steps(room, "April 2018")


def test_the_clock_stops_at_a_chapter_and_asks(room):
    page = room.page
    room.open_panel("notes")
    chapter = page.locator("#panel-notes form").nth(1)
    chapter.get_by_label("month").select_option(label="April")
    chapter.get_by_label("year").select_option(label="2018")
    chapter.get_by_label("Question to the room").fill("Who has moved?")
    page.click("text=Add chapter")
    page.wait_for_selector("#panel-notes .entry")
    page.click("#play")
    room.until_month("April 2018")
    page.wait_for_selector("#play[data-playing=false]")
    room.wait("#banner .asking", "Who has moved?")
    steps(room, "May 2018")
    page.wait_for_selector("#banner", state="hidden")
    page.click("#panel-notes .entry button")


def workers(address):
    """Processes of the runs of a room, by the children of its server."""
    if sys.platform != "linux":
        pytest.skip("children of a process are found in /proc, which is Linux's")
    found = []
    for listed in Path(f"/proc/{address.process}/task").glob("*/children"):
        for child in listed.read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in words:
                found.append(int(child))
    return sorted(found)


def test_a_run_whose_process_died_is_started_again_and_replayed(room, address):
    page = room.page
    room.add_floor_space(5000)
    steps(room, "January 2018", "February 2018")
    figures = table(room)
    os.kill(workers(address)[0], signal.SIGKILL)
    page.get_by_role("button", name="again and replay").click()
    page.wait_for_selector("#banner", state="hidden", timeout=LONG)
    room.until_month("February 2018")
    assert table(room) == figures
    steps(room, "March 2018", patience=LONG)


class Fingers:
    """Touches on a screen, as its glass would tell them."""

    def __init__(self, visit) -> None:
        self.line = visit.context.new_cdp_session(visit.page)

    def at(self, *points):
        """Fingers down or moved to some points; none lifts them."""
        kind = "touchEnd" if not points else "touchMove" if self.down else "touchStart"
        self.down = bool(points)
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.line.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches}
        )

    down = False

    def pinch(self, x, y, first, last):
        """Two fingers around a point, from one distance to another, px."""
        for step in range(PINCH + 1):
            half = (first + (last - first) * step / PINCH) / 2
            self.at((x - half, y), (x + half, y))
        self.at()

    def drag(self, x, y, dx, dy):
        """One finger from a point."""
        for step in range(PINCH + 1):
            self.at((x + dx * step / PINCH, y + dy * step / PINCH))
        self.at()


def picture(page):
    """The map, once it has come to rest."""
    last = b""
    for _ in range(20):
        page.wait_for_timeout(250)
        now = page.locator(".map:visible").screenshot()
        if now == last:
            break
        last = now
    return last


def test_two_fingers_zoom_and_one_drags_the_map_of_a_phone(room, browser, address):
    plain = address.partition("#")[0] + "phone"
    with visiting(browser, plain, viewport=PHONE, touch=True) as phone:
        page = phone.page
        page.wait_for_selector("#layer:enabled")
        page.locator(".map:visible").scroll_into_view_if_needed()
        whole = picture(page)
        box = page.locator(".map:visible").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        fingers = Fingers(phone)
        fingers.pinch(x, y, 60, 240)
        closer = picture(page)
        assert closer != whole
        fingers.drag(x, y, 90, 0)
        assert picture(page) != closer
        fingers.drag(x, y, -90, 0)
        assert picture(page) == closer
        fingers.pinch(x, y, 240, 40)
        assert picture(page) == whole


def test_a_page_of_a_phone_scrolls_under_a_finger_on_the_whole_map(
    room, browser, address
):
    plain = address.partition("#")[0] + "phone"
    with visiting(browser, plain, viewport=PHONE, touch=True) as phone:
        page = phone.page
        page.wait_for_selector("#layer:enabled")
        box = page.locator(".map:visible").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        Fingers(phone).drag(x, y, 0, -200)
        page.wait_for_function("() => window.scrollY > 100")


def test_a_session_of_another_ground_brings_its_own_map(room, address):
    """Here of another replicate key, which every page has been told once."""
    page = room.page
    steps(room, "January 2018")
    room.open_panel("session")
    session = page.locator("#panel-session")
    session.get_by_label("Name").fill("mine")
    session.get_by_role("button", name="Save", exact=True).click()
    page.locator("#panel-session option[value=mine]").wait_for(state="attached")
    [kept] = address.sessions.rglob("mine.mediapark")
    with_key(kept, kept.with_name("other.mediapark"), 7)
    session.get_by_role("button", name="Save", exact=True).click()  # lists them anew
    page.locator("#panel-session option[value=other]").wait_for(state="attached")
    session.get_by_label("Saved sessions").select_option("other")
    session.get_by_role("button", name="Load").click()
    with page.expect_event("load"):
        page.click("#question-yes")
    room.until_month("January 2018")
    world = room.context.request.get(f"http://{room.home.netloc}/world.json").json()
    assert world["key"] == "7"
    page.wait_for_selector("#banner", state="hidden", timeout=LONG)
    assert page.is_enabled("#play")  # still the facilitator


def with_key(session, copy, key):
    """The same session of another key."""
    with zipfile.ZipFile(session) as file, zipfile.ZipFile(copy, "w") as other:
        for name in file.namelist():
            part = file.read(name)
            if name == "session.json":
                facts = json.loads(part)
                facts["ground"]["key"] = key
                part = json.dumps(facts).encode()
            other.writestr(name, part)
