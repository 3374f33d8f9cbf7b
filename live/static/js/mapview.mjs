// A map that can be panned, zoomed, pointed at and picked from, by hand or by key.

import { make, oncePerPicture } from "./dom.mjs";
import { monthWords, named, quantity, t } from "./i18n.mjs";
import { cellValue, drawMap, extent, placement } from "./map.mjs";
import { monthName } from "./months.mjs";
import { firmJobs, firmPoint, firmRadius } from "./signs.mjs";
import { emOf, fill, sizeOf } from "./surface.mjs";

const CLOSEST = 14; // times the whole region
const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STOPS_FROM = 2; // zoom from which stops have names
const REACH = 4; // px around a dot in which a click means the firm

/** Where all maps of a page look: they move together. */
export class Camera extends EventTarget {
  constructor() {
    super();
    this.zoom = 1;
    this.x = 0; // cells east of the middle
    this.y = 0; // cells south of the middle
  }

  set(changes) {
    Object.assign(this, changes);
    this.zoom = Math.max(1, Math.min(CLOSEST, this.zoom));
    if (this.zoom === 1) Object.assign(this, { x: 0, y: 0 });
    this.dispatchEvent(new Event("moved"));
  }
}

/** A map of run "A", "B" or of the "difference". */
export class MapView {
  constructor(store, camera, run, { pickable = true } = {}) {
    Object.assign(this, { store, camera, run });
    this.canvas = make("canvas", { role: "img" });
    this.overlay = make("canvas", { "aria-hidden": "true" });
    const wrapper = { class: "map", tabindex: "0", role: "application" };
    this.element = make("div", wrapper, this.canvas, this.overlay);
    this.hovered = null;
    this.pointers = new Map();
    this.draw = oncePerPicture(() => this.#draw());
    this.drawOverlay = oncePerPicture(() => this.#drawOverlay());
    fill(this.element, [this.canvas, this.overlay], () => this.draw());
    camera.addEventListener("moved", () => {
      this.#lead();
      this.draw();
    });
    this.#lead();
    store.on("state frame choice looking picked", () => this.draw());
    this.#listen(pickable);
  }

  // A finger on the whole Region scrolls the page: there is nothing to drag.
  #lead() {
    this.overlay.dataset.whole = String(this.camera.zoom === 1);
  }

  get size() {
    return { ...sizeOf(this.element), head: 2.1 * emOf(this.element) };
  }

  get frame() {
    return this.store.frame(this.run === "difference" ? "A" : this.run);
  }

  #scene() {
    const { store, run } = this;
    const differs = run === "difference";
    const frame = this.frame;
    return {
      world: store.world,
      camera: this.camera,
      run,
      badges: store.runs.length < 2 ? [] : differs ? store.runs : [run],
      frame,
      other: differs ? store.frame("B") : null,
      layer: store.layerShown,
      firms: store.firms,
      communities: store.communities,
      names: store.names,
      labels: labels(store.world, frame, this.camera.zoom),
      pins: pins(store, run),
      title: differs ? t("map.difference") : named(store.state?.runs?.[run]?.title),
      month: frame ? monthWords(frame.month, "short") : "",
      waiting: t("map.waiting"),
      kilometres: this.camera.zoom > 3 ? 0.5 : 2,
      em: emOf(this.element),
    };
  }

