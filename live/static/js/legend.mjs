// What the map's colours and signs mean, drawn into a canvas so that exports keep it.

import { make, oncePerPicture } from "./dom.mjs";
import { named, number, quantity, t, unitWords } from "./i18n.mjs";
import { diamond } from "./lettering.mjs";
import { differenceSpan, placement } from "./map.mjs";
import { decimals } from "./mapview.mjs";
import { NO_DATA, SUBSECTORS, css, differenceRamp, layerRamp } from "./palette.mjs";
import { firmRadius } from "./signs.mjs";
import { emOf } from "./surface.mjs";

const LINE = 1.9; // times a letter: height of a row
const SIZES = [20, 200, 2000]; // jobs
const SHARPEST = 2;

/** The legend of all maps on the page; as high as it needs to be. */
export class Legend {
  constructor(store, camera, mapOf) {
    Object.assign(this, { store, camera, mapOf });
    this.canvas = make("canvas", { role: "img" });
    this.element = make("div", { class: "legend" }, this.canvas);
    this.draw = oncePerPicture(() => this.#draw());
    new ResizeObserver(() => this.draw()).observe(this.element);
    let zoom = camera.zoom;
    camera.addEventListener("moved", () => {
      if (camera.zoom !== zoom) this.draw();
      zoom = camera.zoom;
    });
    store.on("choice state", () => this.draw());
  }

  #draw() {
    const width = this.element.clientWidth;
    if (!width) return;
    const em = emOf(this.element);
    const pen = this.canvas.getContext("2d");
    pen.font = fontOf(em);
    const rows = arranged(this.#groups(pen, em), width - 4, em);
    const height = Math.ceil(LINE * em * rows.length);
    const ratio = Math.min(window.devicePixelRatio, SHARPEST);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, height);
    rows.forEach((row, i) => {
      for (const { item, left } of row) item.draw(pen, left, LINE * em * (i + 0.5));
    });
    this.canvas.setAttribute("aria-label", this.#words());
  }

  #groups(pen, em) {
    const { store } = this;
    const differs = store.view === "difference";
    const colours = differs ? differenceItems(pen, em, store) : layerItems(pen, em, store);
    const noData = signItem(pen, em, t("legend.no_data"), square(em, NO_DATA));
    const signs = [];
    if (store.firms && !differs) {
      store.world.subsectors.forEach((one, i) => {
        signs.push(signItem(pen, em, named(one.name), dot(em, SUBSECTORS[i])));
      });
      signs.push(sizesItem(pen, em, this.#side()));
    }
    if (store.communities && !differs) {
      signs.push(signItem(pen, em, t("legend.community"), kite(em)));
    }
    return [[...colours, noData], signs].filter((group) => group.length);
  }

  /** Pixels of a cell on the maps, so that sizes here are sizes there. */
  #side() {
    const view = this.mapOf();
    return view ? placement(this.store.world, this.camera, view.size).side : 8;
  }

  #words() {
    const { store } = this;
    const layer = store.layerShown;
    if (store.view === "difference") {
      return t("legend.says_difference", { layer: named(layer.name) });
    }
    return t("legend.says", {
      layer: named(layer.name),
      low: quantity(layer.low, layer.unit, decimals(layer)),
      high: quantity(layer.high, layer.unit, decimals(layer)),
    });
  }
}

function fontOf(em, weight = 400) {
  return `${weight} ${0.9 * em}px system-ui, sans-serif`;
}

/** Groups of items in rows no wider than the room; a group begins a row if it must. */
function arranged(groups, width, em) {
  const gap = em;
  const rows = [[]];
  let left = 4;
  const next = () => {
    if (rows.at(-1).length) rows.push([]);
    left = 4;
  };
  for (const items of groups) {
    const whole = items.reduce((sum, item) => sum + item.width + gap, -gap);
    if (left + whole > width) next();
    for (const item of items) {
      if (left + item.width > width) next();
      rows.at(-1).push({ item, left });
      left += item.width + gap;
    }
  }
  return rows;
}

function signItem(pen, em, words, sign) {
  pen.font = fontOf(em);
  return {
    width: 1.4 * em + pen.measureText(words).width,
    draw(on, x, y) {
      sign(on, x + 0.5 * em, y);
      write(on, em, words, x + 1.3 * em, y);
    },
  };
}

function write(pen, em, words, x, y, weight = 400) {
  pen.font = fontOf(em, weight);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = "#1b1f24";
  pen.fillText(words, x, y);
}

