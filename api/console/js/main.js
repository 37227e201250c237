// The shell: who is signed in, which page is shown. The page and what it was asked for stand behind the address's #.

import { el, failure } from "./html.js";
import { get, signIn, signedIn, signOut } from "./http.js";
import { setMe } from "./me.js";
import { language, loadWords, setLanguage, t } from "./words.js";
import { show as alerts } from "./pages/alerts.js";
import { show as caseOf } from "./pages/case.js";
import { show as dashboard } from "./pages/dashboard.js";
import { show as explore } from "./pages/explore.js";
import { show as guarantees } from "./pages/guarantees.js";

const PAGES = { alerts, case: caseOf, explore, guarantees, dashboard };
const IN_BAR = ["alerts", "explore", "guarantees", "dashboard"];
const WRITES = "textarea, select, dialog, input:not([type=range], [type=checkbox])";
const place = (id) => document.getElementById(id);
let me = null;

/** The page that the address names, and its parameters: `#/case?id=…`. */
function asked() {
  const [name, rest = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { name: PAGES[name] ? name : "alerts", parameters: new URLSearchParams(rest) };
}

async function draw() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  place("skip").textContent = t("shell.skip");
  if (signedIn() && !me) me = await get("/v1/me").catch(() => null);
  setMe(me);
  const { name, parameters } = asked();
  drawBar(me ? name : null);
  document.title = `${me ? t(`${name}.title`) : t("shell.sign_in")} · Ringfence`;
  // A page that is left goes on in an element that nobody sees any more.
  const root = el("div", { class: `page ${me ? name : "signing-in"}` });
  place("page").replaceChildren(root);
  if (!me) return root.append(signInForm());
  root.setAttribute("aria-busy", "true");
  try {
    await PAGES[name](root, parameters);
  } catch (error) {
    root.append(failure(error));
  }
  root.removeAttribute("aria-busy");
}

function drawBar(current) {
  const links = IN_BAR.map((name) => el("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null },
    t(`${name}.title`)));
  const other = language() === "zh" ? "en" : "zh";
  const tongue = el("button", { type: "button", lang: other, on: { click: () => { setLanguage(other); draw(); } } },
    other === "zh" ? "中文" : "English");
  const leave = el("button", { type: "button", on: { click: () => { signOut(); me = null; draw(); } } }, t("shell.sign_out"));
  place("bar").replaceChildren(
    el("a", { class: "brand", href: "#/alerts" }, "Ringfence"),
    me ? el("nav", { "aria-label": t("shell.pages") }, links) : "",
    el("div", { class: "who" }, me ? el("span", { title: me.roles.join(", ") }, me.name) : null, tongue, me ? leave : null),
  );
}

function signInForm() {
  const key = el("input", { type: "password", name: "key", required: true, autocomplete: "off", "aria-label": t("shell.key") });
  const told = el("div");
  const form = el("form", { class: "sign-in" }, el("h1", {}, t("shell.sign_in")),
    el("label", { class: "field" }, el("span", {}, t("shell.key")), key), told,
    el("button", { class: "primary" }, t("shell.sign_in")), el("p", { class: "soft" }, t("shell.key_hint")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      me = await signIn(key.value);
      await draw();
      place("page").focus();
    } catch (error) {
      told.replaceChildren(failure(error));
    }
  });
  setTimeout(() => key.focus());
  return form;
}

/** `/` goes to the page's search or filter, unless one is writing. */
function toSearch(event) {
  if (event.key !== "/" || event.target.closest(WRITES)) return;
  const field = document.querySelector("#page [data-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
}

place("skip").addEventListener("click", (event) => {
  event.preventDefault();
  place("page").focus();
});
window.addEventListener("hashchange", () => draw().then(() => window.scrollTo(0, 0)));
window.addEventListener("signedout", () => { me = null; draw(); });
document.addEventListener("keydown", toSearch);
loadWords().then(draw);