  #draw() {
    const { size } = this;
    if (size.width === 0) return;
    const scene = this.#scene();
    drawMap(this.canvas.getContext("2d"), size, scene);
    const layer = named(scene.layer.name);
    const words = { title: scene.title, month: scene.month, layer, run: this.run };
    this.canvas.setAttribute("aria-label", t("map.says", words));
    this.element.setAttribute("aria-label", t("map.use", words));
    this.#drawOverlay();
  }

  #at() {
    return placement(this.store.world, this.camera, this.size);
  }

  #drawOverlay() {
    const pen = this.overlay.getContext("2d");
    const { size } = this;
    const at = this.#at();
    pen.clearRect(0, 0, size.width, size.height);
    const { picked, details, world } = this.store;
    if (picked?.run === this.run || this.run === "difference") {
      if (picked?.cell !== undefined) outline(pen, world, at, picked.cell, 3);
      if (details?.firm && picked?.firm !== undefined) trail(pen, world, at, details.firm);
    }
    if (this.hovered !== null && this.frame) {
      outline(pen, world, at, this.hovered, 2);
      this.#drawTip(pen, at, size);
    }
  }

  #drawTip(pen, at, size) {
    const { store } = this;
    const em = emOf(this.element);
    const lines = this.#tipLines();
    pen.font = `${0.9 * em}px system-ui, sans-serif`;
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width)) + em;
    const tall = 1.3 * em * lines.length + 0.6 * em;
    const { x, y } = store.world.cells;
    const right = at.left + at.side * (x[this.hovered] + 1) + 8;
    const left = right + wide < size.width ? right : right - wide - at.side - 16;
    const wanted = at.top + at.side * y[this.hovered] - tall / 2;
    const top = Math.max(size.head, Math.min(wanted, size.height - tall - 2));
    pen.fillStyle = "rgb(27 31 36 / 92%)";
    pen.beginPath();
    pen.roundRect(Math.max(2, left), top, wide, tall, 5);
    pen.fill();
    pen.fillStyle = "#ffffff";
    pen.textBaseline = "top";
    pen.textAlign = "left";
    lines.forEach((line, i) => {
      const down = top + 0.4 * em + 1.3 * em * i;
      pen.fillText(line, Math.max(2, left) + 0.5 * em, down);
    });
  }

  #tipLines() {
    const { store, hovered, frame } = this;
    const { world, layerShown: layer } = store;
    const zone = named(world.zones[world.cells.zone[hovered]].name);
    const show = (one) => quantity(cellValue(layer, one, hovered), layer.unit, decimals(layer));
    if (this.run === "difference") {
      const other = store.frame("B");
      return [zone, `A: ${show(frame)}`, `B: ${other ? show(other) : t("no.value")}`];
    }
    const rows = firmsIn(frame, hovered);
    const jobs = rows.reduce((sum, row) => sum + firmJobs(frame)[row], 0);
    const firms = t("map.firms_and_jobs", { firms: rows.length, jobs });
    const value = t("map.value", { name: named(layer.name), value: show(frame) });
    return [zone, value, firms];
  }

  // Pointers: one drags, two pinch, a short press picks.
  #listen(pickable) {
    const { overlay } = this;
    overlay.addEventListener("pointerdown", (event) => {
      overlay.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
      this.dragged = 0;
    });
    overlay.addEventListener("pointermove", (event) => this.#moved(event));
    for (const end of ["pointerup", "pointercancel"]) {
      overlay.addEventListener(end, (event) => {
        const alone = this.pointers.size === 1;
        this.pointers.delete(event.pointerId);
        if (end === "pointerup" && alone && this.dragged < 5 && pickable) {
          this.#pickAt(event.offsetX, event.offsetY);
        }
      });
    }
    overlay.addEventListener("pointerleave", () => this.#hover(null));
    overlay.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.element.addEventListener("keydown", (event) => this.#key(event, pickable));
    this.element.addEventListener("blur", () => this.#hover(null));
  }

  #moved(event) {
    const before = this.pointers.get(event.pointerId);
    const now = [event.offsetX, event.offsetY];
    if (!before) {
      this.#hover(this.#cellAt(...now));
      return;
    }
    const { side } = this.#at();
    const { camera } = this;
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    this.dragged += Math.abs(dx) + Math.abs(dy);
    if (this.pointers.size === 2) {
      const others = [...this.pointers].filter(([id]) => id !== event.pointerId);
      const other = others[0][1];
      const spread = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
      this.#zoomAround(spread(now) / Math.max(1, spread(before)), other[0], other[1]);
    } else if (camera.zoom > 1) {
      camera.set({ x: camera.x - dx / side, y: camera.y - dy / side });
    }
    this.pointers.set(event.pointerId, now);
  }

  #wheel(event) {
    event.preventDefault();
    this.#zoomAround(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }

  /** Zoom so that the place under a point of the screen stays under it. */
  #zoomAround(times, px, py) {
    const { camera, size } = this;
    const before = this.#at();
    const [cellX, cellY] = [(px - before.left) / before.side, (py - before.top) / before.side];
    camera.set({ zoom: camera.zoom * times });
    const after = placement(this.store.world, camera, size);
    const moved = [(px - after.left) / after.side, (py - after.top) / after.side];
    camera.set({ x: camera.x + cellX - moved[0], y: camera.y + cellY - moved[1] });
  }

  /** Zoom in or out around the middle. */
  zoom(times) {
    const { size } = this;
    this.#zoomAround(times, size.width / 2, (size.height + size.head) / 2);
  }

  #key(event, pickable) {
    const { camera } = this;
    if (STEP[event.key]) this.#step(...STEP[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.4);
    else if (event.key === "-") this.zoom(1 / 1.4);
    else if (event.key === "0") camera.set({ zoom: 1 });
    else if (event.key === "Enter" && this.hovered !== null && pickable) {
      this.store.pick({ run: this.#pickRun(), cell: this.hovered });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(right, down) {
    const { world } = this.store;
    const box = extent(world);
    const { x, y } = world.cells;
    let [col, row] = [Math.floor(box.left + box.cols / 2), Math.floor(box.top + box.rows / 2)];
    if (this.hovered !== null) [col, row] = [x[this.hovered] + right, y[this.hovered] + down];
    this.#hover(cellOf(world, col, row) ?? this.hovered);
  }

  #hover(cell) {
    if (cell === this.hovered) return;
    this.hovered = cell;
    this.drawOverlay();
  }

  #cellAt(px, py) {
    const at = this.#at();
    const [col, row] = [(px - at.left) / at.side, (py - at.top) / at.side];
    return cellOf(this.store.world, Math.floor(col), Math.floor(row));
  }

  #pickRun() {
    return this.run === "difference" ? "A" : this.run;
  }

  #pickAt(px, py) {
    const run = this.#pickRun();
    const firm = this.run !== "difference" && this.store.firms ? this.#firmAt(px, py) : null;
    if (firm !== null) {
      this.store.pick({ run, firm });
      return;
    }
    const cell = this.#cellAt(px, py);
    if (cell !== null) this.store.pick({ run, cell });
  }

  /** The smallest firm under a point: large ones lie below. */
  #firmAt(px, py) {
    const { frame, store } = this;
    if (!frame) return null;
    const at = this.#at();
    const { firm_id: ids, firm_cell: cells } = frame.arrays;
    const jobs = firmJobs(frame);
    let [found, fewest] = [null, Infinity];
    for (let row = 0; row < ids.length; row += 1) {
      const [x, y] = firmPoint(store.world, at, ids[row], cells[row]);
      const reach = Math.max(at.side * firmRadius(jobs[row]), REACH);
      const near = Math.hypot(px - x, py - y) <= reach;
      if (near && jobs[row] < fewest) [found, fewest] = [ids[row], jobs[row]];
    }
    return found;
  }
}

