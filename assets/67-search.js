/* The search box (a combobox with a list, ARIA 1.2) and fitting the map to what is asked for.

   Each text is sent with a number; an answer to an older text is dropped. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const WAIT_MS = 200;
  const MOST_TYPED = 200;
  const CLOSEST = 10;
  const PAD = 48;
  const byId = (id) => document.getElementById(id);
  const field = () => byId("search-field");
  const list = () => byId("search-list");

  let number = 0;
  let timer = 0;
  let rows = [];
  let active = -1;
  let enterFor = 0; /* Enter that was pressed before the answer came */

  function build(box) {
    const input = Object.assign(document.createElement("input"), {
      id: "search-field", type: "text", className: "field", maxLength: MOST_TYPED,
      placeholder: "Search: place, ship, incident, position  ( / )",
      autocomplete: "off", spellcheck: false,
    });
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-label": box.dataset.label, "aria-expanded": "false",
      "aria-controls": "search-list", "aria-autocomplete": "list", autocapitalize: "off",
      enterkeyhint: "search",
    })) input.setAttribute(name, value);
    const options = Object.assign(document.createElement("ul"), { id: "search-list", hidden: true });
    options.setAttribute("role", "listbox");
    options.setAttribute("aria-label", "What it may mean");
    const said = Object.assign(document.createElement("div"), { id: "search-said", className: "unseen" });
    said.setAttribute("role", "status");
    box.append(input, options, said);
    input.addEventListener("input", typed);
    input.addEventListener("keydown", pressed);
    input.addEventListener("focus", () => { if (input.value.trim() && !rows.length) typed(); });
    input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== input) close(); }, 150));
    /* The field keeps the focus while an option is pressed. */
    options.addEventListener("pointerdown", (event) => event.preventDefault());
    options.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(Number(option.dataset.n));
    });
  }

  function typed() {
    clearTimeout(timer);
    enterFor = 0;
    number += 1;
    const text = field().value.trim();
    if (!text) { close(); return; }
    timer = setTimeout(() => api.set_props("search-ask", { data: { n: number, text } }), WAIT_MS);
  }

  scripts.searchFound = function (found) {
    if (!found || found.n !== number || !field() || !field().value.trim()) return api.no_update;
    rows = found.rows;
    draw();
    if (enterFor === number && rows.length) choose(0);
    return api.no_update;
  };

  function draw() {
    list().replaceChildren(...rows.map((row, n) => {
      const option = Object.assign(document.createElement("li"), { id: `search-option-${n}` });
      option.setAttribute("role", "option");
      option.dataset.n = n;
      const part = (name, words) => {
        const span = Object.assign(document.createElement("span"), { className: name, dir: "auto" });
        span.textContent = words;
        return span;
      };
      option.append(part("search-kind", row.said), part("search-title foreign", row.title),
        part("search-subtitle quiet foreign", row.subtitle));
      return option;
    }));
    list().hidden = !rows.length || document.activeElement !== field();
    field().setAttribute("aria-expanded", String(!list().hidden));
    byId("search-said").textContent = rows.length ? `${rows.length} to choose from` : "";
    mark(0);
  }
  function mark(n) {
    active = rows.length ? (n + rows.length) % rows.length : -1;
    [...list().children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === active));
      if (place === active) option.scrollIntoView({ block: "nearest" });
    });
    if (active < 0) field().removeAttribute("aria-activedescendant");
    else field().setAttribute("aria-activedescendant", `search-option-${active}`);
  }
  function close() {
    number += 1; /* what is on its way is no longer wanted */
    clearTimeout(timer);
    rows = [];
    list().hidden = true;
    list().replaceChildren();
    byId("search-said").textContent = "";
    field().setAttribute("aria-expanded", "false");
    mark(-1);
  }
  function pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const open = !list().hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) mark(active + (event.key === "ArrowDown" ? 1 : -1));
      else if (field().value.trim()) typed();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (open && active >= 0) choose(active);
      else if (field().value.trim()) { typed(); enterFor = number; }
    } else if (event.key === "Escape") {
      /* What was typed stays, and is chosen whole when one comes back. */
      event.preventDefault();
      close();
      field().blur();
    }
  }

  function choose(n) {
    const row = rows[n];
    if (!row) return;
    close();
    field().value = "";
    field().blur();
    let changes = row.go;
    if (row.box && cop.cameraOf(row.box)) changes = { ...changes, ...cop.cameraOf(row.box) };
    if (row.kind === "position" || row.kind === "sea") {
      if (innerWidth < 900) document.querySelector('[data-pane-choice="map"]').click();
      const [lon, lat] = row.at;
      cop.fly(lon, lat, Number(changes.z));
      if (row.kind === "position") cop.pin?.(lon, lat, row.subtitle);
      return;
    }
    cop.go(changes);
  }

  const mount = () => {
    const box = byId("search-box");
    if (box && !field()) build(box);
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(mount).observe(document.body, { childList: true, subtree: true });
    mount();
  });
  cop.keys.add("/", "search", () => { field().focus(); field().select(); }, field);

  /* Fitting the map: the officer's own doing, never that of an answer that comes by itself. */
  const engine = () =>
    document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;
  cop.cameraOf = (box) => {
    const map = engine();
    if (!map?.cameraForBounds) return null;
    const [west, south, east, north] = box;
    const { width, height } = map.getContainer().getBoundingClientRect();
    const padding = Math.max(0, Math.min(PAD, width / 5, height / 5));
    const camera = map.cameraForBounds(
      [[west, Math.max(south, -84)], [east < west ? east + 360 : east, Math.min(north, 84)]],
      { padding, maxZoom: CLOSEST },
    );
    if (!camera) return null;
    return {
      center: `${cop.geo.turned(camera.center.lng).toFixed(4)},${camera.center.lat.toFixed(4)}`,
      z: Math.max(0.3, camera.zoom).toFixed(2),
    };
  };
  cop.fit = (box) => {
    const camera = cop.cameraOf(box);
    if (camera) cop.fly(...camera.center.split(",").map(Number), Number(camera.z));
  };

  let fitNumber = 0;
  function ask() {
    fitNumber += 1;
    api.set_props("fit-ask", { data: { n: fitNumber, search: location.search } });
  }
  scripts.fitBox = function (found) {
    if (!found || found.n !== fitNumber) return api.no_update;
    if (found.box) cop.fit(found.box);
    const button = document.querySelector('[data-fit="answer"]');
    if (button && !found.box) {
      button.dataset.done = "none has a position";
      setTimeout(() => { delete button.dataset.done; }, 3000);
    }
    return api.no_update;
  };

  /* A region, area or port that was just chosen: fit once its own answer is on screen. */
  const FIT_KEYS = ["region", "area", "navarea", "port"];
  const PATIENCE_MS = 10000;
  let wanted = null;
  const chosen = () => FIT_KEYS.map((key) => cop.value(key)).join(" ");
  const want = () => { wanted = { before: chosen(), at: Date.now() }; };
  scripts.answered = function (shown) {
    if (!wanted || !shown?.question) return api.no_update;
    if (Date.now() - wanted.at > PATIENCE_MS) wanted = null;
    else if (chosen() !== wanted.before) {
      wanted = null;
      if (chosen().trim()) ask();
    }
    return api.no_update;
  };
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-pick]");
    if (choice && FIT_KEYS.includes(choice.dataset.pick) &&
      choice.getAttribute("aria-checked") !== "true") want();
    if (event.target.closest(".mantine-MultiSelect-option")) want();
    if (event.target.closest('[data-fit="answer"]')) ask();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "ask-port") want();
  }, true);
})();
