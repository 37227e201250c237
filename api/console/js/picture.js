// The only file that touches vis-network. Positions come from the service; nothing is placed or moved here, but by the
// hand of whoever drags a node.

import { button, el, saveFile } from "./html.js";
import { t } from "./words.js";

const OPTIONS = {
  physics: { enabled: false },
  layout: { improvedLayout: false },
  interaction: { hover: true, selectConnectedEdges: false, tooltipDelay: 120, zoomSpeed: 0.6 },
  nodes: { labelHighlightBold: false },
};
const FAINT = 0.12;
const LARGEST = 1.15;
const LOWEST = 320;
const STEP = 60;

/**
 * Draw a picture as the service sends it: `{nodes, edges}`, vis-network's items with their positions, and where it is
 * not to grow its `width` and `height` in pixels, which say how high a frame it needs.
 *
 * @param about what it shows, for screen readers
 * @param listeners `chosen(ids, edges)` when nodes or edges are clicked, empty where the ground is; `opened(id)` on a
 *   double click or Enter on a node; `moved()` when a node was dragged
 * @returns `{element, ids, ties, add, remove, choose, find, show, paint, hide, sees, fit, focus, zoom, look, lookFrom,
 *   positions, place, png}`
 */
export function draw({ nodes, edges, width, height }, about, { chosen = () => {}, opened = () => {}, moved = () => {} } = {}) {
  const frame = el("div", { class: "drawn", tabindex: 0, role: "application", "aria-label": `${about}. ${t("picture.about")}` });
  const data = { nodes: new vis.DataSet(nodes), edges: new vis.DataSet(edges) };
  const styled = { nodes: new Map(), edges: new Map() };
  const keep = (kind, items) => items.forEach((item) => styled[kind].set(item.id, item));
  keep("nodes", nodes);
  keep("edges", edges);
  let network = null;
  const waiting = []; // what was asked of the picture before it was drawn for the first time
  const drawnFirst = (act) => (frame.dataset.drawn ? act() : waiting.push(act));
  let whole = true; // until somebody moves it, it is shown whole whatever the frame's size

  const picture = {
    element: el("div", { class: "picture" }, frame, tools(() => picture)),
    /** The ids of all nodes that are drawn, labels of edges left out. */
    ids: () => data.nodes.getIds().filter((id) => !isLabel(id)),
    /** All edges that are drawn, each with `from` and `to`. */
    ties: () => data.edges.get({ fields: ["id", "from", "to"] }),
    /** More nodes and edges; those that are there stay where they are. */
    add(more) {
      const fresh = more.nodes.filter(({ id }) => !data.nodes.get(id));
      const ties = more.edges.filter(({ id }) => !data.edges.get(id));
      keep("nodes", fresh);
      keep("edges", ties);
      data.nodes.add(fresh);
      data.edges.add(ties);
    },
    /** Take nodes away, with the edges that end at them. */
    remove(ids) {
      const gone = new Set(ids);
      const ties = data.edges.get({ filter: ({ from, to }) => gone.has(from) || gone.has(to) }).map(({ id }) => id);
      data.edges.remove(ties);
      data.nodes.remove([...ids, ...ties.map(labelOf)]);
    },
    /** Mark nodes, and edges, and nothing else. */
    choose(ids, ties = []) {
      const drawn = (kind, each) => each.filter((id) => data[kind].get(id));
      const chosen = { nodes: drawn("nodes", ids), edges: drawn("edges", ties) };
      drawnFirst(() => network.setSelection(chosen, { highlightEdges: false }));
    },
    /** The ids of nodes whose label or tooltip holds a text. */
    find(text) {
      const sought = text.trim().toLowerCase();
      const holds = ({ id, label = "", title = "" }) => !isLabel(id) && `${label}\n${title}`.toLowerCase().includes(sought);
      return sought ? data.nodes.get({ filter: holds }).map(({ id }) => id) : [];
    },
    /** Let only these nodes and edges (Sets of ids) stand out, the others faint; null lets all. Nothing moves. */
    show(ids, ties) {
      const lit = (kind, id) => !ids || (kind === "nodes" ? ids : ties).has(id);
      data.nodes.update([...styled.nodes.values()].filter(({ id }) => data.nodes.get(id)).map(({ id }) =>
        ({ id, opacity: lit(isLabel(id) ? "edges" : "nodes", isLabel(id) ? edgeOf(id) : id) ? 1 : FAINT })));
      data.edges.update([...styled.edges.values()].filter(({ id }) => data.edges.get(id)).map(({ id, color }) =>
        ({ id, color: { ...color, opacity: lit("edges", id) ? color?.opacity ?? 1 : FAINT } })));
    },
    /** Colour nodes by id: `{background, border, mark}`, where a mark stands over the label; a node without one is as
     * the service sent it again. */
    paint(colours) {
      data.nodes.update(picture.ids().map((id) => {
        const own = styled.nodes.get(id);
        if (!colours[id]) return { id, color: own.color, label: own.label };
        const { background, border, mark } = colours[id];
        const color = { background, border, highlight: { background, border }, hover: { background, border } };
        return { id, color, label: mark ? `${mark}\n${own.label}` : own.label };
      }));
    },
    /** Leave nodes out of the drawing, with the edges that end at them; all others are drawn. They keep their places. */
    hide(ids) {
      const out = new Set(ids);
      data.nodes.update(data.nodes.get().map(({ id }) => ({ id, hidden: out.has(id) })));
      data.edges.update(data.edges.get().map(({ id, from, to }) => ({ id, hidden: out.has(from) || out.has(to) })));
    },
    /** Whether all these nodes are within what is shown. */
    sees(ids) {
      if (!network) return true;
      const { x, y } = network.getViewPosition();
      const [wide, high] = [frame.clientWidth, frame.clientHeight].map((side) => side / 2 / network.getScale());
      return ids.map((id) => network.getBoundingBox(id)).every(({ left, right, top, bottom }) =>
        left > x - wide && right < x + wide && top > y - high && bottom < y + high);
    },
    /** Show all of it, or these nodes. */
    fit(ids = null) {
      whole = !ids;
      drawnFirst(() => network.fit({ ...(ids ? { nodes: ids } : {}), maxZoomLevel: LARGEST, animation: false }));
    },
    /** Bring a node to the middle, and mark it. */
    focus(id) {
      whole = false;
      drawnFirst(() => network.focus(id, { scale: Math.max(network.getScale(), 0.8), animation: false }));
      picture.choose([id]);
    },
    zoom(factor) {
      whole = false;
      drawnFirst(() => network.moveTo({ scale: network.getScale() * factor, animation: false }));
    },
    /** From where it is seen, to be given to `lookFrom` of the same picture drawn anew. */
    look: () => ({ scale: network.getScale(), position: network.getViewPosition() }),
    lookFrom(look) {
      whole = false;
      drawnFirst(() => network.moveTo({ ...look, animation: false }));
    },
    /** Where nodes stand: `{id: {x, y}}`. */
    positions: () => (network ? network.getPositions(picture.ids())
      : Object.fromEntries(picture.ids().map((id) => data.nodes.get(id)).map(({ id, x, y }) => [id, { x, y }]))),
    /** Put nodes where a kept view has them. */
    place(positions) {
      for (const [id, { x, y }] of Object.entries(positions)) if (data.nodes.get(id)) data.nodes.update({ id, x, y });
    },
    /** The picture as it is shown, as a PNG. */
    png: () => new Promise((resolve) => frame.querySelector("canvas").toBlob(resolve)),
  };

  function begin() {
    if (height) frame.style.height = `${Math.min(frame.clientHeight, Math.max(LOWEST, 80 + height * Math.min(LARGEST, frame.clientWidth / width)))}px`;
    network = new vis.Network(frame, data, OPTIONS);
    frame.network = network; // for tests, and for whoever wants to turn it about from the browser's console
    network.on("click", ({ nodes: ids, edges: ties }) => {
      const found = ids.map((id) => (isLabel(id) ? null : id)).filter(Boolean);
      const meant = [...ties, ...ids.filter(isLabel).map(edgeOf)];
      chosen(found, found.length ? [] : meant);
    });
    network.on("doubleClick", ({ nodes: [id] }) => id && !isLabel(id) && opened(id));
    network.on("dragEnd", ({ nodes: ids }) => { whole = false; if (ids.length) moved(); });
    network.on("zoom", () => { whole = false; });
    network.on("resize", () => requestAnimationFrame(() => whole && picture.fit()));
    network.once("afterDrawing", () => {
      frame.dataset.drawn = "true";
      const begun = whole ? [() => picture.fit(), ...waiting] : waiting;
      begun.forEach((act) => act());
    });
    frame.addEventListener("keydown", (event) => key(event, picture, network, chosen, opened));
  }
  // The library measures its frame, so it begins once the frame is in the page.
  new ResizeObserver((_, observer) => {
    if (!frame.isConnected || !frame.clientWidth || network) return;
    observer.disconnect();
    begin();
  }).observe(frame);
  return picture;
}

