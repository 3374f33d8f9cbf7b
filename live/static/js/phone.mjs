// The page on a phone: one map, the figures, and the poll. It looks and votes, no more.

import { LayerChoice, ViewChoice, languages } from "./choices.mjs";
import { atMostEvery, byId, make } from "./dom.mjs";
import { monthWords, onLanguage, t } from "./i18n.mjs";
import { Legend } from "./legend.mjs";
import { Camera, MapView } from "./mapview.mjs";
import { monthName } from "./months.mjs";
import { Banner, command } from "./notice.mjs";
import { bars } from "./polls.mjs";
import { begin, connect } from "./start.mjs";
import { indicatorTable } from "./table.mjs";

const RATE = 2; // frames a second: a room of phones shares one radio

const store = await begin();
const camera = new Camera();
const maps = Object.fromEntries(
  ["A", "B", "difference"].map((run) => [run, new MapView(store, camera, run, { pickable: false })]),
);
const legend = new Legend(store, camera, () => maps[shown()]);
byId("maps").append(...Object.values(maps).map((one) => one.element));
byId("legend").append(legend.element);
const banner = new Banner(store);
languages();
new LayerChoice(store);
new ViewChoice(store, ["A", "B", "difference"]);

function shown() {
  return store.view === "both" ? "A" : store.view;
}

function arrange() {
  if (store.view === "both") store.choose({ view: "A" });
  for (const [run, view] of Object.entries(maps)) view.element.hidden = run !== shown();
  maps[shown()].draw();
  legend.draw();
}

function clock() {
  const { state } = store;
  byId("month").textContent = monthWords(monthName(store.live));
  byId("mode").textContent = t(state.playing ? "clock.playing" : "clock.paused");
  byId("dark").hidden = !state.blackout;
}

function figures() {
  if (!store.state) return;
  const caption = t("table.caption", { month: monthWords(monthName(store.live)) });
  byId("figures").replaceChildren(indicatorTable(store, caption));
}

let drawn = "";

function poll() {
  const { state } = store;
  const now = JSON.stringify([state.poll, store.voted, document.documentElement.lang]);
  if (now === drawn) return;
  drawn = now;
  const element = byId("poll");
  element.hidden = !state.poll;
  if (!state.poll) return;
  const { id, question, answers, open } = state.poll;
  const voted = store.voted === id;
  const vote = (answer) => async () => {
    if (!(await command(store.line, "vote", { poll: id, answer }))) return;
    store.voted = id;
    poll();
  };
  const body = open && !voted
    ? [make("p", { class: "buttons tall" }, answers.map((words, answer) =>
        make("button", { type: "button", class: "strong", onclick: vote(answer) }, words)))]
    : [make("p", { class: "small" }, t(open ? "polls.thanks" : "polls.is_closed")), bars(state.poll)];
  element.replaceChildren(make("h2", {}, question), ...body);
}

byId("zoom-in").addEventListener("click", () => maps[shown()].zoom(1.6));
byId("zoom-out").addEventListener("click", () => maps[shown()].zoom(1 / 1.6));
byId("zoom-all").addEventListener("click", () => camera.set({ zoom: 1 }));
const calmFigures = atMostEvery(1000, figures);
store.on("state", () => {
  arrange();
  clock();
  poll();
});
store.on("state points", calmFigures);
store.on("choice", arrange);
onLanguage(() => {
  document.title = t("title");
  banner.show();
  if (!store.state) return;
  arrange();
  clock();
  figures();
  poll();
});
document.title = t("title");
connect(store, "phone", RATE);
