// The row of charts: which indicators, and when they are drawn anew.

import { drawChart } from "./chart.mjs";
import { atMostEvery, make, oncePerPicture } from "./dom.mjs";
import { monthWords, named, number, quantity, t, unitWords } from "./i18n.mjs";
import { monthName, monthNumber } from "./months.mjs";
import { emOf, fill, sizeOf } from "./surface.mjs";

/** Units of which the name says what is counted. */
export const COUNTS = new Set(["jobs", "firms", "persons", "communities"]);
const PAUSE = 200; // ms between two redraws while months pass

/** One chart of an indicator; `place` is its position among the charts chosen. */
export class ChartView {
  constructor(store, place) {
    Object.assign(this, { store, place });
    this.canvas = make("canvas", { role: "img" });
    this.element = make("div", { class: "chart" }, this.canvas);
    this.hovered = null;
    this.draw = oncePerPicture(() => this.#draw());
    const calm = atMostEvery(PAUSE, this.draw);
    store.on("points bands state looking", calm);
    store.on("choice", this.draw);
    fill(this.element, [this.canvas], () => this.#draw());
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.#hover(null));
  }

  get indicator() {
    return this.store.indicator(this.store.charts[this.place]);
  }

  #draw() {
    const { indicator, store } = this;
    const size = sizeOf(this.element);
    if (!indicator || !store.state || !size.width) return;
    const data = this.#data();
    this.box = drawChart(this.canvas.getContext("2d"), size, data);
    this.canvas.setAttribute("aria-label", this.#words(data));
  }

  #data() {
    const { indicator, store } = this;
    const { key, unit } = indicator;
    const month = this.hovered ?? store.shown;
    const runs = Object.fromEntries(store.runs.map((run) => [run, store.points(run, key)]));
    const bands = {};
    for (const run of store.runs) {
      const band = store.bands[run];
      if (!band?.low[key]) continue;
      bands[run] = { from: monthNumber(band.from), low: band.low[key], high: band.high[key] };
    }
    const name = named(indicator.name);
    const words = COUNTS.has(unit) ? "" : unit === "share" ? "%" : unitWords(unit);
    const when = this.hovered === null ? "" : ` · ${monthWords(monthName(month), "short")}`;
    return {
      title: (words ? `${name} (${words})` : name) + when,
      format: (value) => {
        if (!Number.isFinite(value)) return t("no.value");
        return unit === "share" ? quantity(value, unit, 3) : number(value, digits(value));
      },
      first: store.first,
      last: store.end,
      shown: month,
      runs,
      bands,
      marks: marks(store),
      em: emOf(this.element),
    };
  }

  #words(data) {
    const { store, indicator } = this;
    const values = store.runs.map((run) => {
      const value = store.value(run, indicator.key);
      return `${run}: ${quantity(value, indicator.unit, indicator.decimals)}`;
    });
    const month = monthWords(monthName(store.shown));
    return t("chart.says", { title: data.title, month, values: values.join("; ") });
  }

  #hover(px) {
    const { store } = this;
    let month = null;
    if (px !== null && this.box) {
      const share = (px - this.box.left) / (this.box.right - this.box.left);
      const wanted = store.first + Math.round(share * (store.end - store.first));
      month = Math.max(store.first, Math.min(wanted, store.last));
    }
    if (month === this.hovered) return;
    this.hovered = month;
    this.draw();
  }
}

function digits(value) {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return 0;
  return size >= 1 ? 1 : 2;
}

/** Edits that hold, by the month from which they work. */
export function marks(store) {
  return (store.state?.edits ?? [])
    .filter((edit) => !edit.undone)
    .map((edit) => ({ month: monthNumber(edit.from), runs: edit.run }));
}
