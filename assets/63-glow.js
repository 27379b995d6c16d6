/* A soft ring under the incidents that the officer has not seen, drawn below all marks.

   What is new differs by officer, and the figure is drawn once for all of them: the ring is laid
   into the map here. It does not move, so that there is nothing to reduce. */
(function () {
  "use strict";
  const cop = window.cop;
  const NAME = "unseen-glow";

  function glow() {
    const map = document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;
    if (!map?.isStyleLoaded?.()) return;
    const points = cop.unseenPoints ?? [];
    const color = getComputedStyle(document.documentElement).getPropertyValue("--focus").trim();
    const key = JSON.stringify([points, color]);
    const source = map.getSource(NAME);
    if (!source && !points.length) return;
    /* A change of light loads another style, and what was laid into the old one is gone. */
    if (source && map.copGlow === key) return;
    const data = {
      type: "FeatureCollection",
      features: points.map((at) => ({
        type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at },
      })),
    };
    if (source) source.setData(data);
    else map.addSource(NAME, { type: "geojson", data });
    if (!map.getLayer(NAME)) {
      const first = map.getStyle().layers.find((layer) => layer.id.startsWith("plotly-"));
      map.addLayer({ id: NAME, type: "circle", source: NAME, paint: {
        "circle-radius": 18, "circle-blur": 0.15, "circle-opacity": 0.3,
        "circle-stroke-width": 2, "circle-stroke-opacity": 0.9,
      } }, first?.id);
    }
    map.setPaintProperty(NAME, "circle-color", color);
    map.setPaintProperty(NAME, "circle-stroke-color", color);
    map.copGlow = key;
  }
  document.addEventListener("DOMContentLoaded", () => setInterval(glow, 1000));
})();
