// The log of edits: what was changed, from when, why; and taking it back.

import { make } from "./dom.mjs";
import { monthWords, named, onLanguage, quantity, t } from "./i18n.mjs";
import { valueWords } from "./levers.mjs";
import { monthName } from "./months.mjs";
import { command } from "./notice.mjs";

/** The panel of edits, newest first. */
export class Log {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    store.on("state", () => this.#refresh());
    onLanguage(() => this.build());
  }

  #refresh() {
    const now = JSON.stringify([this.store.role, this.store.state.edits]);
    if (now === this.seen) return;
    this.seen = now;
    this.build();
  }

  build() {
    const { store } = this;
    if (!store.state) return;
    const edits = [...store.state.edits].reverse();
    const items = edits.map((edit) => this.#item(edit));
    const list = items.length
      ? make("ol", { class: "plain", reversed: true }, items)
      : make("p", { class: "soft" }, t("log.empty"));
    this.panel.replaceChildren(make("h2", {}, t("log.title")), list);
  }

  #item(edit) {
    const { store } = this;
    const run = edit.run === "both" ? t("levers.both") : edit.run;
    const changes = edit.changes.map(({ field, name, unit, old, new: now }) => {
      const parts = {
        name: named(name),
        old: this.#value(edit, field, old, unit),
        new: this.#value(edit, field, now, unit),
      };
      const fresh = old === null || old === undefined;
      return make("p", {}, t(fresh ? "log.set" : "log.change", parts));
    });
    const when = t("log.when", { from: monthWords(edit.from), after: monthWords(edit.after) });
    // What acts once cannot be undone from here on, but by going back before it.
    const { back } = edit;
    const undo = () => command(store.line, "undo", { edit: edit.id, back: Boolean(back) });
    const words = back ? t("log.undo_back", { month: monthWords(back) }) : t("log.undo");
    const button = store.steers && !edit.undone
      ? make("button", { type: "button", onclick: undo }, words)
      : null;
    return make(
      "li",
      { class: edit.undone ? "entry undone" : "entry" },
      make("h3", {}, make("span", { class: `run run-${edit.run}` }, run), ` ${named(edit.title)}`),
      ...changes,
      edit.note ? make("p", { class: "said" }, edit.note) : null,
      make("p", { class: "small" }, when),
      edit.undone ? make("p", { class: "small" }, t("log.undone")) : button,
    );
  }

  /** A value in words; keys of a list of choices by the names of these choices. */
  #value(edit, key, value, unit) {
    const kind = this.store.world.levers.find((one) => one.key === edit.kind);
    const declared = kind?.fields.find((one) => one.key === key);
    const options = declared?.options;
    if (declared?.type === "month" && typeof value === "number") return monthWords(monthName(value));
    if (declared?.type === "share" && typeof value === "number") return quantity(value, "share", 2);
    if (!options || value === null || value === undefined) return valueWords(value, unit);
    const nameOf = (one) => options.find((option) => option.key === one)?.name ?? one;
    return valueWords([value].flat().map(nameOf), unit);
  }
}
