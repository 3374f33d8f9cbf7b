// Words and signs that drawings share.

import { RUNS } from "./palette.mjs";

/** The sign of a run: A filled with a whole rim, B open with a dashed one. */
export function badge(context, x, y, radius, letter, em) {
  context.beginPath();
  context.arc(x, y, radius - 1, 0, 2 * Math.PI);
  context.fillStyle = letter === "A" ? RUNS.A : "#ffffff";
  context.fill();
  context.strokeStyle = RUNS[letter];
  context.lineWidth = 2;
  context.setLineDash(letter === "A" ? [] : [4, 2.5]);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = letter === "A" ? "#ffffff" : RUNS.B;
  context.font = `700 ${em}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter, x, y + 0.05 * em);
}

/** A font in which words fit into a room, down to three quarters of the wanted size. */
export function fitted(context, words, room, size, weight) {
  context.font = `${weight} ${size}px system-ui, sans-serif`;
  const wide = context.measureText(words).width;
  const shrunk = Math.max(0.72, Math.min(1, room / wide));
  return `${weight} ${size * shrunk}px system-ui, sans-serif`;
}

/** Words in at most two lines that fit a room. */
export function twoLines(pen, words, room) {
  if (pen.measureText(words).width <= room) return [words];
  const parts = words.split(" ");
  const halves = parts.slice(1).map((_, i) => {
    const lines = [parts.slice(0, i + 1).join(" "), parts.slice(i + 1).join(" ")];
    return { lines, wide: Math.max(...lines.map((one) => pen.measureText(one).width)) };
  });
  return halves.sort((p, q) => p.wide - q.wide)[0]?.lines ?? [words];
}

/** Add a diamond to a path; the sign of a community. */
export function diamond(path, x, y, half) {
  path.moveTo(x, y - half);
  path.lineTo(x + half, y);
  path.lineTo(x, y + half);
  path.lineTo(x - half, y);
  path.closePath();
}
