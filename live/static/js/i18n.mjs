// Words, numbers and months in the language that somebody chose on this screen.

const LOCALES = { en: "en-GB", fr: "fr-BE", nl: "nl-BE" };
const KEPT = "mediapark.language";

export const LANGUAGES = Object.keys(LOCALES);

let texts = {};
let language = "en";
const listeners = [];

/** Fetch all words, and begin in the language of last time or of the browser. */
export async function loadTexts() {
  const answer = await fetch("/texts.json");
  texts = await answer.json();
  const wished = new URLSearchParams(location.search).get("lang");
  const browser = navigator.languages.map((one) => one.slice(0, 2));
  const known = [wished, localStorage.getItem(KEPT), ...browser, "en"];
  language = known.find((one) => LANGUAGES.includes(one));
  translate(document.documentElement);
}

export function currentLanguage() {
  return language;
}

export function chooseLanguage(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, chosen);
  // What somebody chose outlives a reload, whatever the address said.
  history.replaceState(null, "", location.pathname);
  translate(document.documentElement);
  for (const listener of listeners) listener();
}

export function onLanguage(listener) {
  listeners.push(listener);
}

/** Take words and a language as they are given: a notebook has no server to ask. */
export function speak(given, chosen) {
  texts = given;
  language = chosen;
  for (const listener of listeners) listener();
}

/** The text of a key, with {parts} put in. */
export function t(key, parts = {}) {
  const text = texts[key]?.[language];
  if (text === undefined) throw new Error(`no text "${key}" in "${language}"`);
  return text.replace(/\{(\w+)\}/g, (_, part) => String(parts[part]));
}

/** A name of the server, {en, fr, nl}, in this language. */
export function named(names) {
  if (names === null || names === undefined) return "";
  if (typeof names === "string") return names;
  return names[language] || names.en || "";
}

/** Put words into everything marked with data-text or data-label. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = t(element.dataset.text);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    const words = t(element.dataset.label);
    element.setAttribute("aria-label", words);
    if (element.matches("button")) element.title = words;
  }
}

export function number(value, decimals = 0) {
  return new Intl.NumberFormat(LOCALES[language], {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(Object.is(value, -0) ? 0 : value);
}

/**
 * A value in its unit, with so many decimals of the value itself: a share of 0.125 with
 * three decimals is 12.5 %. With "+" for a difference if asked.
 */
export function quantity(value, unit, decimals = 0, signed = false) {
  if (value === null || value === undefined || Number.isNaN(value)) return t("no.value");
  const share = unit === "share";
  const scaled = share ? 100 * value : value;
  const digits = share ? Math.max(0, decimals - 2) : decimals;
  const shown = new Intl.NumberFormat(LOCALES[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  }).format(Math.abs(scaled) < 0.5 * 10 ** -digits ? 0 : scaled);
  if (share) return `${shown}\u00a0${signed ? t("unit.points_of_percent") : "%"}`;
  const words = unitWords(unit);
  return words ? `${shown}\u00a0${words}` : shown;
}

/** What a unit is called; a unit of which no text speaks stands as it is. */
export function unitWords(unit) {
  if (!unit || unit === "-") return "";
  return texts[`unit.${unit}`]?.[language] ?? unit;
}

/** "YYYY-MM" in words. */
export function monthWords(month, style = "long") {
  return dateOf(month).toLocaleDateString(LOCALES[language], {
    month: style,
    year: "numeric",
    timeZone: "UTC",
  });
}

/** Names of the twelve months. */
export function monthsOfTheYear() {
  return Array.from({ length: 12 }, (_, i) =>
    new Date(Date.UTC(2020, i, 15)).toLocaleDateString(LOCALES[language], {
      month: "long",
      timeZone: "UTC",
    }),
  );
}

function dateOf(month) {
  const [year, part] = month.split("-").map(Number);
  return new Date(Date.UTC(year, part - 1, 15));
}
