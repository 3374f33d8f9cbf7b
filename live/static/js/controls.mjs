// Play, pause, step, reset, speed, and the month in large letters.

import { byId } from "./dom.mjs";
import { monthWords, number, onLanguage, t } from "./i18n.mjs";
import { monthName } from "./months.mjs";
import { command, confirmed } from "./notice.mjs";

const SPEEDS = [0.5, 1, 2, 3, 5, 8, 12, null]; // months a second; null: as fast as it goes

/** The buttons of the clock; none can be pressed before the first state has come. */
export class Controls {
  constructor(store) {
    this.store = store;
    byId("play").addEventListener("click", () => this.playOrPause());
    byId("step").addEventListener("click", () => this.step());
    byId("reset").addEventListener("click", () => this.reset());
    byId("blackout").addEventListener("click", () => this.blackout());
    const speed = byId("speed");
    speed.max = String(SPEEDS.length - 1);
    speed.addEventListener("input", () => this.#speedWords(SPEEDS[speed.value]));
    speed.addEventListener("change", () => {
      this.#ask("speed", { months_per_second: SPEEDS[speed.value] });
    });
    store.on("state looking", () => this.show());
    onLanguage(() => this.show());
  }

  #ask(word, values) {
    return command(this.store.line, word, values);
  }

  playOrPause() {
    if (!this.store.steers || !this.store.state) return;
    this.store.lookAt(null);
    this.#ask(this.store.state.playing ? "pause" : "play");
  }

  step() {
    if (!this.store.steers || !this.store.state) return;
    this.store.lookAt(null);
    this.#ask("step");
  }

  async reset() {
    const { store } = this;
    if (!store.steers || !store.state) return;
    const edits = store.state.edits.filter((edit) => !edit.undone).length;
    const words = t("controls.reset_question", { edits });
    if (await confirmed(words, t("controls.reset"))) this.#ask("reset");
  }

  blackout() {
    if (!this.store.steers || !this.store.state) return;
    this.#ask("blackout", { on: !this.store.state.blackout });
  }

  show() {
    const { state, steers, looking, ready, shown } = this.store;
    const month = byId("month");
    if (!state) return;
    month.textContent = monthWords(monthName(shown));
    byId("clock").dataset.looking = String(looking !== null);
    const mode = looking !== null ? "clock.looking" : state.playing ? "clock.playing" : "clock.paused";
    byId("mode").textContent = t(mode);
    for (const id of ["play", "step", "reset", "speed", "blackout"]) byId(id).disabled = !steers || !ready;
    byId("transport").dataset.steers = String(steers);
    const ended = this.store.live >= this.store.end;
    const play = byId("play");
    play.dataset.playing = String(state.playing);
    byId("play-words").textContent = t(state.playing ? "controls.pause" : "controls.play");
    if (steers && ready) {
      play.disabled = ended && !state.playing;
      byId("step").disabled = ended;
    }
    byId("blackout").setAttribute("aria-pressed", String(state.blackout));
    const speed = byId("speed");
    if (document.activeElement !== speed) speed.value = String(nearestSpeed(state.speed));
    this.#speedWords(SPEEDS[speed.value]);
  }

  #speedWords(months) {
    const fastest = months === null;
    const decimals = months !== null && months < 1 ? 1 : 0;
    const words = fastest
      ? t("controls.fastest")
      : t("controls.months_a_second", { months: number(months, decimals) });
    byId("speed-words").textContent = words;
    byId("speed").setAttribute("aria-valuetext", words);
  }
}

function nearestSpeed(months) {
  if (months === null) return SPEEDS.length - 1;
  const known = SPEEDS.slice(0, -1);
  const off = known.map((one) => Math.abs(Math.log(one / months)));
  return off.indexOf(Math.min(...off));
}
