// One panel beside the maps at a time, or none: then the maps have all the room.

import { byId } from "./dom.mjs";

/** A vertical list of tabs; the chosen one, chosen again, closes its panel. */
export class Tabs {
  constructor(open, changed) {
    this.changed = changed;
    this.tabs = [...byId("tabs").querySelectorAll("[role=tab]")];
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.show(tab.dataset.panel === this.open ? null : tab.dataset.panel));
    }
    byId("tabs").addEventListener("keydown", (event) => this.#key(event));
    this.show(open);
  }

  show(open) {
    this.open = open;
    for (const tab of this.tabs) {
      const mine = tab.dataset.panel === open;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine || (open === null && tab === this.tabs[0]) ? 0 : -1;
      byId(tab.dataset.panel).hidden = !mine;
    }
    byId("side").hidden = open === null;
    this.changed(open);
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const at = this.tabs.indexOf(document.activeElement);
    const next = this.tabs.at((at + step) % this.tabs.length);
    next.focus();
    event.preventDefault();
  }
}