const grids = new WeakMap();

/** Cell at a column and row, or null. */
function cellOf(world, col, row) {
  if (!grids.has(world)) {
    const { x, y } = world.cells;
    grids.set(world, new Map(x.map((one, cell) => [`${one},${y[cell]}`, cell])));
  }
  return grids.get(world).get(`${col},${row}`) ?? null;
}

function firmsIn(frame, cell) {
  const rows = [];
  frame.arrays.firm_cell.forEach((one, row) => {
    if (one === cell) rows.push(row);
  });
  return rows;
}

/** Digits after the comma that a layer's values are worth. */
export function decimals(layer) {
  if (layer.unit === "share") return 3;
  return layer.high - layer.low < 20 ? 1 : 0;
}

/** Names in the order in which they get room: named firms, places, and closer, stops. */
function labels(world, frame, zoom) {
  const { x, y } = world.cells;
  const anchors = [...(frame?.anchors ?? [])].sort((p, q) => q.jobs - p.jobs);
  const middle = (cell) => ({ x: x[cell] + 0.5, y: y[cell] + 0.5 });
  const labelled = (one, style) => ({ name: named(one.name), x: one.x, y: one.y, ...style });
  const found = [
    ...anchors.map((one) => labelled({ ...one, ...middle(one.cell) }, { weight: 600 })),
    ...world.places.map((one) => labelled(one, { weight: 400, dot: "place" })),
  ];
  if (zoom < STOPS_FROM) return found;
  return [...found, ...world.stations.map((one) => labelled(one, { weight: 400, dot: "station" }))];
}

/** Notes that are pinned to a cell, of this run or of both, up to the month shown. */
function pins(store, run) {
  const notes = store.state?.notes ?? [];
  const month = monthName(store.shown);
  return notes
    .map((note, i) => ({ ...note, number: i + 1 }))
    .filter((note) => note.cell !== null && note.cell !== undefined && note.month <= month)
    .filter((note) => !note.run || note.run === run || run === "difference");
}

function outline(pen, world, at, cell, width) {
  const left = at.left + at.side * world.cells.x[cell];
  const top = at.top + at.side * world.cells.y[cell];
  pen.lineWidth = width + 2;
  pen.strokeStyle = "#ffffff";
  pen.strokeRect(left, top, at.side, at.side);
  pen.lineWidth = width;
  pen.strokeStyle = "#1b1f24";
  pen.strokeRect(left, top, at.side, at.side);
}

/** The way of a followed firm, from its first address to its last. */
function trail(pen, world, at, firm) {
  const points = firm.trail.map(([, cell]) => [
    at.left + at.side * (world.cells.x[cell] + 0.5),
    at.top + at.side * (world.cells.y[cell] + 0.5),
  ]);
  for (const [colour, width] of [["#ffffff", 6], ["#1b1f24", 2.5]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }
  points.forEach(([x, y], i) => {
    pen.beginPath();
    pen.arc(x, y, i === points.length - 1 ? 8 : 4, 0, 2 * Math.PI);
    pen.fillStyle = i === points.length - 1 ? "#ffd60a" : "#ffffff";
    pen.fill();
    pen.strokeStyle = "#1b1f24";
    pen.lineWidth = 2.5;
    pen.stroke();
  });
}
