// Explore: from one identifier on, as far as one likes; what stands in the picture never moves.

import { COLOUR_BY, colouring, flagWord } from "../colouring.js";
import { exploration } from "../exploration.js";
import { number } from "../format.js";
import { ask, button, el, input, saveFile, say } from "../html.js";
import { get } from "../http.js";
import { may } from "../me.js";
import { nodePanel } from "../node.js";
import { keepView, viewList } from "../views.js";
import { t, word } from "../words.js";

const MORE = 40;
const MOST = 400;

/** Show the picture, begun with the nodes that the address names. */
export async function show(root, parameters) {
  const page = { chosen: [], ends: [], hubs: false, kinds: new Set(), by: "kind" };
  const frame = el("div", { class: "ground" }, el("p", { class: "soft" }, t("explore.begin")));
  const places = Object.fromEntries(["found", "side", "ends", "legend", "told", "count"].map((name) => [name, el("div", { class: name })]));
  places.told.setAttribute("role", "status");

  const dress = () => {
    const about = map.about();
    const { paint, legend } = colouring(page.by, about);
    map.picture()?.paint(paint);
    map.picture()?.hide(hidden(page, about));
    places.legend.replaceChildren(kindLegend(page, about, dress), el("ul", { class: "legend" }, legend));
    places.count.textContent = t("explore.count", Object.keys(about).length, MOST);
  };
  const map = exploration(frame, {
    chosen: (ids) => { page.chosen = ids; drawSide(); },
    opened: (id) => open(id).catch((error) => say(error.message, true)),
    changed: (answer) => { dress(); drawSide(); tell(places.told, bounds(answer)); },
  });
  const choose = (id) => {
    page.chosen = [id];
    map.picture()?.choose([id]);
    drawSide();
  };
  /** Put a node in, and open it unless it is a hub. */
  const put = async (id) => {
    places.found.replaceChildren();
    if (!map.about()[id]) await map.ask({ add: [id] });
    if (!map.about()[id].hub) await map.ask({ expand: id });
    choose(id);
  };
  const open = async (id, kind = null) => {
    const one = map.about()[id];
    if (!one) return;
    const beyond = Object.values(one.beyond).reduce((sum, each) => sum + each, 0);
    if (!beyond) return say(t("explore.all_in"));
    if (one.hub && !kind && !(await sure(one))) return;
    await map.ask({ expand: id, kind });
    choose(id);
  };
  const close = (id) => {
    const gone = leaves(map, id);
    if (!gone.length) return say(t("explore.no_leaves"));
    map.takeOut(gone);
  };
  const out = (ids) => {
    if (!ids.length) return;
    page.ends = page.ends.filter((end) => !ids.includes(end));
    page.chosen = [];
    map.takeOut(ids);
  };
  const drawSide = () => {
    page.chosen = page.chosen.filter((id) => map.about()[id]);
    places.side.replaceChildren(...page.chosen.slice(0, 1).map((id) => chosenPanel(id, map.about()[id], {
      open, close, out: () => out([id]), end: () => { if (!page.ends.includes(id)) page.ends.push(id); drawSide(); } })));
    places.ends.replaceChildren(...endsOf(page, map, places.told, drawSide));
  };

  const search = searchForm(async (text) => {
    const answer = await get("/v1/search", { q: text, limit: 20, as_of: map.asOf() });
    if (answer.nodes.length === 1) return put(answer.nodes[0].node);
    places.found.replaceChildren(...foundList(answer, put));
  });
  const views = el("details", { class: "views-box" }, el("summary", {}, t("views.title")));
  views.addEventListener("toggle", () => views.open && views.replaceChildren(views.firstChild, viewList(openView)));
  const openView = async (view) => {
    Object.assign(page, { hubs: view.filters.hide_hubs, kinds: new Set(view.filters.hidden_kinds), by: view.filters.colour_by, chosen: [], ends: [] });
    tools.sync(view.filters.as_of);
    await map.restore(view.nodes);
    map.picture().fit();
    views.open = false;
    say(t("views.opened", view.name));
  };
  const tools = toolbar(page, map, { dress, search, undo: async () => { if (!(await map.undo())) say(t("explore.no_undo")); } });
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Delete") out(page.chosen);
    else if (event.key === "z" && (event.ctrlKey || event.metaKey)) map.undo().catch((error) => say(error.message, true));
  });
  root.append(el("h1", {}, t("explore.title")), el("section", {}, tools.element, places.found, views),
    el("section", {}, places.told, el("div", { class: "beside" },
      el("div", { class: "main" }, frame, el("div", { class: "row" }, places.count), places.legend),
      el("div", {}, places.ends, places.side))));
  drawSide();
  dress();
  for (const node of parameters.getAll("node")) await put(node);
}

