// Draws one map: a layer by cell, borders, firms by trade and size, communities, names.
// A pure function of a scene, so that page, export and notebook show the same picture.

import { layerValue } from "./frames.mjs";
import { badge, fitted, twoLines } from "./lettering.mjs";
import { differenceRamp, layerRamp } from "./palette.mjs";
import { drawSigns } from "./signs.mjs";

const GROUND = "#ffffff";
const LINEAR_SPAN = 0.25; // of the scale: full colour of a difference
const LOG_SPAN = Math.log(4); // four times as many: full colour of a difference

const MOST_LETTERINGS = 500;

const paths = new WeakMap();
const letterings = new Map();

/** Where a camera puts the grid: {left, top, side} in CSS pixels. */
export function placement(world, camera, size) {
  const { cols, rows, left, top } = extent(world);
  const free = { width: size.width - 16, height: size.height - size.head - 12 };
  const side = camera.zoom * Math.min(free.width / cols, free.height / rows);
  const middle = [size.width / 2, size.head + free.height / 2];
  return {
    side,
    left: middle[0] - side * (left + cols / 2 + camera.x),
    top: middle[1] - side * (top + rows / 2 + camera.y),
  };
}

/** Smallest box of the grid that holds all cells. */
export function extent(world) {
  if (!paths.has(world)) prepare(world);
  return paths.get(world).extent;
}

/**
 * Draw a scene.
 *
 * scene: {world, camera, layer, frame, other (of B, for a difference), run, badges,
 * title, month, firms, communities, names, labels, pins, waiting, kilometres, em};
 * size: {width, height, head} in CSS pixels.
 */
export function drawMap(context, size, scene) {
  context.fillStyle = GROUND;
  context.fillRect(0, 0, size.width, size.height);
  const at = placement(scene.world, scene.camera, size);
  context.save();
  context.beginPath();
  context.rect(0, size.head, size.width, size.height - size.head);
  context.clip();
  const ready = scene.frame && (scene.run !== "difference" || scene.other);
  if (ready) drawCells(context, at, scene);
  drawLines(context, at, scene.world);
  if (ready && scene.run !== "difference") {
    drawSigns(context, at, { ...scene, box: extent(scene.world) });
  }
  drawPins(context, at, scene);
  if (scene.names) drawNames(context, at, size, scene);
  drawScaleBar(context, at, size, scene);
  context.restore();
  drawTitle(context, size, scene);
  if (!ready) drawWaiting(context, size, scene);
}

/** Bytes of the difference B less A: 1 far more in A, 128 equal, 255 far more in B. */
export function differenceBytes(layer, a, b) {
  const bytes = new Uint8Array(a.length);
  const log = layer.scale === "log";
  const full = log ? LOG_SPAN / Math.log(layer.high / layer.low) : LINEAR_SPAN;
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] === 0 && b[i] === 0) continue;
    // Nobody in a cell is the lower end of a count, and missing for all else.
    if (!log && (a[i] === 0 || b[i] === 0)) continue;
    const change = (Math.max(b[i], 1) - Math.max(a[i], 1)) / 254 / full;
    bytes[i] = Math.round(128 + 127 * Math.max(-1, Math.min(1, change)));
  }
  return bytes;
}

/** What full colour of a difference map stands for: a value, or a multiple. */
export function differenceSpan(layer) {
  if (layer.scale === "log") return { times: Math.exp(LOG_SPAN) };
  return { value: LINEAR_SPAN * (layer.high - layer.low) };
}

/** Value of the layer in a cell, NaN where there is none. */
export function cellValue(layer, frame, cell) {
  return layerValue(layer, frame.arrays[`layer.${layer.key}`][cell]);
}

