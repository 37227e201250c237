// Case: one case with its graph, rows, people, what to do, and what was decided.

import { ACTIONS, colourTag, dueOf, kindsOf, stateOf, verdictOf } from "../cases.js";
import { evidence, findingTabs } from "../evidence.js";
import { currencyNote, day, most, sums } from "../format.js";
import { button, el, failure, say, saveFile, section } from "../html.js";
import { download, get } from "../http.js";
import { may } from "../me.js";
import { caseAfter } from "../queue.js";
import { filterField, table } from "../table.js";
import { pick, t, word } from "../words.js";

/** Show the case whose id the address names. */
export async function show(root, parameters) {
  const one = await get(`/v1/cases/${parameters.get("id")}`);
  const reason = el("p", { class: "reason short" });
  const whole = button(t("case.whole_reason"), () => whole.setAttribute("aria-expanded", !reason.classList.toggle("short")),
    { class: "quiet", "aria-expanded": false });
  const head = el("div", {});
  const slots = Object.fromEntries(["picture", "rows", "explanations", "outsiders", "measures"].map((name) => [name, el("div")]));
  const tabs = findingTabs(one.parts, (part) => open(part));
  let shown = one.parts[0];

  async function open(part) {
    shown = part;
    reason.textContent = t("shell.loading");
    Object.values(slots).forEach((slot) => slot.replaceChildren());
    root.setAttribute("aria-busy", "true");
    try {
      const finding = await get(`/v1/findings/${part.id}`);
      await draw(part, finding);
      if (shown !== part) return;
      reason.textContent = pick([finding.reason_zh, finding.reason_en]);
      whole.hidden = reason.scrollHeight <= reason.clientHeight;
    } catch (error) {
      reason.replaceChildren(failure(error));
    } finally {
      root.removeAttribute("aria-busy");
    }
  }
  /** Show a finding's evidence with some folds of its picture open, seen from where it was seen. */
  async function draw(part, finding, opened = [], look = null) {
    const parts = await evidence(finding, opened, (others, from) => draw(part, finding, others, from));
    if (shown !== part) return;
    for (const [name, slot] of Object.entries(slots)) slot.replaceChildren(...[parts[name]].flat(Infinity));
    if (look) parts.lookFrom(look);
  }
  const drawHead = (now) => head.replaceChildren(headOf(now), actions(now, changed));
  const changed = async () => {
    Object.assign(one, await get(`/v1/cases/${one.id}`));
    drawHead(one);
    history.reload();
  };
  const history = section(t("case.history"), () => entries(one.entries));
  drawHead(one);
  root.append(
    el("section", { class: "head" }, head, tabs.element, reason, whole),
    el("section", { class: "graph" }, el("h2", {}, t("case.graph")), slots.picture),
    el("section", {}, el("h2", {}, t("evidence.rows")), slots.rows),
    el("div", { class: "columns" },
      section(t("case.members"), async () => members(one, await get(`/v1/cases/${one.id}/people`))),
      el("div", {}, section(t("case.now"), () => advice(one)), el("section", {}, el("h2", {}, t("evidence.explanations")), slots.explanations), history)),
    el("section", {}, el("h2", {}, t("evidence.outsiders")), slots.outsiders),
    el("section", {}, el("h2", {}, t("evidence.measures")), slots.measures));
  await tabs.choose(shown);
}

// -- what it is, and what can be done

function headOf(one) {
  const fact = (title, value) => (value === "" || value === null ? null : el("div", {}, el("dt", {}, title), el("dd", {}, value)));
  return el("div", {},
    el("div", { class: "row" }, colourTag(one.colour), el("h1", {}, kindsOf(one.kinds)), el("span", { class: "tag" }, stateOf(one)), dueOf(one),
      el("span", { class: "code soft" }, one.id)),
    el("dl", { class: "facts" },
      fact(t("case.people"), one.people.length),
      fact(t("case.balance"), sums(one.amounts, "balance")), fact(t("case.overdue"), sums(one.amounts, "overdue")),
      fact(t("case.written_off"), sums(one.amounts, "written_off")), fact("", currencyNote(one.amounts)),
      fact(t("case.first_seen"), day(one.first_seen)), fact(t("case.last_seen"), day(one.last_seen)),
      fact(t("case.assigned"), one.assigned ?? ""), fact(t("case.verdict"), verdictOf(one))));
}

function actions(one, changed) {
  const act = (name, attributes) => button(t(`case.do.${name}`), async () => {
    if (!(await ACTIONS[name]([one.id]))) return;
    say(t("case.done"));
    await changed();
  }, attributes);
  const pack = async () => saveFile(`case-${one.id}.html`, await download(`/v1/cases/${one.id}/page`));
  const next = async () => {
    const id = await caseAfter(one.id);
    if (id) location.hash = `#/case?id=${id}`;
    else say(t("case.last"));
  };
  return el("div", { class: "row do" },
    may("cases.work") ? [act("verdict", { class: "primary" }), act("note"), act("assign"), act("snooze"), act("close")] : null,
    button(t("case.pack"), pack), button(t("case.next"), next));
}

// -- people, advice, history

function members(one, { members: people }) {
  const amount = (figure) => ({ title: t(`case.${figure}`), number: true, value: (each) => most(each.amounts, figure), cell: (each) => sums(each.amounts, figure) });
  const loans = (each) => each.amounts.reduce((sum, { loans: some }) => sum + some, 0);
  const made = table(t("case.members"), [
    { title: t("evidence.name"), value: (each) => each.name, cell: (each) => el("span", {}, each.name, " ", el("small", { class: "code" }, each.key)) },
    { title: t("evidence.kind"), value: (each) => word("kind", each.kind) },
    { title: t("evidence.role"), value: (each) => t(`case.role.${each.role}`) + (each.added ? ` · ${t("case.added")}` : "") },
    { title: t("case.loans"), number: true, value: loans },
    amount("balance"), amount("overdue"), amount("written_off"),
  ], people, { key: (each) => each.node });
  const total = one.amounts.map((sum) => el("p", {}, el("b", {}, t("case.total")), " ",
    t("case.total_of", sum.loans, sums([sum], "balance"), sums([sum], "overdue"), sums([sum], "written_off"))));
  return [total, filterField(made), made.element];
}

/** What to do now, by colour. */
function advice(one) {
  return [el("p", {}, colourTag(one.colour), " ", t(`now.${one.colour}.head`)),
    el("ol", {}, [1, 2, 3].map((step) => el("li", {}, t(`now.${one.colour}.${step}`))))];
}

function entries(found) {
  if (!found.length) return el("p", { class: "soft" }, t("case.no_history"));
  return el("ol", { class: "plain" }, [...found].reverse().map((entry) => el("li", {},
    el("span", { class: "soft" }, `${day(entry.at)} ${entry.by} `),
    el("b", {}, t(`case.did.${entry.action}`), entry.verdict ? ` ${t(`case.verdict.${entry.verdict}`)}` : "", entry.until ? ` ${t("case.until", day(entry.until))}` : ""),
    " ", entry.text)));
}
