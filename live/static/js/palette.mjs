// Colours that stay apart for colour-blind eyes, and how a byte of a layer becomes one.

// Five hues of Okabe and Ito (2008), in the order of the subsectors.
export const SUBSECTORS = ["#d55e00", "#0072b2", "#e69f00", "#009e73", "#cc79a7"];
export const NO_DATA = "#ffffff";
export const COMMUNITY = "#ffffff";
export const RUNS = { A: "#0b5fa5", B: "#b35900" };
export const DASH = { A: [], B: [7, 4] };

const SEQUENTIAL = ["#dde6f0", "#b9c8da", "#91a6c0", "#6883a6", "#446189", "#203e69"];
const DIVERGING = ["#8c510a", "#d8b365", "#f6e8c3", "#f5f5f5", "#c7eae5", "#5ab4ac", "#01665e"];
// More in A is A's blue, more in B is B's orange.
const DIFFERENCE = ["#0a3d78", "#2b78b8", "#9cc4e4", "#ececec", "#fbc58a", "#d9740e", "#7a3400"];

const ramps = new Map();

/** 256 colours of a layer by byte, uint8[256, 4]; 0 is "no data". */
export function layerRamp(diverging) {
  return ramp(diverging ? DIVERGING : SEQUENTIAL);
}

/** 256 colours of a difference: 1 is far more in A, 128 equal, 255 far more in B. */
export function differenceRamp() {
  return ramp(DIFFERENCE);
}

function ramp(stops) {
  const key = stops.join();
  if (!ramps.has(key)) {
    const colours = new Uint8ClampedArray(4 * 256);
    colours.set([...channels(NO_DATA), 255], 0);
    for (let byte = 1; byte < 256; byte += 1) {
      const place = ((byte - 1) / 254) * (stops.length - 1);
      const below = Math.min(Math.floor(place), stops.length - 2);
      const low = channels(stops[below]);
      const high = channels(stops[below + 1]);
      const share = place - below;
      const mixed = low.map((one, i) => one + share * (high[i] - one));
      colours.set([...mixed, 255], 4 * byte);
    }
    ramps.set(key, colours);
  }
  return ramps.get(key);
}

function channels(hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** A colour of a ramp as CSS. */
export function css(ramp, byte) {
  const [red, green, blue] = ramp.subarray(4 * byte, 4 * byte + 3);
  return `rgb(${red} ${green} ${blue})`;
}
