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

  // Paper has other measures than the screen: it gets all of the picture, drawn once on a sheet of its own that is
  // large enough to be read, wherever the one on the screen was moved to.
  const sheet = document.createElement("div");
  const shape = Number(frame.dataset.across) / Number(frame.dataset.down);
  sheet.style.cssText = "position: absolute; left: -20000px; top: 0";
  sheet.style.width = Math.round(shape > 1.75 ? 2400 : Math.max(1600, 1370 * shape)) + "px";
  sheet.style.height = Math.round(shape > 1.75 ? Math.max(420, 2400 / shape) : 1370) + "px";
  const print = () => {
    document.body.append(sheet);
    const copy = new vis.Network(sheet, { nodes, edges }, read("options"));
    copy.once("afterDrawing", () => {
      copy.fit({ maxZoomLevel: 3, animation: false });
      copy.once("afterDrawing", () => {
        document.getElementById("printed").src = sheet.querySelector("canvas").toDataURL("image/png");
        copy.destroy();
        sheet.remove();
        frame.dataset.drawn = "true";
      });
      copy.redraw();
    });
  };

  network.once("afterDrawing", () => {
    open();
    network.once("afterDrawing", print);
    network.redraw();
  });
})();
