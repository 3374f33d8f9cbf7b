// One chart: lines of A (solid) and B (dashed), bands, edits, the month shown.

import { fitted, twoLines } from "./lettering.mjs";
import { DASH, RUNS } from "./palette.mjs";

const INK = "#1b1f24";
const SOFT = "#4d5661";
const RULE = "#dfe3e8";
const BAND = 0.18; // opacity

/** Steps of an axis: 1, 2 or 5 times a power of ten, about as many as wanted. */
export function ticks(low, high, wanted) {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/**
 * Draw a chart; returns the box of its axes.
 *
 * data: {title, format(value, compact), first, last (month numbers), shown, runs: {A:
 * [[month, value]...]}, bands: {A: {from, low, high}}, marks: [{month, runs}], em}.
 */
export function drawChart(pen, { width, height }, data) {
  const { em } = data;
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height);
  pen.font = `600 ${em}px system-ui, sans-serif`;
  const title = twoLines(pen, data.title, width - 8);
  const head = 1.3 * em * title.length + 0.9 * em;
  const scale = scales(pen, width, height, head, data);
  drawAxes(pen, scale, data);
  drawMarks(pen, scale, data);
  for (const [run, band] of Object.entries(data.bands)) drawBand(pen, scale, run, band);
  for (const [run, points] of Object.entries(data.runs)) drawLine(pen, scale, run, points);
  drawShown(pen, scale, data);
  pen.fillStyle = INK;
  pen.textAlign = "left";
  pen.textBaseline = "top";
  title.forEach((line, i) => {
    pen.font = fitted(pen, line, width - 8, em, 600);
    pen.fillText(line, 4, 4 + 1.3 * em * i);
  });
  return scale.box;
}

/** Where months and values lie on the chart. */
function scales(pen, width, height, head, data) {
  const { em, first, last } = data;
  const [low, high] = range(data);
  const steps = ticks(low, high, Math.max(3, Math.floor((height - head) / (2.6 * em))));
  pen.font = `${0.85 * em}px system-ui, sans-serif`;
  const words = steps.map((one) => data.format(one, true));
  const gutter = Math.max(...words.map((one) => pen.measureText(one).width), 2 * em) + 10;
  pen.font = `600 ${0.85 * em}px system-ui, sans-serif`;
  const ends = Object.entries(data.runs).map(
    ([run, points]) => `${run} ${data.format(endOf(points, data.shown))}`,
  );
  const tail = Math.max(...ends.map((one) => pen.measureText(one).width), 0) + 14;
  const box = { left: gutter, right: width - tail, top: head, bottom: height - 1.7 * em };
  const x = (month) => box.left + ((month - first) / (last - first)) * (box.right - box.left);
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  return { box, x, y, steps, words, small: 0.85 * em };
}

