// What stands for what in a picture: kinds of nodes, which can be chosen by, and kinds of lines.

import { el } from "./html.js";
import { pick, t, word } from "./words.js";

/** The kind of a node by its name. */
export const kindOf = (id) => String(id).split(":", 1)[0];

/**
 * The legend of a picture as the service sends it.
 *
 * @param choose is given all drawn nodes of a kind when its entry is pressed
 */
export function legend(sent, picture, choose) {
  const entries = sent.legend.map((entry) => {
    const [group, kind] = entry.split(":");
    if (group !== "kind") return el("li", {}, el("i", { class: `line ${entry}` }), t(`legend.${entry}`));
    const ids = () => picture.ids().filter((id) => kindOf(id) === kind);
    return el("li", {}, el("button", { type: "button", title: t("legend.choose"), on: { click: () => choose(ids()) } },
      el("i", { class: `mark ${kind}` }), `${word("kind", kind)} ${ids().length}`));
  });
  return el("div", {}, el("ul", { class: "legend" }, entries), notes(sent));
}

/** What is told in words instead of drawn, and what is left out. */
function notes({ notes: told, left_out: out, shown }) {
  const lines = [
    told.length ? `${t("legend.hubs")}${told.map(pick).join(" · ")}` : null,
    out.nodes ? t("legend.left_nodes", shown, out.nodes) : null,
    out.alone ? t("legend.left_alone", out.alone) : null,
    out.labels ? t("legend.left_labels", out.labels) : null,
  ];
  return lines.filter(Boolean).map((line) => el("p", { class: "soft" }, line));
}