// -- the bar over the picture

function searchForm(act) {
  const field = el("input", { type: "search", placeholder: t("explore.search_hint"), "aria-label": t("explore.search"), data: { search: "" }, autocomplete: "off", size: 34 });
  const press = button(t("explore.search"), () => act(field.value), { class: "primary" });
  field.addEventListener("keydown", (event) => event.key === "Enter" && field.value.trim() && press.click());
  return el("div", { class: "row" }, field, press);
}

function toolbar(page, map, { dress, search, undo }) {
  const hubs = el("button", { type: "button", "aria-pressed": page.hubs }, t("explore.hide_hubs"));
  hubs.addEventListener("click", () => { page.hubs = !page.hubs; sync(map.asOf()); dress(); });
  const by = input({ name: "by", label: t("explore.colour_by"), kind: "choice", value: page.by, options: COLOUR_BY.map((name) => [name, t(`explore.by.${name}`)]) });
  by.addEventListener("change", () => { page.by = by.value; dress(); });
  const asOf = input({ name: "as_of", label: t("explore.as_of"), kind: "date" });
  asOf.addEventListener("change", () => {
    map.setAsOf(asOf.value);
    if (map.picture()) map.restore(map.placed()).catch((error) => say(error.message, true));
  });
  const sync = (moment) => {
    hubs.setAttribute("aria-pressed", page.hubs);
    by.value = page.by;
    asOf.value = moment ?? "";
    map.setAsOf(moment);
  };
  const small = (text, field) => el("label", { class: "small" }, el("span", {}, text), field);
  const element = el("div", { class: "filters" }, search, el("div", { class: "row ends" },
    button(t("explore.undo"), undo, { title: "Ctrl+Z" }), hubs, small(t("explore.colour_by"), by), small(t("explore.as_of"), asOf),
    may("views.keep") ? button(t("views.keep"), () => keepOf(page, map)) : null,
    button("JSON", () => exported(map), { title: t("explore.json"), "aria-label": t("explore.json") })));
  return { element, sync };
}

async function keepOf(page, map) {
  if (!map.placed().length) return say(t("explore.begin"));
  await keepView(map.placed(), { hide_hubs: page.hubs, hidden_kinds: [...page.kinds], colour_by: page.by, as_of: map.asOf() });
}

function exported(map) {
  const { as_of, revision, edges } = map.told() ?? { edges: [] };
  const at = Object.fromEntries(map.placed().map(({ node, x, y }) => [node, { x, y }]));
  const nodes = Object.entries(map.about()).map(([node, one]) => ({ node, ...at[node], ...one }));
  const kept = edges.filter(({ from, to }) => at[from] && at[to]).map(({ from, to, id, label = null, title }) =>
    ({ source: from, target: to, relation: id.split("|")[1], label, title }));
  saveFile("ringfence.json", JSON.stringify({ as_of, revision, nodes, relationships: kept }, null, 1));
}

function foundList({ nodes, found }, put) {
  if (!nodes.length) return [el("p", { class: "soft" }, t("explore.not_found"))];
  return [el("p", { class: "soft" }, t("explore.found", number(found))),
    el("div", { class: "row" }, nodes.map(({ node, kind, label }) => button(`${word("kind", kind)} ${label}`, () => put(node), { title: node })))];
}

// -- beside the picture

function chosenPanel(id, one, { open, close, out, end }) {
  const beyond = Object.entries(one.beyond).map(([kind, count]) =>
    button(t("explore.open_kind", word("kind", kind), number(count)), () => open(id, kind)));
  return el("div", { class: "chosen" },
    one.hub ? el("p", { class: "warning" }, t("explore.hub", number(one.degree))) : null,
    el("div", { class: "row" }, button(t("explore.open"), () => open(id), { class: "primary" }), button(t("explore.close"), () => close(id)),
      button(t("explore.out"), out), button(t("explore.as_end"), end)),
    beyond.length ? el("div", { class: "row" }, el("small", {}, t("explore.beyond")), beyond) : null,
    one.flags.length ? el("p", {}, one.flags.map((flag) => el("span", { class: "tag strong" }, flagWord(flag)))) : null,
    one.risk ? el("p", {}, el("span", { class: `colour ${one.risk}` }, word("colour", one.risk)), " ", t("explore.risk")) : null,
    nodePanel(id));
}

