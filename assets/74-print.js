/* On paper the watch is a sheet of its own: the map as it is on screen, then the list, with marking and
   moment on every page. It is made when the browser prints, since a map's drawing is gone by then and
   the list holds only the rows in sight. */
(function () {
  "use strict";
  const cop = window.cop;
  const MOST_ROWS = 100;

  function part(kind, name, ...children) {
    const element = document.createElement(kind);
    if (name) element.className = name;
    element.append(...children);
    return element;
  }
  const words = (selector) => document.querySelector(selector)?.textContent.trim() ?? "";

  function drawMap() {
    const map = document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;
    if (!map?.getCanvas) return part("p", "", "The map is not drawn.");
    map.redraw();
    const from = map.getCanvas();
    const sheet = part("canvas", "sheet-map");
    sheet.width = from.width;
    sheet.height = from.height;
    sheet.getContext("2d").drawImage(from, 0, 0);
    return sheet;
  }
  function rows() {
    let list = null;
    try { list = window.dash_ag_grid?.getApi?.("list"); } catch { list = null; }
    const at = new Map();
    list?.forEachNode((node) => { if (node.data) at.set(node.rowIndex, node.data); });
    /* From the top as far as they are here without a gap. */
    const found = [];
    while (found.length < MOST_ROWS && at.has(found.length)) found.push(at.get(found.length));
    return found;
  }
  function table(found) {
    const head = ["Sev", "Occurred", "Incident", "Type", "Region"].map((name) => part("th", "", name));
    const body = found.map((row) => {
      const title = part("span", "foreign", row.title);
      title.dir = "auto";
      const more = [row.act === "committed" ? "" : row.act, row.verification === "unverified" ? "unverified" : ""]
        .filter(Boolean).join(", ");
      return part("tr", "", part("td", "", `${row.severity} ${row.severity_word}`), part("td", "sheet-when", row.when),
        part("td", "", title, more ? ` (${more})` : ""), part("td", "", row.type), part("td", "", row.region));
    });
    return part("table", "sheet-list", part("thead", "", part("tr", "", ...head)), part("tbody", "", ...body));
  }
  function edge(kind, ...children) {
    const cell = part("td", "", part("div", "sheet-edge", ...children));
    return part(kind, "", part("tr", "", cell));
  }
  function marking() {
    const label = document.querySelector("#banner-marking .tlp");
    return label ? label.cloneNode(true) : part("strong", "", "marking unknown");
  }

  function make() {
    drop();
    if (!document.getElementById("watch")) return;
    const isLost = document.body.classList.contains("is-lost");
    const found = rows();
    const count = words("#picture-count");
    const state = isLost ? words("#lost") : `as of ${words("#as-of")}`;
    const tiles = [...document.querySelectorAll("#tiles .tile")].map((tile) =>
      `${tile.querySelector(".tile-number").textContent} ${tile.querySelector(".tile-label").textContent}`);
    const body = part("td", "",
      part("h2", "sheet-title", words("#caption")),
      part("p", "", `${count} incidents. ${tiles.join(", ")}.`),
      drawMap(),
      part("p", "sheet-note", "Natural Earth; boundaries are not authoritative; not for navigation."),
      part("p", "", !found.length ? "No list."
        : `The list: ${Number(count) > found.length ? `the first ${found.length} of ${count}` : `all ${found.length}`}, in the order on screen.`),
      table(found));
    const sheet = part("table", "sheet",
      edge("thead", marking(), part("span", "", `${words("h1")} · ${words("#banner-world").replace("back to now", "")}`), part("strong", "", state)),
      edge("tfoot", marking(), part("span", "", `Printed ${cop.dtg(cop.now())}`), part("span", "", "Not for navigation")),
      part("tbody", "", part("tr", "", body)));
    sheet.id = "sheet";
    document.body.append(sheet);
  }
  function drop() {
    document.getElementById("sheet")?.remove();
  }
  addEventListener("beforeprint", make);
  addEventListener("afterprint", drop);
})();
