/* The kiosk: `kiosk=1` in the address shows the picture for a wall, `views=3,5&every=30` goes
   through saved views. Nothing has to be pressed; a moved mouse shows the way out.

   The next view comes only when the one before has its answer: a slow or silent server never makes
   the name of one view stand over the picture of another. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const root = document.documentElement;
  const KEYS = ["kiosk", "views", "every"];
  const USUAL_S = 30;
  const PATIENCE_MS = 20000;
  const REST_MS = 3000;
  const START = { center: "30,15", z: "1.2" };
  /* A screen read from three metres: one of 1080 lines shows the map as one of 720 would. */
  const LINES = 720;

  const asksFor = () => cop.value("kiosk") === "1" && Boolean(document.getElementById("watch"));
  cop.isKiosk = () => root.classList.contains("is-kiosk");

  const engine = () => document.querySelector("#map .js-plotly-plot")?._fullLayout?.map?._subplot?.map;
  function scale() {
    const times = Math.max(1, Math.min(innerHeight / LINES, innerWidth / 1000));
    root.style.setProperty("--kiosk-scale", times.toFixed(3));
    const map = engine();
    const dense = times * devicePixelRatio;
    /* Drawn as finely as the screen can, though laid out smaller. */
    if (map?.setPixelRatio && Math.abs(map.getPixelRatio() - dense) > 0.01) map.setPixelRatio(dense);
  }

  /* The screen stays awake where the browser can; where it cannot, that is said. */
  let lock = null;
  let awake = "";
  async function stayAwake() {
    if (!cop.isKiosk() || document.hidden || (lock && !lock.released)) return;
    if (!navigator.wakeLock) {
      awake = "this browser cannot keep the screen awake: switch its sleep off";
      return;
    }
    try {
      lock = await navigator.wakeLock.request("screen");
      awake = "screen kept awake";
      lock.addEventListener("release", () => { awake = "the screen may sleep"; });
    } catch {
      awake = "the screen may sleep: switch its sleep off, or press a key here";
    }
  }

  /* The round of saved views. */
  let round = [];
  let gone = 0;
  let at = -1;
  let shownAt = 0;
  let loadingFrom = 0;
  const seconds = () => Math.min(3600, Math.max(5, Number(cop.value("every")) || USUAL_S));
  const kept = () => cop.pairs().filter(([key]) => KEYS.includes(key) || key === "theme");
  const body = (search) => cop.write(cop.pairs(search)
    .filter(([key]) => ![...KEYS, "theme", "center", "z", "sel", "tab"].includes(key)));
  function show(n) {
    at = n;
    shownAt = Date.now();
    const view = cop.pairs(round[n].query);
    for (const [key, usual] of Object.entries(START)) {
      if (!view.some(([name]) => name === key)) view.push([key, usual]);
    }
    const search = cop.write([...view, ...kept()]);
    if (search === location.search) return;
    cop.asking();
    api.set_props("address", { search });
  }
  scripts.kioskTurn = (shown) => (shown && asksFor() ? String(Date.now()) : api.no_update);
  function take() {
    let data;
    try { data = window.dash_component_api.getLayout("kiosk-views")?.props?.data; } catch { data = null; }
    if (!data) return;
    const before = JSON.stringify(round);
    gone = data.gone;
    if (JSON.stringify(data.views) === before) return;
    round = data.views;
    at = round.findIndex((view) => body(view.query) === body(location.search));
    if (at >= 0) shownAt = Date.now();
  }
  /* A figure that comes while the map loads its ground is refused by it: no view before that. */
  let readyAt = 0;
  function isDrawn() {
    if (!engine()?.isStyleLoaded?.()) readyAt = 0;
    else readyAt ||= Date.now();
    return readyAt > 0 && Date.now() - readyAt > 1500;
  }
  function go() {
    const state = document.getElementById("picture-count")?.dataset.state;
    if (state === "loading") {
      loadingFrom ||= Date.now();
      if (Date.now() - loadingFrom > PATIENCE_MS && !document.body.classList.contains("is-lost")) {
        loadingFrom = Date.now();
        cop.askAgain();
      }
      return;
    }
    loadingFrom = 0;
    if (round.length && at < 0 && isDrawn()) show(0);
    if (round.length < 2 || document.body.classList.contains("is-lost")) return;
    if (Date.now() - shownAt >= seconds() * 1000) show((at + 1) % round.length);
  }

  const put = (id, words) => {
    const element = document.getElementById(id);
    if (element && element.textContent !== words) element.textContent = words;
  };
  function say() {
    const now = cop.now();
    const two = (n) => String(n).padStart(2, "0");
    put("kiosk-clock", `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}Z`);
    const asOf = document.getElementById("as-of")?.textContent ?? "";
    const age = document.getElementById("as-of-age")?.textContent ?? "";
    const isLost = document.body.classList.contains("is-lost");
    put("kiosk-as-of", isLost ? `NOT LIVE, as of ${asOf}${age}` : `as of ${asOf}${age}`);
    const parts = [];
    put("kiosk-name", round[at]?.name ?? "");
    if (round.length > 1 && at >= 0) parts.push(`view ${at + 1} of ${round.length}`);
    if (gone) parts.push(`${gone} saved view${gone > 1 ? "s" : ""} of this link not found`);
    parts.push(document.getElementById("sound-state")?.textContent ?? "", awake);
    put("kiosk-said", parts.filter(Boolean).join(" · "));
    document.querySelectorAll(".kiosk-age").forEach((element) => {
      const words = cop.age(Date.parse(element.dataset.age));
      if (element.textContent !== words) element.textContent = words;
    });
  }

  let restAt = 0;
  function stir() {
    if (!cop.isKiosk()) return;
    restAt = Date.now() + REST_MS;
    root.classList.remove("is-resting");
    stayAwake();
  }
  function leave() {
    const pairs = cop.pairs().filter(([key]) => !KEYS.includes(key));
    location.assign(`/watch${cop.write(pairs)}`);
  }
  function beat() {
    const on = asksFor();
    if (on !== cop.isKiosk()) {
      root.classList.toggle("is-kiosk", on);
      if (on) {
        restAt = Date.now() + REST_MS;
        api.set_props("kiosk-turn", { data: String(Date.now()) });
      } else lock?.release?.();
      window.dispatchEvent(new Event("resize"));
    }
    if (!on) return;
    if (Date.now() > restAt) root.classList.add("is-resting");
    scale();
    stayAwake();
    take();
    go();
    say();
  }
  for (const kind of ["mousemove", "pointerdown", "keydown"]) addEventListener(kind, stir, { passive: true });
  document.addEventListener("visibilitychange", stayAwake);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-kiosk]")) leave();
  });
  cop.keys.close(70, cop.isKiosk, leave);
  document.addEventListener("DOMContentLoaded", () => setInterval(beat, 500));
})();