function prepare(world) {
  const { x, y } = world.cells;
  const [left, right] = [Math.min(...x), Math.max(...x) + 1];
  const [top, bottom] = [Math.min(...y), Math.max(...y) + 1];
  const lines = {};
  for (const [kind, all] of Object.entries(world.lines)) {
    lines[kind] = new Path2D();
    for (const [x0, y0, x1, y1] of all) {
      lines[kind].moveTo(x0, y0);
      lines[kind].lineTo(x1, y1);
    }
  }
  const picture = document.createElement("canvas");
  picture.width = right - left;
  picture.height = bottom - top;
  const box = { left, top, cols: right - left, rows: bottom - top };
  paths.set(world, { extent: box, lines, picture });
}

function drawCells(context, at, scene) {
  const { world, layer, frame, other } = scene;
  const { extent: box, picture } = paths.get(world);
  const mine = frame.arrays[`layer.${layer.key}`];
  const differs = scene.run === "difference";
  const theirs = differs ? other.arrays[`layer.${layer.key}`] : null;
  const bytes = differs ? differenceBytes(layer, mine, theirs) : mine;
  const ramp = differs ? differenceRamp() : layerRamp(layer.diverging);
  const pen = picture.getContext("2d");
  const image = pen.createImageData(box.cols, box.rows);
  const { x, y } = world.cells;
  for (let cell = 0; cell < bytes.length; cell += 1) {
    const target = 4 * ((y[cell] - box.top) * box.cols + x[cell] - box.left);
    const source = 4 * bytes[cell];
    for (let i = 0; i < 4; i += 1) image.data[target + i] = ramp[source + i];
  }
  pen.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false; // cells are squares
  const [left, top] = [at.left + at.side * box.left, at.top + at.side * box.top];
  context.drawImage(picture, left, top, at.side * box.cols, at.side * box.rows);
  context.imageSmoothingEnabled = true;
}

function drawLines(context, at, world) {
  if (!paths.has(world)) prepare(world);
  const { lines } = paths.get(world);
  const styles = [
    ["communes", "rgb(60 68 80 / 60%)", 0.9],
    ["outline", "#3a424c", 1.6],
    ["canal", "#0f7fc4", 2.2],
  ];
  context.save();
  context.translate(at.left, at.top);
  context.scale(at.side, at.side);
  context.lineCap = "square";
  for (const [kind, colour, width] of styles) {
    if (!lines[kind]) continue;
    context.strokeStyle = colour;
    context.lineWidth = width / at.side;
    context.stroke(lines[kind]);
  }
  context.restore();
}

