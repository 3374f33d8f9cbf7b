// The picture on the screen as one PNG, with title, legend and caveat in it.

import { monthWords, t } from "./i18n.mjs";
import { monthName } from "./months.mjs";

const MARGIN = 24; // px

/** One canvas from rows of canvases, with words above and below. */
export function composed(rows, title, caveat) {
  const shown = rows
    .map((row) => row.filter((one) => one.width && one.clientWidth))
    .filter((row) => row.length);
  const ratio = shown[0][0].width / shown[0][0].clientWidth;
  const wide = Math.max(...shown.map((row) => total(row, "width")));
  const tall = shown.reduce((sum, row) => sum + largest(row, "height"), 0);
  const em = 18 * ratio;
  const margin = MARGIN * ratio;
  const picture = document.createElement("canvas");
  picture.width = wide + 2 * margin;
  picture.height = tall + 3.6 * em + (shown.length + 2) * margin;
  const pen = picture.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.fillStyle = "#1b1f24";
  pen.textBaseline = "top";
  pen.font = `600 ${1.3 * em}px system-ui, sans-serif`;
  pen.fillText(title, margin, margin);
  let top = 2 * em + 1.5 * margin;
  for (const row of shown) {
    let left = margin;
    for (const one of row) {
      pen.drawImage(one, left, top);
      left += one.width;
    }
    top += largest(row, "height") + margin;
  }
  pen.fillStyle = "#4d5661";
  pen.font = `${em}px system-ui, sans-serif`;
  pen.fillText(caveat, margin, top);
  return picture;
}

/** Save what maps, legend and charts show. */
export function savePicture(store, rows) {
  const month = monthName(store.shown);
  const title = t("export.title", { month: monthWords(month) });
  composed(rows, title, t("caveat")).toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `mediapark-${month}.png`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

function total(row, side) {
  return row.reduce((sum, one) => sum + one[side], 0);
}

function largest(row, side) {
  return Math.max(...row.map((one) => one[side]));
}
