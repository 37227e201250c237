// The list of cases that somebody works through: what it was narrowed to last, so that a case knows the next one.

import { get } from "./http.js";

/** What the queue is narrowed to, as `/v1/cases` takes it, and which hash parameter each is. */
export const FILTERS = ["colour", "kind", "new", "overdue", "state", "sort", "min_amount", "from_date", "to_date", "product", "region", "channel"];
const PAGE = 200;
let last = {};

/** A page of the queue: `{total, cases, next}`. */
export async function queue(parameters, cursor = null) {
  last = parameters;
  return get("/v1/cases", { ...parameters, limit: PAGE, cursor });
}

/** The case that stands behind another in the queue as it was narrowed last; its first where that one is not in it; null
 * behind the last. */
export async function caseAfter(id) {
  const { cases } = await queue(last);
  return (cases[cases.findIndex((one) => one.id === id) + 1] ?? null)?.id ?? null;
}
