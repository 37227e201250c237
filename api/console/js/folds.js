// Folds of a picture of more nodes than can be read: nodes of one kind as a count, opened and closed one by one.

import { button, el } from "./html.js";
import { number } from "./format.js";
import { t, word } from "./words.js";

/** Whether a drawn node is a fold. */
export const isFold = (id) => String(id).startsWith("fold:");

/**
 * What opens and closes the folds of a picture as the service sends it.
 *
 * @param opened the ids of those that are open
 * @param again draws the picture anew with these open, and seen from where it is seen: `again(opened, look)`
 * @returns `{flip(id, picture), panel(id, picture)}`: the second is what stands beside the picture when one is chosen
 */
export function folding({ nodes, folds }, opened, again) {
  const flip = (id, picture) => again(opened.includes(id) ? opened.filter((one) => one !== id) : [...opened, id], picture.look());
  const panel = (id, picture) => {
    const { fold, label } = nodes.find((one) => one.id === id);
    const text = opened.includes(id) ? t("fold.close") : t("fold.open", number(folds[id].length));
    return el("div", { class: "node" }, el("h3", {}, label, " ", el("small", {}, word("kind", fold))),
      button(text, () => flip(id, picture), { class: "primary" }));
  };
  return { flip, panel };
}
