"""The room in a real browser: the clock, looking back, levers, and who may steer."""

from __future__ import annotations

import re

import pytest

from tests.live_pages import HTML, visiting

pytestmark = pytest.mark.slow


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


def answer(visit, message):
    """What the server says to a message on a line of its own."""
    return visit.page.evaluate(
        """(message) => new Promise((done) => {
            const line = new WebSocket(`ws://${location.host}/ws`);
            line.onopen = () => {
                line.send(JSON.stringify({do: "hello", n: 1, as: "room"}));
                line.send(JSON.stringify({...message, n: 2}));
            };
            line.onmessage = ({data}) => {
                if (typeof data !== "string") return;
                const heard = JSON.parse(data);
                if (heard.n !== 2) return;
                line.close();
                done(heard);
            };
        })""",
        message,
    )


def test_nothing_can_be_pressed_before_the_state_is_there(browser, address):
    with visiting(browser, address) as visit:
        source = visit.context.request.get(address).text()
        for control in (
            "play",
            "step",
            "reset",
            "speed",
            "scrub",
            "branch",
            "ensemble",
        ):
            tag = next(one for one in source.split("<") if f'id="{control}"' in one)
            assert " disabled" in tag, control


def test_months_pass_by_button_and_by_key(room):
    page = room.page
    page.click("#step")
    room.until_month("January 2018")
    page.keyboard.press(".")
    room.until_month("February 2018")
    page.keyboard.press("Space")
    page.wait_for_selector("#play[data-playing=true]")
    page.keyboard.press("Space")
    page.wait_for_selector("#play[data-playing=false]")
    page.wait_for_timeout(600)  # a month that was under way is still shown
    reached = room.month
    page.wait_for_timeout(600)
    assert room.month == reached
    # A key that is typed into a control belongs to that control.
    room.open_panel("levers")
    page.locator("#lever-why").press_sequentially("a . b")
    assert room.month == reached


def test_the_past_can_be_looked_at_and_left_again(room):
    page = room.page
    for month in ("January", "February", "March"):
        page.click("#step")
        room.until_month(f"{month} 2018")
    page.keyboard.press("ArrowLeft")
    room.until_month("February 2018")
    assert page.inner_text("#mode") == "looking back"
    page.locator("#scrub").evaluate(
        "(one) => { one.value = one.min; one.dispatchEvent(new Event('input')); }"
    )
    room.until_month("December 2017")
    page.click("#to-live")
    room.until_month("March 2018")


def test_a_branch_drops_what_came_later(room):
    page = room.page
    for month in ("January", "February", "March"):
        page.click("#step")
        room.until_month(f"{month} 2018")
    room.add_floor_space(5000)
    room.open_panel("log")
    page.wait_for_selector("#panel-log .entry")
    page.click("#mode")
    page.keyboard.press("ArrowLeft")
    room.until_month("February 2018")
    page.click("#branch")
    assert "its edits: 1" in page.inner_text("#question-words")
    page.click("#question-yes")
    page.wait_for_selector("#to-live:disabled")
    room.until_month("February 2018")
    assert page.locator("#panel-log .entry").count() == 0
    assert page.get_attribute("#scrub", "aria-valuetext") == "February 2018"


def test_an_edit_is_logged_and_taken_back(room):
    page = room.page
    room.add_floor_space(12000, why=HTML)
    room.open_panel("log")
    entry = page.locator("#panel-log .entry")
    assert "12,000\u00a0m²" in entry.inner_text()
    assert HTML in entry.inner_text()
    assert "from January 2018" in entry.inner_text()
    entry.get_by_role("button", name="Undo").click()
    page.wait_for_selector("#panel-log .entry.undone")


def test_what_acts_once_is_undone_with_one_click_by_going_back(room):
    page = room.page
    page.click("#step")
    room.until_month("January 2018")
    room.add_floor_space(12000)
    for month in ("February", "March"):
        page.click("#step")
        room.until_month(f"{month} 2018")
    room.open_panel("log")
    page.click("text=Undo: back to January 2018 without it")
    room.until_month("January 2018")
    page.wait_for_selector("#panel-log .entry.undone")
    page.click("#step")
    room.until_month("February 2018")


