/* Play: the picture moved through its window of time, drawn here from one answer of the server.

   While it stands, the figure's own marks of incidents are kept back (also those of figures that
   come meanwhile, as after a commit), and one source of the map is given each frame's marks. A point
   has happened from its first moment on; it stands out to its last, so that a day or an interval
   does for all of its span. Stopped, the newest figure is drawn as it came. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const FRAME_MS = 100;
  const CALM_MS = 1000;
  const PATIENCE_MS = 30000;
  const NAME = "playback";
  const LAYERS = ["ring", "cell", "number", "mark"].map((part) => `${NAME}-${part}`);
  /* What counts the whole window says nothing of a moment in it. */
  const KEPT_BACK = /^(incidents|density|regions)-/;
  const SEEN = ["layers", "center", "z", "sel", "theme", "kiosk", "tab"];
  /* An instant stands out for so much of the window after it. */
  const TRAIL = 0.04;
  const LARGEST_PX = 24.5;
  const TRACK_PX = 16;

  let phase = "idle"; /* idle, asking, playing, paused */
  let asked = 0;
  let askedAt = 0;
  let reel = null; /* the answer, its times in seconds from its start */
  let at = 0;
  let speed = 0;
  let question = "";
  let before = null; /* the picture's version and count when it began */
  let drawn = "";
  let latest = null; /* the figure that the page was last given, with what came beside it */
  let tickedAt = 0;

  const byId = (id) => document.getElementById(id);
  const box = () => byId("play");
  const graph = () => document.querySelector("#map .js-plotly-plot");
  const engine = () => graph()?._fullLayout?.map?._subplot?.map;
  const stands = () => phase === "playing" || phase === "paused";
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const put = (id, text) => { const e = byId(id); if (e && e.textContent !== text) e.textContent = text; };
  const spaced = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009");
  let saying = 0;
  function say(text) {
    clearTimeout(saying);
    put("play-said", text);
    saying = setTimeout(() => put("play-said", ""), 6000);
  }
  const asks = () => JSON.stringify(cop.pairs().filter(([key]) => !SEEN.includes(key)));
  function dataOf(id, name = "data") {
    try { return window.dash_component_api.getLayout(id)?.props?.[name]; } catch { return undefined; }
  }

  /* The figure without the incidents; without any trace there would be no map. */
  function withheld(figure) {
    const data = (figure.data ?? []).filter((trace) => !KEPT_BACK.test(trace.uid ?? ""));
    const nothing = { type: "scattermap", subplot: "map", mode: "markers", lon: [null], lat: [null],
      hoverinfo: "skip", showlegend: false, uid: "blank" };
    return { ...figure, data: data.length ? data : [nothing] };
  }
  const holding = setInterval(() => {
    const plotly = window.Plotly;
    if (!plotly || plotly.copPlay) return;
    plotly.copPlay = true;
    clearInterval(holding);
    const react = plotly.react;
    plotly.react = function (plot, figure, ...more) {
      if (plot && plot.closest?.("#map") && figure?.layout?.map) {
        latest = { figure, more };
        if (stands()) figure = withheld(figure);
      }
      return react.call(plotly, plot, figure, ...more);
    };
  }, 20);
  function redraw() {
    if (graph() && latest) window.Plotly.react(graph(), latest.figure, ...latest.more);
  }

  function turn(to) {
    const stood = stands();
    phase = to;
    drawn = "";
    if (box()) box().dataset.state = to;
    document.body.classList.toggle("in-playback", stands());
    put("play-word", { idle: "Play", asking: "Asking …", playing: "Pause", paused: "Play" }[to]);
    if (stood !== stands()) {
      redraw();
      if (!stands()) clean();
    }
  }

  function ask() {
    asked += 1;
    askedAt = Date.now();
    api.set_props("play-ask", { data: asked });
  }
  function begin() {
    say("");
    question = asks();
    before = { version: dataOf("shown")?.version, count: Number(byId("picture-count")?.textContent) };
    turn("asking");
    ask();
  }
  function stop(words = "Stopped: this is the picture again.") {
    if (phase === "idle") return;
    asked += 1; /* what is still on its way is not wanted */
    reel = null;
    turn("idle");
    say(words);
  }

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  function unpack(frames) {
    const start = Date.parse(frames.start);
    const found = { ...frames, start, span: (Date.parse(frames.end) - start) / 1000 };
    if (frames.cells) {
      const { lon, lat, cell, step, count, worst } = frames.cells;
      const wide = (text, Kind) => new Kind(bytes(text).buffer);
      found.cells = { lon, lat, cell: wide(cell, Int16Array), step: bytes(step),
        count: wide(count, Int32Array), worst: bytes(worst) };
      const sums = new Array(lon.length).fill(0);
      found.cells.cell.forEach((n, k) => { sums[n] += found.cells.count[k]; });
      found.most = Math.max(1, ...sums);
    }
    return found;
  }
  scripts.playFrames = function (data) {
    if (!data || data.asked !== asked || phase === "idle") return api.no_update;
    if (data.refused) {
      stop(data.refused);
      return api.no_update;
    }
    const moment = reel ? reel.start + at * 1000 : null;
    reel = unpack(data.frames);
    before = { ...before, version: reel.version };
    at = moment === null ? 0 : Math.min(Math.max((moment - reel.start) / 1000, 0), reel.span);
    if (!reel.speeds.includes(speed)) speed = reel.speed;
    document.querySelectorAll("[data-play-speed]").forEach((button) => {
      button.hidden = !reel.speeds.includes(Number(button.dataset.playSpeed));
    });
    showSpeed();
    put("play-left", reel.left);
    byId("play-left").title = reel.left;
    if (phase === "asking") {
      turn("playing");
      tickedAt = Date.now();
      byId("play-scrubber").setAttribute("aria-valuemax", String(Math.round(reel.span)));
    }
    drawn = "";
    show();
    return api.no_update;
  };
  /* Another question ends it; another view of the same is asked for, and the moment stays. */
  scripts.playAddress = function () {
    if (phase !== "idle" && asks() !== question) stop("Another question: playback stopped.");
    return api.no_update;
  };
  scripts.playView = function () {
    if (phase !== "idle") ask();
    return api.no_update;
  };

  function showSpeed() {
    document.querySelectorAll("[data-play-speed]").forEach((button) => {
      button.setAttribute("aria-pressed", String(Number(button.dataset.playSpeed) === speed));
    });
  }

  /* Cells move by whole steps, and their clock with them. */
  const steps = () => (at >= reel.span ? reel.steps : Math.floor(at / reel.step));
  const moment = () => (reel.cells && at < reel.span ? steps() * reel.step : at);

  function pointsNow() {
    const { id, lon, lat, mark, marks, severity, vague, begins, lasts } = reel.points;
    const trail = Math.max(reel.step, reel.span * TRAIL);
    const features = [];
    for (let n = 0; n < id.length; n += 1) {
      if (begins[n] > at && at < reel.span) continue;
      features.push({
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon[n], lat[n]] },
        properties: { id: id[n], mark: marks[mark[n]], worst: severity[n], vague: vague[n],
          now: at <= begins[n] + Math.max(lasts[n], trail) ? 1 : 0 },
      });
    }
    return { features, count: features.length };
  }
  function short(n) {
    for (const [size, letter] of [[1e6, "M"], [1e3, "k"]]) {
      if (n >= size) return `${(n / size).toFixed(n / size < 9.95 ? 1 : 0)}${letter}`;
    }
    return String(n);
  }
  function cellsNow() {
    const { lon, lat, cell, step, count, worst } = reel.cells;
    const reached = steps();
    const found = new Map();
    let total = 0;
    for (let k = 0; k < cell.length; k += 1) {
      if (step[k] >= reached) continue;
      const sum = found.get(cell[k]) ?? { n: 0, worst: 0, now: 0 };
      sum.n += count[k];
      sum.worst = Math.max(sum.worst, worst[k]);
      if (step[k] === reached - 1) sum.now = 1;
      total += count[k];
      found.set(cell[k], sum);
    }
    const features = [...found].sort((a, b) => b[1].n - a[1].n).map(([n, sum]) => {
      const text = sum.n > 1 ? short(sum.n) : "";
      const wanted = LARGEST_PX * Math.sqrt(sum.n / reel.most);
      return {
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon[n], lat[n]] },
        properties: { cell: 1, text, worst: sum.worst, now: sum.now,
          size: sum.n === 1 ? 5 : Math.max(wanted, 4.4 + 2.6 * text.length) },
      };
    });
    return { features, count: total };
  }

  /* Our own layers, laid into the map anew where another light brought another style. */
  function lay(map) {
    if (map.getSource(NAME)) return true;
    if (!map.isStyleLoaded()) return false;
    const css = getComputedStyle(document.documentElement);
    const token = (name) => css.getPropertyValue(name).trim();
    const fill = ["match", ["get", "worst"],
      ...[1, 2, 3, 4].flatMap((level) => [level, token(`--sev-${level}`)]), token("--sev-5")];
    const inCell = ["==", ["get", "cell"], 1];
    map.addSource(NAME, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: LAYERS[0], type: "circle", source: NAME, filter: ["==", ["get", "now"], 1], paint: {
      "circle-radius": ["+", ["coalesce", ["get", "size"], 9], 4], "circle-color": token("--text"),
      "circle-opacity": 0.14, "circle-stroke-color": token("--text"), "circle-stroke-width": 1.5,
      "circle-stroke-opacity": 0.75 } });
    map.addLayer({ id: LAYERS[1], type: "circle", source: NAME, filter: inCell, paint: {
      "circle-radius": ["get", "size"], "circle-color": fill,
      "circle-stroke-color": token("--ink"), "circle-stroke-width": 1.2 } });
    map.addLayer({ id: LAYERS[2], type: "symbol", source: NAME, filter: inCell, layout: {
      "text-field": ["get", "text"], "text-font": ["Open Sans Semibold"], "text-size": 11,
      "text-allow-overlap": true, "text-ignore-placement": true }, paint: {
      "text-color": token("--ink") } });
    map.addLayer({ id: LAYERS[3], type: "symbol", source: NAME, filter: ["has", "mark"], layout: {
      "icon-image": ["get", "mark"], "icon-size": ["case", ["==", ["get", "vague"], 1], 0.75, 1],
      "icon-allow-overlap": true, "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "now"] }, paint: {
      "icon-opacity": ["case", ["==", ["get", "now"], 1], 1, 0.55] } });
    if (!map.copPlay) {
      map.copPlay = true;
      map.on("click", LAYERS[3], (event) => cop.go({ sel: event.features[0].properties.id }));
      map.on("click", LAYERS[1], (event) => {
        const [lon, lat] = event.features[0].geometry.coordinates;
        cop.fly(lon, lat, Math.min(map.getZoom() + 2, 12));
      });
    }
    return true;
  }
  function clean() {
    const map = engine();
    if (!map?.getStyle?.()) return;
    for (const layer of LAYERS) if (map.getLayer(layer)) map.removeLayer(layer);
    if (map.getSource(NAME)) map.removeSource(NAME);
    if (map.getLayer("unseen-glow")) map.setLayoutProperty("unseen-glow", "visibility", "visible");
  }
  function draw() {
    const map = engine();
    const key = `${asked} ${reel.cells ? steps() : at}`;
    if (!map || (drawn === key && map.getSource(NAME))) return;
    if (!lay(map)) return;
    /* A frame that the map has not finished is not overtaken: slow machines show fewer. */
    if (!map.isSourceLoaded(NAME)) return;
    const now = reel.cells ? cellsNow() : pointsNow();
    map.getSource(NAME).setData({ type: "FeatureCollection", features: now.features });
    if (map.getLayer("unseen-glow")) map.setLayoutProperty("unseen-glow", "visibility", "none");
    const top = map.getStyle().layers.at(-1).id;
    if (top !== LAYERS[3]) for (const layer of LAYERS) map.moveLayer(layer);
    drawn = key;
    box().dataset.shown = String(now.count);
    const all = at >= reel.span;
    put("play-count", `${spaced(now.count)} in the window${all ? ": all shown" : " so far"}`);
  }

  function show() {
    if (!reel || !box()) return;
    const dtg = cop.dtg(new Date(reel.start + moment() * 1000));
    put("play-clock", dtg);
    put("play-mark-clock", dtg);
    align();
    const scrubber = byId("play-scrubber");
    scrubber.style.setProperty("--played", String(at / reel.span));
    scrubber.setAttribute("aria-valuenow", String(Math.round(at)));
    scrubber.setAttribute("aria-valuetext", dtg);
    draw();
  }
  /* The scrubber is the axis of the bars: it takes no room of its own, so that nothing moves. */
  function align() {
    const plot = document.querySelector("#timeline .js-plotly-plot");
    const axis = plot?._fullLayout?.xaxis;
    const scrubber = byId("play-scrubber");
    if (!axis?.d2p) return;
    const place = (ms) => axis._offset + Math.min(Math.max(axis.d2p(ms), 0), axis._length);
    const left = place(reel.start);
    const width = `${Math.max(place(reel.start + reel.span * 1000) - left, 40)}px`;
    if (scrubber.style.left !== `${left}px`) scrubber.style.left = `${left}px`;
    if (scrubber.style.width !== width) scrubber.style.width = width;
    const bars = plot.querySelector(".nsewdrag");
    if (!bars) return;
    const line = bars.getBoundingClientRect().bottom - box().getBoundingClientRect().top;
    const top = `${Math.round(line - TRACK_PX / 2)}px`;
    if (scrubber.style.top !== top) scrubber.style.top = top;
  }

  function go(to) {
    if (!stands()) return;
    at = Math.min(Math.max(to, 0), reel.span);
    show();
  }
  function pause() {
    turn("paused");
    show();
    say(`Paused at ${byId("play-clock").textContent}, ${byId("play-count").textContent}.`);
  }
  function step(by) {
    if (phase === "playing") pause();
    /* To the next whole step, so that cells and points move alike. */
    const whole = by > 0 ? Math.floor(at / reel.step + 1e-9) : Math.ceil(at / reel.step - 1e-9);
    go((whole + by) * reel.step);
  }
  function toggle() {
    if (phase === "idle") begin();
    else if (phase === "playing") pause();
    else if (phase === "paused") {
      if (at >= reel.span) at = 0;
      turn("playing");
      tickedAt = Date.now();
    }
  }

  function tick() {
    if (phase === "idle") return;
    if (!box()) { /* another view */
      phase = "idle";
      reel = null;
      document.body.classList.remove("in-playback");
      return;
    }
    if (phase === "asking") {
      if (Date.now() - askedAt > PATIENCE_MS) stop("No answer: nothing is played.");
      return;
    }
    if (phase === "playing") {
      const now = Date.now();
      const passed = now - tickedAt;
      if (calm() && passed < CALM_MS) {
        show();
        return;
      }
      tickedAt = now;
      at = Math.min(at + (calm() ? speed : speed * Math.min(passed, 4 * FRAME_MS) / 1000), reel.span);
      if (at >= reel.span) pause();
    }
    show();
  }
  function countNew() {
    if (!stands()) return;
    const version = dataOf("shown")?.version;
    const count = byId("picture-count");
    if (count?.dataset.state !== "ready") return;
    const more = Number(count.textContent) - before.count;
    const changed = version !== undefined && version !== before.version;
    put("play-new", !changed ? "" : more > 0 ? `${more} new` : "the picture changed");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    const chosen = event.target.closest("[data-play-speed]");
    if (chosen) {
      speed = Number(chosen.dataset.playSpeed);
      showSpeed();
    }
    if (!button) return;
    const act = button.dataset.play;
    if (act === "toggle") toggle();
    else if (act === "stop") {
      stop();
      document.querySelector('[data-play="toggle"]').focus();
    } else if (stands()) step(act === "back" ? -1 : 1);
  });
  document.addEventListener("pointerdown", (event) => {
    const scrubber = event.target.closest("#play-scrubber");
    if (!scrubber || !stands()) return;
    const drag = (e) => {
      const edge = scrubber.getBoundingClientRect();
      go(((e.clientX - edge.left) / edge.width) * reel.span);
    };
    if (phase === "playing") pause();
    scrubber.setPointerCapture(event.pointerId);
    scrubber.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) {
      scrubber.addEventListener(end, () => scrubber.removeEventListener("pointermove", drag), { once: true });
    }
    drag(event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "play-scrubber" || !stands()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowRight: () => step(1), ArrowUp: () => step(1), ArrowLeft: () => step(-1),
      ArrowDown: () => step(-1), PageUp: () => step(10), PageDown: () => step(-10),
      Home: () => go(0), End: () => go(reel.span) };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    if (phase === "playing") pause();
    move();
  });
  cop.keys.add("p", "play this window, pause", toggle, box);
  cop.keys.close(5, () => phase !== "idle", () => stop());
  document.addEventListener("DOMContentLoaded", () => {
    setInterval(tick, FRAME_MS);
    setInterval(countNew, 500);
  });
})();
