// Draws the picture from the JSON blocks of the page. Positions come with it; nothing is computed here.
(function () {
  "use strict";
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const frame = document.getElementById("picture");
  // A picture that is to be seen whole is no higher in a narrow window than it can fill.
  const most = Number(frame.dataset.height);
  const fill = () => Math.max(240, (frame.clientWidth * most) / Number(frame.dataset.width));
  const stretch = () => { frame.style.height = (frame.dataset.whole ? Math.min(most, fill()) : most) + "px"; };
  stretch();
  const nodes = new vis.DataSet(read("nodes"));
  const edges = new vis.DataSet(read("edges"));
  const network = new vis.Network(frame, { nodes, edges }, read("options"));
  frame.network = network; // for whoever wants to turn it about from the browser's console

  const whole = () => network.fit({ maxZoomLevel: 1.15, animation: false });
  // A picture too large to be read whole opens at its telling part.
  const telling = JSON.parse(frame.dataset.telling);
  const open = () => (telling.length ? network.fit({ nodes: telling, maxZoomLevel: 1.15, animation: false }) : whole());
  const zoom = (factor) => () => network.moveTo({ scale: network.getScale() * factor, animation: false });
  document.getElementById("closer").addEventListener("click", zoom(1.3));
  document.getElementById("farther").addEventListener("click", zoom(1 / 1.3));
  document.getElementById("whole").addEventListener("click", whole);
  window.addEventListener("resize", stretch);
  // The library first restores the view it had: what is shown is chosen after that.
  network.on("resize", () => requestAnimationFrame(open));

  // In a ring everyone has many ties: those of whom or what the mouse is on stand out, the others step back.
  if (frame.dataset.whole) {
    const all = edges.get();
    const shade = (shown) => edges.update(all.map(({ id, from, to, color }) => ({
      id, color: { ...color, opacity: shown(from, to) ? color.opacity : 0.07 },
    })));
    network.on("hoverNode", ({ node }) => {
      if (!String(node).startsWith("label:")) shade((from, to) => from === node || to === node);
    });
    network.on("blurNode", () => shade(() => true));
  }

  // Paper has other measures than the screen: it gets the picture as it was last drawn.
  const printed = document.getElementById("printed");
  const keep = () => { printed.src = frame.querySelector("canvas").toDataURL("image/png"); };
  network.on("dragEnd", keep);
  window.addEventListener("beforeprint", keep);

  network.once("afterDrawing", () => {
    open();
    network.once("afterDrawing", () => {
      keep();
      frame.dataset.drawn = "true";
    });
    network.redraw();
  });
})();
