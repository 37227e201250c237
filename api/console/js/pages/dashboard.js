// Dashboard: how much there is to do, how right it was, how risky the book is, how sound the data are.

import { colourTag } from "../cases.js";
import { currencyNote, day, money, number, percent } from "../format.js";
import { el } from "../html.js";
import { get } from "../http.js";
import { may } from "../me.js";
import { table } from "../table.js";
import { t, word } from "../words.js";
import { shareOf } from "./guarantees.js";

const COLOURS = ["red", "orange", "yellow", "blue"];

/** Show it all. */
export async function show(root) {
  const one = await get("/v1/dashboard");
  const part = (title, ...content) => el("section", {}, el("h2", {}, t(`dashboard.${title}`)), content);
  root.append(el("h1", {}, t("dashboard.title")), el("p", { class: "soft" }, t("dashboard.as_of", day(one.as_of), one.revision)),
    part("cases", cases(one.cases)),
    el("div", { class: "halves" },
      part("findings", findings(one.findings)),
      el("div", {}, part("precision", precision(one.verdicts)), part("clusters", clusters(one.clusters)), part("share", shareOf(one.portfolio)))),
    part("loads", loads(one.health)), part("rejects", rejects(one.health)), part("set_aside", setAside(one.health)));
}

function cases(found) {
  const link = (colour) => (may("cases.read") ? el("a", { href: `#/alerts?colour=${colour}` }, number(found.open[colour])) : number(found.open[colour]));
  const figure = (title, value) => el("div", {}, el("dt", {}, title), el("dd", {}, value));
  return [el("dl", { class: "facts figures" }, COLOURS.map((colour) => figure(colourTag(colour), link(colour))),
    ["new", "grown", "unassigned", "undecided", "closed"].map((name) => figure(t(`dashboard.case.${name}`), number(found[name])))),
    found.amounts.map((sum) => el("p", {}, t("dashboard.stake", money(sum.balance, sum.currency), money(sum.overdue, sum.currency), money(sum.written_off, sum.currency)),
      sum.unknown ? ` ${t("dashboard.unknown_loans", number(sum.unknown))}` : "")), remark(currencyNote(found.amounts))];
}

function findings(found) {
  return table(t("dashboard.findings"), [
    { title: t("dashboard.kind"), value: ({ kind }) => word("finding", kind) },
    ...COLOURS.map((colour) => ({ title: word("colour", colour), number: true, value: ({ colours }) => colours[colour] })),
  ], found, { key: ({ kind }) => kind, empty: t("dashboard.no_run") }).element;
}

function precision(found) {
  const counted = (name) => ({ title: t(`case.verdict.${name}`), number: true, value: (row) => row[name] });
  return table(t("dashboard.precision"), [
    { title: t("dashboard.colour"), value: ({ colour }) => COLOURS.indexOf(colour), cell: ({ colour }) => colourTag(colour) },
    counted("confirmed"), counted("innocent"), counted("unsure"),
    { title: t("dashboard.right"), number: true, value: (row) => row.precision, cell: (row) => (row.precision === null ? t("dashboard.undecided") : percent(row.precision)) },
  ], found, { key: ({ colour }) => colour }).element;
}

function clusters(found) {
  if (!found.found) return el("p", { class: "soft" }, t("dashboard.no_clusters"));
  return el("p", {}, t("dashboard.bad_rate", number(found.found), number(found.households), percent(found.bad_rate), percent(found.expected_rate)));
}

function loads({ loads: found, last_run: run }) {
  const sum = (load, what) => Object.values(load.tables).reduce((all, counts) => all + (counts[what] ?? 0), 0);
  const columns = ["read", "used", "unchanged", "duplicate", "rejected"].map((name) => ({ title: t(`dashboard.rows.${name}`), number: true, value: (load) => sum(load, name), cell: (load) => number(sum(load, name)) }));
  const left = ({ left_out: out }) => out.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  return [el("p", {}, run ? t("dashboard.last_run", day(run.as_of), run.detectors.length) : t("dashboard.no_run")),
    table(t("dashboard.loads"), [{ title: t("dashboard.load"), number: true, value: ({ load }) => load }, { title: t("dashboard.source"), value: ({ source }) => source },
      ...columns, { title: t("dashboard.left_out"), value: left, cell: (load) => el("span", { class: "cut" }, left(load)) }], found, { key: ({ load }) => load }).element];
}

function rejects({ rejects: found }) {
  return table(t("dashboard.rejects"), [
    { title: t("dashboard.table"), value: (row) => row.table, cell: (row) => code(row.table) }, { title: t("dashboard.column"), value: (row) => row.column, cell: (row) => code(row.column) },
    { title: t("dashboard.why"), value: (row) => row.reason, cell: (row) => code(row.reason) }, { title: t("dashboard.level"), value: (row) => t(`dashboard.level.${row.level}`) },
    { title: t("dashboard.rows"), number: true, value: (row) => row.rows, cell: (row) => number(row.rows) },
  ], found, { key: (row) => [row.table, row.column, row.reason, row.level].join(), empty: t("dashboard.no_rejects") }).element;
}

function setAside({ unlinked: found }) {
  return table(t("dashboard.set_aside"), [
    { title: t("dashboard.table"), value: (row) => row.table, cell: (row) => code(row.table) }, { title: t("dashboard.column"), value: (row) => row.column, cell: (row) => code(row.column) },
    { title: t("dashboard.why"), value: (row) => t(`aside.${row.flag}`) },
    { title: t("dashboard.values"), number: true, value: (row) => row.values, cell: (row) => number(row.values) },
    { title: t("dashboard.share_of"), number: true, value: (row) => row.values / row.of, cell: (row) => (row.values / row.of < 0.0005 ? "< 0.1%" : percent(row.values / row.of)) },
  ], found, { key: (row) => [row.table, row.column, row.flag].join(), empty: t("dashboard.no_set_aside") }).element;
}

const remark = (text) => (text ? el("p", { class: "soft" }, text) : null);
const code = (text) => el("span", { class: "code" }, text ?? "—");
