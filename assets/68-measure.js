/* Measuring, range rings and the pin of a position: drawn over the map in the browser alone, so
   that no answer of the server takes them away or waits for them. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const SVG = "http://www.w3.org/2000/svg";
  const MOST_POINTS = 50;
  const MOST_RINGS = 10;
  const MAX_RING_NM = 2000;
  const LAT_LIMIT = 85;
  const LEAST_PIXELS = 40;
  const byId = (id) => document.getElementById(id);
  const engine = () =>
    document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;

  let measuring = false;
  let points = [];
  let pin = null;
  let bound = null;

  /* The rings of the address: lon,lat and radii in nm. */
  let ringsWritten = null;
  let rings = null;
  function readRings() {
    const written = cop.value("rings");
    if (written === ringsWritten) return rings;
    ringsWritten = written;
    const [lon, lat, ...radii] = written.split(",").map(Number);
    const good = written && radii.length && radii.length <= MOST_RINGS && Math.abs(lon) <= 180 &&
      Math.abs(lat) <= 90 && radii.every((nm) => nm > 0 && nm <= MAX_RING_NM);
    rings = good ? { lon, lat, lines: radii.map((nm) => ({ nm, path: cop.geo.ring(lon, lat, nm) })) } : null;
    const remove = document.querySelector('[data-place="rings-remove"]');
    if (remove) remove.disabled = !rings;
    return rings;
  }

  /* Drawing. Each thing is drawn on every turn of the globe that is in view. */
  function make(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  }
  function draw() {
    const ground = byId("map-drawn");
    const map = bound;
    if (!ground || !map) return;
    const shown = readRings();
    const parts = [];
    if (points.length || shown || pin) {
      const { width, height } = map.getContainer().getBoundingClientRect();
      const at = ([lon, lat], turn) => {
        const { x, y } = map.project([lon + turn, Math.max(-LAT_LIMIT, Math.min(LAT_LIMIT, lat))]);
        return [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
      };
      const path = (line, turn, name) => {
        const corners = line.map((point) => at(point, turn));
        const xs = corners.map((corner) => corner[0]);
        if (Math.max(...xs) < 0 || Math.min(...xs) > width) return;
        parts.push(make("polyline", { class: `${name} drawn-casing`, points: corners.join(" ") }),
          make("polyline", { class: name, points: corners.join(" ") }));
      };
      const label = (point, turn, words, dx = 6, dy = -6) => {
        const [x, y] = at(point, turn);
        if (x < -80 || x > width + 80 || y < -20 || y > height + 20) return;
        parts.push(make("text", { x: x + dx, y: y + dy }, words));
      };
      const dot = (point, turn, name) => {
        const [x, y] = at(point, turn);
        if (x > -20 && x < width + 20) parts.push(make("circle", { class: name, cx: x, cy: y, r: 4 }));
      };
      const center = map.getCenter().lng;
      for (const round of [-360, 0, 360]) {
        const turnOf = (lon) => round + 360 * Math.round((center - lon) / 360);
        if (shown) {
          const turn = turnOf(shown.lon);
          shown.lines.forEach(({ nm, path: line }) => {
            path(line, turn, "drawn-ring");
            label(line[0], turn, `${nm} nm`, 4, -4);
          });
          dot([shown.lon, shown.lat], turn, "drawn-point");
        }
        if (points.length) {
          const turn = turnOf(points[0].lon);
          let lon = points[0].lon;
          points.forEach((point, n) => {
            if (n) {
              const shift = lon - points[n - 1].lon; /* the leg goes on from where the last ended */
              const line = point.line.map(([x, y]) => [x + shift, y]);
              path(line, turn, "drawn-leg");
              lon = line[line.length - 1][0];
              const middle = line[Math.floor(line.length / 2)];
              label(line.length > 2 ? middle : [(line[0][0] + lon) / 2, (line[0][1] + point.lat) / 2],
                turn, cop.geo.say(point.leg).split(" (")[0]);
            }
            dot([lon, point.lat], turn, "drawn-point");
          });
        }
        if (pin) {
          const turn = turnOf(pin.lon);
          dot([pin.lon, pin.lat], turn, "drawn-pin");
          label([pin.lon, pin.lat], turn, cop.positions.write(pin.lon, pin.lat), 9, 4);
        }
      }
    }
    const svg = make("svg", { width: "100%", height: "100%" });
    svg.append(...parts);
    ground.replaceChildren(svg);
  }
  let drawing = 0;
  function drawSoon() {
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(draw);
  }
  cop.drawPlaces = drawSoon;

  /* The map is made anew with the page; look for it until it is there. */
  setInterval(() => {
    const map = engine() ?? null;
    if (map !== bound) {
      bound = map;
      map?.on("move", drawSoon);
      map?.on("resize", drawSoon);
      drawSoon();
    } else if (cop.value("rings") !== ringsWritten) drawSoon();
    if (!byId("measure-card") && measuring) {
      measuring = false;
      document.body.classList.remove("is-measuring", "map-taken");
    }
  }, 300);

  /* Legs */
  function add(lon, lat) {
    if (points.length >= MOST_POINTS) return;
    const last = points[points.length - 1];
    const point = { lon: cop.geo.turned(lon), lat };
    if (last) {
      point.leg = cop.geo.leg(last.lon, last.lat, point.lon, point.lat);
      point.line = cop.geo.line(last.lon, last.lat, point.lon, point.lat);
    }
    points.push(point);
    say();
  }
  function say() {
    const legs = points.slice(1);
    byId("measure-legs").replaceChildren(...legs.map(({ leg }) => {
      const item = document.createElement("li");
      item.textContent = cop.geo.say(leg);
      return item;
    }));
    const total = legs.reduce((sum, { leg }) => sum + leg.nm, 0);
    cop.put(byId("measure-total"), legs.length > 1 ? `Total ${total.toFixed(1)} nm`
      : points.length === 1 ? "One point; press the next." : "");
    for (const act of ["measure-undo", "measure-clear"]) {
      document.querySelector(`[data-place="${act}"]`).disabled = !points.length;
    }
    drawSoon();
  }
  function measure(on) {
    measuring = on;
    byId("measure-card").hidden = !on;
    const button = document.querySelector('[data-place="measure"]');
    button.setAttribute("aria-pressed", String(on));
    document.body.classList.toggle("is-measuring", on);
    document.body.classList.toggle("map-taken", on || document.body.classList.contains("report-open"));
    why("");
    if (on && innerWidth < 900) document.querySelector('[data-pane-choice="map"]').click();
    if (!on) { points = []; say(); }
  }
  document.addEventListener("cop:mapclick", (event) => {
    if (measuring && !document.body.classList.contains("report-open")) add(event.detail.lon, event.detail.lat);
  });

  /* Typed positions are read by the server, which knows every spelling. */
  let number = 0;
  let waiting = null;
  const why = (words) => cop.put(byId("place-why"), words);
  function read(fields, then) {
    number += 1;
    waiting = { n: number, fields, then };
    why("");
    api.set_props("points-ask", { data: { n: number, texts: fields.map((id) => byId(id).value) } });
  }
  scripts.pointsFound = function (found) {
    if (!found || found.n !== waiting?.n) return api.no_update;
    const { fields, then } = waiting;
    waiting = null;
    const wrong = found.points.findIndex((point) => point.why);
    fields.forEach((id, n) => byId(id).setAttribute("aria-invalid", String(Boolean(found.points[n].why))));
    if (wrong >= 0) {
      why(found.points[wrong].why);
      byId(fields[wrong]).focus();
    } else then(found.points);
    return api.no_update;
  };
  function measureTyped() {
    read(["measure-from", "measure-to"], (both) => {
      points = [];
      both.forEach(({ lon, lat }) => add(lon, lat));
      const xs = points[1].line.map((corner) => corner[0]);
      const ys = points[1].line.map((corner) => corner[1]);
      const [west, east] = [Math.min(...xs), Math.max(...xs)].map(cop.geo.turned);
      cop.fit([west, Math.min(...ys), east, Math.max(...ys)]);
    });
  }

  /* Rings */
  function radii() {
    const chosen = [...document.querySelectorAll("[data-ring][aria-pressed=true]")]
      .map((button) => Number(button.dataset.ring));
    const own = byId("ring-own").value.trim().replace(",", ".");
    if (own) {
      const nm = Number(own);
      if (!(nm > 0 && nm <= MAX_RING_NM)) {
        why(`A ring's own radius is a number of nautical miles up to ${MAX_RING_NM}.`);
        byId("ring-own").focus();
        return null;
      }
      chosen.push(Number(nm.toFixed(2)));
    }
    if (!chosen.length) why("Choose at least one radius.");
    return chosen.length ? [...new Set(chosen)].sort((a, b) => a - b) : null;
  }
  function drawRings(at) {
    const chosen = radii();
    if (!chosen) return;
    const { lon, lat } = at;
    cop.note({ rings: [cop.geo.turned(lon).toFixed(4), lat.toFixed(4), ...chosen].map(Number).join(",") });
    draw();
    const widest = rings?.lines[rings.lines.length - 1].path ?? [];
    const map = engine();
    if (!map || !widest.length) return;
    /* The map stays where it is as long as the rings can be seen there. */
    const across = Math.abs(map.project(widest[0]).y - map.project([lon, lat]).y);
    if (!map.getBounds().contains([lon, lat]) || across < LEAST_PIXELS) {
      const xs = widest.map((corner) => corner[0]);
      const ys = widest.map((corner) => corner[1]);
      cop.fit([cop.geo.turned(Math.min(...xs)), Math.min(...ys), cop.geo.turned(Math.max(...xs)), Math.max(...ys)]);
    }
  }
  function ringsWanted() {
    why("");
    if (byId("ring-around").value.trim()) { read(["ring-around"], ([at]) => drawRings(at)); return; }
    const center = engine()?.getCenter();
    const last = points[points.length - 1] ?? pin ?? (center && { lon: center.lng, lat: center.lat });
    if (last) drawRings(last);
  }

  /* The pin of a typed position, with all its spellings. */
  cop.pin = (lon, lat, words) => {
    pin = { lon, lat };
    const card = byId("pin-card");
    cop.put(byId("pin-words"), words || "");
    card.querySelectorAll("[data-pin-style]").forEach((span) => {
      cop.put(span, cop.positions.write(lon, lat, span.dataset.pinStyle));
    });
    card.hidden = false;
    drawSoon();
  };
  function unpin() {
    pin = null;
    byId("pin-card").hidden = true;
    drawSoon();
  }

  const ACTS = {
    measure: () => measure(!measuring),
    "close-measure": () => { measure(false); document.querySelector('[data-place="measure"]').focus(); },
    "measure-typed": measureTyped,
    "measure-undo": () => { points.pop(); say(); },
    "measure-clear": () => { points = []; say(); },
    "rings-draw": ringsWanted,
    "rings-remove": () => { cop.note({ rings: "" }); draw(); },
    "close-pin": unpin,
    "pin-measure": () => { measure(true); points = []; add(pin.lon, pin.lat); },
    "pin-rings": () => drawRings(pin),
  };
  document.addEventListener("click", (event) => {
    const ring = event.target.closest("[data-ring]");
    if (ring) ring.setAttribute("aria-pressed", String(ring.getAttribute("aria-pressed") !== "true"));
    ACTS[event.target.closest("[data-place]")?.dataset.place]?.();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (/^measure-(from|to)$/.test(event.target.id)) measureTyped();
    else if (/^ring-(own|around)$/.test(event.target.id)) ringsWanted();
  });
  cop.keys.add("m", "measure on the map", () => measure(!measuring), () => byId("measure-card"));
  cop.keys.close(30, () => measuring && byId("measure-card"), ACTS["close-measure"]);
  cop.keys.close(25, () => pin && byId("pin-card"), unpin);
})();
