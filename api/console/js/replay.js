// A slider over the days on which rows of evidence happened: what had happened by then stands out, nothing moves.

import { day } from "./format.js";
import { button, el } from "./html.js";
import { t } from "./words.js";

const STEP = 500;

/**
 * The slider of a picture, or null where fewer than two days are known.
 *
 * @param rows of a sheet: `since` is when, `on` names the nodes
 * @param edges of the picture
 */
export function replay(picture, rows, edges) {
  const days = [...new Set(rows.map(({ since }) => since).filter(Boolean).map((since) => day(since)))].sort();
  if (days.length < 2) return null;
  const slider = el("input", { type: "range", min: 0, max: days.length - 1, value: days.length - 1, "aria-label": t("replay.title") });
  const told = el("output", {});
  const draw = () => {
    const last = days[slider.value];
    const all = Number(slider.value) === days.length - 1;
    const known = rows.filter(({ since }) => !since || day(since) <= last);
    slider.setAttribute("aria-valuetext", last);
    told.textContent = t("replay.told", last, known.length, rows.length);
    const { nodes, ties } = drawn(known, edges);
    picture.show(all ? null : nodes, ties);
  };
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; play.textContent = t("replay.play"); };
  const play = button(t("replay.play"), () => {
    if (timer) return stop();
    if (Number(slider.value) === days.length - 1) slider.value = 0;
    play.textContent = t("replay.stop");
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      draw();
      if (Number(slider.value) === days.length - 1 || !slider.isConnected) stop();
    }, STEP);
  });
  slider.addEventListener("input", () => { stop(); draw(); });
  told.textContent = t("replay.told", days.at(-1), rows.length, rows.length);
  return el("div", { class: "row replay" }, play, slider, told);
}

/** What rows draw: the nodes they are about, and the edges between two nodes of one row. */
export function drawn(rows, edges) {
  const nodes = new Set(rows.flatMap(({ on }) => on));
  const together = new Map();
  for (const { on } of rows) {
    for (const one of on) {
      if (!together.has(one)) together.set(one, new Set());
      for (const other of on) together.get(one).add(other);
    }
  }
  const ties = new Set(edges.filter(({ from, to }) => together.get(from)?.has(to)).map(({ id }) => id));
  return { nodes, ties };
}
