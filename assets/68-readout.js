/* The position under the cursor, or of the map's centre, in the style that was chosen; and that
   style wherever else a position stands. */
(function () {
  "use strict";
  const cop = window.cop;
  const byId = (id) => document.getElementById(id);
  const engine = () =>
    document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;
  let pointer = null; /* where the cursor is on the map, or was before it went to the readout */
  let shown = null;
  let frame = 0;

  function show() {
    const map = engine();
    const line = byId("readout-at");
    if (!map?.unproject || !line) return;
    let at = null;
    if (pointer) {
      const box = map.getContainer().getBoundingClientRect();
      at = map.unproject([pointer[0] - box.left, pointer[1] - box.top]);
    } else at = map.getCenter();
    shown = { lon: at.lng, lat: at.lat };
    cop.put(byId("readout-what"), pointer ? "cursor" : "centre");
    cop.put(line, cop.positions.write(shown.lon, shown.lat));
  }
  const showSoon = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(show); };

  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const onMap = event.target.closest?.("#map");
    if (onMap) pointer = [event.clientX, event.clientY];
    else if (!event.target.closest?.("#readout")) {
      if (!pointer) return;
      pointer = null;
    } else return;
    showSoon();
  }, { passive: true });

  let bound = null;
  setInterval(() => {
    const map = engine() ?? null;
    const select = byId("position-style");
    if (select && select.value !== cop.positions.style()) select.value = cop.positions.style();
    if (map && map !== bound) {
      bound = map;
      map.on("move", showSoon);
      showSoon();
    }
    write();
  }, 300);

  /* Positions that the server wrote in its own style. */
  function write() {
    document.querySelectorAll("[data-lonlat]").forEach((element) => {
      const [lon, lat] = element.dataset.lonlat.split(",").map(Number);
      cop.put(element, cop.positions.write(lon, lat));
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.id !== "position-style") return;
    cop.positions.choose(event.target.value);
    show();
    write();
    cop.drawPlaces();
  });

  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
      button.dataset.done = "Copied";
    } catch {
      button.dataset.done = "not allowed here";
    }
    setTimeout(() => { delete button.dataset.done; }, 2000);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-place]");
    const act = button?.dataset.place;
    if (act === "copy-readout" && shown) copy(button, cop.positions.write(shown.lon, shown.lat));
    else if (act === "copy-pin") {
      copy(button, document.querySelector(`[data-pin-style="${button.dataset.style}"]`).textContent);
    } else if (act === "copy-position") {
      copy(button, button.parentElement.querySelector("[data-lonlat]").textContent);
    }
  });
})();
