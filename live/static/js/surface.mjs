// A canvas that fills its wrapper, sharp on any screen.

const SHARPEST = 2; // device pixels per CSS pixel; more costs time and shows nothing

/**
 * Keep canvases as large as their wrapper; `redraw` is called after each change.
 *
 * The size comes from the wrapper, never from the canvas: a canvas that is measured
 * and sized by turns grows without end.
 */
export function fill(wrapper, canvases, redraw) {
  const observer = new ResizeObserver(() => {
    const ratio = Math.min(window.devicePixelRatio, SHARPEST);
    const { clientWidth: width, clientHeight: height } = wrapper;
    if (width === 0 || height === 0) return;
    for (const canvas of canvases) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    redraw();
  });
  observer.observe(wrapper);
}

/** Size of a wrapper in CSS pixels. */
export function sizeOf(wrapper) {
  return { width: wrapper.clientWidth, height: wrapper.clientHeight };
}

/** Size of the letter M of an element, CSS pixels: canvases follow the page's letters. */
export function emOf(element) {
  return Number.parseFloat(getComputedStyle(element).fontSize);
}
