// Notes pinned to months and places, and chapters at which the clock stops and asks.

import { inUse, make } from "./dom.mjs";
import { monthWords, named, onLanguage, t } from "./i18n.mjs";
import { MonthField } from "./monthfield.mjs";
import { monthAfter, monthName } from "./months.mjs";
import { command } from "./notice.mjs";

/** The panel of notes and chapters. */
export class Notes {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    this.lists = make("div", {});
    store.on("state", () => this.#refresh());
    store.on("picked", () => this.#place());
    onLanguage(() => this.build());
  }

  #refresh() {
    const { state, role } = this.store;
    const now = JSON.stringify([role, state.notes, state.chapters]);
    if (now === this.seen) return;
    const first = this.seenRole !== role;
    this.seen = now;
    this.seenRole = role;
    if (first && !inUse(this.panel)) this.build();
    else this.#fill();
  }

  build() {
    const { store } = this;
    if (!store.state) return;
    const forms = store.steers ? [this.#noteForm(), this.#chapterForm()] : [];
    this.#fill();
    const title = make("h2", {}, t("notes.title"));
    this.panel.replaceChildren(title, ...forms, this.lists);
    this.#place();
  }

  #noteForm() {
    const text = make("textarea", { rows: "2", maxlength: "500", id: "note-text" });
    this.pinned = make("input", { type: "checkbox" });
    this.pinnedWords = make("span", {});
    const add = async (event) => {
      event.preventDefault();
      if (!text.value.trim()) return;
      const { store } = this;
      const place = this.pinned.checked && store.picked?.cell !== undefined ? store.picked : {};
      const note = { month: monthName(store.shown), text: text.value.trim(), ...place };
      if (await command(store.line, "note", note)) text.value = "";
    };
    return make(
      "form",
      { onsubmit: add },
      make("label", { class: "field" }, make("span", {}, t("notes.note")), text),
      make("label", { class: "check" }, this.pinned, this.pinnedWords),
      make("button", { type: "submit" }, t("notes.add")),
    );
  }

  #chapterForm() {
    const { store } = this;
    const words = t("notes.stop_at");
    const next = monthAfter(store.state.month, 12);
    const month = new MonthField(words, next, store.live + 1, store.end);
    const text = make("input", { type: "text", maxlength: "300" });
    const add = async (event) => {
      event.preventDefault();
      if (!text.value.trim()) return;
      const chapter = { month: month.value, text: text.value.trim() };
      if (await command(store.line, "chapter", chapter)) text.value = "";
    };
    return make(
      "form",
      { onsubmit: add },
      make("h3", {}, t("notes.chapters")),
      make("div", { class: "field" }, make("span", {}, words), month.element),
      make("label", { class: "field" }, make("span", {}, t("notes.question")), text),
      make("button", { type: "submit" }, t("notes.add_chapter")),
    );
  }

  // A note can be pinned only to the cell that was picked on a map.
  #place() {
    if (!this.pinned) return;
    const { picked, world } = this.store;
    const known = picked?.cell !== undefined;
    this.pinned.disabled = !known;
    if (!known) this.pinned.checked = false;
    const zone = known ? named(world.zones[world.cells.zone[picked.cell]].name) : "";
    const words = known ? t("notes.pin_to", { zone, run: picked.run }) : t("notes.pin_how");
    this.pinnedWords.textContent = words;
  }

  #fill() {
    const { state, steers, line } = this.store;
    const entry = (one, word, number) => {
      const away = () => command(line, word, { id: one.id });
      const button = steers
        ? make("button", { type: "button", class: "quiet", "aria-label": t("remove"), onclick: away }, "×")
        : null;
      const when = [number, one.run, monthWords(one.month)].filter(Boolean).join(" · ");
      return make(
        "li",
        { class: "entry row" },
        make("div", {}, make("p", { class: "small" }, when), make("p", { class: "said" }, one.text)),
        button,
      );
    };
    const notes = state.notes.map((one, i) => entry(one, "unnote", `${i + 1}`));
    const chapters = state.chapters.map((one) => entry(one, "unchapter", null));
    const part = (key, items) =>
      items.length ? [make("h3", {}, t(key)), make("ul", { class: "plain" }, items)] : [];
    this.lists.replaceChildren(
      ...part("notes.chapters_set", chapters),
      ...part("notes.all", notes),
    );
  }
}
