// A month to choose, in the page's language: the browser's own field keeps to its own.

import { make } from "./dom.mjs";
import { monthsOfTheYear, t } from "./i18n.mjs";
import { monthName, monthNumber } from "./months.mjs";

/** Two lists, month and year; `value` is "YYYY-MM", or null where none may be. */
export class MonthField {
  constructor(words, value, first, last, { changed = () => {}, none = null } = {}) {
    const names = monthsOfTheYear();
    const options = names.map((name, i) => make("option", { value: i }, name));
    const years = none ? [make("option", { value: "" }, none)] : [];
    for (let year = Math.floor(first / 12); year <= Math.floor(last / 12); year += 1) {
      years.push(make("option", { value: year }, String(year)));
    }
    const label = (key) => ({ "aria-label": `${words}: ${t(key)}`, onchange: changed });
    this.month = make("select", label("field.month"), options);
    this.year = make("select", label("field.year"), years);
    this.element = make("span", { class: "month-field" }, this.month, this.year);
    this.value = value;
  }

  get value() {
    if (this.year.value === "") return null;
    return monthName(12 * Number(this.year.value) + Number(this.month.value));
  }

  set value(month) {
    if (month === null) {
      this.year.value = "";
      return;
    }
    const number = monthNumber(month);
    this.month.value = String(number % 12);
    this.year.value = String(Math.floor(number / 12));
  }
}
