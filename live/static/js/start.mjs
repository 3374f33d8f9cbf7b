// The beginning of every page: words, the world, the line, and who this screen is.

import { currentLanguage, loadTexts, t } from "./i18n.mjs";
import { say } from "./notice.mjs";
import { Line } from "./socket.mjs";
import { Store } from "./store.mjs";

const KEPT = "mediapark.key";

/** Load what stays the same for the whole session; the store is empty so far. */
export async function begin() {
  await loadTexts();
  const world = await (await fetch("/world.json")).json();
  return new Store(world, new Line());
}

/** Connect, say who this is each time, and tell what was drawn. */
export function connect(store, as, rate) {
  const { line } = store;
  const key = as === "room" ? facilitatorKey() : null;
  line.addEventListener("open", async () => {
    const hello = { as, lang: currentLanguage(), rate };
    if (key) hello.key = key;
    try {
      await line.ask("hello", hello);
      if (key) await enter(key);
    } catch {
      say([t("notice.key")]);
    }
  });
  acknowledge(store);
  line.connect();
}

// The key comes behind the "#" of the address, which is never sent to a server, and
// leaves the address at once: what is projected must not show it.
function facilitatorKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEPT);
}

async function enter(key) {
  const body = JSON.stringify({ key });
  const headers = { "Content-Type": "application/json" };
  await fetch("/enter", { method: "POST", headers, body });
}

// A month is acknowledged once all its runs were drawn; only then comes the next one,
// so that a slow screen is never behind.
function acknowledge(store) {
  let told = null;
  store.line.addEventListener("open", () => { told = null; });
  store.on("frame", () => requestAnimationFrame(() => {
    const running = store.runs.filter((run) => store.state.runs[run].alive);
    const months = running.map((run) => store.newest(run)?.month);
    const month = months[0];
    if (!month || month === told || months.some((one) => one !== month)) return;
    told = month;
    store.line.tell("ack", { month });
  }));
}
