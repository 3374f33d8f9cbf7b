// Months as numbers, so that they can be counted.

/** Months since year 0 of "YYYY-MM". */
export function monthNumber(month) {
  const [year, part] = month.split("-").map(Number);
  return 12 * year + part - 1;
}

/** "YYYY-MM" of a number of months since year 0. */
export function monthName(number) {
  const year = Math.floor(number / 12);
  const part = (number % 12) + 1;
  return `${String(year).padStart(4, "0")}-${String(part).padStart(2, "0")}`;
}

/** The month that lies so many months after another, "YYYY-MM". */
export function monthAfter(month, months) {
  return monthName(monthNumber(month) + months);
}

/** Months from one month to another. */
export function monthsBetween(first, last) {
  return monthNumber(last) - monthNumber(first);
}
