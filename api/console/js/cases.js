// What is shown of a case wherever one is shown, and what can be done with it.

import { day, minute } from "./format.js";
import { ask, el } from "./html.js";
import { post } from "./http.js";
import { language, t, word } from "./words.js";

/** The colour of a case or finding, by sign and word as well. */
export const colourTag = (colour) => el("span", { class: `colour ${colour}` }, word("colour", colour));

/** What findings a case is made of: 团伙、资金流向 ×16. */
export const kindsOf = (kinds) => Object.entries(kinds)
  .map(([kind, count]) => word("finding", kind) + (count > 1 ? ` ×${count}` : ""))
  .join(language() === "zh" ? "、" : ", ");

/** What became of a case since the night before, with how many came. */
export function stateOf(one) {
  const came = one.added.length && one.state === "grown" ? ` +${one.added.length}` : "";
  const put = one.closed ? t("case.closed") : one.snoozed ? t("case.snoozed_until", day(one.snoozed)) : null;
  return put ?? t(`case.state.${one.state}`) + came;
}

/** The last verdict on a case in words; empty where there is none. */
export const verdictOf = (one) => (one.verdict ? t(`case.verdict.${one.verdict.verdict}`) : "");

/** Whose a case is by its level of response, and until when; null where the policy asks for nothing. */
export function dueOf(one) {
  if (!one.due) return null;
  const when = minute(one.due);
  return el("span", { class: one.overdue ? "tag strong" : "tag", title: one.level },
    `${t(`case.owner.${one.owner}`)} · ${one.overdue ? t("case.late", when) : when}`);
}

const REASON = () => ({ name: "reason", label: t("case.reason"), kind: "area", required: true, hint: t("case.reason_hint") });

/** What can be done with one or several cases, each by its name. It asks for what it needs; whether it was done. */
export const ACTIONS = {
  verdict: (ids, verdict = "confirmed") => done(ids, "verdicts", t("case.do.verdict"), [
    { name: "verdict", label: t("case.verdict"), kind: "choice", value: verdict,
      options: ["confirmed", "innocent", "unsure"].map((each) => [each, t(`case.verdict.${each}`)]) }, REASON(),
    { name: "until", label: t("case.verdict_until"), kind: "date" }]),
  snooze: (ids) => done(ids, "snoozes", t("case.do.snooze"), [
    { name: "until", label: t("case.snooze_until"), kind: "date", required: true, hint: t("case.snooze_hint") }, REASON()]),
  assign: (ids) => done(ids, "assignments", t("case.do.assign"), [{ name: "name", label: t("case.assignee"), required: true }]),
  note: (ids) => done(ids, "notes", t("case.do.note"), [
    { name: "text", label: t("case.note"), kind: "area", required: true, hint: t("case.reason_hint") }]),
  close: (ids) => done(ids, "closings", t("case.do.close"), [REASON()]),
};

async function done(ids, what, title, fields) {
  const given = await ask(ids.length > 1 ? t("case.several", title, ids.length) : title, fields, title);
  if (!given) return false;
  const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  for (const id of ids) await post(`/v1/cases/${id}/${what}`, body);
  return true;
}
