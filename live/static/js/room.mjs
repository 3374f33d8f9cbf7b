// The page on the wall: maps, charts, panels and the clock, put together.

import { ChartView } from "./charts.mjs";
import { LayerChoice, SignChoice, ViewChoice, languages } from "./choices.mjs";
import { Controls } from "./controls.mjs";
import { Details } from "./details.mjs";
import { byId, make } from "./dom.mjs";
import { savePicture } from "./exports.mjs";
import { Feed } from "./feed.mjs";
import { number, onLanguage, t } from "./i18n.mjs";
import { listen } from "./keyboard.mjs";
import { Legend } from "./legend.mjs";
import { Levers } from "./levers.mjs";
import { Log } from "./log.mjs";
import { Camera, MapView } from "./mapview.mjs";
import { Notes } from "./notes.mjs";
import { Banner, command } from "./notice.mjs";
import { Polls } from "./polls.mjs";
import { Session } from "./session.mjs";
import { begin, connect } from "./start.mjs";
import { Table } from "./table.mjs";
import { Tabs } from "./tabs.mjs";
import { Timeline } from "./timeline.mjs";

const RATE = 60; // frames a second that this screen can take
const SHOWN = { both: ["A", "B"], A: ["A"], B: ["B"], difference: ["difference"] };
const KEYS = ["space", "step", "back", "live", "layers", "difference", "projector", "blackout", "help"];

const store = await begin();
const camera = new Camera();
const maps = Object.fromEntries(
  ["A", "B", "difference"].map((run) => [run, new MapView(store, camera, run)]),
);
const charts = [0, 1, 2, 3].map((place) => new ChartView(store, place));
const legend = new Legend(store, camera, () => maps[SHOWN[store.view][0]]);
byId("maps").append(...Object.values(maps).map((one) => one.element));
byId("legend").append(legend.element);
byId("charts").append(...charts.map((one) => one.element));

const controls = new Controls(store);
const timeline = new Timeline(store);
const banner = new Banner(store);
const table = new Table(store, byId("panel-table"));
new Levers(store, byId("panel-levers"));
new Log(store, byId("panel-log"));
new Feed(store, byId("panel-feed"));
new Details(store, byId("panel-details"));
new Notes(store, byId("panel-notes"));
new Polls(store, byId("panel-poll"));
new Session(store, byId("panel-session"), picture);
languages();
new LayerChoice(store);
new ViewChoice(store, Object.keys(SHOWN));
new SignChoice(store);
const tabs = new Tabs("panel-levers", (open) => {
  document.documentElement.classList.toggle("panel-open", open !== null);
  table.build();
});

/** What is on the screen, as one picture. */
function picture() {
  const views = SHOWN[store.view].map((run) => maps[run].canvas);
  const lines = charts.map((one) => one.canvas);
  savePicture(store, [views, [legend.canvas], lines]);
}

function arrange() {
  for (const [run, view] of Object.entries(maps)) {
    view.element.hidden = !SHOWN[store.view].includes(run);
  }
  document.documentElement.classList.toggle("projector", store.projector);
  byId("projector").setAttribute("aria-pressed", String(store.projector));
  for (const view of Object.values(maps)) view.draw();
  for (const chart of charts) chart.draw();
  legend.draw();
}

function footer() {
  const { state, steers } = store;
  if (!state) return;
  const { on, done, wanted, spread, posterior } = state.ensemble;
  const parts = { done: number(done), wanted: number(wanted), posterior };
  const words = on ? t(`ensemble.spans.${spread}`, parts) : "";
  byId("ensemble-words").textContent = words;
  const button = byId("ensemble");
  button.textContent = t(on ? "ensemble.hide" : "ensemble.show");
  button.hidden = !steers;
  button.disabled = !steers;
  button.setAttribute("aria-pressed", String(on));
  byId("viewers").textContent = t("viewers", { viewers: number(state.viewers) });
  byId("dark").hidden = !(state.blackout && !steers);
}

function help() {
  const pairs = KEYS.map((key) => [
    make("dt", {}, make("kbd", {}, t(`key.${key}`))),
    make("dd", {}, t(`key.${key}.does`)),
  ]);
  byId("help-keys").replaceChildren(...pairs.flat());
}

function projector() {
  store.choose({ projector: !store.projector });
  if (store.projector) tabs.show(null);
}

function difference() {
  if (store.runs.length < 2) return;
  store.choose({ view: store.view === "difference" ? "both" : "difference" });
}

function layer(place) {
  const one = store.world.layers[place];
  if (one) store.choose({ layer: one.key });
}

byId("projector").addEventListener("click", projector);
byId("help-open").addEventListener("click", () => byId("help").showModal());
byId("zoom-in").addEventListener("click", () => shownMap().zoom(1.5));
byId("zoom-out").addEventListener("click", () => shownMap().zoom(1 / 1.5));
byId("zoom-all").addEventListener("click", () => camera.set({ zoom: 1 }));
byId("ensemble").addEventListener("click", () => {
  command(store.line, "ensemble", { on: !store.state.ensemble.on });
});

function shownMap() {
  return maps[SHOWN[store.view][0]];
}

store.on("picked", () => {
  if (store.picked && tabs.open !== "panel-details" && tabs.open !== "panel-notes") {
    tabs.show("panel-details");
  }
});
store.on("choice", arrange);
store.on("state", () => {
  footer();
  arrange();
});
onLanguage(() => {
  document.title = t("title");
  help();
  footer();
  arrange();
  banner.show();
});
document.title = t("title");
help();
listen({
  " ": () => controls.playOrPause(),
  ".": () => controls.step(),
  arrowleft: () => store.lookAt(store.shown - 1),
  arrowright: () => store.lookAt(store.shown + 1),
  home: () => store.lookAt(store.first),
  end: () => store.lookAt(null),
  l: () => store.lookAt(null),
  d: difference,
  p: projector,
  b: () => controls.blackout(),
  r: () => controls.reset(),
  "?": () => byId("help").showModal(),
  ...Object.fromEntries([1, 2, 3, 4, 5].map((key) => [String(key), () => layer(key - 1)])),
});
arrange();
timeline.show();
connect(store, "room", RATE);
