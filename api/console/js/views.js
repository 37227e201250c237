// Views: pictures kept under a name, one's own and those that others share.

import { day } from "./format.js";
import { ask, button, el, failure, say } from "./html.js";
import { get, post, remove } from "./http.js";
import { may } from "./me.js";
import { t } from "./words.js";

/** Ask for a name and keep a picture: its nodes with their places, and its filters. Whether it was kept. */
export async function keepView(nodes, filters) {
  const given = await ask(t("views.keep"), [
    { name: "name", label: t("views.name"), required: true, hint: t("views.name_hint") },
    { name: "shared", label: t("views.who"), kind: "choice", options: [["", t("views.private")], ["yes", t("views.shared")]] },
  ], t("views.keep"));
  if (!given) return false;
  await post("/v1/views", { name: given.name, shared: given.shared === "yes", nodes, filters });
  say(t("views.kept", given.name));
  return true;
}

/** The list of views, each with a button that opens it; the returned element fills itself. */
export function viewList(open) {
  const list = el("div", { class: "views" }, el("p", { class: "soft" }, t("shell.loading")));
  const load = () => get("/v1/views").then(({ views }) => list.replaceChildren(...rows(views, open, load)), (error) => list.replaceChildren(failure(error)));
  load();
  return list;
}

function rows(views, open, reload) {
  if (!views.length) return [el("p", { class: "soft" }, t("views.none"))];
  return views.map((view) => el("div", { class: "row view" },
    button(view.name, async () => open(await get(`/v1/views/${view.id}`)), { class: "opens" }),
    el("small", {}, t("views.about", view.nodes, day(view.saved_at)), view.shared ? ` · ${view.own ? t("views.is_shared") : t("views.of", view.owner)}` : ""),
    view.own && may("views.keep") ? button("✕", () => gone(view, reload), { class: "quiet", "aria-label": t("views.remove", view.name), title: t("views.remove", view.name) }) : null));
}

async function gone(view, reload) {
  await remove(`/v1/views/${view.id}`);
  await reload();
}
