// Levers: what a run has and can be changed, and what can be added, each from a month on.

import { make } from "./dom.mjs";
import { monthWords, named, number, onLanguage, t } from "./i18n.mjs";
import { monthAfter, monthName, monthNumber } from "./months.mjs";
import { MonthField } from "./monthfield.mjs";
import { command } from "./notice.mjs";

/** The panel of levers; sliders send when they are let go. */
export class Levers {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    this.run = "A";
    this.chosen = ""; // "lever:slug" or "kind:key"
    this.note = "";
    this.from = null;
    store.on("state", () => this.#refresh());
    onLanguage(() => this.build());
  }

  get runs() {
    return this.store.runs.length > 1 ? ["A", "B", "both"] : ["A"];
  }

  /** Levers that all runs meant here have, in the order of the first. */
  get existing() {
    const { state } = this.store;
    const lists = (this.run === "both" ? this.store.runs : [this.run]).map(
      (run) => state.runs[run]?.levers ?? [],
    );
    const inAll = (one) => lists.every((list) => list.some((two) => two.lever === one.lever));
    return lists[0].filter(inAll);
  }

  // Built anew only when other levers or values came, and never under a finger.
  #refresh() {
    const { state } = this.store;
    const now = JSON.stringify([
      this.store.role,
      state.edits,
      Object.values(state.runs).map((run) => run?.levers),
    ]);
    if (now === this.seen) {
      this.#month();
      return;
    }
    if (this.panel.contains(document.activeElement) && this.seen) return;
    this.seen = now;
    this.build();
  }

  // The month from which edits work follows the clock until somebody chose one.
  #month() {
    if (!this.month || this.from !== null) return;
    if (!this.month.element.contains(document.activeElement)) this.month.value = this.next;
  }

  get next() {
    return monthAfter(this.store.state.month, 1);
  }

  build() {
    const { store } = this;
    if (!store.state) return;
    if (!this.runs.includes(this.run)) this.run = "A";
    const parts = store.steers ? this.#form() : this.#list();
    this.panel.replaceChildren(make("h2", {}, t("levers.title")), ...parts);
  }

  #list() {
    return this.store.runs.map((run) =>
      make(
        "section",
        {},
        make("h3", {}, `${run} · ${named(this.store.state.runs[run].title)}`),
        make("ul", { class: "plain" }, this.store.state.runs[run].levers.map(leverLine)),
      ),
    );
  }

  #form() {
    const { store } = this;
    const runs = choice(t("levers.run"), this.runs.map((run) => ({
      value: run,
      words: run === "both" ? t("levers.both") : `${run} · ${named(store.state.runs[run].title)}`,
    })), this.run, (value) => {
      this.run = value;
      this.build();
    });
    const which = this.#which();
    const words = t("levers.from");
    const first = monthNumber(this.next);
    this.month = new MonthField(words, this.from ?? this.next, first, store.end, {
      changed: () => { this.from = this.month.value; },
    });
    const month = make("div", { class: "field" }, make("span", {}, words), this.month.element);
    const note = make("input", {
      type: "text", id: "lever-why", maxlength: "200", value: this.note,
      oninput: () => { this.note = note.value; },
    });
    const reason = make("label", { class: "field" }, make("span", {}, t("levers.note")), note);
    this.fields = make("div", { class: "fields" });
    this.#fields();
    return [runs, which, month, reason, this.fields];
  }

  #which() {
    const { existing } = this;
    const kinds = this.store.world.levers;
    const keys = [
      ...existing.map((one) => `lever:${one.lever}`),
      ...kinds.map((one) => `kind:${one.key}`),
    ];
    if (!keys.includes(this.chosen)) this.chosen = keys[0] ?? "";
    const group = (words, options) => {
      return options.length ? make("optgroup", { label: words }, options) : null;
    };
    const option = (value, words) => make("option", { value }, words);
    const select = make(
      "select",
      { id: "lever", onchange: () => { this.chosen = select.value; this.#fields(); } },
      group(t("levers.of_the_run"), existing.map((one) =>
        option(`lever:${one.lever}`, named(one.title)))),
      group(t("levers.new"), kinds.map((one) => option(`kind:${one.key}`, named(one.name)))),
    );
    select.value = this.chosen;
    return make("label", { class: "field" }, make("span", {}, t("levers.lever")), select);
  }

  #fields() {
    const [sort, key] = this.chosen.split(/:(.*)/);
    const lever = sort === "lever" ? this.existing.find((one) => one.lever === key) : null;
    const kind = this.store.world.levers.find((one) => one.key === (lever?.kind ?? key));
    if (!kind) {
      this.fields.replaceChildren();
      return;
    }
    const inputs = kind.fields
      .filter((field) => !lever || field.key in lever.values)
      .map((field) => new FieldInput(field, startOf(field, lever), this.store));
    const title = make("h3", {}, named(lever?.title ?? kind.name));
    const needed = (input) => lever?.values[input.field.key] ?? input.field.required;
    const parts = inputs.filter(needed).map((input) => input.element);
    const rest = inputs.filter((input) => !needed(input)).map((input) => input.element);
    if (rest.length) {
      const summary = make("summary", {}, t("levers.more"));
      parts.push(make("details", {}, summary, make("div", { class: "fields" }, rest)));
    }
    if (lever) {
      for (const input of inputs) {
        input.onChange = () => this.#send({ lever: lever.lever, values: input.given });
      }
      parts.push(make("p", { class: "small" }, t("levers.sends_on_release")));
    } else {
      const add = () => {
        const values = Object.assign({}, ...inputs.map((input) => input.given));
        this.#send({ kind: kind.key, values });
      };
      parts.push(make("button", { type: "button", class: "strong", onclick: add }, t("levers.add")));
    }
    this.fields.replaceChildren(title, ...parts);
  }

  async #send(values) {
    const edit = { run: this.run, from: this.month.value, note: this.note, ...values };
    if (await command(this.store.line, "edit", edit)) {
      this.note = "";
      this.from = null;
      this.seen = null;
      document.activeElement?.blur();
      this.#refresh();
    }
  }
}

