// The map in a notebook: the page's own map and legend, fed by the traits of a widget.

import { make } from "./dom.mjs";
import { readFrame } from "./frames.mjs";
import { monthWords, named, onLanguage, speak, t } from "./i18n.mjs";
import { Legend } from "./legend.mjs";
import { Camera, MapView } from "./mapview.mjs";
import { monthNumber } from "./months.mjs";

const RUN = "A";
const CHOICES = ["layer", "firms", "communities", "names"];

/** What map and legend read of the room's store, as a widget's traits have it. */
class Traits extends EventTarget {
  constructor(model) {
    super();
    this.model = model;
    this.world = model.get("world");
    this.runs = [RUN];
    this.view = RUN;
    this.state = { runs: { [RUN]: { title: model.get("title") } }, notes: [] };
    this.details = null;
    this.#read();
    const hear = (trait, act) => model.on(`change:${trait}`, act);
    for (const choice of CHOICES) hear(choice, () => this.#tell("choice"));
    hear("cell", () => this.#tell("picked"));
    hear("frame", () => {
      this.#read();
      this.#tell("frame");
    });
    hear("language", () => speak(model.get("texts"), model.get("language")));
  }

  on(names, act) {
    for (const name of names.split(" ")) this.addEventListener(name, act);
  }

  get layerShown() {
    const { layers } = this.world;
    return layers.find((one) => one.key === this.model.get("layer")) ?? layers[0];
  }

  get firms() {
    return this.model.get("firms");
  }

  get communities() {
    return this.model.get("communities");
  }

  get names() {
    return this.model.get("names");
  }

  get shown() {
    return monthNumber(this.model.get("month"));
  }

  get picked() {
    const cell = this.model.get("cell");
    return cell === null ? null : { run: RUN, cell };
  }

  frame() {
    return this.drawn;
  }

  /** Tell Python which cell was picked; of a firm, the cell it is in. */
  pick({ cell, firm }) {
    const { firm_id: ids, firm_cell: cells } = this.drawn.arrays;
    this.change({ cell: cell ?? cells[ids.indexOf(firm)] });
  }

  /** Change traits, and tell Python. */
  change(traits) {
    for (const [name, value] of Object.entries(traits)) this.model.set(name, value);
    this.model.save_changes();
  }

  // Bytes come as a view on a message, at any place in it: arrays need one of their own.
  #read() {
    const { buffer, byteOffset, byteLength } = this.model.get("frame");
    this.drawn = readFrame(buffer.slice(byteOffset, byteOffset + byteLength));
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}

/** The list of layers. */
function layerChoice(store) {
  const select = make("select", { onchange: () => store.change({ layer: select.value }) });
  const show = () => {
    select.replaceChildren(...store.world.layers.map((one) =>
      make("option", { value: one.key }, named(one.name))));
    select.setAttribute("aria-label", t("view.layer"));
    select.value = store.layerShown.key;
  };
  store.on("choice", show);
  onLanguage(show);
  show();
  return select;
}

/** The months that were shown, to look back at; hidden while there is but one. */
function monthChoice(store) {
  const { model } = store;
  const go = () => store.change({ month: model.get("months")[slider.value] });
  const slider = make("input", { type: "range", min: "0", step: "1", oninput: go });
  const words = make("output", {});
  const show = () => {
    const [months, month] = [model.get("months"), model.get("month")];
    slider.max = String(months.length - 1);
    slider.value = String(months.indexOf(month));
    slider.hidden = months.length < 2;
    slider.setAttribute("aria-label", t("timeline"));
    slider.setAttribute("aria-valuetext", monthWords(month));
    words.textContent = monthWords(month);
  };
  for (const trait of ["months", "month"]) model.on(`change:${trait}`, show);
  onLanguage(show);
  show();
  return [slider, words];
}

/** Put the map of a widget's traits into an element. */
function render({ model, el }) {
  speak(model.get("texts"), model.get("language"));
  const store = new Traits(model);
  const camera = new Camera();
  const map = new MapView(store, camera, RUN);
  const legend = new Legend(store, camera, () => map);
  onLanguage(() => store.dispatchEvent(new Event("choice")));
  const choices = make("div", { class: "choices" }, layerChoice(store), monthChoice(store));
  el.replaceChildren(
    make("div", { class: "mediapark-map" }, choices, map.element, legend.element),
  );
}

export default { render };
