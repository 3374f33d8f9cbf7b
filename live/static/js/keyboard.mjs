// Keys for everything that is done often; silent while a control has the focus.

import { byId } from "./dom.mjs";

const CONTROLS = "input, select, textarea, button, a, [role=tab], [role=application], dialog";

// A button pressed with the mouse gives the focus back, or the keys would fall silent;
// one pressed by key keeps it.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button");
  if (event.detail > 0 && button) button.blur();
});

/** Actions by key; `event.key` in small letters. */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.activeElement?.closest(CONTROLS)) return;
    if (byId("question").open || byId("help").open) return;
    const act = actions[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
