"""Mesa's own browser view: its choices are those of the model, and a month can pass."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from model.simulation import CATALOGUE

solara = pytest.importorskip("solara", reason="extra `solara` not installed")

# Solara reads the source of components to check them, and tells of Mesa's own.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*ComponentsView.*:UserWarning"),
    pytest.mark.slow,
]
PATIENCE = 240_000  # ms; on a new machine the model is compiled meanwhile
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def app():
    from live import app

    return app


def test_sliders_have_the_range_and_unit_that_are_declared(app):
    for name in app.SLIDERS:
        slider, declared = app.CHOICES[name], CATALOGUE[name]
        assert (slider.min, slider.max) == declared.plausible
        assert slider.value == declared.default
        assert slider.label == f"{name} ({declared.unit})"


def test_a_model_is_made_of_the_choices(app, monkeypatch):
    made = {}

    def note(self, scenario, rng):
        made.update(scenario=scenario, rng=rng)

    monkeypatch.setattr(app.MediaparkModel, "__init__", note)
    app.ChosenModel("incubator", 3, **{"site.rent": -2.5})
    assert (made["scenario"].name, made["rng"]) == ("incubator", 3)
    assert made["scenario"].parameters["site"].rent == -2.5


def test_what_nobody_may_choose_is_refused(app):
    from model.errors import InputError

    with pytest.raises(InputError, match=r"site\.rnet"):
        app.ChosenModel(**{"site.rnet": -2.5})


@pytest.fixture(scope="module")
def served(browser):
    """Solara's own server, as the README starts it."""
    port = _free_port()
    command = [
        sys.executable, "-m", "solara", "run", "live.app", "--no-open", "--production",
        "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port):
    import socket
    import time

    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not start")


def test_a_page_plays_steps_and_takes_another_scenario(browser, served):
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served)
    month = page.locator(".mediapark-map output")
    expect(month).to_have_text("December 2017", timeout=PATIENCE)
    chart = page.locator("img.widget-image")
    expect(chart).to_have_count(1)
    assert chart.evaluate("(one) => one.naturalWidth") > 100
    page.get_by_role("button", name="Step", exact=True).click()
    expect(month).to_have_text("January 2018", timeout=PATIENCE)
    page.get_by_role("button", name="▶").click()
    expect(month).to_have_text(re.compile("2019"), timeout=PATIENCE)
    page.get_by_role("button", name="❚❚").click()
    page.locator(".v-select").first.click()
    page.get_by_role("option", name="incubator").click()
    page.get_by_role("button", name="Reset").click()
    expect(month).to_have_text("December 2017", timeout=PATIENCE)
    says = page.locator(".mediapark-map canvas[role=img]").first
    expect(says).to_have_attribute("aria-label", re.compile("Cheap media space first"))
    page.close()
    outside = [u for u in asked if not u.startswith((served, "data:", "blob:"))]
    assert outside == []
