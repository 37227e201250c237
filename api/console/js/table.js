// Tables that scroll in their own frame, sort by a column's head, and whose rows can be chosen and filtered.

import { el } from "./html.js";
import { language, t } from "./words.js";

/**
 * A table.
 *
 * @param label what the table is, for screen readers
 * @param columns `{title, gloss, value(row), cell(row), number}`: `gloss` stands under the title, `value` sorts and is filtered by, `cell` is what is shown (by
 *   default the value), `number` stands right
 * @param rows objects; null while they are being read, so that nobody is told that there are none
 * @param options `key(row)` names a row; `open(row)` is done on Enter or a double click; `choose(row)` on a click or
 *   when the arrow keys reach it; `empty` is said where there is no row; `row(row)` gives a row attributes
 * @returns `{element, select(keys), filter(text), show(rows)}`; `select` marks rows and brings the first into view
 */
export function table(label, columns, rows, { key = (row) => row.id, open, choose, empty, row: attributes } = {}) {
  const body = el("tbody");
  const heads = columns.map((column) => head(column, () => sortBy(column)));
  const element = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    el("table", {}, el("thead", {}, el("tr", {}, heads)), body));
  const state = { rows, sort: null, down: false, text: "" };
  let shown = [];

  const sortBy = (column) => {
    state.down = state.sort === column && !state.down;
    state.sort = column;
    draw();
  };
  const draw = () => {
    columns.forEach((column, place) => heads[place].setAttribute("aria-sort",
      column !== state.sort ? "none" : state.down ? "descending" : "ascending"));
    shown = ordered((state.rows ?? []).filter((row) => fits(row, columns, state.text)), state).map((row) => [row, line(row)]);
    body.replaceChildren(...(shown.length ? shown.map(([, made]) => made) : [nothing(columns.length, state.rows ? empty : t("shell.loading"))]));
  };
  const line = (row) => {
    const made = el("tr", { tabindex: choose || open ? 0 : null, data: { key: key(row) }, ...(attributes?.(row) ?? {}) },
      columns.map((column) => el("td", { class: column.number ? "number" : null }, column.cell ? column.cell(row) : column.value(row) ?? "")));
    made.addEventListener("click", (event) => event.target.closest("a,button,input") || choose?.(row));
    made.addEventListener("dblclick", () => open?.(row));
    made.addEventListener("keydown", (event) => moved(event, made, row));
    return made;
  };
  const moved = (event, made, row) => {
    if (event.target !== made) return;
    const next = { ArrowDown: made.nextElementSibling, ArrowUp: made.previousElementSibling }[event.key];
    if (next) next.focus();
    else if (event.key === "Enter") (open ?? choose)?.(row);
    else return;
    event.preventDefault();
    if (next && choose) choose(shown.find(([, other]) => other === next)[0]);
  };
  draw();
  return {
    element,
    select: (keys) => mark(shown, new Set([keys].flat()), key, element),
    filter: (text) => { state.text = text.trim().toLowerCase(); draw(); },
    show: (others) => { state.rows = others; draw(); },
  };
}

/** A field that filters a table while one types; `/` goes to it. */
export function filterField(made, label = t("shell.filter")) {
  const field = el("input", { type: "search", placeholder: label, "aria-label": label, data: { search: "" } });
  field.addEventListener("input", () => made.filter(field.value));
  return field;
}

function head(column, sort) {
  return el("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": "none" },
    column.value ? el("button", { type: "button", class: "sort", on: { click: sort } }, column.title) : column.title, column.gloss ?? null);
}

function fits(row, columns, text) {
  return !text || columns.some((column) => column.value && String(column.value(row) ?? "").toLowerCase().includes(text));
}

function ordered(rows, { sort, down }) {
  if (!sort) return rows;
  const collator = new Intl.Collator(language() === "zh" ? "zh-CN" : "en", { numeric: true });
  const unknown = (value) => value === null || value === undefined || value === "";
  return rows.map((row) => [sort.value(row), row]).sort(([one], [other]) => {
    // What is not known comes last, whichever way the others stand.
    if (unknown(one) || unknown(other)) return unknown(one) - unknown(other);
    const found = typeof one === "number" && typeof other === "number" ? one - other : collator.compare(one, other);
    return down ? -found : found;
  }).map(([, row]) => row);
}

function nothing(columns, text) {
  return el("tr", {}, el("td", { colspan: columns, class: "soft" }, text ?? t("shell.nothing")));
}

function mark(shown, keys, key, frame) {
  let first = null;
  for (const [row, made] of shown) {
    const chosen = keys.has(key(row));
    made.setAttribute("aria-selected", chosen);
    if (chosen) first ??= made;
  }
  if (first) frame.scrollTop = first.offsetTop - frame.clientHeight / 3;
}
