// Figures, amounts and days as people write them, in the language that is shown.

import { language, t } from "./words.js";

const CURRENCIES = { CNY: "元", USD: "美元", HKD: "港元", EUR: "欧元", JPY: "日元", GBP: "英镑" };
const MINUTE = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/** A number with separators. */
export const number = (value) => (value === null || value === undefined ? t("shell.unknown") : value.toLocaleString("en-US", { maximumFractionDigits: 2 }));

/** A share as a percentage. */
export const percent = (share) => (share === null || share === undefined ? t("shell.unknown") : `${(100 * share).toLocaleString("en-US", { maximumFractionDigits: 1 })}%`);

/** An amount with its currency: 12.5万元, CNY 125,000; without one where none is on record. Null is "unknown", never 0. */
export function money(amount, currency) {
  if (amount === null || amount === undefined) return t("shell.unknown");
  const code = currency || "";
  if (language() === "en") return `${code} ${number(amount)}`.trim();
  const [unit, word] = Math.abs(amount) >= 1e8 ? [1e8, "亿"] : Math.abs(amount) >= 1e4 ? [1e4, "万"] : [1, ""];
  return `${number(amount / unit)}${word}${code ? CURRENCIES[code] ?? ` ${code}` : ""}`;
}

/** One figure ("balance", "overdue", "written_off") of amounts by currency, as cases have them; each by itself. */
export function sums(amounts, figure) {
  return amounts.map((one) => money(one[figure], one.currency)).join(language() === "zh" ? "、" : ", ");
}

/** A remark where an amount is told whose currency is not on record; null where there is none. */
export const currencyNote = (amounts) => (amounts.some(({ currency }) => !currency) ? t("shell.no_currency") : null);

/** The largest of a figure over all currencies, to sort by; null where it is not known. */
export function most(amounts, figure) {
  const known = amounts.map((one) => one[figure]).filter((value) => value !== null);
  return known.length ? Math.max(...known) : null;
}

/** A time as 03-31 14:05, of an ISO time; in China's time. */
export const minute = (moment) => MINUTE.format(new Date(moment)).slice(5);

/** A day as 2026-03-31, of an ISO time or of epoch milliseconds; in China's time. */
export function day(moment) {
  if (moment === null || moment === undefined) return "";
  return typeof moment === "number" ? DAY.format(moment) : moment.slice(0, 10);
}
