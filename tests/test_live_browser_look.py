"""How the room looks: languages, projector, phones, for everybody, on paper."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.live_pages import HTML, PHONE, visiting

pytestmark = pytest.mark.slow
LANGUAGES = ("en", "fr", "nl")
PANELS = ("levers", "log", "feed", "details", "notes", "poll", "table", "session")
# What holds words of a fixed place: none may be wider than its box, or lie on another.
BOXES = "button, select, .segments span, h1, #month, #mode, #speed-words, .caveat > *"


@pytest.fixture(scope="module")
def room(browser, address):
    """The facilitator's screen after three months, with an edit, a note and a poll."""
    with visiting(browser, address) as visit:
        visit.until_ready()
        page = visit.page
        for month in ("January", "February", "March"):
            page.click("#step")
            visit.until_month(f"{month} 2018")
        visit.open_panel("levers")
        page.select_option("#lever", "kind:floor_space")
        page.check("#panel-levers input[value=frame]")
        page.click("text=Add this lever")
        visit.open_panel("notes")
        page.fill("#note-text", HTML)
        page.click("text=Add note")
        visit.open_panel("poll")
        page.locator("#panel-poll input").fill("Will jobs at Reyers go up?")
        page.click("text=Ask the phones")
        page.wait_for_selector("#panel-poll .bars")
        yield visit


def cut_or_covered(page):
    """Words that are wider than their box, and boxes that lie on each other."""
    return page.evaluate(
        """(boxes) => {
            const shown = [...document.querySelectorAll(boxes)]
                .filter((one) => one.checkVisibility() && one.textContent.trim())
                .filter((one) => getComputedStyle(one).clipPath === "none");
            const name = (one) => one.id || one.textContent.trim().slice(0, 40);
            const cut = shown
                .filter((one) => one.clientWidth)
                .filter((one) => one.scrollWidth > one.clientWidth + 1)
                .map((one) => `cut: ${name(one)}`);
            const bars = shown.filter((one) => one.closest("header, footer, .tabs"));
            const covered = [];
            for (const one of bars) for (const two of bars) {
                if (one.contains(two) || two.contains(one)) continue;
                const [p, q] = [one, two].map((it) => it.getBoundingClientRect());
                const apart = p.right <= q.left + 1 || q.right <= p.left + 1
                    || p.bottom <= q.top + 1 || q.bottom <= p.top + 1;
                if (!apart) covered.push(`covered: ${name(one)} by ${name(two)}`);
            }
            const root = document.documentElement;
            const wide = root.scrollWidth > root.clientWidth;
            return [...cut, ...covered, ...(wide ? ["the page is too wide"] : [])];
        }""",
        BOXES,
    )


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]
    ]


def speak(visit, language):
    visit.page.locator(f"#languages input[value={language}]").check(force=True)
    assert visit.page.get_attribute("html", "lang") == language


def test_each_language_is_there_at_once_and_whole(room):
    months = {"en": "March 2018", "fr": "mars 2018", "nl": "maart 2018"}
    titles = {
        "en": "Full plan as adopted",
        "fr": "plan complet",
        "nl": "volledige plan",
    }
    for language in LANGUAGES:
        speak(room, language)
        room.until_month(months[language])
        label = room.page.locator("canvas[role=img]").nth(1).get_attribute("aria-label")
        assert titles[language] in label
        for panel in PANELS:
            room.open_panel(panel)
            words = room.page.inner_text(f"#panel-{panel}")
            assert len(words) > 10, panel
            assert not re.search(
                r"\b[a-z]+\.[a-z_]+\b(?!\.)", words.replace(HTML, "")
            ), panel
    speak(room, "en")


def test_nothing_is_cut_and_nothing_lies_on_another(room):
    found = []
    for mode in ("desk", "wall"):
        for language in LANGUAGES:
            speak(room, language)
            found += [f"{mode} {language} {one}" for one in cut_or_covered(room.page)]
        room.page.click("#projector")
    speak(room, "en")
    assert found == []


