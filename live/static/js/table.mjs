// The state as a table of words and numbers: for screen readers, and for who asks.

import { atMostEvery, make } from "./dom.mjs";
import { monthWords, named, onLanguage, quantity, t } from "./i18n.mjs";
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
    const show = (value, signed) => quantity(value, one.unit, one.decimals, signed);
    const cells = values.map((value) => make("td", {}, show(value, false)));
    if (two) cells.push(make("td", {}, show(values[1] - values[0], true)));
    return make("tr", {}, make("th", { scope: "row" }, named(one.name)), cells);
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