const LABEL = "label:";
const isLabel = (id) => String(id).startsWith(LABEL);
const labelOf = (edge) => LABEL + String(edge).replace(/^arc:/, "");
const edgeOf = (label) => `arc:${String(label).slice(LABEL.length)}`;

function tools(picture) {
  const save = async () => saveFile("ringfence.png", await picture().png());
  return el("div", { class: "tools", role: "group" },
    button("＋", () => picture().zoom(1.3), { title: t("picture.closer"), "aria-label": t("picture.closer") }),
    button("－", () => picture().zoom(1 / 1.3), { title: t("picture.farther"), "aria-label": t("picture.farther") }),
    button(t("picture.fit"), () => picture().fit()),
    button("PNG", save, { title: t("picture.save"), "aria-label": t("picture.save") }));
}

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function key(event, picture, network, chosen, opened) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const [selected] = network.getSelectedNodes();
  if (MOVES[event.key]) pan(picture, network, MOVES[event.key]);
  else if (event.key === "+" || event.key === "=") picture.zoom(1.3);
  else if (event.key === "-" || event.key === "−") picture.zoom(1 / 1.3);
  else if (event.key === "n" || event.key === "p") step(picture, selected, event.key === "n" ? 1 : -1, chosen);
  else if (event.key === "Enter" && selected) opened(selected);
  else if (event.key === "Escape") { picture.choose([]); chosen([], []); }
  else return;
  event.preventDefault();
}

function pan(picture, network, [across, down]) {
  picture.zoom(1);
  const { x, y } = network.getViewPosition();
  const by = STEP / network.getScale();
  network.moveTo({ position: { x: x + across * by, y: y + down * by }, animation: false });
}

/** From one node to the next, in the order in which the service names them. */
function step(picture, selected, by, chosen) {
  const ids = picture.ids();
  if (!ids.length) return;
  const at = ids.indexOf(selected);
  const next = ids[(at + (at < 0 && by < 0 ? 0 : by) + ids.length) % ids.length];
  picture.focus(next);
  chosen([next], []);
}
