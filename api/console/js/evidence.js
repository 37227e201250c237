// The evidence of one finding: its picture, what is in it, and the rows that prove it, tied to each other both ways.

import { day, money } from "./format.js";
import { button, el } from "./html.js";
import { folding, isFold } from "./folds.js";
import { get } from "./http.js";
import { legend } from "./legend.js";
import { nodePanel } from "./node.js";
import { draw } from "./picture.js";
import { drawn, replay } from "./replay.js";
import { filterField, table } from "./table.js";
import { inLanguage, pick, t, word } from "./words.js";

/**
 * The parts that show a finding's evidence: `{picture, rows, explanations, outsiders, measures}`, each an element, and
 * `lookFrom(look)`.
 *
 * @param opened folds of the picture that are open
 * @param again shows it anew with others open: `again(opened, look)`
 */
export async function evidence(finding, opened, again) {
  const sent = await get(`/v1/findings/${finding.id}/sheet`, { open: opened });
  const sheet = { ...sent, picture: inLanguage(sent.picture) };
  const { edges } = sheet.picture;
  const folds = folding(sheet.picture, opened, again);
  const keyed = sheet.rows.map((row, place) => ({ ...row, place }));
  const detail = el("div", { class: "detail" });

  /** Mark nodes or lines, the rows about them, and tell of one node. */
  const mark = (ids, ties = [], from = null) => {
    const ends = edges.filter(({ id }) => ties.includes(id));
    const about = keyed.filter(({ on }) => ids.some((id) => on.includes(id)) || ends.some(({ from: one, to }) => on.includes(one) && on.includes(to)));
    if (from !== picture) picture.choose(ids, ties);
    if (from !== rows) rows.select(about.map(({ place }) => place));
    list.select(ids);
    detail.replaceChildren(...(ids.length !== 1 ? [] : isFold(ids[0]) ? [folds.panel(ids[0], picture)] : tellOf(ids[0])));
  };
  const picture = draw(sheet.picture, pick([finding.reason_zh, finding.reason_en]), {
    chosen: (ids, ties) => mark(ids, ties, picture),
    opened: (id) => (isFold(id) ? folds.flip(id, picture) : explore(id.split(" ")[0])),
  });
  const rows = rowsTable(keyed, (row) => {
    const { ties } = drawn([row], edges);
    mark(row.on, [...ties], rows);
    rows.select([row.place]);
  });
  const list = nodesTable(sheet, (node) => { picture.focus(node.id); mark([node.id]); });
  return {
    picture: el("div", { class: "beside" },
      el("div", { class: "main" }, findField(picture, mark), picture.element, replay(picture, keyed, edges), legend(sheet.picture, picture, mark)),
      el("div", { class: "side" }, detail, filterField(list, t("evidence.filter_nodes")), list.element)),
    rows: [el("div", { class: "row" }, filterField(rows, t("evidence.filter_rows")), el("span", { class: "soft" }, t("evidence.rows_hint"))), rows.element],
    explanations: explanations(sheet.explanations),
    outsiders: outsiders(sheet.outsiders),
    measures: measures(sheet),
    lookFrom: picture.lookFrom,
  };
}

function explore(node) {
  location.hash = `#/explore?node=${encodeURIComponent(node)}`;
}

/** Of a thing that several nodes stand for, each; of a node, what is on record. */
const tellOf = (id) => id.split(" ").map((node) => nodePanel(node));

function findField(picture, mark) {
  const field = el("input", { type: "search", placeholder: t("picture.find"), "aria-label": t("picture.find"), data: { search: "" } });
  const told = el("span", { class: "soft", role: "status" });
  let at = -1;
  field.addEventListener("input", () => {
    at = -1;
    const found = picture.find(field.value);
    told.textContent = field.value.trim() ? t("evidence.found", found.length) : "";
    mark(found);
  });
  field.addEventListener("keydown", (event) => {
    const found = picture.find(field.value);
    if (event.key !== "Enter" || !found.length) return;
    at = (at + 1) % found.length;
    picture.focus(found[at]);
    mark([found[at]]);
  });
  return el("div", { class: "row find" }, field, told);
}

