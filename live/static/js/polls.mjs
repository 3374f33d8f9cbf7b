// A question to the room, answered on phones: counts only, nobody is asked who they are.

import { inUse, make } from "./dom.mjs";
import { number, onLanguage, t } from "./i18n.mjs";
import { command } from "./notice.mjs";

const MOST_ANSWERS = 5;

/** Bars of a poll's counts, with numbers beside them. */
export function bars({ answers, counts }) {
  const all = counts.reduce((sum, one) => sum + one, 0);
  const rows = answers.map((answer, i) => {
    const share = all ? counts[i] / all : 0;
    const meter = make("meter", {
      min: "0", max: "1", value: String(share), "aria-label": answer,
    });
    const words = t("polls.count", { votes: number(counts[i]), percent: number(100 * share) });
    return make("li", {}, make("p", {}, answer), meter, make("p", { class: "small" }, words));
  });
  return make("ul", { class: "plain bars" }, rows);
}

/** The panel of the poll: ask, close, clear; everybody sees the counts. */
export class Polls {
  constructor(store, panel) {
    Object.assign(this, { store, panel });
    this.question = "";
    this.answers = null;
    store.on("state", () => this.#refresh());
    onLanguage(() => this.build());
  }

  #refresh() {
    const { state, role } = this.store;
    const now = JSON.stringify([role, state.poll, Boolean(state.shared)]);
    if (now === this.seen || inUse(this.panel)) return;
    this.seen = now;
    this.build();
  }

  build() {
    const { state, steers } = this.store;
    if (!state) return;
    const parts = [make("h2", {}, t("polls.title"))];
    if (state.poll) parts.push(...this.#running(state.poll));
    else if (steers) parts.push(this.#form());
    else parts.push(make("p", { class: "soft" }, t("polls.none")));
    if (state.shared) {
      const code = make("img", { src: "/qr.svg", alt: t("polls.qr", { url: state.shared }), class: "qr" });
      parts.push(make("figure", {}, code, make("figcaption", {}, state.shared)));
    } else if (steers) parts.push(make("p", { class: "small" }, t("polls.not_shared")));
    this.panel.replaceChildren(...parts);
  }

  #running(poll) {
    const { line, steers } = this.store;
    const act = (action) => () => command(line, "poll", { action });
    const button = (action) =>
      make("button", { type: "button", onclick: act(action) }, t(`polls.${action}`));
    const buttons = steers ? [poll.open ? button("close") : null, button("clear")] : [];
    const mode = t(poll.open ? "polls.is_open" : "polls.is_closed");
    return [
      make("p", { class: "asking" }, poll.question),
      make("p", { class: "small" }, mode),
      bars(poll),
      make("p", { class: "buttons" }, buttons),
    ];
  }

  #form() {
    this.answers ??= [t("polls.up"), t("polls.down"), t("polls.same")];
    const question = make("input", {
      type: "text", maxlength: "200", value: this.question,
      placeholder: t("polls.example"),
      oninput: () => { this.question = question.value; },
    });
    const answers = make("textarea", { rows: String(MOST_ANSWERS), maxlength: "400" });
    answers.value = this.answers.join("\n");
    const ask = async (event) => {
      event.preventDefault();
      const given = answers.value.split("\n").map((one) => one.trim()).filter(Boolean);
      const poll = { question: question.value.trim(), answers: given.slice(0, MOST_ANSWERS) };
      document.activeElement?.blur();
      if (await command(this.store.line, "poll", { action: "open", ...poll })) {
        this.question = "";
        this.answers = null;
      }
    };
    return make(
      "form",
      { onsubmit: ask },
      make("label", { class: "field" }, make("span", {}, t("polls.question")), question),
      make("label", { class: "field" }, make("span", {}, t("polls.answers")), answers),
      make("button", { type: "submit", class: "strong" }, t("polls.open")),
    );
  }
}
