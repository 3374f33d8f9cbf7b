// The line to the server: numbered commands with one answer each, and what it pushes.

const FIRST_WAIT = 500; // ms before the first new try
const LONGEST_WAIT = 5000;

/** A command that the server did not carry out, with its reason in three languages. */
export class Refused extends Error {
  constructor(answer) {
    super("refused");
    this.faults = answer.faults ?? [];
  }
}

/** Events: "open", "lost", "message" (detail: object), "binary" (detail: ArrayBuffer). */
export class Line extends EventTarget {
  #socket = null;
  #counter = 0;
  #waiting = new Map();
  #pause = FIRST_WAIT;

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      this.#pause = FIRST_WAIT;
      this.dispatchEvent(new Event("open"));
    });
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", () => this.#lost());
    this.#socket = socket;
  }

  /** Send a command; the promise is kept when the server answers that very number. */
  ask(word, values = {}) {
    if (!this.isOpen) return Promise.reject(new Refused({}));
    this.#counter += 1;
    const n = this.#counter;
    this.#socket.send(JSON.stringify({ do: word, n, ...values }));
    return new Promise((resolve, reject) => this.#waiting.set(n, { resolve, reject }));
  }

  /** Send what needs no answer. */
  tell(word, values = {}) {
    if (this.isOpen) this.#socket.send(JSON.stringify({ do: word, ...values }));
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  #receive(data) {
    if (data instanceof ArrayBuffer) {
      this.dispatchEvent(new CustomEvent("binary", { detail: data }));
      return;
    }
    const message = JSON.parse(data);
    if (message.n !== undefined) this.#settle(message);
    if (message.is === "done" || message.is === "refused") return;
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #settle(message) {
    const asked = this.#waiting.get(message.n);
    this.#waiting.delete(message.n);
    if (message.is === "refused") asked?.reject(new Refused(message));
    else asked?.resolve(message);
  }

  #lost() {
    for (const { reject } of this.#waiting.values()) reject(new Refused({}));
    this.#waiting.clear();
    this.dispatchEvent(new Event("lost"));
    window.setTimeout(() => this.connect(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_WAIT);
  }
}
