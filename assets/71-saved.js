/* Saved views and areas: what the panel sends and shows, and the link of the kiosk that its ticks make. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const SESSION = ["sel", "tab", "theme", "kiosk", "views", "every"];
  const SECONDS = 30;
  const CONFIRM_MS = 6000;

  const panel = () => document.getElementById("saved");
  function dataOf(id) {
    try { return window.dash_component_api.getLayout(id)?.props?.data; } catch { return undefined; }
  }
  const say = (words) => { const line = document.getElementById("saved-result"); if (line) line.textContent = words; };
  const plain = () => cop.write(cop.pairs().filter(([key]) => !SESSION.includes(key)));
  /* An address that nobody moved the map in names no place: what is saved does. */
  function whole() {
    const at = document.querySelector("#map .js-plotly-plot")?._fullLayout?.map;
    const pairs = cop.pairs(plain());
    if (!at || cop.value("center")) return cop.write(pairs);
    const short = (n) => String(Number(n.toFixed(4)));
    const lon = ((((at.center.lon + 180) % 360) + 360) % 360) - 180;
    return cop.write([...pairs, ["center", `${short(lon)},${short(at.center.lat)}`], ["z", at.zoom.toFixed(2)]]);
  }

  /* One at a time; without a name the name is asked for, and then it goes on. */
  let number = Date.now() % 1e9;
  let waiting = null;
  let wanting = null;
  function send(asked) {
    if (!dataOf("on-watch")) {
      wanting = asked;
      say("Give your name first: it signs what you save.");
      document.getElementById("officer").open = true;
      return;
    }
    if (waiting && Date.now() - waiting.at < 10000) return;
    number += 1;
    waiting = { ...asked, n: number, at: Date.now() };
    say("");
    api.set_props("saved-ask", { data: { ...asked, n: number } });
  }
  scripts.savedSaid = (said) => {
    if (!said || said.n !== waiting?.n) return api.no_update;
    const asked = waiting;
    waiting = null;
    if (said.needs_name) send(asked);
    else {
      say(said.words);
      const field = document.getElementById("saved-name");
      const isSaved = said.act !== "retire";
      if (said.ok && isSaved) api.set_props("saved-name", { value: "" });
      field.setAttribute("aria-invalid", String(said.field === "name"));
      if (said.field === "name") field.focus();
      else if (said.ok) (isSaved ? field : panel().querySelector("summary")).focus();
    }
    return api.no_update;
  };

  /* Which views the kiosk goes through: kept for this browser. */
  const PICKED = "cop-kiosk-views";
  function picked() {
    try { return JSON.parse(localStorage.getItem(PICKED)) ?? []; } catch { return []; }
  }
  function pick(view) {
    const before = picked();
    const after = before.includes(view) ? before.filter((one) => one !== view) : [...before, view];
    try { localStorage.setItem(PICKED, JSON.stringify(after.slice(-20))); } catch { /* then not kept */ }
    tick();
  }
  function tick() {
    const chosen = picked();
    const shown = [];
    document.querySelectorAll("[data-saved-pick]").forEach((box) => {
      const on = chosen.includes(box.dataset.savedPick);
      if (on) shown.push(box.dataset.savedPick);
      if (box.getAttribute("aria-checked") !== String(on)) box.setAttribute("aria-checked", String(on));
    });
    const area = document.getElementById("saved-area");
    const hasArea = Boolean(cop.value("bbox") || cop.value("within"));
    if (area && area.hidden === hasArea) api.set_props("saved-area", { hidden: !hasArea });
    const link = document.getElementById("saved-kiosk");
    if (!link) return;
    const theme = cop.value("theme");
    const round = shown.length ? [["views", shown.join(",")], ["every", String(SECONDS)]] : [];
    const pairs = cop.pairs(plain()).concat(theme ? [["theme", theme]] : [], [["kiosk", "1"]], round);
    const words = shown.length ? `Kiosk of ${shown.length} view${shown.length > 1 ? "s" : ""}` : "Kiosk of this view";
    const href = `/watch${cop.write(pairs)}`;
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
    if (link.textContent !== words) link.textContent = words;
  }
  scripts.savedDrawn = () => { setTimeout(tick, 50); return api.no_update; };

  function open(link) {
    const kept = cop.pairs().filter(([key]) => key === "theme" || key === "tab");
    const search = cop.write([...cop.pairs(new URL(link.href).search), ...kept]);
    panel().open = false;
    if (search === location.search) return;
    cop.asking();
    api.set_props("address", { search });
  }
  async function copy(button) {
    try {
      await navigator.clipboard.writeText(`${location.origin}/watch${plain()}`);
      say("The link is copied");
    } catch {
      say("Copy it from the address line");
    }
    button.focus();
  }
  /* Retired on the second press; what it will do stands on the button meanwhile. */
  function retire(button) {
    if (button.dataset.sure) {
      delete button.dataset.sure;
      send({ act: "retire", number: Number(button.dataset.savedRetire) });
      return;
    }
    button.dataset.sure = "yes";
    const label = button.getAttribute("aria-label");
    button.textContent = "Retire it?";
    button.setAttribute("aria-label", `${label}: press again to confirm`);
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = "Retire";
      button.setAttribute("aria-label", label);
    }, CONFIRM_MS);
  }

  document.addEventListener("click", (event) => {
    const on = (name) => event.target.closest(`[data-saved-${name}]`);
    let hit;
    if ((hit = on("shared"))) hit.setAttribute("aria-checked", String(hit.getAttribute("aria-checked") !== "true"));
    else if ((hit = on("pick"))) pick(hit.dataset.savedPick);
    else if ((hit = on("copy"))) copy(hit);
    else if ((hit = on("retire"))) retire(hit);
    else if ((hit = on("area"))) askWithin(JSON.parse(hit.dataset.savedArea));
    else if (event.target.closest("#saved-area")) save("save_area", location.search);
    else if ((hit = on("open")) && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(hit);
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "saved-form") return;
    event.preventDefault();
    save("save", whole());
  });
  function save(act, search) {
    send({
      act, name: document.getElementById("saved-name").value, search,
      shared: document.querySelector("[data-saved-shared]").getAttribute("aria-checked") === "true",
    });
  }
  /* The question stays; only where it is asked changes, and the map goes there. */
  function askWithin(keys) {
    panel().open = false;
    const corners = keys.within ? keys.within.split(";").map((corner) => corner.split(" ").map(Number)) : null;
    const box = corners
      ? [Math.min(...corners.map((c) => c[0])), Math.min(...corners.map((c) => c[1])),
        Math.max(...corners.map((c) => c[0])), Math.max(...corners.map((c) => c[1]))]
      : keys.bbox.split(",").map(Number);
    cop.go({ ...keys, ...(cop.cameraOf(box) ?? {}) });
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.id !== "saved" || !event.target.open) return;
    say("");
    tick();
    document.getElementById("saved-name").focus();
  }, true);
  const isOpen = () => Boolean(panel()?.open);
  cop.keys.close(15, isOpen, () => {
    panel().open = false;
    panel().querySelector("summary").focus();
  });

  /* Asked again while the panel is open: by the desk's version and who is on watch. */
  let turned = "";
  setInterval(() => {
    const name = dataOf("on-watch") ?? "";
    if (name && wanting) {
      const asked = wanting;
      wanting = null;
      panel().open = true;
      send(asked);
    }
    if (!isOpen()) { turned = ""; return; }
    tick();
    const turn = `${dataOf("desk-version")} ${name}`;
    if (turn === turned) return;
    turned = turn;
    api.set_props("saved-turn", { data: turn });
  }, 300);
})();