function drawPins(context, at, { world, pins, em }) {
  for (const { cell, number } of pins) {
    const x = at.left + at.side * (world.cells.x[cell] + 0.5);
    const y = at.top + at.side * (world.cells.y[cell] + 0.5);
    const radius = 0.62 * em;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - 0.6 * radius, y - 1.6 * radius);
    context.lineTo(x + 0.6 * radius, y - 1.6 * radius);
    context.closePath();
    context.arc(x, y - 2.1 * radius, radius, 0, 2 * Math.PI);
    context.fillStyle = "#1b1f24";
    context.fill();
    context.fillStyle = "#ffffff";
    context.font = `600 ${0.8 * em}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(number), x, y - 2.05 * radius);
  }
}

function drawNames(context, at, size, scene) {
  const { em } = scene;
  const ratio = context.getTransform().a;
  const taken = [];
  for (const { name, x, y, weight, dot } of scene.labels) {
    const [px, py] = [at.left + at.side * x, at.top + at.side * y];
    if (px < 0 || px > size.width || py < size.head || py > size.height) continue;
    const { picture, wide, rim } = lettering(context, name, weight, em, ratio);
    const right = px + 7 + wide < size.width - 4;
    const left = dot ? (right ? px + 7 : px - 7 - wide) : px - wide / 2;
    const box = [left - 3, py - 0.6 * em, left + wide + 3, py + 0.6 * em];
    if (box[0] < 2 || box[2] > size.width - 2) continue;
    if (box[1] < size.head || box[3] > size.height - 2.2 * em) continue;
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    if (dot) drawStop(context, px, py, dot);
    // On whole pixels, or letters would be blurred.
    const [x0, y0] = [left - rim, py - 0.8 * em].map((v) => Math.round(v * ratio) / ratio);
    context.drawImage(picture, x0, y0, picture.width / ratio, picture.height / ratio);
  }
}

/** A name with its white rim as a picture: rims are dear, and drawn once. */
function lettering(context, name, weight, em, ratio) {
  const key = `${weight} ${em} ${ratio} ${name}`;
  if (!letterings.has(key)) {
    if (letterings.size > MOST_LETTERINGS) letterings.clear();
    const font = `${weight} ${0.86 * em}px system-ui, sans-serif`;
    const rim = 0.25 * em;
    context.font = font;
    const wide = context.measureText(name).width;
    const picture = document.createElement("canvas");
    picture.width = Math.ceil(ratio * (wide + 2 * rim));
    picture.height = Math.ceil(ratio * 1.6 * em);
    const pen = picture.getContext("2d");
    pen.scale(ratio, ratio);
    Object.assign(pen, { font, textBaseline: "middle", lineJoin: "round", lineWidth: rim });
    pen.strokeStyle = "rgb(255 255 255 / 92%)";
    pen.strokeText(name, rim, 0.8 * em);
    pen.fillStyle = "#1b1f24";
    pen.fillText(name, rim, 0.8 * em);
    letterings.set(key, { picture, wide, rim });
  }
  return letterings.get(key);
}

function drawStop(context, x, y, kind) {
  context.fillStyle = "#ffffff";
  context.strokeStyle = "#1b1f24";
  context.lineWidth = 1.5;
  context.beginPath();
  if (kind === "station") context.rect(x - 3, y - 3, 6, 6);
  else context.arc(x, y, 2.2, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

function drawScaleBar(context, at, size, { world, em, kilometres }) {
  const wide = (kilometres / (world.cells.size_m / 1000)) * at.side;
  const [right, low] = [size.width - 10, size.height - 10];
  context.strokeStyle = "#1b1f24";
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(right - wide, low - 5);
  context.lineTo(right - wide, low);
  context.lineTo(right, low);
  context.lineTo(right, low - 5);
  context.stroke();
  context.fillStyle = "#1b1f24";
  context.font = `${0.86 * em}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(`${kilometres} km`, right - wide / 2, low - 5);
}

function drawTitle(context, size, { badges, title, month, em }) {
  const middle = size.head / 2;
  const radius = 0.78 * em;
  let left = 4;
  for (const letter of badges) {
    badge(context, left + radius, middle, radius, letter, em);
    left += 2 * radius + 6;
  }
  context.fillStyle = "#1b1f24";
  context.textBaseline = "middle";
  context.font = `600 ${1.1 * em}px system-ui, sans-serif`;
  const wide = context.measureText(title).width;
  context.font = `${0.95 * em}px system-ui, sans-serif`;
  const free = size.width - left - 12;
  // The month stands above the maps as well: the title has the first right to the room.
  if (wide + context.measureText(month).width + 16 < free) {
    context.textAlign = "right";
    context.fillText(month, size.width - 8, middle);
  }
  context.textAlign = "left";
  if (wide <= free / 0.91) {
    context.font = fitted(context, title, free, 1.1 * em, 600);
    context.fillText(title, left + 2, middle);
    return;
  }
  context.font = `600 ${0.86 * em}px system-ui, sans-serif`;
  const lines = twoLines(context, title, free);
  lines.forEach((words, i) => {
    const down = (i - (lines.length - 1) / 2) * 0.98 * em;
    context.fillText(words, left + 2, middle + down);
  });
}

function drawWaiting(context, size, { waiting, em }) {
  context.fillStyle = "#59636e";
  context.font = `${em}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(waiting, size.width / 2, size.head + 2 * em);
}
