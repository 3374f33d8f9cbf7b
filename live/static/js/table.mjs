// The state as a table of words and numbers: for screen readers, and for who asks.

import { COUNTS } from "./charts.mjs";
import { atMostEvery, make } from "./dom.mjs";
import { monthWords, named, onLanguage, quantity, t, unitWords } from "./i18n.mjs";
import { monthName } from "./months.mjs";

const PAUSE = 500; // ms

/** The panel with all indicators of the month shown. */
export class Table {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    const calm = atMostEvery(PAUSE, () => this.build());
    store.on("state points looking", calm);
    onLanguage(() => this.build());
  }

  build() {
    const { store } = this;
    if (!store.state || this.panel.hidden) return;
    const month = monthWords(monthName(store.shown));
    this.panel.replaceChildren(
      make("h2", {}, t("table.title")),
      indicatorTable(store, t("table.caption", { month })),
      make("p", { class: "small" }, t("caveat.long")),
    );
  }
}

/** All indicators by run, and B less A. */
export function indicatorTable(store, caption) {
  const { runs } = store;
  const two = runs.length > 1;
  const heads = [t("table.indicator"), ...runs, ...(two ? [t("table.difference")] : [])];
  const rows = store.world.indicators.map((one) => {
    const values = runs.map((run) => store.value(run, one.key));
    // The unit stands once, beside the name; a share keeps its sign.
    const share = one.unit === "share";
    const show = (value, signed) =>
      quantity(value, share ? "share" : "", one.decimals, signed);
    const unit = share || COUNTS.has(one.unit) ? "" : unitWords(one.unit);
    const cells = values.map((value) => make("td", {}, show(value, false)));
    if (two) cells.push(make("td", {}, show(values[1] - values[0], true)));
    const name = [named(one.name), unit ? make("span", { class: "small line" }, unit) : null];
    return make("tr", {}, make("th", { scope: "row" }, name), cells);
  });
  const head = make("tr", {}, heads.map((one) => make("th", { scope: "col" }, one)));
  return make(
    "table",
    {},
    make("caption", {}, caption),
    make("thead", {}, head),
    make("tbody", {}, rows),
  );
}
