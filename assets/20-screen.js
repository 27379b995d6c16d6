/* The screen's own doings: light, ages, how long an answer takes, what is folded away. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const root = document.documentElement;
  const THEMES = ["day", "dusk", "night"];
  const SLOW_MS = 2000;

  function remember(theme) {
    try { localStorage.setItem("cop-theme", theme); } catch { /* private windows keep nothing */ }
  }
  function remembered() {
    try { return localStorage.getItem("cop-theme"); } catch { return null; }
  }
  function paint(theme) {
    root.dataset.theme = theme;
    document.querySelectorAll("[data-theme-choice]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    });
    if (document.getElementById("view")) {
      api.set_props("mantine", { forceColorScheme: theme === "day" ? "light" : "dark" });
    }
  }
  /* The reader's own light, unless the link names one; written down before anything asks. */
  const chosen = remembered();
  if (!cop.value("theme") && THEMES.includes(chosen) && chosen !== "dusk") cop.note({ theme: chosen });
  root.dataset.theme = THEMES.includes(cop.value("theme")) ? cop.value("theme") : "dusk";

  /* What follows the address without asking the server. */
  cop.settle = (read) => {
    const theme = read("theme") || "dusk";
    if (THEMES.includes(theme)) paint(theme);
    document.querySelectorAll(".preset").forEach((button) => {
      const on = button.dataset.since === read("since") && !read("until");
      button.setAttribute("aria-pressed", String(on));
    });
    if (cop.flyToAddress) cop.flyToAddress(read);
  };

  /* The server's time, whatever the clock of this machine says; 25-live.js keeps the offset. */
  cop.clockOffset = 0;
  cop.now = () => new Date(Date.now() + cop.clockOffset);
  const two = (n) => String(n).padStart(2, "0");
  const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
  cop.dtg = (at) => `${two(at.getUTCDate())}${two(at.getUTCHours())}${two(at.getUTCMinutes())}Z ` +
    `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCFullYear() % 100)}`;
  cop.age = (at) => {
    const seconds = (cop.now() - at) / 1000;
    if (seconds < -60) return "in the future";
    for (const [size, unit, least] of [[31557600, "y", 2], [86400, "d", 1], [3600, "h", 1], [60, "min", 1]]) {
      if (seconds >= size * least) return `${Math.floor(seconds / size)} ${unit} ago`;
    }
    return "just now";
  };
  /* Change the text inside its own node: the page's framework keeps hold of it. */
  cop.put = (element, text) => {
    const node = element.firstChild;
    if (node && node.nodeType === Node.TEXT_NODE) {
      if (node.nodeValue !== text) node.nodeValue = text;
    } else element.textContent = text;
  };
  function growOld() {
    document.querySelectorAll("[data-age]").forEach((element) => {
      const at = Date.parse(element.dataset.age);
      if (at) cop.put(element, cop.age(at));
    });
  }

  /* The sheet of filters covers the count, so its button says it. */
  function tellSheet(count, waiting) {
    const button = document.querySelector(".sheet-close");
    if (!button) return;
    const number = count.textContent;
    const words = waiting ? "asking …"
      : number ? `${number} incident${number === "1" ? "" : "s"}` : "no answer to this question";
    if (button.dataset.count !== words) button.dataset.count = words;
  }

  /* Under 100 ms nothing, over it a thin bar, over 2 s a sentence and a way out. */
  let since = 0;
  let good = location.search;
  function watchCount() {
    const count = document.getElementById("picture-count");
    const busy = document.getElementById("busy");
    if (!count || !busy) return;
    const waiting = count.dataset.state === "loading";
    if (!waiting) {
      since = 0;
      good = location.search;
    } else if (!since) since = Date.now();
    const waited = waiting ? Date.now() - since : 0;
    document.body.classList.toggle("is-busy", waited > 100);
    tellSheet(count, waiting);
    const slow = waited > SLOW_MS;
    document.body.classList.toggle("is-stale", slow);
    if (busy.hidden === slow) api.set_props("busy", { hidden: !slow });
  }

  const help = () => document.getElementById("help");
  let focusBefore = null;
  cop.openHelp = (open) => {
    if (!help()) return;
    api.set_props("help", { hidden: !open });
    if (open) {
      focusBefore = document.activeElement;
      setTimeout(() => help().querySelector("[data-close]").focus(), 30);
    } else if (focusBefore) focusBefore.focus();
  };
  cop.isHelpOpen = () => Boolean(help() && !help().hidden);

  function toggleFilters() {
    const open = document.body.classList.toggle("filters-open");
    document.querySelectorAll('[data-act="toggle-filters"]').forEach((button) => {
      if (button.hasAttribute("aria-expanded")) button.setAttribute("aria-expanded", String(open));
    });
    const first = document.querySelector("#filters button, #filters input");
    if (open && first) first.focus();
  }
  function showPane(pane) {
    document.body.dataset.pane = pane;
    document.querySelectorAll("[data-pane-choice]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.paneChoice === pane));
    });
    window.dispatchEvent(new Event("resize"));
  }
  async function copyLink(button) {
    try {
      await navigator.clipboard.writeText(location.href);
      button.dataset.done = "Copied";
    } catch {
      button.dataset.done = "Copy it from the address line";
    }
    setTimeout(() => { delete button.dataset.done; }, 2000);
  }

  document.addEventListener("click", (event) => {
    const on = (name) => event.target.closest(`[data-${name}]`);
    let hit;
    if ((hit = on("pick"))) cop.pick(hit);
    else if ((hit = on("go"))) cop.go(JSON.parse(hit.dataset.go));
    else if ((hit = on("clear"))) cop.clear();
    else if ((hit = on("theme-choice"))) {
      remember(hit.dataset.themeChoice);
      cop.go({ theme: hit.dataset.themeChoice });
      paint(hit.dataset.themeChoice);
    } else if ((hit = on("open"))) cop.openHelp(true);
    else if ((hit = on("close"))) cop.openHelp(false);
    else if ((hit = on("expand"))) {
      const open = hit.getAttribute("aria-expanded") !== "true";
      hit.setAttribute("aria-expanded", String(open));
      hit.parentElement.classList.toggle("is-open", open);
    } else if ((hit = on("pane-choice"))) showPane(hit.dataset.paneChoice);
    else if ((hit = on("copy"))) copyLink(hit);
    else if ((hit = on("fly"))) {
      if (innerWidth < 900) showPane("map");
      cop.fly(...hit.dataset.fly.split(",").map(Number));
    } else if ((hit = on("step"))) cop.step(Number(hit.dataset.step));
    else if ((hit = on("zoom"))) cop.zoom(Number(hit.dataset.zoom));
    else if ((hit = on("draw"))) cop.draw(hit.dataset.draw);
    else if ((hit = on("act"))) {
      const act = hit.dataset.act;
      if (act === "toggle-filters") toggleFilters();
      if (act === "ask-view") cop.askView();
      if (act === "ask-again") cop.askAgain();
      if (act === "last-answer") { cop.asking(); api.set_props("address", { search: good }); }
      if (act === "list-unlocated") { showPane("list"); api.set_props("list-scope", { data: "unlocated" }); }
      if (act === "list-all") api.set_props("list-scope", { data: "" });
    } else if ((hit = on("item"))) api.set_props("quarantine-item", { data: Number(hit.dataset.item) });
    /* A small panel on the map closes when something else is pressed. */
    document.querySelectorAll("details.map-tool[open]").forEach((panel) => {
      if (!panel.contains(event.target)) panel.open = false;
    });
  });

  window.addEventListener("popstate", () => cop.asking());
  document.addEventListener("DOMContentLoaded", () => {
    document.body.dataset.pane = "list";
    setInterval(growOld, 30000);
    setInterval(watchCount, 100);
    const seen = new MutationObserver(() => {
      if (!document.querySelector("[data-theme-choice]")) return;
      seen.disconnect();
      paint(root.dataset.theme);
      const here = location.pathname.replace(/\/$/, "");
      document.querySelectorAll("[data-view]").forEach((link) => {
        if (link.dataset.view === here) link.setAttribute("aria-current", "page");
      });
    });
    seen.observe(document.body, { childList: true, subtree: true });
  });
})();
