// Alerts: the queue of cases, what of it a team can open today, and what is decided of several at once.

import { ACTIONS, colourTag, dueOf, kindsOf, stateOf, verdictOf } from "../cases.js";
import { currencyNote, day, most, number, percent, sums } from "../format.js";
import { button, el, failure, input, say } from "../html.js";
import { may } from "../me.js";
import { FILTERS, queue } from "../queue.js";
import { filterField, table } from "../table.js";
import { t, word } from "../words.js";

const COLOURS = ["red", "orange", "yellow", "blue"];
const KINDS = ["fraud_ring", "intermediary", "guarantee_mutual", "guarantee_joint", "guarantee_cycle", "guarantee_chain",
  "guarantee_circle", "guarantee_over", "cashout_merchant", "fund_flow", "risky_cluster", "velocity"];
const STATES = ["new", "grown", "shrunk", "unchanged", "gone", "closed", "snoozed"];
const MORE = ["state", "min_amount", "from_date", "to_date", "product", "region", "channel"];

/** Show the queue, narrowed by the address. */
export async function show(root, parameters) {
  const wanted = Object.fromEntries(FILTERS.map((name) => [name, parameters.getAll(name)]).filter(([, given]) => given.length));
  const held = { cases: [], total: 0, next: null, chosen: new Set(), tried: null };
  const told = el("div");
  const list = table(t("alerts.title"), columns(held, () => drawBatch()), null, {
    open: (one) => { location.hash = `#/case?id=${one.id}`; },
    row: (one) => ({ class: within(held, one) ? (one === lastWithin(held) ? "last-within" : null) : "beyond" }),
  });
  const batch = el("div", { class: "row batch", hidden: true });
  const more = button(t("alerts.more"), () => load(held.next), { hidden: true });
  const budget = el("div", { class: "row budget" });

  const drawBatch = () => {
    batch.hidden = !held.chosen.size || !may("cases.work");
    const act = (name, ...rest) => button(t(`case.do.${name}`), async () => {
      if (!(await ACTIONS[name]([...held.chosen], ...rest))) return;
      say(t("case.done"));
      held.chosen.clear();
      await load();
    });
    batch.replaceChildren(el("b", {}, t("alerts.chosen", held.chosen.size)), act("verdict"), act("snooze"), act("assign"));
  };
  const drawList = () => {
    list.show(held.cases);
    budget.replaceChildren(...budgetLine(held, drawList));
    more.hidden = !held.next;
  };
  async function load(cursor = null) {
    told.replaceChildren();
    try {
      const page = await queue(wanted, cursor);
      Object.assign(held, { ...page, budget: held.tried ?? page.budget, cases: cursor ? [...held.cases, ...page.cases] : page.cases });
    } catch (error) {
      told.replaceChildren(failure(error));
    }
    shown.hidden = told.hasChildNodes();
    if (shown.hidden) return;
    count.textContent = t("alerts.count", number(held.total), held.cases[0] ? day(held.cases[0].last_seen) : "—");
    drawBatch();
    drawList();
  }
  const narrow = (name, given) => {
    wanted[name] = [given].flat().filter(Boolean);
    const asked = new URLSearchParams(Object.entries(wanted).flatMap(([each, values]) => values.map((value) => [each, value])));
    history.replaceState(null, "", `#/alerts${asked.size ? `?${asked}` : ""}`);
    return load();
  };
  const count = el("p", { class: "soft" });
  const shown = el("section", {}, el("div", { class: "row ends" }, filterField(list), budget), batch, list.element, more);
  root.append(el("div", { class: "row" }, el("h1", {}, t("alerts.title")), count), filters(wanted, narrow), told, shown);
  await load();
}

