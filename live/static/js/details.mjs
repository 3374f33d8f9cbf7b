// What is known of the cell or firm that was picked, and the way of a firm.

import { atMostEvery, make } from "./dom.mjs";
import { monthWords, named, number, onLanguage, quantity, t } from "./i18n.mjs";
import { decimals } from "./mapview.mjs";

const PAUSE = 1500; // ms: a firm is followed while months pass, but not at each

/** The panel of the picked cell or firm. */
export class Details {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    store.on("picked", () => this.build());
    const calm = atMostEvery(PAUSE, () => store.refreshDetails());
    store.on("looking state", calm);
    onLanguage(() => {
      this.shown = null;
      this.build();
    });
    this.build();
  }

  build() {
    const { picked, details } = this.store;
    // A list that somebody is stepping through by key stays as it is.
    const same = picked !== null && picked === this.shown;
    if (same && details === null) return;
    if (same && this.panel.contains(document.activeElement)) return;
    this.shown = details ? picked : null;
    let parts = [make("p", { class: "soft" }, t("details.how"))];
    if (picked && !details) parts = [make("p", { class: "soft" }, t("details.waiting"))];
    if (details?.cell) parts = this.#cell(details.cell);
    if (details?.firm) parts = this.#firm(details.firm);
    this.panel.replaceChildren(make("h2", {}, t("details.title")), ...parts);
  }

  #cell(cell) {
    const { world, picked } = this.store;
    const rows = [
      [t("details.run"), picked.run],
      [t("details.commune"), named(world.communes[cell.commune].name)],
      [t("details.month"), monthWords(cell.month)],
      ...world.layers
        .filter((layer) => cell[layer.key] !== null)
        .map((layer) => [
          named(layer.name),
          layer.key === "jobs"
            ? number(cell.jobs)
            : quantity(cell[layer.key], layer.unit, decimals(layer)),
        ]),
    ];
    const firms = cell.firms.map((firm) => make("li", {}, this.#firmButton(firm)));
    if (cell.more_firms) {
      firms.push(make("li", {}, t("details.more_firms", { firms: number(cell.more_firms) })));
    }
    const communities = cell.communities.map((one) => {
      const stage = named(world.stages[one.stage].name);
      const words = { name: named(one.name) || t("details.unnamed_community"), members: one.members };
      return make("li", {}, t("details.community", words), stage ? ` · ${stage}` : "");
    });
    const list = (key, items) =>
      items.length ? [make("h3", {}, t(key)), make("ul", { class: "plain" }, items)] : [];
    return [
      make("h3", {}, named(world.zones[cell.zone].name)),
      facts(rows),
      ...list("details.firms", firms),
      ...list("details.communities", communities),
    ];
  }

  #firmButton(firm) {
    const { store } = this;
    const follow = () => store.pick({ run: store.picked.run, firm: firm.id });
    const words = t("details.firm_line", { name: this.#name(firm), jobs: number(firm.jobs) });
    return make("button", { type: "button", class: "link", onclick: follow }, words);
  }

  #name(firm) {
    const trade = named(this.store.world.subsectors[firm.subsector].name);
    return named(firm.name) || t("details.unnamed_firm", { trade });
  }

  #firm(firm) {
    const { store } = this;
    const { world, picked } = store;
    const zoneOf = (cell) => named(world.zones[world.cells.zone[cell]].name);
    const rows = [
      [t("details.run"), picked.run],
      [t("details.trade"), named(world.subsectors[firm.subsector].name)],
      [t("details.jobs"), number(firm.jobs)],
      [t("details.where"), firm.alive ? zoneOf(firm.cell) : t("details.gone")],
    ];
    const trail = firm.trail.map(([month, cell]) =>
      make("li", {}, `${monthWords(month)}: ${zoneOf(cell)}`),
    );
    const leave = () => store.pick(null);
    return [
      make("h3", {}, this.#name(firm)),
      facts(rows),
      make("h3", {}, t("details.trail")),
      make("ol", { class: "plain" }, trail),
      firm.name ? null : make("p", { class: "small" }, t("details.synthetic")),
      make("button", { type: "button", onclick: leave }, t("details.leave")),
    ].filter(Boolean);
  }
}

function facts(rows) {
  const pairs = rows
    .filter(([, value]) => value)
    .map(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  return make("dl", { class: "facts" }, pairs.flat());
}
