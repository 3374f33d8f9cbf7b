// The session: scenarios of each side, charts, saving, loading, presenting, exports.

import { inUse, make } from "./dom.mjs";
import { currentLanguage, named, onLanguage, t } from "./i18n.mjs";
import { command, confirmed } from "./notice.mjs";

/** The panel of the session; what steers is there for the facilitator only. */
export class Session {
  constructor(store, panel, picture) {
    Object.assign(this, { store, panel, picture });
    this.name = "";
    store.on("state", () => this.#refresh());
    onLanguage(() => this.build());
  }

  #refresh() {
    const { state, role } = this.store;
    const scenarios = Object.values(state.runs).map((run) => run?.scenario);
    const now = JSON.stringify([role, scenarios, state.saved, state.presenting, state.ensemble.on]);
    if (now === this.seen || inUse(this.panel)) return;
    this.seen = now;
    this.build();
  }

  build() {
    const { store } = this;
    if (!store.state) return;
    const steering = store.steers ? [this.#scenarios(), this.#saving()] : [];
    this.panel.replaceChildren(
      make("h2", {}, t("session.title")),
      ...steering,
      this.#charts(),
      this.#exports(),
    );
  }

  #scenarios() {
    const { store } = this;
    const { runs } = store.state;
    const options = (chosen, empty) => [
      ...(empty ? [make("option", { value: "" }, t("session.no_second"))] : []),
      ...store.world.scenarios.map((one) =>
        make("option", { value: one.key, selected: one.key === chosen }, named(one.title))),
    ];
    const a = make("select", {}, options(runs.A.scenario, false));
    const b = make("select", {}, options(runs.B?.scenario ?? "", true));
    b.value = runs.B?.scenario ?? "";
    const start = async () => {
      const words = t("session.start_question");
      document.activeElement?.blur();
      if (!(await confirmed(words, t("session.start")))) return;
      command(store.line, "choose", { A: a.value, B: b.value || null });
    };
    return make(
      "section",
      {},
      make("h3", {}, t("session.scenarios")),
      make("label", { class: "field" }, make("span", {}, "A"), a),
      make("label", { class: "field" }, make("span", {}, "B"), b),
      make("button", { type: "button", onclick: start }, t("session.start")),
    );
  }

  #saving() {
    const { store } = this;
    const { line, state } = store;
    const name = make("input", {
      type: "text", maxlength: "60", value: this.name,
      oninput: () => { this.name = name.value; },
    });
    const save = (event) => {
      event.preventDefault();
      if (name.value.trim()) command(line, "save", { name: name.value.trim() });
    };
    const known = make("select", {}, (state.saved ?? []).map((one) =>
      make("option", { value: one }, one)));
    const load = async () => {
      if (await confirmed(t("session.load_question"), t("session.load"))) {
        command(line, "load", { name: known.value });
      }
    };
    const present = () => command(line, "present", { on: !state.presenting });
    const words = t(state.presenting ? "session.stop_presenting" : "session.present");
    const loading = state.saved?.length
      ? [
          make("label", { class: "field" }, make("span", {}, t("session.saved")), known),
          make("button", { type: "button", onclick: load }, t("session.load")),
        ]
      : [];
    return make(
      "section",
      {},
      make("h3", {}, t("session.keep")),
      make(
        "form",
        { onsubmit: save },
        make("label", { class: "field" }, make("span", {}, t("session.name")), name),
        make("button", { type: "submit" }, t("session.save")),
      ),
      ...loading,
      make("button", { type: "button", onclick: present }, words),
    );
  }

  #charts() {
    const { store } = this;
    const selects = store.charts.map((key, place) => {
      const options = store.world.indicators.map((one) =>
        make("option", { value: one.key, selected: one.key === key }, named(one.name)));
      const select = make("select", {
        onchange: () => {
          const charts = store.charts.with(place, select.value);
          store.choose({ charts });
        },
      }, options);
      const words = t("session.chart", { number: place + 1 });
      return make("label", { class: "field" }, make("span", {}, words), select);
    });
    return make("section", {}, make("h3", {}, t("session.charts")), selects);
  }

  #exports() {
    const { store } = this;
    const link = (href, key, parts) =>
      make("li", {}, make("a", { href, download: true }, t(key, parts)));
    const links = store.steers
      ? [
          link(`/export/report.html?lang=${currentLanguage()}`, "export.report"),
          link("/export/series.csv", "export.series"),
          ...store.runs.map((run) => link(`/export/session.yaml?run=${run}`, "export.yaml", { run })),
          link("/export/session.json", "export.session"),
        ]
      : [];
    return make(
      "section",
      {},
      make("h3", {}, t("export.all")),
      make("button", { type: "button", onclick: this.picture }, t("export.picture")),
      make("ul", { class: "plain" }, links),
    );
  }
}
