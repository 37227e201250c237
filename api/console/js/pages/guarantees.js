// The page guarantees.

import { el } from "../html.js";
import { t } from "../words.js";

export async function show(root) {
  root.append(el("h1", {}, t("guarantees.title")));
}