function columns(held, changed) {
  const tick = (one) => el("input", { type: "checkbox", "aria-label": t("alerts.choose", one.id), checked: held.chosen.has(one.id),
    on: { change: (event) => { held.chosen[event.target.checked ? "add" : "delete"](one.id); changed(); } } });
  const amount = (figure) => ({ title: t(`case.${figure}`), number: true, value: (one) => most(one.amounts, figure), cell: (one) => sums(one.amounts, figure) });
  const rank = Object.fromEntries(COLOURS.map((colour, place) => [colour, place]));
  return [
    ...(may("cases.work") ? [{ title: "", cell: tick }] : []),
    { title: t("case.colour"), value: (one) => rank[one.colour], cell: (one) => colourTag(one.colour) },
    { title: t("case.what"), value: (one) => `${kindsOf(one.kinds)} ${one.id}`, cell: (one) => [el("a", { href: `#/case?id=${one.id}` }, kindsOf(one.kinds)), " ", el("small", { class: "code" }, one.id.slice(0, 8))] },
    { title: t("case.people"), number: true, value: (one) => one.people.length },
    amount("balance"), amount("overdue"), amount("written_off"),
    { title: t("case.state"), value: stateOf, cell: (one) => el("span", { class: "tag" }, stateOf(one)) },
    { title: t("case.due"), value: (one) => one.due ?? null, cell: (one) => dueOf(one) ?? "" },
    { title: t("case.assigned"), value: (one) => one.assigned },
    { title: t("case.verdict"), value: verdictOf },
    { title: t("case.first_seen"), value: (one) => day(one.first_seen) },
  ];
}

// -- what to narrow by

function filters(wanted, narrow) {
  const toggle = (name, value, content) => {
    const made = el("button", { type: "button", "aria-pressed": (wanted[name] ?? []).includes(value) }, content);
    made.addEventListener("click", () => {
      const on = made.getAttribute("aria-pressed") !== "true";
      made.setAttribute("aria-pressed", on);
      const others = (wanted[name] ?? []).filter((each) => each !== value);
      narrow(name, on ? [...others, value] : others);
    });
    return made;
  };
  const field = (name, kind, options) => {
    const made = input({ name, kind, options, value: wanted[name]?.[0] ?? "", label: t(`alerts.by.${name}`) });
    made.addEventListener("change", () => narrow(name, made.value));
    return el("label", { class: "small" }, el("span", {}, t(`alerts.by.${name}`)), made);
  };
  const any = ["", t("alerts.any")];
  return el("section", { class: "filters" },
    el("div", { class: "row" },
      COLOURS.map((colour) => toggle("colour", colour, colourTag(colour))),
      toggle("new", "true", t("alerts.new")), toggle("overdue", "true", t("alerts.overdue")),
      field("kind", "choice", [any, ...KINDS.map((kind) => [kind, word("finding", kind)])]),
      field("sort", "choice", ["", "amount", "people", "date", "due"].map((each) => [each, t(`alerts.sort.${each || "queue"}`)]))),
    el("details", { open: MORE.some((name) => wanted[name]?.length) },
      el("summary", {}, t("alerts.more_filters")),
      el("div", { class: "row" },
        field("state", "choice", [["", t("alerts.open")], ...STATES.map((state) => [state, t(`case.state.${state}`)])]),
        field("min_amount", "number"), field("from_date", "date"), field("to_date", "date"),
        field("product"), field("region"), field("channel"))));
}

// -- what can be opened today

const within = (held, one) => held.cases.indexOf(one) < held.budget;
const lastWithin = (held) => (held.cases.length > held.budget ? held.cases[held.budget - 1] : null);

/** How many cases a team opens in a day by the policy, or another number that is tried, and what of the money these are. */
function budgetLine(held, changed) {
  const field = el("input", { type: "number", min: 0, max: 9999, value: held.budget, "aria-label": t("alerts.budget") });
  field.addEventListener("change", () => {
    held.budget = held.tried = Math.max(0, Number(field.value) || 0);
    changed();
  });
  return [el("label", {}, t("alerts.budget"), " ", field, " ", t("alerts.budget_unit")), el("span", { class: "soft" }, covered(held))];
}

/** The share of known balances that stands within the budget, currency by currency. */
function covered({ cases, budget }) {
  const sum = (some) => some.flatMap((one) => one.amounts).reduce((found, { currency, balance }) =>
    ({ ...found, [currency]: (found[currency] ?? 0) + (balance ?? 0) }), {});
  const [all, first] = [sum(cases), sum(cases.slice(0, budget))];
  const told = Object.keys(all).filter((code) => all[code]).map((currency) => t("alerts.covered",
    sums([{ currency, balance: first[currency] ?? 0 }], "balance"), percent((first[currency] ?? 0) / all[currency])));
  return [...told, currencyNote(cases.flatMap((one) => one.amounts))].filter(Boolean).join(" · ");
}