function endsOf(page, map, told, redraw) {
  if (!page.ends.length) return [el("p", { class: "soft" }, t("explore.ends_hint"))];
  const drop = (id) => () => { page.ends = page.ends.filter((end) => end !== id); redraw(); };
  return [el("div", { class: "row" }, el("b", {}, t("explore.ends")),
    page.ends.map((id) => el("button", { type: "button", title: t("explore.drop"), on: { click: drop(id) } }, `${map.about()[id]?.label ?? id} ✕`)),
    button(t("explore.paths"), () => paths(page.ends, map, told), { class: "primary", ...(page.ends.length < 2 ? { hidden: true } : {}) }))];
}

/** All shortest links of two ends, or of each of several to the others; they come in and stand out. */
async function paths(ends, map, told) {
  const pairs = ends.length === 2 ? [[ends[0], [ends[1]]]] : ends.map((end) => [end, ends.filter((other) => other !== end)]);
  const answers = [];
  for (const [from, to] of pairs) answers.push(await get("/v1/paths/all", { from, to, limit: 10, as_of: map.asOf() }));
  const nodes = [...new Set(answers.flatMap(({ paths: found }) => found.flat()))];
  if (nodes.length) await map.ask({ add: nodes });
  const lit = new Set(nodes);
  const steps = new Set(answers.flatMap(({ paths: found }) => found.flatMap((path) => path.slice(1).map((node, place) => `${path[place]} ${node}`))));
  const ties = map.told().edges.filter(({ from, to }) => steps.has(`${from} ${to}`) || steps.has(`${to} ${from}`)).map(({ id }) => id);
  map.picture().show(nodes.length ? lit : null, new Set(ties));
  if (nodes.length) map.picture().fit(nodes);
  const all = button(t("explore.all_again"), () => { map.picture().show(null); tell(told, []); });
  tell(told, [...answers.map(pathLine), nodes.length ? all : null]);
}

function pathLine({ hops, found, truncated, links_no_one: set_aside }) {
  const cut = truncated.some(({ could_change: could }) => could) ? ` ${t("explore.path_cut")}` : "";
  const aside = set_aside.reduce((sum, { count }) => sum + count, 0);
  return el("p", {}, hops === null ? t("explore.no_path") : t("explore.path", found, hops), cut, aside ? ` ${t("explore.set_aside", aside)}` : "");
}

// -- what is told, hidden, taken out

const tell = (place, lines) => place.replaceChildren(...lines.filter(Boolean));

function bounds({ truncated = [], missing = [] } = {}) {
  const lines = truncated.map(({ bound, skipped }) => el("p", { class: "warning" }, t(`explore.cut.${bound}`, number(skipped))));
  return [...lines, missing.length ? el("p", { class: "warning" }, t("explore.missing", missing.length)) : null];
}

async function sure({ degree, beyond }) {
  const left = Object.values(beyond).reduce((sum, each) => sum + each, 0);
  return ask(t("explore.hub", number(degree)), [], t("explore.open_some", Math.min(MORE, left), number(left)));
}

/** Neighbours of a node that hang on nothing else in the picture. */
function leaves(map, id) {
  const near = {};
  for (const { from, to } of map.picture().ties()) {
    (near[from] ??= new Set()).add(to);
    (near[to] ??= new Set()).add(from);
  }
  return [...(near[id] ?? [])].filter((other) => other !== id && [...near[other]].every((end) => end === id || end === other));
}

function hidden(page, about) {
  return Object.entries(about).filter(([, one]) => (page.hubs && one.hub) || page.kinds.has(one.kind)).map(([id]) => id);
}

function kindLegend(page, about, dress) {
  const counts = {};
  for (const { kind } of Object.values(about)) counts[kind] = (counts[kind] ?? 0) + 1;
  for (const kind of page.kinds) counts[kind] ??= 0;
  const flip = (kind) => () => {
    if (!page.kinds.delete(kind)) page.kinds.add(kind);
    dress();
  };
  return el("ul", { class: "legend" }, Object.entries(counts).sort().map(([kind, count]) => el("li", {},
    el("button", { type: "button", "aria-pressed": !page.kinds.has(kind), title: t("explore.flip"), on: { click: flip(kind) } },
      el("i", { class: `mark ${kind}` }), `${word("kind", kind)} ${count}`))));
}