function square(em, colour) {
  return (pen, x, y) => {
    pen.fillStyle = colour;
    pen.strokeStyle = "#8b949e";
    pen.lineWidth = 1;
    pen.fillRect(x - 0.45 * em, y - 0.45 * em, 0.9 * em, 0.9 * em);
    pen.strokeRect(x - 0.45 * em, y - 0.45 * em, 0.9 * em, 0.9 * em);
  };
}

function dot(em, colour) {
  return (pen, x, y) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, 0.42 * em, 0, 2 * Math.PI);
    pen.fill();
  };
}

function kite(em) {
  return (pen, x, y) => {
    const path = new Path2D();
    diamond(path, x, y, 0.5 * em);
    pen.fillStyle = "#ffffff";
    pen.strokeStyle = "#1b1f24";
    pen.lineWidth = 1.6;
    pen.fill(path);
    pen.stroke(path);
  };
}

function layerItems(pen, em, store) {
  const layer = store.layerShown;
  const digits = decimals(layer);
  const end = (value) => {
    return layer.unit === "share" ? quantity(value, "share", 2) : number(value, digits);
  };
  const unit = layer.unit === "share" ? "" : unitWords(layer.unit);
  const title = unit ? `${named(layer.name)} (${unit})` : named(layer.name);
  // Counts and shares have a least value; of all else there may be less.
  const least = layer.scale === "log" || layer.low === 0;
  return rampItems(pen, em, {
    title,
    low: least ? end(layer.low) : t("legend.and_less", { value: end(layer.low) }),
    high: t("legend.and_more", { value: end(layer.high) }),
    ramp: layerRamp(layer.diverging),
  });
}

function differenceItems(pen, em, store) {
  const layer = store.layerShown;
  const { times, value } = differenceSpan(layer);
  const more = (run) => {
    if (times) return t("legend.times_in", { times: number(times), run });
    return t("legend.more_in", { size: quantity(value, layer.unit, decimals(layer)), run });
  };
  return rampItems(pen, em, {
    title: named(layer.name),
    low: more("A"),
    high: more("B"),
    ramp: differenceRamp(),
  });
}

/** The name of what is coloured, and its scale: two items, for a phone has two rows. */
function rampItems(pen, em, { title, low, high, ramp }) {
  const bar = 7 * em;
  pen.font = fontOf(em, 600);
  const name = {
    width: pen.measureText(title).width,
    draw: (on, x, y) => write(on, em, title, x, y, 600),
  };
  pen.font = fontOf(em);
  const first = pen.measureText(low).width + 0.5 * em;
  const scale = {
    width: first + bar + 0.5 * em + pen.measureText(high).width,
    draw(on, x, y) {
      write(on, em, low, x, y);
      for (let i = 0; i < 64; i += 1) {
        on.fillStyle = css(ramp, 1 + Math.round((254 * i) / 63));
        on.fillRect(x + first + (bar * i) / 64, y - 0.5 * em, bar / 64 + 0.5, em);
      }
      on.strokeStyle = "#8b949e";
      on.lineWidth = 1;
      on.strokeRect(x + first, y - 0.5 * em, bar, em);
      write(on, em, high, x + first + bar + 0.5 * em, y);
    },
  };
  return [name, scale];
}

function sizesItem(pen, em, side) {
  pen.font = fontOf(em);
  const radius = (jobs) => Math.min(0.9 * em, Math.max(1.5, side * firmRadius(jobs)));
  // Where the closest look makes dots larger than a line, only the small are shown.
  const shown = SIZES.filter((jobs) => side * firmRadius(jobs) <= 0.9 * em || jobs === SIZES[0]);
  const title = t("legend.jobs_of_a_firm");
  const widths = shown.map((jobs) => 2 * radius(jobs) + pen.measureText(number(jobs)).width);
  const titleWidth = pen.measureText(title).width + 0.6 * em;
  const total = widths.reduce((sum, one) => sum + one + 0.8 * em, 0);
  return {
    width: titleWidth + total,
    draw(on, x, y) {
      write(on, em, title, x, y);
      let left = x + titleWidth;
      shown.forEach((jobs, i) => {
        on.fillStyle = "#59636e";
        on.beginPath();
        on.arc(left + radius(jobs), y, radius(jobs), 0, 2 * Math.PI);
        on.fill();
        write(on, em, number(jobs), left + 2 * radius(jobs) + 4, y);
        left += widths[i] + 0.8 * em;
      });
    },
  };
}
