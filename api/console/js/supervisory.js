// The supervisory table of guarantee circles under the regulator's own names of its columns.

import { money, number, percent } from "./format.js";
import { el } from "./html.js";
import { language, word } from "./words.js";

const SHARE = /占比|率$|净资产$/;
const AMOUNT = /余额|总额|关注类|逾期/;
const COUNT = /数$/;

/** What a column of the regulator's means, where the console is in English; null in Chinese. */
export const columnGloss = (name) => (language() === "zh" ? null : el("small", { class: "gloss" }, word("supervisory", name)));

/** What stands in a column of a row: a share, an amount with its currency, a count, a text; empty where it is not known. */
export function shownIn(row, name) {
  const value = row[name];
  if (value === null) return "";
  if (typeof value !== "number") return value;
  if (SHARE.test(name)) return percent(value);
  return AMOUNT.test(name) && !COUNT.test(name) ? money(value, row["币种"]) : number(value);
}
