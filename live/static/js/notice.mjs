// What must be said at once: refusals, lost lines, dead runs, and questions before
// something is thrown away.

import { byId, make } from "./dom.mjs";
import { named, t } from "./i18n.mjs";
import { Refused } from "./socket.mjs";

const SHOWN = 9000; // ms
const LONG = 400; // ms; what takes less needs no words

/** Ask for a command; a refusal is shown with all its faults. True if it was done. */
export async function command(line, word, values = {}) {
  try {
    return await line.ask(word, values);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(refusal(error));
    return null;
  }
}

/** The words of a refusal: the server's own, a line for each fault. */
export function refusal({ faults }) {
  return faults.length ? faults.map(({ text }) => named(text)) : [t("notice.not_sent")];
}

/** Show lines for a while, and read them to a screen reader. */
export function say(lines) {
  const box = byId("notices");
  const close = make(
    "button",
    { type: "button", class: "quiet", "aria-label": t("close"), onclick: () => note.remove() },
    "×",
  );
  const words = lines.map((line) => make("p", {}, line));
  const note = make("div", { class: "notice" }, make("div", {}, words), close);
  box.append(note);
  window.setTimeout(() => note.remove(), SHOWN);
}

/** Ask before something is lost; true if the answer is yes. */
export function confirmed(words, yes) {
  const dialog = byId("question");
  byId("question-words").textContent = words;
  byId("question-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const closed = () => resolve(dialog.returnValue === "yes");
    dialog.addEventListener("close", closed, { once: true });
  });
}

/** The bar below the header: lost line, dead run, black-out, question of a chapter. */
export class Banner {
  constructor(store) {
    this.store = store;
    this.element = byId("banner");
    this.lost = false;
    store.line.addEventListener("lost", () => this.#line(true));
    store.line.addEventListener("open", () => this.#line(false));
    store.on("state", () => {
      this.#wait();
      this.show();
    });
  }

  // Runs that are rewound, loaded or replayed answer later: after a while that is said.
  #wait() {
    if (!this.store.state.busy) {
      window.clearTimeout(this.waiting);
      Object.assign(this, { waiting: null, long: false });
    } else if (!this.waiting) {
      const late = () => {
        this.long = true;
        this.show();
      };
      this.waiting = window.setTimeout(late, LONG);
    }
  }

  #line(lost) {
    this.lost = lost;
    this.show();
  }

  show() {
    const parts = this.#parts();
    const words = parts.map((part) => (typeof part === "string" ? part : part.textContent));
    // The same words are left alone, so that a focused button stays.
    if (words.join("|") === this.shown) return;
    this.shown = words.join("|");
    this.element.replaceChildren(...parts.map((part) =>
      typeof part === "string" ? make("p", {}, part) : part,
    ));
    this.element.hidden = parts.length === 0;
  }

  #parts() {
    const { state, steers, line } = this.store;
    if (this.lost) return [t("banner.lost")];
    if (!state) return [];
    const parts = [];
    // Where the bar stands already, it need not wait to be worth its place.
    const busy = this.long || (state.busy && !this.element.hidden);
    if (!state.ready || busy) parts.push(t("banner.building"));
    const asked = state.chapters.find((one) => one.id === state.asking);
    if (asked) parts.push(make("p", { class: "asking" }, asked.text));
    for (const [run, { alive, warning }] of Object.entries(state.runs).filter(([, one]) => one)) {
      if (warning) parts.push(`${run}: ${named(warning)}`);
      if (alive) continue;
      parts.push(t("banner.stopped", { run }));
      if (!steers) continue;
      const again = () => command(line, "restart", { run });
      const words = t("banner.restart", { run });
      parts.push(make("button", { type: "button", onclick: again }, words));
    }
    if (state.blackout && steers) parts.push(t("banner.blackout"));
    if (state.presenting) parts.push(t("banner.presenting"));
    return parts;
  }
}