def test_a_slider_sends_when_it_is_let_go(room):
    page = room.page
    room.open_panel("levers")
    lever = page.locator("#lever")
    slugs = lever.locator("optgroup").first.locator("option")
    values = [one.get_attribute("value") for one in slugs.all()]
    for value in values:
        lever.select_option(value)
        if page.locator("#field-m2").count():
            break
    slider = page.locator("#panel-levers input[type=range]").first
    slider.evaluate(
        "(one) => { one.stepUp(3); one.dispatchEvent(new Event('input')); }"
    )
    room.open_panel("log")
    assert page.locator("#panel-log .entry").count() == 0
    room.open_panel("levers")
    slider.evaluate("(one) => one.dispatchEvent(new Event('change'))")
    room.open_panel("log")
    page.wait_for_selector("#panel-log .entry")


def test_what_is_refused_says_what_is_allowed(room):
    page = room.page
    room.add_floor_space(900000)
    room.until_told("500,000")
    room.open_panel("log")
    assert page.locator("#panel-log .entry").count() == 0


def test_a_second_viewer_is_on_the_same_month_and_cannot_steer(room, browser, address):
    room.page.click("#step")
    room.until_month("January 2018")
    with visiting(browser, address.partition("#")[0]) as viewer:
        viewer.until_month("January 2018")
        room.page.click("#step")
        viewer.until_month("February 2018")
        assert not viewer.page.is_visible("#play")
        assert not viewer.page.is_visible("#branch")
        assert viewer.page.is_disabled("#play")
        for word in ("play", "step", "reset", "edit", "branch", "blackout", "note"):
            assert answer(viewer, {"do": word})["is"] == "refused", word
        assert answer(viewer, {"do": "cell", "run": "A", "cell": 5})["is"] == "done"
        room.page.click("#blackout")
        viewer.page.wait_for_selector("#dark:visible")
        assert not room.page.is_visible("#dark")
        room.page.click("#blackout")
        viewer.page.wait_for_selector("#dark:visible", state="detached")


def test_a_reload_in_the_middle_finds_everything_again(room):
    page = room.page
    room.add_floor_space(5000)
    page.click("#play")
    room.wait("#month", re.compile("20(18|19|2.)$"))
    page.reload()
    page.wait_for_selector("#play[data-playing=true]:enabled")
    page.click("#play")
    page.wait_for_selector("#play[data-playing=false]")
    assert "key" not in page.url
    room.open_panel("log")
    page.wait_for_selector("#panel-log .entry")
    room.open_panel("table")
    page.locator("#scrub").evaluate(
        "(one) => { one.value = one.min; one.dispatchEvent(new Event('input')); }"
    )
    room.until_month("December 2017")
    room.wait("caption", re.compile("December 2017"))
    cells = page.locator("#panel-table td").all_inner_texts()
    assert len(cells) > 20
    assert "n/a" not in cells


def test_a_screen_that_does_not_draw_is_sent_no_more_frames(room, browser, address):
    """It still gets every point, and the room does not wait for it."""
    frames = []
    with visiting(browser, address.partition("#")[0]) as slow:
        slow.page.evaluate("window.requestAnimationFrame = () => 0")
        slow.page.on(
            "websocket",
            lambda line: line.on(
                "framereceived", lambda data: frames.append(type(data))
            ),
        )
        slow.page.add_init_script("window.requestAnimationFrame = () => 0")
        slow.page.reload()
        slow.wait("#month", re.compile("."))
        for _ in range(12):
            room.page.click("#step")
        room.until_month("December 2018")
        slow.until_month("December 2018")
        # Two runs, and one more month at most that was under way at the reload.
        assert frames.count(bytes) <= 4
        slow.open_panel("table")
        slow.wait("caption", re.compile("December 2018"))
        assert "n/a" not in slow.page.locator("#panel-table td").all_inner_texts()


def test_markup_in_names_is_shown_as_text(room):
    page = room.page
    room.open_panel("session")
    assert page.title() == "Mediapark live"
    room.open_panel("notes")
    page.fill("#note-text", HTML)
    page.click("text=Add note")
    page.wait_for_selector("#panel-notes .entry")
    assert HTML in page.inner_text("#panel-notes")
    labels = page.locator(".map canvas[role=img]").first.get_attribute("aria-label")
    assert HTML in labels
    assert page.locator("img[src=x]").count() == 0
    page.click("#panel-notes .entry button")
