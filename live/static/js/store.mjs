// What this screen knows and shows: the session's state, its series and frames, and the
// choices made here. Data flow one way: the line fills the store, the parts read it.

import { readFrame } from "./frames.mjs";
import { monthName, monthNumber } from "./months.mjs";

const FEED_KEPT = 300; // happenings
const KEPT = "mediapark.choices";
const CHOICES = ["layer", "view", "firms", "communities", "names", "charts", "projector"];

/**
 * Events: "state", "points", "bands", "feed", "frame", "choice", "looking", "picked".
 */
export class Store extends EventTarget {
  constructor(world, line) {
    super();
    this.world = world;
    this.line = line;
    this.role = "viewer";
    this.state = null;
    this.voted = null; // the poll that this phone has answered
    this.series = { A: {}, B: {} };
    this.bands = {};
    this.feed = [];
    this.frames = { A: new Map(), B: new Map() };
    this.looking = null; // month number while looking back
    this.picked = null; // {run, cell} or {run, firm}
    this.details = null; // the server's answer to what was picked
    this.layer = world.layers[0].key;
    this.view = "both"; // "both", "A", "B", "difference"
    this.firms = true;
    this.communities = true;
    this.names = true;
    this.projector = false;
    this.charts = world.indicators.slice(0, 4).map((one) => one.key);
    this.#recall();
    line.addEventListener("message", (event) => this.#take(event.detail));
    line.addEventListener("binary", (event) => this.#takeFrame(event.detail));
  }

  on(names, act) {
    for (const name of names.split(" ")) this.addEventListener(name, act);
  }

  /** Change choices of this screen, and tell. */
  choose(changes) {
    Object.assign(this, changes);
    const kept = Object.fromEntries(CHOICES.map((name) => [name, this[name]]));
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
    this.#tell("choice");
  }

  get steers() {
    return this.role === "facilitator";
  }

  /** Runs of this session, "A" or "A" and "B". */
  get runs() {
    return ["A", "B"].filter((run) => this.state?.runs?.[run]);
  }

  /** Month number of the state before the first month: there series begin. */
  get first() {
    return monthNumber(this.state?.first ?? this.world.start) - 1;
  }

  get end() {
    return monthNumber(this.state?.end ?? this.world.end);
  }

  /** Whether there is something to steer: the runs stand. */
  get ready() {
    return Boolean(this.state?.ready);
  }

  /** Last month number that can be looked at. */
  get last() {
    return this.state ? monthNumber(this.state.last) : this.first;
  }

  /** Month number of the clock. */
  get live() {
    return this.state ? monthNumber(this.state.month) : this.first;
  }

  /** Month number that is on the screen. */
  get shown() {
    return this.looking ?? this.live;
  }

  get layerShown() {
    return this.world.layers.find((one) => one.key === this.layer) ?? this.world.layers[0];
  }

  indicator(key) {
    return this.world.indicators.find((one) => one.key === key);
  }

  /** The frame of a run to draw: of the month that is shown, or the newest before. */
  frame(run) {
    const mine = this.frames[run];
    if (mine.has(this.shown)) return mine.get(this.shown);
    return this.#latest?.[run] ?? null;
  }

  /** The newest frame of a run, whatever is looked at. */
  newest(run) {
    return this.#latest[run] ?? null;
  }

  /** [month number, value] of an indicator of a run, up to a month. */
  points(run, key) {
    const values = this.series[run][key] ?? [];
    return Array.from(values, (value, i) => [this.first + i, value ?? NaN]);
  }

  /** Value of an indicator of a run in a month, or NaN. */
  value(run, key, month = this.shown) {
    const value = this.series[run][key]?.[month - this.first];
    return value === undefined || value === null ? NaN : value;
  }

  /** Look at a stored month; null is back to the clock. */
  async lookAt(month) {
    const within = month === null ? null : Math.max(this.first, Math.min(month, this.last));
    this.looking = within === null || within === this.live ? null : within;
    this.#tell("looking");
    if (this.looking === null || this.#fetching) return;
    // One request under way at a time: a dragged scrubber asks for where it is, not
    // for everything that it passed.
    this.#fetching = true;
    try {
      while (this.looking !== null) {
        const wanted = this.looking;
        const missing = this.runs.filter((run) => !this.frames[run].has(wanted));
        const month = monthName(wanted);
        await Promise.all(missing.map((run) => this.line.ask("look", { run, month })));
        if (this.looking === wanted) break;
      }
    } catch {
      this.looking = null;
      this.#tell("looking");
    } finally {
      this.#fetching = false;
    }
  }

  /** Pick a cell or a firm; its details come from the server. */
  async pick(picked) {
    this.picked = picked;
    this.details = null;
    this.#tell("picked");
    await this.refreshDetails();
  }

  async refreshDetails() {
    const picked = this.picked;
    if (!picked) return;
    const month = monthName(this.shown);
    const word = picked.firm === undefined ? "cell" : "firm";
    try {
      const details = await this.line.ask(word, { ...picked, month });
      if (this.picked !== picked) return;
      this.details = details;
    } catch {
      if (this.picked !== picked) return;
      this.details = null;
    }
    this.#tell("picked");
  }

  #fetching = false;
  #latest = {};

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  #recall() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    const known = (key) => this.world.indicators.some((one) => one.key === key);
    for (const name of CHOICES) if (kept[name] !== undefined) this[name] = kept[name];
    if (!this.charts.every(known)) {
      this.charts = this.world.indicators.slice(0, 4).map((one) => one.key);
    }
  }

  #take(message) {
    if (message.is === "welcome") {
      this.role = message.role;
      this.voted = message.voted ? message.state.poll?.id : null;
      this.#forget();
      this.#takeState(message.state);
    } else if (message.is === "state") this.#takeState(message);
    else if (message.is === "points") this.#takePoints(message);
    else if (message.is === "bands") {
      this.bands[message.run] = message;
      this.#tell("bands");
    } else if (message.is === "feed") {
      // Histories come run by run: what happened at the same time belongs together.
      const all = [...this.feed, ...message.items];
      all.sort((p, q) => p.month.localeCompare(q.month));
      this.feed = all.slice(-FEED_KEPT);
      this.#tell("feed");
    }
  }

  #forget() {
    this.series = { A: {}, B: {} };
    this.bands = {};
    this.feed = [];
    this.frames = { A: new Map(), B: new Map() };
    this.#latest = {};
  }

