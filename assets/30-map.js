/* The map's side of the conversation: where it looks, what was clicked or drawn on it. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const SETTLE_MS = 250;
  const PAD = 0.2;
  const CLOSE_ZOOM = 8;
  let loaded = null;
  let timer = 0;

  const graph = () => document.querySelector("#map .js-plotly-plot");
  const engine = () => graph()?._fullLayout?.map?._subplot?.map;
  const round = (n, digits) => Number(n.toFixed(digits));
  const turned = (lon) => (lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180);

  function view() {
    const map = engine();
    if (!map || !map.getBounds) return null;
    const box = map.getBounds();
    const center = map.getCenter();
    return {
      west: box.getWest(), south: box.getSouth(), east: box.getEast(), north: box.getNorth(),
      lon: turned(center.lng), lat: center.lat, zoom: map.getZoom(),
    };
  }

  /* Where the map looks belongs to the browser: an answer, which may be of a moment ago, never
     moves it. Only the first figure says where to begin. */
  function holdView() {
    const plotly = window.Plotly;
    if (!plotly || plotly.cop) return;
    plotly.cop = true;
    const react = plotly.react;
    plotly.react = function (plot, figure, ...more) {
      const seen = plot && plot === graph() ? view() : null;
      if (seen && figure?.layout?.map) {
        const map = { ...figure.layout.map, center: { lon: seen.lon, lat: seen.lat }, zoom: seen.zoom };
        figure = { ...figure, layout: { ...figure.layout, map } };
      }
      return react.call(plotly, plot, figure, ...more);
    };
  }
  const holding = setInterval(() => {
    holdView();
    if (window.Plotly?.cop) clearInterval(holding);
  }, 20);

  /* What is asked for is a little more than what is seen, so that a small pan asks nothing. */
  function settle() {
    const seen = view();
    if (!seen) return;
    if (!engine().isStyleLoaded()) {
      /* A figure that comes while the basemap loads is refused by the map. */
      timer = setTimeout(settle, SETTLE_MS);
      return;
    }
    cop.note({ center: `${round(seen.lon, 4)},${round(seen.lat, 4)}`, z: round(seen.zoom, 2) });
    const inside = loaded && Math.floor(loaded.zoom) === Math.floor(seen.zoom) &&
      seen.west >= loaded.west && seen.east <= loaded.east &&
      seen.south >= loaded.south && seen.north <= loaded.north;
    if (inside) return;
    const wide = (seen.east - seen.west) * PAD;
    const high = (seen.north - seen.south) * PAD;
    loaded = {
      west: seen.west - wide, east: seen.east + wide,
      south: Math.max(seen.south - high, -85), north: Math.min(seen.north + high, 85),
      zoom: seen.zoom,
    };
    const sent = Object.fromEntries(Object.entries(loaded).map(([k, v]) => [k, round(v, 4)]));
    api.set_props("viewport", { data: sent });
  }

  scripts.moved = function (change) {
    if (change && Object.keys(change).some((key) => key.startsWith("map."))) {
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLE_MS);
    }
    return api.no_update;
  };

  /* Go somewhere; without a zoom no closer than one already is, and close enough to see. */
  cop.fly = (lon, lat, zoom) => {
    const map = engine();
    if (!map) return;
    const to = zoom === undefined ? Math.max(map.getZoom(), CLOSE_ZOOM) : zoom;
    window.Plotly.relayout(graph(), { "map.center": { lon, lat }, "map.zoom": to });
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLE_MS);
  };

  cop.zoom = (by) => {
    const seen = view();
    if (seen) cop.fly(seen.lon, seen.lat, Math.min(16, Math.max(0, seen.zoom + by)));
  };

  /* Back, forward and followed links take the map along. */
  cop.flyToAddress = (read) => {
    const seen = view();
    const center = read("center").split(",").map(Number);
    const zoom = Number(read("z"));
    if (!seen || center.length !== 2 || !center.every(Number.isFinite) || !zoom) return;
    const apart = Math.abs(center[0] - seen.lon) + Math.abs(center[1] - seen.lat);
    if (apart > 0.001 || Math.abs(zoom - seen.zoom) > 0.02) cop.fly(center[0], center[1], zoom);
  };

  cop.askView = () => {
    const seen = view();
    if (!seen) return;
    const world = seen.east - seen.west >= 359;
    const edges = world ? [-180, 180] : [turned(seen.west), turned(seen.east)];
    cop.go({ bbox: [edges[0], Math.max(seen.south, -90), edges[1], Math.min(seen.north, 90)]
      .map((n) => round(n, 3)).join(","), within: "" });
  };

  cop.draw = (mode) => {
    const plot = graph();
    if (!plot) return;
    const on = plot._fullLayout.dragmode === mode;
    window.Plotly.relayout(plot, { dragmode: on ? "pan" : mode });
    show(on ? "pan" : mode);
  };
  function show(mode) {
    document.querySelectorAll("[data-draw]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.draw === mode));
    });
  }

  scripts.drawn = function (selected) {
    const corners = selected?.range?.map || selected?.lassoPoints?.map;
    if (!corners || corners.length < 2) return api.no_update;
    const lons = corners.map((c) => c[0]);
    const lats = corners.map((c) => Math.max(-90, Math.min(90, c[1])));
    if (selected.range) {
      const [west, east] = [Math.min(...lons), Math.max(...lons)];
      const whole = east - west >= 360;
      cop.go({
        bbox: [whole ? -180 : turned(west), Math.min(...lats), whole ? 180 : turned(east), Math.max(...lats)]
          .map((n) => round(n, 3)).join(","),
        within: "",
      });
    } else if (corners.length > 2) {
      const every = Math.ceil(corners.length / 300);
      const ring = corners.filter((_, n) => n % every === 0)
        .map((c) => `${round(c[0], 3)} ${round(Math.max(-90, Math.min(90, c[1])), 3)}`);
      cop.go({ within: ring.join(";"), bbox: "" });
    }
    const plot = graph();
    setTimeout(() => {
      window.Plotly.relayout(plot, { dragmode: "pan", selections: [] });
      show("pan");
    }, 0);
    return api.no_update;
  };

  /* Where the map is pressed (or held), for the tool that takes it while body.map-taken. */
  setInterval(() => {
    const map = engine();
    if (!map || map.copTells) return;
    map.copTells = true;
    const tell = (event) => {
      const detail = { lon: turned(event.lngLat.lng), lat: event.lngLat.lat };
      document.dispatchEvent(new CustomEvent("cop:mapclick", { detail }));
    };
    map.on("click", tell);
    map.on("contextmenu", (event) => {
      if (!document.body.classList.contains("map-taken")) return;
      event.preventDefault();
      tell(event);
    });
  }, 500);

  scripts.clicked = function (clicked) {
    if (clicked && document.body.classList.contains("map-taken")) {
      api.set_props("map", { clickData: null });
      return api.no_update;
    }
    const key = clicked?.points?.[0]?.customdata;
    if (Array.isArray(key) && key.length === 3) cop.fly(key[0], key[1], key[2]);
    else if (typeof key === "string" && key.startsWith("port:")) cop.go({ port: key.slice(5) });
    else if (typeof key === "string" && key.startsWith("region:")) cop.go({ region: key.slice(7) });
    else if (typeof key === "string" && key) cop.go({ sel: key });
    /* The same mark pressed again is a press all the same. */
    if (clicked) api.set_props("map", { clickData: null });
    return api.no_update;
  };

  scripts.brushed = function (selected) {
    const ends = selected?.range?.x;
    if (!ends) return api.no_update;
    const [since, until] = [...ends].sort().map((end) => {
      const at = new Date(`${String(end).replace(" ", "T").slice(0, 19)}Z`);
      return Number.isNaN(at.getTime()) ? "" : at;
    });
    if (!since || !until || until <= since) return api.no_update;
    const days = (until - since) / 86400000 > 3;
    const write = (at) => (days ? at.toISOString().slice(0, 10) : `${at.toISOString().slice(0, 16)}Z`);
    const plot = document.querySelector("#timeline .js-plotly-plot");
    const from = write(since);
    const to = write(until);
    if (from !== to) cop.go({ since: from, until: to });
    setTimeout(() => window.Plotly.relayout(plot, { selections: [] }), 0);
    api.set_props("timeline", { selectedData: null });
    return api.no_update;
  };
})();