/** What a field begins with: what the lever has; of a new one, only what it needs. */
function startOf(field, lever) {
  if (lever) return lever.values[field.key];
  return field.required || field.type === "switch" ? field.default : null;
}

/** Title and months of a lever of a run. */
function leverLine({ title, at, until, edited }) {
  const months = until
    ? `${monthWords(at, "short")} – ${monthWords(until, "short")}`
    : t("levers.since", { month: monthWords(at, "short") });
  const mark = edited ? ` · ${t("levers.edited")}` : "";
  return make("li", {}, named(title), make("span", { class: "small" }, ` ${months}${mark}`));
}

function choice(words, options, value, chosen) {
  const items = options.map((one) => make("option", { value: one.value }, one.words));
  const select = make("select", { onchange: () => chosen(select.value) }, items);
  select.value = value;
  return make("label", { class: "field" }, make("span", {}, words), select);
}

/** One value of a lever: a slider with a number, a list, or several of a list. */
class FieldInput {
  constructor(field, value, store) {
    Object.assign(this, { field, store, onChange: () => {} });
    const build = {
      choice: () => this.#list(value),
      month: () => this.#month(value),
      switch: () => this.#switch(value),
      text: () => this.#text(value),
    };
    this.element = (build[field.type] ?? (() => this.#number(value)))();
  }

  /** What is sent: the value under its key, nothing where nothing is given. */
  get given() {
    const value = this.read();
    const empty = value === null || value === "" || value?.length === 0;
    return empty ? {} : { [this.field.key]: value };
  }

  #switch(value) {
    const changed = () => this.onChange();
    const input = make("input", { type: "checkbox", onchange: changed });
    input.checked = Boolean(value);
    this.read = () => input.checked;
    return make("label", { class: "check" }, input, named(this.field.name));
  }

  #text(value) {
    const changed = () => this.onChange();
    const input = make("input", { type: "text", maxlength: "80", onchange: changed });
    input.value = value ?? "";
    this.read = () => input.value.trim();
    return make("label", { class: "field" }, make("span", {}, named(this.field.name)), input);
  }

  #list(value) {
    const { field } = this;
    if (field.many) return this.#several([value ?? []].flat());
    const options = field.options.map((one) => make("option", { value: one.key }, named(one.name)));
    if (!field.required) options.unshift(make("option", { value: "" }, t("levers.any")));
    const select = make("select", { onchange: () => this.onChange() }, options);
    if (value !== null && value !== undefined) select.value = value;
    this.read = () => select.value;
    return make("label", { class: "field" }, make("span", {}, named(field.name)), select);
  }

  // Boxes to tick, not a list to hold a key down for; long names take a second line.
  #several(given) {
    const { field } = this;
    const boxes = field.options.map((one) => {
      const box = make("input", { type: "checkbox", value: one.key, onchange: () => this.onChange() });
      box.checked = given.includes(one.key);
      return { box, label: make("label", { class: "check" }, box, named(one.name)) };
    });
    this.read = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    const list = make("div", { class: "several" }, boxes.map(({ label }) => label));
    return make("fieldset", { class: "field" }, make("legend", {}, named(field.name)), list);
  }

  #month(value) {
    const { field, store } = this;
    const words = named(field.name);
    const start = typeof value === "number" ? monthName(value) : value;
    const month = new MonthField(words, start, store.first + 1, store.end, {
      changed: () => this.onChange(),
      none: field.required ? null : t("levers.for_good"),
    });
    this.read = () => month.value;
    return make("div", { class: "field" }, make("span", {}, words), month.element);
  }

  #number(value) {
    const { field } = this;
    const scale = field.type === "share" ? 100 : 1;
    const unit = scale === 100 ? "%" : named(field.unit);
    const known = value !== null && value !== undefined;
    const words = known ? String(round(scale * value)) : "";
    const id = `field-${field.key}`;
    const box = make("input", { type: "number", id, step: "any", value: words });
    const slider = make("input", {
      type: "range", "aria-label": named(field.name),
      min: round(scale * field.low), max: round(scale * field.high),
      step: round(scale * field.step), value: words || round(scale * field.default),
      oninput: () => { box.value = slider.value; },
      onchange: () => { box.value = slider.value; this.onChange(); },
    });
    box.addEventListener("change", () => { slider.value = box.value; this.onChange(); });
    this.read = () => (box.value === "" ? null : round(Number(box.value) / scale));
    const digits = Number.isInteger(round(scale * field.step)) ? 0 : 2;
    const range = t("levers.range", {
      low: number(scale * field.low, digits),
      high: number(scale * field.high, digits),
      unit,
    });
    return make(
      "div",
      { class: "field" },
      make("label", { for: id }, named(field.name)),
      make("span", { class: "number" }, slider, box, make("span", { class: "unit" }, unit)),
      make("span", { class: "small" }, range),
    );
  }
}

function round(value) {
  return Math.round(value * 1e6) / 1e6;
}

/** A value of an edit in words; `unit` in three languages, or null. */
export function valueWords(value, unit) {
  if (value === null || value === undefined) return t("no.value");
  if (value === true) return t("yes");
  if (value === false) return t("no");
  if (typeof value === "number") {
    const digits = Number.isInteger(value) ? 0 : 2;
    return `${number(value, digits)}\u00a0${named(unit)}`.trim();
  }
  return [value].flat().map((one) => named(one)).join(", ");
}
