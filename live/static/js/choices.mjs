// What each screen chooses for itself: language, layer, which maps, which signs.

import { byId, make } from "./dom.mjs";
import { LANGUAGES, chooseLanguage, currentLanguage, named, onLanguage, t } from "./i18n.mjs";

/** Radio buttons in a row; returns a function that shows which one holds. */
export function segments(fieldset, name, options, chosen) {
  const inputs = options.map(({ value, words, label }) => {
    const change = () => chosen(value);
    const input = make("input", { type: "radio", name, value, onchange: change, "aria-label": label });
    return make("label", {}, input, make("span", {}, words));
  });
  fieldset.querySelectorAll("label").forEach((one) => one.remove());
  fieldset.append(...inputs);
  return (value) => {
    for (const input of fieldset.querySelectorAll("input")) input.checked = input.value === value;
  };
}

/** The three languages, each by its own letters. */
export function languages() {
  const names = { en: "English", fr: "Français", nl: "Nederlands" };
  const options = LANGUAGES.map((one) => ({
    value: one, words: one.toUpperCase(), label: names[one],
  }));
  const show = segments(byId("languages"), "language", options, chooseLanguage);
  show(currentLanguage());
}

/** The list of layers. */
export class LayerChoice {
  constructor(store) {
    this.store = store;
    this.select = byId("layer");
    this.select.addEventListener("change", () => store.choose({ layer: this.select.value }));
    store.on("choice state", () => this.#show());
    onLanguage(() => this.build());
    this.build();
  }

  build() {
    const options = this.store.world.layers.map((one) =>
      make("option", { value: one.key }, named(one.name)));
    this.select.replaceChildren(...options);
    this.#show();
  }

  #show() {
    this.select.disabled = !this.store.state;
    this.select.value = this.store.layer;
  }
}

/** Which maps: A and B, one of them, or the difference; only A where there is no B. */
export class ViewChoice {
  constructor(store, views) {
    Object.assign(this, { store, views });
    store.on("choice state", () => this.#show());
    onLanguage(() => this.build());
    this.build();
  }

  build() {
    const options = this.views.map((value) => ({ value, words: t(`view.${value}`) }));
    const choose = (view) => this.store.choose({ view });
    this.mark = segments(byId("views"), "view", options, choose);
    this.#show();
  }

  #show() {
    const { state, view, runs } = this.store;
    byId("views").disabled = !state || runs.length < 2;
    this.mark(view);
  }
}

/** Firms, communities, names: on or off. */
export class SignChoice {
  constructor(store) {
    this.store = store;
    store.on("choice state", () => this.#show());
    onLanguage(() => this.build());
    this.build();
  }

  build() {
    const { store } = this;
    const fieldset = byId("signs");
    fieldset.querySelectorAll("label").forEach((one) => one.remove());
    for (const sign of ["firms", "communities", "names"]) {
      const change = () => store.choose({ [sign]: input.checked });
      const input = make("input", { type: "checkbox", value: sign, onchange: change });
      fieldset.append(make("label", {}, input, make("span", {}, t(`view.${sign}`))));
    }
    this.#show();
  }

  #show() {
    const { store } = this;
    byId("signs").disabled = !store.state;
    for (const input of byId("signs").querySelectorAll("input")) input.checked = store[input.value];
  }
}
