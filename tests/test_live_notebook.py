"""The map in a notebook: the page's modules in one text, and a widget's traits."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from live.frames import unpacked
from live.modules import STATIC, one_module

anywidget = pytest.importorskip("anywidget", reason="extra `notebook` not installed")

HOST = "http://notebook.test"
# What Jupyter gives a widget, as far as a widget may ask.
MODEL = """
class Model extends EventTarget {
  constructor(traits) { super(); this.traits = traits; this.saved = []; }
  get(name) { return this.traits[name]; }
  set(name, value) {
    this.traits[name] = value;
    this.dispatchEvent(new Event(`change:${name}`));
  }
  on(name, act) { this.addEventListener(name, act); }
  save_changes() { this.saved.push({ ...this.traits }); }
}
window.host = async (module, traits, bytes) => {
  // As a message from the kernel: a view on a part of something larger.
  const all = Uint8Array.from([7, 7, 7, ...bytes]);
  traits.frame = new DataView(all.buffer, 3);
  window.model = new Model(traits);
  const blob = new Blob([module], { type: "text/javascript" });
  const widget = (await import(URL.createObjectURL(blob))).default;
  widget.render({ model: window.model, el: document.querySelector("#cell") });
};
"""


@pytest.fixture
def region_map(small_model):
    """A map of a model, which is stepped by whoever has it."""
    from live.notebook import RegionMap

    return RegionMap(small_model("full-plan"), layer="jobs")


def test_modules_travel_as_they_are_and_each_before_whoever_needs_it():
    text = one_module("notebook.mjs")
    listed = json.loads(text.split("const sources = ")[1].split(";\nconst")[0])
    names = [name for name, _ in listed]
    assert names[-1] == "notebook.mjs"
    assert {"map.mjs", "mapview.mjs", "legend.mjs", "signs.mjs"} < set(names)
    for place, (name, source) in enumerate(listed):
        assert source == (STATIC / "js" / name).read_text("utf-8")
        for other in names[place:]:
            assert f'from "./{other}"' not in source


def test_a_map_shows_the_month_of_its_model_and_keeps_it(region_map):
    model = region_map.model
    assert region_map.months == [region_map.month] == ["2017-12"]
    for _ in range(3):
        model.step()
        region_map.update()
    assert region_map.months == ["2017-12", "2018-01", "2018-02", "2018-03"]
    frame = unpacked(region_map.frame)
    assert frame.header["month"] == region_map.month == model.month
    assert np.array_equal(frame.arrays["firm_cell"], model.firms.cell)
    region_map.month = "2018-01"
    assert unpacked(region_map.frame).header["month"] == "2018-01"


def test_months_that_were_taken_back_are_forgotten(region_map):
    model = region_map.model
    point = model.checkpoint()
    for _ in range(2):
        model.step()
        region_map.update()
    model.restore(point)
    model.step()
    region_map.update()
    assert region_map.months == ["2017-12", "2018-01"]


def test_a_map_changes_nothing_of_its_model(region_map, small_model):
    other = small_model("full-plan")
    for _ in range(6):
        region_map.model.step()
        region_map.update()
        other.step()
    for one, two in zip(
        vars(region_map.model.outcome()).values(),
        vars(other.outcome()).values(),
        strict=True,
    ):
        assert one.equals(two)


@pytest.mark.parametrize(
    ("trait", "value"), [("layer", "jbos"), ("month", "2031-05"), ("language", "de")]
)
def test_what_it_cannot_show_it_refuses(region_map, trait, value):
    import traitlets

    before = getattr(region_map, trait)
    with pytest.raises(traitlets.TraitError):
        setattr(region_map, trait, value)
    assert getattr(region_map, trait) == before


@pytest.fixture
def notebook(browser, region_map):
    """A page that is nothing but a cell of a notebook, and knows no server."""
    from live.notebook import RegionMap

    context = browser.new_context(viewport={"width": 900, "height": 800})
    page = context.new_page()
    asked, errors = [], []

    def serve(route):
        asked.append(route.request.url)
        style = (STATIC / "notebook.css").read_text("utf-8")
        html = f"<!doctype html><html lang=en><title>cell</title><style>{style}</style>"
        route.fulfill(
            content_type="text/html",
            body=f"{html}<main><h1>One</h1><div id=cell></div></main>",
        )

    page.route("**/*", serve)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text))
    page.goto(HOST)
    page.add_script_tag(content=MODEL)
    for _ in range(2):
        region_map.model.step()
        region_map.update()
    traits = {
        name: getattr(region_map, name)
        for name in RegionMap.class_own_traits(sync=True)
    }
    frame = traits.pop("frame")
    page.evaluate(
        "([module, traits, bytes]) => host(module, traits, bytes)",
        [region_map._esm, traits, list(frame)],
    )
    yield page
    assert asked == [f"{HOST}/"]
    assert errors == []
    context.close()


def picture(page):
    """The map as it stands on the screen, RGB."""
    page.wait_for_timeout(150)  # a drawing waits for the next picture of the screen
    seen = Image.open(io.BytesIO(page.locator(".map").screenshot()))
    return np.asarray(seen.convert("RGB"))


@pytest.mark.slow
def test_the_page_s_own_map_is_drawn_in_a_cell(notebook):
    jobs = picture(notebook)
    assert len(np.unique(jobs.reshape(-1, 3), axis=0)) > 50
    notebook.select_option("select", "rent")
    assert not np.array_equal(picture(notebook), jobs)
    saved = notebook.evaluate("model.saved.map((one) => one.layer)")
    assert saved == ["rent"]
    says = notebook.get_attribute(".map canvas", "aria-label")
    assert "Asking rent" in says
    assert "Feb 2018" in says


@pytest.mark.slow
def test_a_cell_can_be_picked_and_a_month_looked_back_at(notebook, region_map):
    box = notebook.locator(".map").bounding_box()
    notebook.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    picked = notebook.evaluate("model.get('cell')")
    assert 0 <= picked < len(region_map.model.region)
    slider = notebook.locator("input[type=range]")
    slider.evaluate(
        "(one) => { one.value = 0; one.dispatchEvent(new Event('input')); }"
    )
    assert notebook.inner_text("output") == "December 2017"
    assert notebook.evaluate("model.saved.at(-1).month") == "2017-12"


@pytest.mark.slow
def test_a_cell_speaks_three_languages(notebook):
    from axe_playwright_python.sync_playwright import Axe

    for language, words in (("fr", "février 2018"), ("nl", "februari 2018")):
        notebook.evaluate(f"model.set('language', '{language}')")
        assert notebook.inner_text("output") == words
    assert Axe().run(notebook).response["violations"] == []
