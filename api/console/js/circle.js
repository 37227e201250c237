// One guarantee circle: its picture, who holds it together, what follows if a party defaults, what to replace.

import { colourTag } from "./cases.js";
import { cascade, cutPlan } from "./cascade.js";
import { folding, isFold } from "./folds.js";
import { money, number, percent } from "./format.js";
import { el, section } from "./html.js";
import { get } from "./http.js";
import { legend } from "./legend.js";
import { nodePanel } from "./node.js";
import { draw } from "./picture.js";
import { columnGloss, shownIn } from "./supervisory.js";
import { filterField, table } from "./table.js";
import { inLanguage, pick, t } from "./words.js";

/** What a circle is called: after the party that owes most, which the service says in Chinese alone. */
export const circleName = ({ name, parties }) => t("circle.named", name.slice(0, name.lastIndexOf("等")), parties);

/** Show a circle by its id, with some folds of its picture open. */
export async function circlePage(root, id, asOf, opened = [], look = null) {
  const [one, sent] = await Promise.all([get(`/v1/guarantees/${id}`, { as_of: asOf }), get(`/v1/guarantees/${id}/picture`, { as_of: asOf, open: opened })]);
  const drawn = inLanguage(sent);
  const folds = folding(drawn, opened, (others, from) => circlePage(root, id, asOf, others, from));
  const side = el("div", {});
  const mark = (ids) => {
    picture.choose(ids);
    list.select(ids);
    choose(ids[0]);
  };
  const choose = (node) => {
    const told = node && isFold(node) ? folds.panel(node, picture) : node ? nodePanel(node) : el("p", { class: "soft" }, t("circle.click"));
    side.replaceChildren(told);
    plans.about(node && !isFold(node) ? node : null);
  };
  const picture = draw(drawn, pick([one.reason_zh, one.reason_en]), {
    chosen: mark,
    opened: (node) => (isFold(node) ? folds.flip(node, picture) : explore(node)),
  });
  const list = members(one, drawn.key_nodes, (row) => { picture.focus(row.node); choose(row.node); });
  const plans = plansOf(one, drawn, picture);
  root.replaceChildren(
    el("section", { class: "head" }, headOf(one)),
    el("section", { class: "graph" }, el("h2", {}, t("circle.graph")), el("div", { class: "beside" },
      el("div", { class: "main" }, picture.element, legend(drawn, picture, mark)),
      el("div", { class: "side" }, side, filterField(list), list.element))),
    el("section", { class: "plans" }, el("h2", {}, t("circle.plans")), plans.element),
    el("div", { class: "columns" },
      section(t("circle.key_nodes"), () => keyNodes(one)),
      section(t("circle.near"), () => near(one))),
    section(t("guarantees.supervisory"), () => supervisory(one.table)));
  choose(null);
  if (look) picture.lookFrom(look);
}

function explore(node) {
  location.hash = `#/explore?node=${encodeURIComponent(node)}`;
}

function headOf(one) {
  const fact = (name, value) => el("div", {}, el("dt", {}, t(`guarantees.${name}`)), el("dd", {}, value));
  return [el("p", {}, el("a", { href: "#/guarantees" }, `← ${t("guarantees.circles")}`)),
    el("div", { class: "row" }, colourTag(one.colour), el("h1", {}, circleName(one)), one.grade ? el("span", { class: "tag" }, one.grade) : null, el("span", { class: "code soft" }, one.id)),
    el("dl", { class: "facts" }, fact("parties", number(one.parties)), fact("balance", money(one.balance, one.currency)),
      fact("guaranteed_balance", money(one.guaranteed_balance, one.currency)), fact("contract_sum", money(one.contract_sum, one.currency)),
      fact("circulating_share", percent(one.circulating_share))),
    el("p", { class: "reason" }, pick([one.reason_zh, one.reason_en]))];
}

function members(one, keys, choose) {
  const cores = one.core_enterprises.map(({ node }) => node);
  const marks = ({ node }) => [keys.includes(node) ? t("circle.key") : null, cores.includes(node) ? t("circle.core") : null].filter(Boolean);
  return table(t("circle.members"), [
    { title: t("guarantees.name"), value: ({ name }) => name },
    { title: t("guarantees.balance"), number: true, value: ({ balance }) => balance, cell: ({ balance }) => money(balance, one.currency) },
    { title: t("circle.mark"), value: (row) => marks(row).join(" "), cell: (row) => marks(row).map((mark) => el("span", { class: "tag" }, mark)) },
  ], one.members, { key: ({ node }) => node, choose });
}

/** What if the chosen party defaults, step by step in the picture; and the cheapest way to take the circle apart. */
function plansOf(one, drawn, picture) {
  const told = el("div", {});
  const bar = el("div", { class: "row" });
  const names = Object.fromEntries(one.members.map(({ node, name }) => [node, name]));
  const about = (node) => bar.replaceChildren(
    cascade(node, names, picture, told), cutPlan(one.id, names, drawn, picture, told));
  return { element: el("div", {}, bar, told), about };
}

function keyNodes(one) {
  if (!one.key_nodes.length) return el("p", { class: "soft" }, t("circle.no_key"));
  return el("ul", { class: "plain" }, one.key_nodes.map(({ name, parts, cut_off: off }) =>
    el("li", {}, el("b", {}, `★ ${name}`), " ", t("circle.falls_into", parts.length, parts.join(" + "), off))));
}

/** Core enterprises, who guarantees too much, hidden groups, contradictions. */
function near(one) {
  const name = (node) => one.members.find((each) => each.node === node)?.name ?? node;
  const lines = [
    ...one.core_enterprises.map(({ name: each, within_1: hand }) => t("circle.core_line", each, hand)),
    ...one.over_guarantee.map((each) => t("circle.over_line", each.name, each.ratio === null ? "∞" : percent(each.ratio), t(`circle.level.${each.level}`))),
    ...one.hidden_groups.map((each) => t("circle.hidden_line", each.members.map(name).join("、"), t(`circle.by.${each.by}`), each.users)),
    ...one.contradictions.map((each) => t("circle.contradiction", each.loan.split(":")[1], each.five_class, each.dpd)),
  ];
  if (!lines.length) return el("p", { class: "soft" }, t("circle.nothing_near"));
  return el("ul", { class: "plain" }, lines.map((line) => el("li", {}, line)));
}

function supervisory(row) {
  return el("dl", { class: "facts" }, Object.keys(row).map((name) => el("div", {}, el("dt", {}, name, columnGloss(name)), el("dd", {}, shownIn(row, name)))));
}
