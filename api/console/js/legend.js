// What stands for what in a picture: kinds of nodes, which can be chosen by, and kinds of lines.

import { el } from "./html.js";
import { pick, t, word } from "./words.js";

const SIGNS = { key: "★", core: "◆" };

/** The kinds of what is drawn by its id: one, or several where nodes are drawn as one thing. */
const kindsOf = (id) => id.split(" ").map((node) => node.split(":", 1)[0]);

/**
 * The legend of a picture as the service sends it.
 *
 * @param choose is given all drawn nodes of a kind when its entry is pressed
 */
export function legend(sent, picture, choose) {
  const entries = sent.legend.map((entry) => {
    const [group, kind] = entry.split(":");
    if (group !== "kind") return el("li", {}, SIGNS[entry] ? el("b", {}, SIGNS[entry]) : el("i", { class: `line ${entry}` }), t(`legend.${entry}`));
    const ids = () => picture.ids().filter((id) => kindsOf(id).includes(kind));
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
