// The whole period as a scrubber: what is stored, edits, notes, chapters, the clock.

import { byId, make, oncePerPicture } from "./dom.mjs";
import { monthWords, onLanguage, t } from "./i18n.mjs";
import { monthName, monthNumber } from "./months.mjs";
import { command, confirmed } from "./notice.mjs";
import { emOf, fill, sizeOf } from "./surface.mjs";

/** A range input over a drawing; the drawing is told by the lists beside it. */
export class Timeline {
  constructor(store) {
    this.store = store;
    this.input = byId("scrub");
    this.canvas = make("canvas", { "aria-hidden": "true" });
    byId("timeline").prepend(this.canvas);
    this.draw = oncePerPicture(() => this.#draw());
    fill(byId("timeline"), [this.canvas], this.draw);
    this.input.addEventListener("input", () => store.lookAt(Number(this.input.value)));
    byId("to-live").addEventListener("click", () => store.lookAt(null));
    byId("branch").addEventListener("click", () => this.branch());
    store.on("state looking", () => this.show());
    onLanguage(() => this.show());
  }

  /** Go back to the month shown and go on from there, without the later edits. */
  async branch() {
    const { store } = this;
    if (store.looking === null || !store.steers) return;
    const month = monthName(store.looking);
    const later = store.state.edits.filter((edit) => !edit.undone && edit.after >= month);
    const words = t("timeline.branch_question", {
      month: monthWords(month),
      edits: later.length,
    });
    if (!(await confirmed(words, t("timeline.branch")))) return;
    if (await command(store.line, "branch", { month })) store.lookAt(null);
  }

  show() {
    const { store, input } = this;
    if (!store.state) return;
    input.disabled = !store.ready;
    input.min = String(store.first);
    input.max = String(store.end);
    if (Number(input.value) !== store.shown) input.value = String(store.shown);
    input.setAttribute("aria-valuetext", monthWords(monthName(store.shown)));
    byId("to-live").disabled = store.looking === null;
    byId("branch").disabled = store.looking === null || !store.steers;
    byId("branch").hidden = !store.steers;
    this.draw();
  }

  #draw() {
    const { store } = this;
    const element = byId("timeline");
    const { width, height } = sizeOf(element);
    if (!store.state || !width) return;
    const em = emOf(element);
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const margin = 0.6 * em; // half of the scrubber's knob
    const x = (month) => {
      const share = (month - store.first) / (store.end - store.first);
      return margin + share * (width - 2 * margin);
    };
    const middle = 1.55 * em;
    bar(pen, x(store.first), x(store.end), middle, "#c4cad1");
    bar(pen, x(store.first), x(store.last), middle, "#4d5661");
    this.#years(pen, x, { width, height }, em);
    for (const { month } of store.state.chapters) flag(pen, x(monthNumber(month)), middle, em);
    for (const { month } of store.state.notes) pin(pen, x(monthNumber(month)), middle, em);
    for (const edit of store.state.edits) {
      if (!edit.undone) triangle(pen, x(monthNumber(edit.from)), middle, em);
    }
  }

  #years(pen, x, { width, height }, em) {
    const { store } = this;
    pen.font = `${em}px system-ui, sans-serif`;
    pen.fillStyle = "#3f4853";
    pen.textAlign = "center";
    pen.textBaseline = "bottom";
    const wide = pen.measureText("2040").width;
    const room = x(store.first + 12) - x(store.first);
    const every = [1, 2, 5, 10].find((one) => one * room > 1.5 * wide) ?? 10;
    for (let year = Math.ceil(store.first / 12); 12 * year <= store.end; year += 1) {
      if (year % every) continue;
      const inside = Math.max(wide / 2, Math.min(x(12 * year), width - wide / 2));
      pen.fillText(String(year), inside, height);
    }
  }
}

function bar(pen, left, right, middle, colour) {
  pen.fillStyle = colour;
  pen.fillRect(left, middle - 3, right - left, 6);
}

function triangle(pen, x, middle, em) {
  pen.fillStyle = "#1b1f24";
  pen.beginPath();
  pen.moveTo(x - 0.35 * em, middle - 1.2 * em);
  pen.lineTo(x + 0.35 * em, middle - 1.2 * em);
  pen.lineTo(x, middle - 0.5 * em);
  pen.fill();
}

function pin(pen, x, middle, em) {
  pen.fillStyle = "#ffffff";
  pen.strokeStyle = "#1b1f24";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, middle - 0.9 * em, 0.3 * em, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
}

function flag(pen, x, middle, em) {
  pen.fillStyle = "#8a1c7c";
  pen.fillRect(x - 1, middle - 1.4 * em, 2, 1.4 * em);
  pen.beginPath();
  pen.moveTo(x, middle - 1.4 * em);
  pen.lineTo(x + 0.7 * em, middle - 1.1 * em);
  pen.lineTo(x, middle - 0.8 * em);
  pen.fill();
}
