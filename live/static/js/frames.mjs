// One month of one run as it comes over the line: typed arrays, read without a copy.

const MAGIC = "MPF1";
const TYPES = {
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
};

/** A frame: run, month ("YYYY-MM"), t, anchors, and `arrays` by name. */
export function readFrame(buffer) {
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  if (magic !== MAGIC) throw new Error(`not a frame of this version: ${magic}`);
  const headerLength = new DataView(buffer).getUint32(4, true);
  const words = new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength));
  const header = JSON.parse(words);
  const start = 8 + headerLength; // the header is padded: arrays lie on 8 bytes
  const arrays = {};
  for (const { name, dtype, length, offset } of header.arrays) {
    arrays[name] = new TYPES[dtype](buffer, start + offset, length);
  }
  return { ...header, arrays };
}

/**
 * Value of a layer's byte on its fixed scale; NaN for 0, which is "no data".
 *
 * 1 is `low` and 255 is `high`, in equal steps of the value or of its logarithm.
 */
export function layerValue(layer, byte) {
  if (byte === 0) return NaN;
  const share = (byte - 1) / 254;
  if (layer.scale === "log") return layer.low * (layer.high / layer.low) ** share;
  return layer.low + share * (layer.high - layer.low);
}
