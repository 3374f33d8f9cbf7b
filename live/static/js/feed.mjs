// What just happened: firms and communities that came, left, moved or ended.

import { atMostEvery, make } from "./dom.mjs";
import { monthWords, named, onLanguage, t } from "./i18n.mjs";

const SHOWN = 60; // newest
const PAUSE = 400; // ms: a feed that jumps with each month cannot be read

/** The panel of happenings, newest first. */
export class Feed {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    const calm = atMostEvery(PAUSE, () => this.build());
    store.on("feed", calm);
    onLanguage(() => this.build());
    this.build();
  }

  build() {
    const { store } = this;
    if (this.panel.contains(document.activeElement)) return;
    const items = store.feed.slice(-SHOWN).reverse().map((item) => this.#item(item));
    const list = items.length
      ? make("ul", { class: "plain feed" }, items)
      : make("p", { class: "soft" }, t("feed.empty"));
    this.panel.replaceChildren(make("h2", {}, t("feed.title")), list);
  }

  #item({ run, month, text, cell }) {
    const words = named(text);
    const known = cell !== null && cell !== undefined && cell >= 0;
    const show = () => this.store.pick({ run, cell });
    const what = known
      ? make("button", { type: "button", class: "link", onclick: show }, words)
      : words;
    return make(
      "li",
      {},
      make("span", { class: `run run-${run}` }, run),
      make("span", {}, what, make("span", { class: "small line" }, monthWords(month, "short"))),
    );
  }
}