function nodesTable(sheet, choose) {
  const roles = Object.fromEntries(sheet.members.map(({ node, role }) => [node, role]));
  const told = [...sheet.members, ...sheet.rows.flatMap(({ source, target }) => [source, target])];
  const names = Object.fromEntries(told.map(({ node, name, key }) => [node, [name, key].filter(Boolean).join(" ")]));
  const nodes = sheet.picture.nodes.filter(({ id }) => !id.startsWith("label:")).map(({ id, label, title, fold }) =>
    ({ id, name: names[id] ?? plainLabel(label || title), kind: fold ?? id.split(":", 1)[0], role: roles[id] }))
    .sort((one, other) => Boolean(other.role) - Boolean(one.role));
  return table(t("evidence.nodes"), [
    { title: t("evidence.name"), value: (one) => one.name },
    { title: t("evidence.kind"), value: (one) => word("kind", one.kind) },
    { title: t("evidence.role"), value: (one) => (one.role ? word("role", one.role) : "") },
  ], nodes, { choose });
}

/** A label without line breaks and the library's own little markup. */
const plainLabel = (label) => label.replace(/<\/?[ib]>/g, "").replaceAll("\u2060", "").replaceAll("\n", " ");

function rowsTable(rows, choose) {
  const name = ({ name: shown, kind }) => `${shown} (${word("kind", kind)})`;
  return table(t("evidence.rows"), [
    { title: t("evidence.relation"), value: (row) => word("relation", row.relation) },
    { title: t("evidence.from"), value: ({ source }) => name(source) },
    { title: t("evidence.to"), value: ({ target }) => name(target) },
    { title: t("evidence.amount"), number: true, value: (row) => row.amount, cell: (row) => (row.amount === null ? "" : money(row.amount, row.currency)) },
    { title: t("evidence.since"), value: (row) => day(row.since) },
    { title: t("evidence.contract"), value: (row) => row.contract },
    { title: t("evidence.source"), value: (row) => `${row.file}:${row.row}`, cell: (row) => el("span", { class: "code" }, `${row.file}:${row.row}`) },
  ], rows, { key: (row) => row.place, choose });
}

function explanations(tried) {
  if (!tried.length) return el("p", { class: "soft" }, t("evidence.none_tried"));
  return el("ul", { class: "plain" }, tried.map(({ words, fits, why }) => el("li", {},
    el("span", { class: fits ? "tag strong" : "tag" }, fits ? t("evidence.fits") : t("evidence.fails")), " ", pick(why).startsWith(pick(words)) ? null : el("b", {}, pick(words)), " ", pick(why))));
}

function outsiders(found) {
  if (!found.length) return el("p", { class: "soft" }, t("evidence.no_outsiders"));
  return table(t("evidence.outsiders"), [
    { title: t("evidence.thing"), value: ({ things }) => things.map(({ kind, name }) => `${word("kind", kind)} ${name}`).join(" / ") },
    { title: t("evidence.members_use"), number: true, value: (one) => one.members },
    { title: t("evidence.users"), number: true, value: (one) => one.users },
    { title: t("evidence.others"), value: ({ people }) => people.map(({ name, key }) => (key ? `${name} ${key}` : name)).join("、") },
  ], found, { key: ({ things }) => things[0]?.node }).element;
}

function measures({ measures: found, truncated }) {
  const value = (one) => (typeof one === "number" ? one.toLocaleString("en-US", { maximumFractionDigits: 4 }) : String(one ?? t("shell.unknown")));
  return [
    el("dl", { class: "facts" }, found.map((one) => el("div", {}, el("dt", {}, pick(one.words)), el("dd", {}, value(one.value))))),
    truncated.map((cut) => el("p", { class: "soft" }, t(cut.could_change ? "evidence.cut_could" : "evidence.cut", pick(cut.words), value(cut.limit)))),
  ];
}

/** Tabs of a case's findings; `open` shows one. */
export function findingTabs(parts, open) {
  const tabs = parts.map((part) => button(`${word("finding", part.kind)} ${part.score.toFixed(2)}`, () => choose(part), { "aria-pressed": false }));
  const choose = (part) => {
    tabs.forEach((tab, place) => tab.setAttribute("aria-pressed", parts[place] === part));
    return open(part);
  };
  return { element: parts.length > 1 ? el("div", { class: "row tabs", role: "group", "aria-label": t("case.parts") }, tabs) : "", choose };
}
