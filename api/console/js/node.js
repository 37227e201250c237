// One node: what rows say of it, masked, and a masked value in full for whoever may see it and says why.

import { day } from "./format.js";
import { ask, button, el, failure } from "./html.js";
import { get, post } from "./http.js";
import { may } from "./me.js";
import { t, TEXTS, word } from "./words.js";

/** The address of a node in the service. */
export const nodePath = (node) => `/v1/nodes/${encodeURIComponent(node)}`;

/** A panel that tells of a node; the returned element fills itself. */
export function nodePanel(node) {
  const panel = el("div", { class: "node" }, el("p", { class: "soft" }, t("shell.loading")));
  get(nodePath(node)).then((found) => panel.replaceChildren(...content(found).flat()), (error) => panel.replaceChildren(failure(error)));
  return panel;
}

function content(found) {
  const ties = Object.entries(found.relationships).map(([relation, count]) => el("span", { class: "tag" }, `${word("relation", relation)} ${count}`));
  return [
    el("h3", {}, found.label, " ", el("small", {}, word("kind", found.kind))),
    el("p", { class: "code" }, found.node),
    el("p", { class: "row" }, el("a", { href: `#/explore?node=${encodeURIComponent(found.node)}` }, t("node.explore")), ties),
    found.facts.map((fact) => factOf(found, fact)),
  ];
}

function factOf(found, fact) {
  const cells = Object.entries(fact.data).filter(([, value]) => value !== null && value !== "");
  return el("dl", {}, cells.map(([column, value]) => el("div", {}, el("dt", {}, columnOf(column)),
    el("dd", {}, value === true ? t("node.yes") : value === false ? t("node.no") : String(value), masked(value) ? reveal(found.node, column) : null))),
    el("div", {}, el("dt", {}, t("node.source")), el("dd", { class: "soft" }, `${fact.file ?? "—"}:${fact.row ?? "—"}`, fact.known_at ? ` · ${day(fact.known_at)}` : "")));
}

const masked = (value) => typeof value === "string" && value.includes("*");
const columnOf = (column) => (TEXTS[`column.${column}`] ? t(`column.${column}`) : column);

/** A button that asks why, and shows the value in its place. What was asked is on record; the value is not kept here. */
function reveal(node, field) {
  if (!may("personal.reveal")) return null;
  const made = button(t("node.reveal"), async () => {
    const given = await ask(t("node.reveal_title", columnOf(field)), [
      { name: "reason", label: t("case.reason"), kind: "area", required: true, hint: t("node.reveal_hint") }], t("node.reveal"));
    if (!given) return;
    const { values } = await post("/v1/reveal", { node, field, reason: given.reason });
    made.replaceWith(el("b", { class: "revealed" }, values.join("、")));
  }, { class: "quiet", "aria-label": t("node.reveal_title", columnOf(field)) });
  return made;
}