  #takeState(state) {
    // A session of another ground was loaded: this page's map is of the former one.
    if (state.world !== this.world.id) location.reload();
    const before = this.state ? this.last : null;
    this.state = state;
    if (this.view !== "A" && !state.runs.B) this.view = "A";
    if (!state.ensemble?.on) this.bands = {};
    if (before !== null && this.last < before) this.#dropAfter(this.last);
    this.#tell("state");
  }

  // After a branch or a reset what lies beyond the clock never happened.
  #dropAfter(last) {
    for (const run of ["A", "B"]) {
      const months = [...this.frames[run].keys()].filter((month) => month > last);
      for (const month of months) this.frames[run].delete(month);
      for (const values of Object.values(this.series[run])) {
        values.length = Math.min(values.length, last - this.first + 1);
      }
      if (monthNumber(this.#latest[run]?.month ?? "0000-01") > last) this.#latest[run] = null;
    }
    this.bands = {};
    this.feed = this.feed.filter((item) => monthNumber(item.month) <= last);
    if (this.looking !== null && this.looking > last) this.looking = null;
  }

  #takePoints({ run, from, series }) {
    const start = monthNumber(from) - this.first;
    if (monthNumber(from) <= this.first) this.series[run] = {};
    for (const [key, values] of Object.entries(series)) {
      const mine = (this.series[run][key] ??= []);
      values.forEach((value, i) => {
        mine[start + i] = value;
      });
    }
    this.#tell("points");
  }

  #takeFrame(buffer) {
    const frame = readFrame(buffer);
    const month = monthNumber(frame.month);
    this.frames[frame.run].set(month, frame);
    if (month >= this.live || !this.#latest[frame.run]) this.#latest[frame.run] = frame;
    this.#tell("frame");
  }
}