/** Lowest and highest value with some air; never a magnified nothing. */
function range(data) {
  let [low, high] = [Infinity, -Infinity];
  const take = (value) => {
    if (!Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const points of Object.values(data.runs)) for (const [, value] of points) take(value);
  for (const band of Object.values(data.bands)) {
    band.low.forEach(take);
    band.high.forEach(take);
  }
  if (low > high) return [0, 1];
  // A change of less than a twentieth of the level shall look small.
  const least = Math.max(0.05 * Math.abs(high), 1e-9);
  const missing = Math.max(0, least - (high - low));
  const air = 0.08 * (high - low + missing);
  const bottom = low - missing / 2 - air;
  return [low >= 0 ? Math.max(0, bottom) : bottom, high + missing / 2 + air];
}

function drawAxes(pen, { box, x, y, steps, words, small }, data) {
  pen.font = `${small}px system-ui, sans-serif`;
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  steps.forEach((value, i) => {
    pen.strokeStyle = RULE;
    line(pen, box.left, y(value), box.right, y(value));
    pen.fillStyle = SOFT;
    pen.fillText(words[i], box.left - 6, y(value));
  });
  pen.textAlign = "center";
  pen.textBaseline = "top";
  const every = yearStep(box.right - box.left, data, pen.measureText("2040").width);
  for (let year = Math.ceil(data.first / 12); 12 * year <= data.last; year += 1) {
    if (year % every) continue;
    pen.strokeStyle = SOFT;
    line(pen, x(12 * year), box.bottom, x(12 * year), box.bottom + 4);
    pen.fillStyle = SOFT;
    pen.fillText(String(year), x(12 * year), box.bottom + 6);
  }
  pen.strokeStyle = SOFT;
  line(pen, box.left, box.bottom, box.right, box.bottom);
}

function yearStep(room, { first, last }, wide) {
  const years = (last - first) / 12;
  return [1, 2, 5, 10, 20].find((one) => (room / years) * one > 1.4 * wide) ?? 50;
}

/** Edits: a thin line each, dashed where only B was changed. */
function drawMarks(pen, { box, x }, { marks }) {
  for (const { month, runs } of marks) {
    pen.strokeStyle = "#7d8590";
    pen.lineWidth = 1.2;
    pen.setLineDash(runs === "B" ? [3, 3] : []);
    line(pen, x(month), box.top, x(month), box.bottom);
    pen.setLineDash([]);
    pen.fillStyle = INK;
    pen.beginPath();
    pen.moveTo(x(month) - 5, box.top - 2);
    pen.lineTo(x(month) + 5, box.top - 2);
    pen.lineTo(x(month), box.top + 6);
    pen.fill();
  }
}

function drawBand(pen, { x, y }, run, { from, low, high }) {
  pen.beginPath();
  low.forEach((value, i) => pen.lineTo(x(from + i), y(value)));
  for (let i = high.length - 1; i >= 0; i -= 1) pen.lineTo(x(from + i), y(high[i]));
  pen.closePath();
  pen.globalAlpha = BAND;
  pen.fillStyle = RUNS[run];
  pen.fill();
  pen.globalAlpha = 1;
}

function drawLine(pen, { x, y }, run, points) {
  pen.strokeStyle = RUNS[run];
  pen.lineWidth = 2.6;
  pen.lineJoin = "round";
  pen.setLineDash(DASH[run]);
  pen.beginPath();
  let down = false;
  for (const [month, value] of points) {
    if (!Number.isFinite(value)) {
      down = false;
      continue;
    }
    if (down) pen.lineTo(x(month), y(value));
    else pen.moveTo(x(month), y(value));
    down = true;
  }
  pen.stroke();
  pen.setLineDash([]);
}

/** The month shown, and what each run has then: letters tell A from B without colour. */
function drawShown(pen, { box, x, y, small }, data) {
  const at = x(data.shown);
  pen.strokeStyle = SOFT;
  pen.lineWidth = 1;
  line(pen, at, box.top, at, box.bottom);
  const ends = Object.entries(data.runs)
    .map(([run, points]) => ({ run, value: endOf(points, data.shown) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((p, q) => q.value - p.value);
  const heights = ends.map(({ value }) => y(value));
  const apart = 1.25 * small;
  if (heights.length === 2 && heights[1] - heights[0] < apart) {
    const middle = (heights[0] + heights[1]) / 2;
    const lowest = box.bottom - apart / 2;
    const shifted = Math.max(box.top + apart / 2, Math.min(middle, lowest - apart / 2));
    heights.splice(0, 2, shifted - apart / 2, shifted + apart / 2);
  }
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  ends.forEach(({ run, value }, i) => {
    pen.fillStyle = RUNS[run];
    pen.beginPath();
    pen.arc(at, y(value), 4, 0, 2 * Math.PI);
    if (run === "A") pen.fill();
    else {
      pen.lineWidth = 2;
      pen.strokeStyle = RUNS.B;
      pen.fillStyle = "#ffffff";
      pen.fill();
      pen.stroke();
      pen.fillStyle = RUNS.B;
    }
    pen.font = `600 ${small}px system-ui, sans-serif`;
    pen.fillText(`${run} ${data.format(value)}`, box.right + 8, heights[i]);
  });
}

/** Value of the month shown; points are in order of months without a gap. */
function endOf(points, shown) {
  if (!points.length) return NaN;
  const at = Math.max(0, Math.min(shown - points[0][0], points.length - 1));
  return points[at][1];
}

function line(pen, x0, y0, x1, y1) {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}