def test_the_header_is_one_row_and_a_wall_has_large_letters(room):
    page = room.page
    page.click("#projector")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("body *")]
            .filter((one) => one.checkVisibility() && !one.closest(".hidden")
                && [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
            .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
    )
    assert smallest >= 24
    for language in LANGUAGES:
        speak(room, language)
        header = page.locator("header").bounding_box()
        assert header["height"] < 100
    speak(room, "en")
    page.click("#projector")


@pytest.mark.parametrize("panel", PANELS)
def test_axe_finds_nothing_on_the_wall(room, panel):
    room.open_panel(panel)
    assert violations(room.page) == []


def test_axe_finds_nothing_in_projector_mode_or_a_dialogue(room):
    page = room.page
    page.click("#projector")
    assert violations(page) == []
    page.click("#projector")
    page.click("#help-open")
    assert violations(page) == []
    page.keyboard.press("Escape")


def test_a_phone_shows_the_month_and_votes_once(room, browser, address):
    plain = address.partition("#")[0] + "phone"
    for language in LANGUAGES:
        with visiting(browser, plain, viewport=PHONE, lang=language) as phone:
            page = phone.page
            page.wait_for_selector("#poll button")
            assert violations(page) == []
            assert cut_or_covered(page) == []
            page.locator("#poll button").first.click()
            page.wait_for_selector("#poll .bars")
            assert page.locator("#poll button").count() == 0
            page.reload()
            page.wait_for_selector("#poll .bars")
            assert page.locator("#figures td").count() > 20
            room_left = page.evaluate(
                """() => document.querySelector("#figures").clientWidth
                    - document.querySelector("#figures table").scrollWidth"""
            )
            assert room_left >= 0, language
            again = phone.context.new_page()  # another tab of the same phone
            again.goto(plain)
            again.wait_for_selector("#poll .bars")
            assert again.locator("#poll button").count() == 0
    room.open_panel("poll")
    counts = room.page.locator("#panel-poll .bars .small")
    room.page.wait_for_selector("#panel-poll .bars")
    assert counts.first.inner_text().startswith("3 ")
    assert counts.nth(1).inner_text().startswith("0 ")


def test_keys_reach_every_part_of_the_page(room):
    page = room.page
    room.open_panel("details")
    page.locator(".map").first.focus()
    for key in ("ArrowRight", "ArrowDown", "+", "-", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#panel-details .facts")
    page.keyboard.press("Tab")
    reached = set()
    for _ in range(80):
        reached.add(page.evaluate("document.activeElement.id"))
        page.keyboard.press("Tab")
    assert {"play", "scrub", "layer", "projector", "zoom-in", "ensemble"} <= reached


def taken_away(room, name):
    """What a link gives; asked by the same browser, with its cookie."""
    place = room.page.get_by_role("link", name=name).get_attribute("href")
    answer = room.context.request.get(f"http://{room.home.netloc}{place}")
    assert answer.status == 200, place
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment")
    return disposition.split('"')[1], answer.body()


def test_what_is_taken_away_opens(room, tmp_path, scenario):
    room.open_panel("session")
    _, series = taken_away(room, "Series of all months (CSV)")
    assert b"2018-03" in series
    name, text = taken_away(room, "Scenario of run A (YAML)")
    file = tmp_path / name
    file.write_bytes(text)
    assert any(lever.kind == "floor_space" for lever in scenario(file).levers)
    _, session = taken_away(room, "Whole session (JSON)")
    assert json.loads(session)
    room.open_panel("session")  # a late answer of the map may have opened another
    with room.page.expect_download() as found:
        room.page.click("text=Picture (PNG)")
    assert Path(found.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_of_the_session_needs_nothing_else(room, browser, language):
    place = f"http://{room.home.netloc}/export/report.html?lang={language}"
    page = browser.new_context(offline=True).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(room.context.request.get(place).text())
    assert asked == []
    assert page.get_attribute("html", "lang") == language
    assert violations(page) == []
    assert page.locator("svg").count() >= 12
    assert page.locator("img[src=x]").count() == 0
    words = page.inner_text("body")
    assert "Will jobs at Reyers go up?" in words
    assert HTML in words
    page.context.close()


def test_downloads_are_for_the_facilitator(browser, address):
    with visiting(browser, address.partition("#")[0]) as viewer:
        for what in ("series.csv", "session.json", "session.yaml", "report.html"):
            answer = viewer.context.request.get(
                f"http://{viewer.home.netloc}/export/{what}"
            )
            assert answer.status == 401
