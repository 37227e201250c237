// What follows if a party defaults, shown step by step in the picture, and what to replace so that no cycle is left.

import { money } from "./format.js";
import { button, el, failure } from "./html.js";
import { get, post } from "./http.js";
import { pick, t } from "./words.js";

const SEED = { background: "#1f2937", border: "#111111" };
const FAILED = { background: "#fbe3e0", border: "#b42318" };
const CALLED = { background: "#fbf3d3", border: "#8a6000" };

/** A button that asks what follows if a node defaults, once one is chosen. */
export function cascade(node, names, picture, told) {
  const act = async () => {
    const answer = await post("/v1/guarantees/whatif", { defaults: [node], method: "cascade" });
    told.replaceChildren(...steps(answer, names, picture, told));
  };
  const text = node ? t("circle.if_defaults", names[node] ?? node.split(":")[1]) : t("circle.choose_first");
  return button(text, () => act().catch((error) => told.replaceChildren(failure(error))), { class: "primary", ...(node ? {} : { disabled: true }) });
}

function steps(answer, names, picture, told) {
  const { rounds, standing, currency } = answer;
  const label = (one) => names[one] ?? one.split(":")[1];
  const place = el("input", { type: "range", min: 0, max: rounds.length - 1, value: 0, "aria-label": t("circle.step") });
  const line = el("div", {});
  const draw = () => {
    const step = Number(place.value);
    picture.paint(paintOf(rounds, step));
    line.replaceChildren(...roundOf(rounds[step], currency, label));
  };
  place.addEventListener("input", draw);
  draw();
  const by = (count) => () => { place.value = Number(place.value) + count; draw(); };
  return [el("p", { class: "reason" }, pick([answer.reason_zh, answer.reason_en])),
    el("div", { class: "row replay" }, button("◀", by(-1), { "aria-label": t("circle.back") }), place, button("▶", by(1), { "aria-label": t("circle.on") }),
      clear(picture, told)),
    line,
    standing.length ? el("p", { class: "soft" }, t("circle.standing", standing.map((one) => one.label).join("、"))) : "",
    ...gapsOf(answer)];
}

/** Who has failed and who is called by a step. */
function paintOf(rounds, step) {
  const paint = {};
  for (const { round, calls, failed } of rounds.slice(0, step + 1)) {
    for (const { guarantor } of calls) paint[guarantor] ??= { ...CALLED, mark: t("circle.called_mark") };
    for (const { node } of failed) paint[node] = round ? { ...FAILED, mark: t("circle.failed_mark", round) } : { ...FAILED, border: SEED.border, mark: t("circle.seed_mark") };
  }
  return paint;
}

function roundOf({ round, calls, failed }, currency, label) {
  return [el("b", {}, t("circle.round", round)),
    el("ul", { class: "plain" },
      calls.map(({ by, guarantor, amount }) => el("li", {}, t("circle.call", label(by), label(guarantor), money(amount, currency)))),
      failed.map(({ label: name }) => el("li", {}, el("b", {}, t(round ? "circle.fails" : "circle.seed", name)))),
      calls.length || failed.length ? null : el("li", {}, t("circle.nobody")))];
}

/** A button that asks for the cheapest guarantees to replace, and lets them stand out in the picture. */
export function cutPlan(id, names, drawn, picture, told) {
  const budget = el("input", { type: "number", min: 1, max: 20, placeholder: t("circle.budget"), "aria-label": t("circle.budget") });
  const act = async () => {
    const answer = await get(`/v1/guarantees/${id}/cut`, { budget: budget.value });
    told.replaceChildren(...cuts(answer, names, drawn, picture, told));
  };
  return el("span", { class: "row" }, button(t("circle.cut"), () => act().catch((error) => told.replaceChildren(failure(error)))), budget);
}

function cuts(answer, names, drawn, picture, told) {
  const label = (one) => names[one] ?? one.split(":")[1];
  const light = (guarantees) => {
    const pairs = new Set(guarantees.flatMap(({ arcs }) => arcs.map(({ guarantor, borrower }) => `${guarantor} ${borrower}`)));
    const ties = drawn.edges.filter(({ from, to, arrows }) => pairs.has(`${from} ${to}`) || (arrows.from && pairs.has(`${to} ${from}`))).map(({ id }) => id);
    picture.show(new Set(picture.ids()), new Set(ties));
  };
  const item = ({ joint_group: joint, arcs, amount }) => el("li", {}, joint ? `${t("circle.joint", joint)} ` : "",
    arcs.slice(0, 6).map(({ guarantor, borrower }) => `${label(guarantor)} → ${label(borrower)}`).join("、"), arcs.length > 6 ? "…" : "", " ", el("b", {}, money(amount, answer.currency)));
  const choice = ({ how, guarantees, drop }) => el("li", {},
    button(t(`circle.how.${how}`), () => light(guarantees)), " ", t("circle.drop", money(drop.mean, answer.currency)), " ",
    guarantees.flatMap(({ arcs }) => arcs.slice(0, 1).map(({ guarantor, borrower }) => `${label(guarantor)} → ${label(borrower)}`)).join("、"));
  light(answer.guarantees);
  return [el("p", { class: "reason" }, pick([answer.reason_zh, answer.reason_en])),
    el("ul", { class: "plain" }, answer.guarantees.map(item)),
    answer.plan ? el("div", {}, el("h3", {}, t("circle.plan", answer.plan.budget)), el("ul", { class: "plain" }, answer.plan.choices.map(choice))) : "",
    clear(picture, told), ...gapsOf(answer)];
}

function clear(picture, told) {
  return button(t("circle.clear"), () => {
    picture.paint({});
    picture.show(null);
    told.replaceChildren();
  });
}

const gapsOf = ({ gaps }) => gaps.map(({ zh, en }) => el("p", { class: "soft" }, pick([zh, en])));
