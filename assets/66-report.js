/* The report drawer: the line is read by the server, what was edited by hand stays, drafts last.

   The form on screen is what is saved. A draft is kept in this browser for each officer until its
   report is saved or it is discarded. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const PAUSE_MS = 250;
  const PATIENCE_MS = 15000;
  const STORE = "cop-report-draft:";
  const OPEN = "cop-report-open";
  const MAP_PIXELS = 6; /* how far off a press on the map may be */

  const drawer = () => document.getElementById("report");
  const form = () => drawer()?.querySelector("[data-report-form]");
  const part = (name) => drawer().querySelector(`.report-${name}`);
  const control = (name) => form().elements.namedItem(name);
  const wrapper = (name) => form().querySelector(`[data-report-field="${name}"]`);
  const names = () => [...form().querySelectorAll("[data-report-field]")].map((one) => one.dataset.reportField);
  const isOpen = () => Boolean(drawer() && !drawer().hidden);
  const officer = () => {
    try { return window.dash_component_api.getLayout("on-watch")?.props?.data || ""; } catch { return ""; }
  };
  const token = () => `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;

  /* What of the draft does not stand in the form itself. */
  let edited = new Set();
  let exact = {};
  let draftToken = token();
  let at = null;
  let owner = "";
  let mounted = null;

  /* Drafts */
  function texts() {
    return Object.fromEntries(names().map((name) => [name, control(name).value]));
  }
  function draft() {
    const { line, ...fields } = texts();
    return { line, fields, edited: [...edited], exact, token: draftToken };
  }
  const isBlank = (one) => !one || !(one.line.trim() || one.edited.some((name) => one.fields[name]?.trim()));
  function stored(name) {
    try {
      const found = JSON.parse(localStorage.getItem(STORE + name));
      if (typeof found?.line !== "string" || !Array.isArray(found.edited)) return null;
      const fields = Object.entries(found.fields ?? {}).filter(([, text]) => typeof text === "string");
      return { ...found, fields: Object.fromEntries(fields) };
    } catch { return null; }
  }
  function keep() {
    const now = draft();
    let kept = true;
    try {
      if (isBlank(now)) localStorage.removeItem(STORE + owner);
      else localStorage.setItem(STORE + owner, JSON.stringify(now));
    } catch { kept = false; }
    if (part("state")) part("state").textContent = isBlank(now) ? "" : kept ? "Draft kept" : "This browser keeps no drafts";
    showButton();
  }
  function put(one) {
    form().reset();
    for (const [name, text] of Object.entries({ line: one?.line ?? "", ...(one?.fields ?? {}) })) {
      if (control(name)) control(name).value = text;
    }
    edited = new Set(one?.edited ?? []);
    exact = one?.exact ?? {};
    draftToken = one?.token ?? token();
    showEdited();
    flaws({}, {});
  }
  function showButton() {
    const button = document.getElementById("report-open");
    if (!button) return;
    button.setAttribute("aria-expanded", String(isOpen()));
    button.classList.toggle("has-draft", !isOpen() && form() !== null && !isBlank(draft()));
  }

  /* One thing said at a time, with a way back or forward; nothing that was typed goes without. */
  let onYes = null;
  function note(words, label, run) {
    part("note-words").textContent = words;
    const [yes, no] = part("note").querySelectorAll("button");
    yes.textContent = label;
    no.textContent = label === "Undo" ? "Good" : "Leave it";
    onYes = run;
    part("note").hidden = false;
  }
  function unnote() {
    onYes = null;
    if (drawer()) part("note").hidden = true;
  }
  const undoable = (words, before) => note(words, "Undo", () => { put(before); keep(); ask(); });

  /* Reading */
  let number = Date.now() % 1e9;
  let asked = 0;
  let answered = 0;
  let pausing = 0;
  function ask() {
    clearTimeout(pausing);
    pausing = 0;
    if (!form()) return;
    number += 1;
    asked = number;
    const { line, fields, edited: by, exact: spot } = draft();
    api.set_props("report-ask", { data: { n: number, line, form: fields, edited: by, exact: spot } });
  }
  function askSoon() {
    clearTimeout(pausing);
    pausing = setTimeout(ask, PAUSE_MS);
  }
  const isUnread = () => pausing !== 0 || answered !== asked;

  function flaws(found, hints) {
    for (const name of names()) {
      const flaw = found[name];
      const line = document.getElementById(`report-${name}-why`);
      const words = [flaw?.words, flaw?.level === "error" ? "" : hints[name]].filter(Boolean).join(" · ");
      if (line.textContent !== words) line.textContent = words;
      line.dataset.level = flaw?.level ?? (words ? "hint" : "");
      if (flaw?.level === "error") control(name).setAttribute("aria-invalid", "true");
      else control(name).removeAttribute("aria-invalid");
    }
  }
  function showEdited() {
    for (const name of names()) {
      const back = wrapper(name).querySelector("[data-report-back]");
      back.hidden = name === "line" || !edited.has(name) || !control("line").value.trim();
    }
    const marking = control("tlp").selectedOptions[0]?.textContent.split(",")[0] ?? "";
    part("go").textContent = `Save · ${marking}`;
    const show = part("show");
    show.disabled = !at;
    if (at) show.dataset.fly = at.join(",");
    else delete show.dataset.fly;
  }

  scripts.reportRead = function (said) {
    if (!said || !form() || said.n !== asked) return api.no_update;
    answered = said.n;
    if (said.missing) say(said.missing);
    else if (said.template) fromTemplate(said);
    else {
      if (said.fields) {
        for (const [name, text] of Object.entries(said.fields)) {
          if (!edited.has(name) && control(name).value !== text) control(name).value = text;
        }
        exact = said.exact;
        at = said.at;
        movePin();
      }
      flaws(said.flaws ?? {}, said.hints ?? {});
      showEdited();
      if (isOpen()) keep();
    }
    return api.no_update;
  };

  scripts.reportAlike = function (said) {
    if (said && form() && said.n === asked) sign(said.alike);
    return api.no_update;
  };
  /* What may be the same stands at the end of the form; that there is something is said at its foot. */
  function sign(alike) {
    const words = alike ? `${alike} possible duplicate${alike === 1 ? "" : "s"}` : "";
    if (part("sign").textContent !== words) part("sign").textContent = words;
    part("sign").hidden = !alike;
  }

  /* Saving: what is on screen, signed; without a name the name is asked for, and then it goes on. */
  let saving = 0;
  let wantsName = false;
  function say(words) { part("alert").textContent = words; }
  function askName() {
    wantsName = true;
    say("Give your name first: it signs the report.");
    if (innerWidth < 900) {
      /* Its control is behind the sheet. */
      shut(false);
      strip("Give your name first: it signs the report, which is kept.", true);
    }
    document.getElementById("officer").open = true;
  }
  function save() {
    say("");
    if (isUnread()) {
      ask();
      say("The form has just been filled from what you typed: look at it, and save again.");
      return;
    }
    if (!officer()) {
      askName();
      return;
    }
    if (saving && Date.now() - saving < PATIENCE_MS) return;
    saving = Date.now();
    number += 1;
    part("state").textContent = "Saving …";
    form().inert = true; /* what is changed now would not be in what is saved */
    const mine = saving;
    setTimeout(() => {
      if (saving !== mine || !form()) return;
      form().inert = false;
      say("No answer yet. Save again: what was recorded already is not recorded twice.");
    }, PATIENCE_MS);
    const { line, fields, edited: by, exact: spot, token: mark } = draft();
    api.set_props("report-save", { data: { n: number, line, form: fields, edited: by, exact: spot, token: mark } });
  }
  scripts.reportSaved = function (said) {
    if (!said || !form() || !saving) return api.no_update;
    saving = 0;
    form().inert = false;
    if (said.ok) {
      put(null);
      keep();
      at = null;
      api.set_props("report-known", { children: [] });
      sign(0);
      unnote();
      shut();
      if (cop.value("as_known_at")) {
        strip(`Recorded, signed by ${said.officer}. It is not in a picture of the past: go back to now to see it.`, false);
      } else {
        strip(`Recorded, signed by ${said.officer}.`, false, 6000);
        cop.go({ sel: said.id });
      }
    } else if (said.needs_name) {
      askName();
    } else if (said.flaws) {
      const found = Object.fromEntries(Object.entries(said.flaws).map(([name, words]) => [name, { level: "error", words }]));
      flaws(found, {});
      const wrong = names().filter((name) => found[name]);
      const labels = wrong.map((name) => wrapper(name).querySelector("label").textContent.toLowerCase());
      say(`Not saved. Look at: ${labels.join(", ")}.`);
      part("state").textContent = "Draft kept";
      control(wrong[0])?.focus();
    } else {
      say(`Not saved: ${said.words}`);
      part("state").textContent = "Draft kept";
    }
    return api.no_update;
  };
  /* A draft goes with its officer; one begun without a name goes to the first who gives theirs. */
  scripts.reportSigned = function (name) {
    if (!form() || (name || "") === owner) return api.no_update;
    const before = owner;
    const mine = draft();
    const theirs = stored(name || "");
    owner = name || "";
    if (!before && !isBlank(mine)) {
      try { localStorage.removeItem(STORE + before); } catch { /* nothing was kept */ }
      keep();
      if (!isBlank(theirs)) {
        note("You have an earlier draft too.", "Open that one", () => { put(theirs); undoable("The earlier draft is open.", mine); keep(); ask(); });
      }
      if (wantsName) {
        if (!isOpen()) open(false);
        setTimeout(save, 0);
      }
    } else {
      put(theirs);
      unnote();
      if (isOpen()) ask();
    }
    wantsName = false;
    showButton();
    return api.no_update;
  };

  /* Opening and closing */
  function remember(open) {
    try { open ? sessionStorage.setItem(OPEN, "1") : sessionStorage.removeItem(OPEN); } catch { /* then it opens closed */ }
  }
  /* What the drawer covers cannot be reached behind it. */
  function cover(on) {
    const beside = [...drawer().parentElement.children]
      .filter((one) => one !== drawer() && !one.matches(".report-kept, .report-picking"));
    const narrow = innerWidth < 900 && on && !document.body.classList.contains("report-picks");
    const behind = [...document.querySelectorAll(".watch > .tabs, .watch > .question, .map-panel, .timeline-panel, .header")];
    beside.forEach((one) => { one.inert = on; });
    behind.forEach((one) => { one.inert = narrow; });
  }
  function open(reads = true) {
    if (!drawer()) return;
    strip("", false);
    drawer().hidden = false;
    say("");
    document.body.classList.add("report-open", "map-taken");
    document.body.classList.remove("report-picks");
    cover(true);
    remember(true);
    showButton();
    movePin();
    control("line").focus();
    if (reads) ask();
  }
  function shut(isMine = true) {
    if (!isOpen()) return;
    drawer().hidden = true;
    document.body.classList.remove("report-open", "report-picks");
    document.body.classList.toggle("map-taken", document.body.classList.contains("is-measuring"));
    cover(false);
    remember(false);
    if (pausing) ask();
    movePin();
    showButton();
    if (isMine) document.getElementById("report-open")?.focus();
  }
  let stripping = 0;
  function strip(words, withBack, lasts) {
    const line = document.getElementById("report-kept");
    if (!line) return;
    clearTimeout(stripping);
    line.querySelector(".report-kept-words").textContent = words;
    line.querySelector("button").hidden = !withBack;
    line.hidden = !words;
    if (lasts) stripping = setTimeout(() => { line.hidden = true; }, lasts);
  }

  /* Another incident as a beginning */
  function fromTemplate(said) {
    const mine = draft();
    const begin = () => {
      put({ line: "", fields: said.fields, edited: Object.keys(said.fields).filter((name) => said.fields[name]), exact: {}, token: token() });
      keep();
      ask();
      control("occurred").focus();
    };
    if (isBlank(mine)) {
      begin();
      note(`Begun from ${said.template}: give its own time and position.`, "Undo", () => { put(null); keep(); ask(); });
    } else {
      note(`A draft is open. Begin again from ${said.template}?`, "Begin again", () => { begin(); undoable("The draft was replaced.", mine); });
    }
  }

  /* The map gives the position, and shows where the form's is */
  document.addEventListener("cop:mapclick", (event) => {
    if (!isOpen()) return;
    const before = draft();
    const lon = Math.round(event.detail.lon * 1e5) / 1e5;
    const lat = Math.round(event.detail.lat * 1e5) / 1e5;
    const words = ddm(lon, lat);
    control("position").value = words;
    edited.add("position");
    exact = {
      text: words, longitude: lon, latitude: lat, position_written: `${words} (from the map)`,
      position_precision: "approximate", uncertainty_nm: reach(lat),
    };
    if (before.fields.position.trim()) undoable("The position was taken from the map.", before);
    unpick();
    at = [lon, lat];
    movePin();
    showEdited();
    keep();
    ask();
  });
  function ddm(lon, lat) {
    const one = (degrees, width, plus, minus) => {
      const all = Math.round(Math.abs(degrees) * 6000);
      const whole = String(Math.floor(all / 6000)).padStart(width, "0");
      return `${whole}°${((all % 6000) / 100).toFixed(2).padStart(5, "0")}'${degrees < 0 && all ? minus : plus}`;
    };
    return `${one(lat, 2, "N", "S")} ${one(lon, 3, "E", "W")}`;
  }
  const engine = () => document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;
  /* How many miles a finger's width is here: 512 pixels are the world at zoom 0. */
  function reach(lat) {
    const zoom = engine()?.getZoom() ?? 0;
    const nm = (21600 / (512 * 2 ** zoom)) * Math.cos((lat * Math.PI) / 180) * MAP_PIXELS;
    return Math.max(0.1, Math.ceil(nm * 10) / 10);
  }
  let pinned = null;
  function movePin() {
    const map = engine();
    if (!map?.project) return;
    if (pinned !== map) {
      pinned = map;
      map.on("move", movePin);
      map.on("resize", movePin);
    }
    const holder = map.getContainer();
    let pin = holder.querySelector(".report-pin");
    if (!at || !isOpen()) { pin?.remove(); return; }
    if (!pin) {
      pin = document.createElement("div");
      pin.className = "report-pin";
      holder.append(pin);
    }
    const lon = at[0] + 360 * Math.round((map.getCenter().lng - at[0]) / 360);
    const spot = map.project([lon, at[1]]);
    pin.style.transform = `translate(${spot.x.toFixed(1)}px, ${spot.y.toFixed(1)}px)`;
  }

  function unpick() {
    document.body.classList.remove("report-picks");
    cover(true);
  }

  /* Hands */
  const presses = {
    open: () => open(), close: () => shut(),
    yes: () => { const run = onYes; unnote(); control("line").focus(); if (run) run(); },
    no: () => { unnote(); control("line").focus(); },
    pick: () => {
      document.body.classList.add("report-picks");
      cover(true);
      document.querySelector('[data-pane-choice="map"]')?.click();
    },
    unpick,
    known: () => document.getElementById("report-known").scrollIntoView({ block: "start" }),
    nowhere: () => {
      control("position").value = "";
      edited.add("position");
      exact = {};
      at = null;
      movePin();
      changed();
    },
    discard: () => {
      const before = draft();
      put(null);
      at = null;
      keep();
      ask();
      say("");
      if (!isBlank(before)) undoable("The draft was discarded.", before);
      control("line").focus();
    },
  };
  function changed() {
    showEdited();
    keep();
    askSoon();
  }
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-report], [data-report-back], [data-report-show], [data-report-template]");
    if (!hit) return;
    const { report, reportBack, reportShow, reportTemplate } = hit.dataset;
    if (report) presses[report]?.();
    else if (reportBack) {
      edited.delete(reportBack);
      if (reportBack === "position") exact = {};
      showEdited();
      ask();
      control(reportBack).focus();
    } else if (reportShow) {
      shut(false);
      strip("Your report is kept.", true);
      cop.go({ sel: reportShow });
      document.querySelector("#report-kept button").focus();
    } else {
      open();
      clearTimeout(pausing);
      number += 1;
      asked = number;
      api.set_props("report-ask", { data: { n: number, template: reportTemplate } });
    }
  });
  document.addEventListener("input", (event) => {
    if (!form()?.contains(event.target)) return;
    const { name } = event.target;
    if (name !== "line") edited.add(name);
    changed();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    save();
  });
  document.addEventListener("keydown", (event) => {
    const inside = form()?.contains(event.target);
    if (!inside || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      shut();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
    } else if (event.key === "Enter" && event.target.name === "line") {
      event.preventDefault();
      ask();
    } else if (event.key === "Enter" && event.target.rows === 1) event.preventDefault();
  }, true);

  cop.keys.add("r", "take a report down", () => open(), () => document.getElementById("report-open"));
  cop.keys.close(60, isOpen, () => shut());

  window.addEventListener("resize", () => { if (isOpen()) cover(true); });

  /* The drawer comes with its view: its draft, and whether it was open, come with it. */
  setInterval(() => {
    const here = form() ?? null;
    if (here === mounted) return;
    mounted = here;
    document.body.classList.remove("report-open", "report-picks");
    document.body.classList.toggle("map-taken", document.body.classList.contains("is-measuring"));
    document.querySelectorAll(".header[inert]").forEach((one) => { one.inert = false; });
    if (!here) return;
    owner = officer();
    put(stored(owner));
    let wasOpen = false;
    try { wasOpen = sessionStorage.getItem(OPEN) === "1"; } catch { /* it opens closed */ }
    if (wasOpen) open();
    showButton();
  }, 250);
})();
