// Making elements. Text goes in as text alone: nothing that comes from the data is ever read as markup.

import { t } from "./words.js";

/**
 * An element. `attributes` are set as attributes, except `on` (listeners by event) and `data` (by name); those that
 * are null or false are left out. Children are elements, texts or numbers, lists of these, or null.
 */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A button that does something; while it is done the button waits, and what goes wrong is said. */
export function button(text, action, attributes = {}) {
  const press = async () => {
    made.disabled = true;
    try {
      await action();
    } catch (error) {
      say(errorText(error), true);
    } finally {
      made.disabled = false;
    }
  };
  const made = el("button", { type: "button", ...attributes, on: { click: press } }, text);
  return made;
}

/** One line for what went wrong, in the page. */
export const failure = (error) => el("p", { class: "failure", role: "alert" }, errorText(error));

/** One line for what went wrong. */
export function errorText(error) {
  if (error.status === undefined) console.error(error);
  return error.status ? error.message : error.status === 0 ? t("shell.unreachable") : t("shell.defect");
}

/** Tell something in passing; read out by screen readers. */
export function say(text, wrong = false) {
  const place = document.getElementById("said");
  place.replaceChildren(el("p", { class: wrong ? "failure" : "done" }, text));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.replaceChildren(), wrong ? 10_000 : 5_000);
}

/**
 * A part of a page with a heading; `fill` may be asynchronous and gives its content. Until then it says that it is
 * loading; what goes wrong stands in it in one line.
 */
export function section(title, fill, attributes = {}) {
  const body = el("div", { class: "body" });
  const made = el("section", attributes, title ? el("h2", {}, title) : null, body);
  const load = async () => {
    body.setAttribute("aria-busy", "true");
    if (!body.childNodes.length) body.replaceChildren(el("p", { class: "soft" }, t("shell.loading")));
    try {
      body.replaceChildren(...[await fill()].flat(Infinity).filter(Boolean));
    } catch (error) {
      body.replaceChildren(failure(error));
    }
    body.removeAttribute("aria-busy");
  };
  made.reload = load;
  made.loaded = load();
  return made;
}

/**
 * Ask for something in a dialog: `fields` are `{name, label, kind, options, required, value, hint}`, where kind is an
 * input's type, "text" by default, "area" or "choice" (options are `[value, text]`). The answer is an object by name,
 * or null where it was left.
 */
export function ask(title, fields, confirm) {
  const inputs = fields.map((field) => [field, input(field)]);
  const dialog = el("dialog", { "aria-label": title });
  const leave = el("button", { type: "button", on: { click: () => dialog.close("") } }, t("shell.cancel"));
  const rows = inputs.map(([field, made]) =>
    el("label", { class: "field" }, el("span", {}, field.label), made, field.hint ? el("small", {}, field.hint) : null));
  const form = el("form", { method: "dialog" }, el("h2", {}, title), rows,
    el("div", { class: "actions" }, leave, el("button", { class: "primary", value: "yes" }, confirm)));
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      const given = Object.fromEntries(inputs.map(([field, made]) => [field.name, made.value.trim()]));
      resolve(dialog.returnValue === "yes" ? given : null);
    });
  });
}

/** The input of a field as `ask` describes it. */
export function input({ name, kind = "text", options = [], required = false, value = "", label }) {
  const common = { name, required, "aria-label": label };
  if (kind === "area") return el("textarea", { ...common, rows: 3 }, value);
  if (kind === "choice") {
    return el("select", common, options.map(([each, text]) => el("option", { value: each, selected: each === value }, text)));
  }
  return el("input", { ...common, type: kind, value, autocomplete: "off" });
}

/** Save a text or Blob as a file on the user's machine. */
export function saveFile(name, content, type = "application/json") {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
