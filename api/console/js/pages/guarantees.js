// Guarantees: the circles, the supervisory table, the share of the book; and one circle with who holds it together.

import { circleName, circlePage } from "../circle.js";
import { colourTag } from "../cases.js";
import { day, money, number, percent } from "../format.js";
import { button, el, saveFile, section } from "../html.js";
import { get } from "../http.js";
import { columnGloss, shownIn } from "../supervisory.js";
import { filterField, table } from "../table.js";
import { pick, t } from "../words.js";

/** Show one circle, or all where the address names none. */
export async function show(root, parameters) {
  if (parameters.get("id")) return circlePage(root, parameters.get("id"), parameters.get("as_of"));
  root.append(el("h1", {}, t("guarantees.title")),
    section(t("guarantees.share"), async () => shareOf(await get("/v1/guarantees/portfolio"))),
    section(t("guarantees.circles"), async () => circles(await get("/v1/guarantees"))),
    section(t("guarantees.supervisory"), async () => supervisory(await get("/v1/guarantees/table"))));
}

/** The guarantee-enhanced share of the book against its limit, as a bar and in words. */
export function shareOf(found) {
  const bar = el("div", { class: `gauge ${found.state}`, role: "img", "aria-label": `${percent(found.share)} / ${percent(found.limit)}` },
    el("i", { class: "filled" }), el("i", { class: "limit" }));
  bar.firstChild.style.width = `${100 * Math.min(1, found.share ?? 0)}%`;
  bar.lastChild.style.left = `${100 * found.limit}%`;
  return [
    el("p", {}, el("b", {}, percent(found.share)), " ", t("guarantees.of_limit", percent(found.limit)), " ",
      el("span", { class: found.state === "ok" ? "tag" : "tag strong" }, t(`guarantees.state.${found.state}`))),
    bar,
    el("p", { class: "soft" }, t("guarantees.enhanced", money(found.enhanced, found.currency), money(found.total, found.currency)),
      found.crossed_at ? ` ${t("guarantees.crossed", day(found.crossed_at))}` : "", ...currencyGaps(found)),
  ];
}

/** Loans that stand in no sum for their currency, or in one for want of it. */
function currencyGaps({ gaps, currency }) {
  const unstated = gaps.currency_unstated;
  return [gaps.other_currency ? ` ${t("guarantees.other_currency", number(gaps.other_currency), currency)}` : "",
    unstated ? ` ${currency ? t("guarantees.taken_for", number(unstated), currency) : t("shell.no_currency")}` : ""];
}

const KIND = { raw: "guarantees.of_parties", contracted: "guarantees.of_groups" };

function circles({ circles: found, currency }) {
  const amount = (name) => ({ title: t(`guarantees.${name}`), number: true, value: (one) => one[name], cell: (one) => money(one[name], one.currency ?? currency) });
  const open = (one) => { location.hash = `#/guarantees?id=${one.id}`; };
  const made = table(t("guarantees.circles"), [
    { title: t("guarantees.colour"), value: (one) => ["blue", "yellow", "orange", "red"].indexOf(one.colour), cell: (one) => colourTag(one.colour) },
    { title: t("guarantees.grade"), value: (one) => one.grade },
    { title: t("guarantees.name"), value: circleName, cell: (one) => el("a", { href: `#/guarantees?id=${one.id}` }, circleName(one)) },
    { title: t("guarantees.view"), value: (one) => t(KIND[one.view]) },
    { title: t("guarantees.parties"), number: true, value: (one) => one.parties },
    amount("balance"), amount("guaranteed_balance"), amount("contract_sum"),
    { title: t("guarantees.circulating_share"), number: true, value: (one) => one.circulating_share, cell: (one) => percent(one.circulating_share) },
    { title: t("guarantees.reason"), value: (one) => pick([one.reason_zh, one.reason_en]), cell: (one) => el("span", { class: "cut" }, pick([one.reason_zh, one.reason_en])) },
  ], found, { open, empty: t("guarantees.none") });
  return [el("div", { class: "row" }, filterField(made), el("span", { class: "soft" }, t("guarantees.count", found.length))), made.element];
}

/** The regulator's table, under the regulator's own names of its columns. */
function supervisory({ columns, rows, totals, currency }) {
  const made = table(t("guarantees.supervisory"), columns.map((name) => supervisoryColumn(name, rows)), rows, { key: (row) => row["担保圈编号"] });
  return [el("p", { class: "soft" }, t("guarantees.ties_out", money(totals.balance_in_circles, currency), money(totals.balance_outside, currency), money(totals.balance, currency))),
    el("div", { class: "row" }, button("CSV", () => saveFile("担保圈.csv", csv(columns, rows), "text/csv"), { "aria-label": t("guarantees.csv") })), made.element];
}

function supervisoryColumn(name, rows) {
  const figure = rows.some((row) => typeof row[name] === "number");
  return { title: name, gloss: columnGloss(name), number: figure, value: (row) => row[name], cell: (row) => shownIn(row, name) };
}

/** Cells as a spreadsheet reads them; one that begins like a formula is text. */
function csv(columns, rows) {
  const cell = (value) => `"${String(value ?? "").replace(/^(?=[=+\-@\t\r])(?!-?\d)/, "'").replaceAll('"', '""')}"`;
  return `\ufeff${[columns, ...rows.map((row) => columns.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\r\n")}`;
}
