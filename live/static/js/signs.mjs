// Firms as dots by trade and size, communities as diamonds.

import { diamond } from "./lettering.mjs";
import { COMMUNITY, SUBSECTORS } from "./palette.mjs";

const SMALL_FIRM = 20; // jobs; smaller ones are drawn without a rim
const SMALLEST = 1.7; // px of a dot
const LARGEST_SHEET = 2600; // device pixels

const orders = new WeakMap();
const sheets = new Map(); // dots of the last scene of each run

/** Jobs of a firm by row; those of more than a byte can tell stand in the header. */
export function firmJobs(frame) {
  return order(frame).jobs;
}

/** Place of a firm in its cell, from its id, so that a dot stays where it is. */
export function placeInCell(id) {
  const across = (Math.imul(id, 2654435761) >>> 0) / 2 ** 32;
  const down = (Math.imul(id ^ 0x9e3779b9, 2246822519) >>> 0) / 2 ** 32;
  return [0.15 + 0.7 * across, 0.15 + 0.7 * down];
}

/** Radius of a firm's dot in cells. */
export function firmRadius(jobs) {
  return 0.15 + 0.045 * Math.sqrt(jobs);
}

function order(frame) {
  if (!orders.has(frame)) {
    const { firm_id: ids, firm_size: sizes } = frame.arrays;
    const large = new Map(frame.anchors.map((one) => [one.id, one.jobs]));
    for (const [id, jobs] of Object.entries(frame.sizes)) large.set(Number(id), jobs);
    const jobs = Float64Array.from(ids, (id, row) => large.get(id) ?? sizes[row]);
    const rows = Array.from(jobs.keys()).sort((p, q) => jobs[q] - jobs[p]);
    orders.set(frame, { jobs, rows });
  }
  return orders.get(frame);
}

/** Middle of a firm's dot, CSS pixels. */
export function firmPoint(world, at, id, cell) {
  const [across, down] = placeInCell(id);
  const { x, y } = world.cells;
  return [at.left + at.side * (x[cell] + across), at.top + at.side * (y[cell] + down)];
}

// A thousand dots take longer than all else. While a map is panned they do not change,
// so they are drawn on a sheet as large as the region, and the sheet is copied; very
// close, where the sheet would be too large, few dots are in sight.
export function drawSigns(context, at, scene) {
  const ratio = context.getTransform().a;
  const { box } = scene;
  const [wide, tall] = [Math.ceil(box.cols * at.side), Math.ceil(box.rows * at.side)];
  if (Math.max(wide, tall) * ratio > LARGEST_SHEET) {
    drawDots(context, at, scene);
    return;
  }
  const { frame, firms, communities, run } = scene;
  const key = `${at.side} ${ratio} ${firms} ${communities}`;
  let sheet = sheets.get(run);
  if (sheet?.frame !== frame || sheet.key !== key) {
    const picture = sheet?.picture ?? document.createElement("canvas");
    picture.width = wide * ratio;
    picture.height = tall * ratio;
    const pen = picture.getContext("2d");
    pen.scale(ratio, ratio);
    const whole = { side: at.side, left: -at.side * box.left, top: -at.side * box.top };
    drawDots(pen, whole, scene);
    sheet = { frame, key, picture };
    sheets.set(run, sheet);
  }
  const whole = (value) => Math.round(value * ratio) / ratio;
  const [left, top] = [at.left + at.side * box.left, at.top + at.side * box.top];
  context.drawImage(sheet.picture, whole(left), whole(top), wide, tall);
}

function drawDots(context, at, scene) {
  if (scene.firms) drawFirms(context, at, scene);
  if (scene.communities) drawCommunities(context, at, scene);
}

function drawFirms(context, at, { world, frame }) {
  const { firm_id: ids, firm_cell: cells, firm_subsector: trades } = frame.arrays;
  const { jobs, rows } = order(frame);
  const small = SUBSECTORS.map(() => new Path2D());
  context.lineWidth = 1.2;
  context.strokeStyle = "rgb(255 255 255 / 90%)";
  for (const row of rows) {
    const [x, y] = firmPoint(world, at, ids[row], cells[row]);
    const radius = Math.max(SMALLEST, at.side * firmRadius(jobs[row]));
    if (jobs[row] < SMALL_FIRM) {
      small[trades[row]].moveTo(x + radius, y);
      small[trades[row]].arc(x, y, radius, 0, 2 * Math.PI);
      continue;
    }
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = SUBSECTORS[trades[row]];
    context.globalAlpha = 0.85;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
  small.forEach((path, trade) => {
    context.fillStyle = SUBSECTORS[trade];
    context.fill(path);
  });
}

function drawCommunities(context, at, { world, frame }) {
  const { community_id: ids, community_cell: cells } = frame.arrays;
  const half = Math.max(4, Math.min(0.55 * at.side, 10));
  const diamonds = new Path2D();
  ids.forEach((id, row) => {
    const [x, y] = firmPoint(world, at, id, cells[row]);
    diamond(diamonds, x, y, half);
  });
  context.fillStyle = COMMUNITY;
  context.strokeStyle = "#1b1f24";
  context.lineWidth = 1.6;
  context.fill(diamonds);
  context.stroke(diamonds);
}
