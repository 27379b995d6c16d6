/* The address is the state: read it, change it, keep the controls in step with it.
   Everything else on the page changes the picture through cop.go alone. */
(function () {
  "use strict";
  const cop = (window.cop = window.cop || {});
  const api = (window.dash_clientside = window.dash_clientside || {});
  const scripts = (api.cop = api.cop || {});

  const LISTS = ["hazard", "severity", "region", "area", "navarea", "port", "act",
    "verification", "status", "tlp", "source", "id"];
  const ASKED = [...LISTS, "radius_nm", "since", "until", "q", "bbox", "within"];
  const SEEN = ["layers", "center", "z", "sel", "theme", "tab", "rings", "as_known_at"];
  SEEN.push("kiosk", "views", "every");
  const ORDER = [...ASKED, ...SEEN];
  const DEFAULT_RADIUS = "10";

  /* Pairs, not a map: a key that stands twice is an error the server names, not ours to mend. */
  cop.pairs = (search) => [...new URLSearchParams(search === undefined ? location.search : search)];
  cop.value = (key) => {
    const found = cop.pairs().filter(([name]) => name === key);
    return found.length ? found[found.length - 1][1] : "";
  };

  const escape = (text) =>
    encodeURIComponent(text).replace(/%(2C|3A|3B|2F)/g, (c) => decodeURIComponent(c));

  cop.write = (pairs) => {
    const place = (key) => (ORDER.indexOf(key) + 1 || ORDER.length + 1);
    const sorted = pairs.map((pair, n) => [pair, n])
      .sort((a, b) => place(a[0][0]) - place(b[0][0]) || a[1] - b[1]);
    const text = sorted.map(([[key, value]]) => `${escape(key)}=${escape(value)}`).join("&");
    return text ? `?${text}` : "";
  };

  cop.changed = (changes) => {
    const kept = cop.pairs().filter(([key]) => !(key in changes));
    for (const [key, value] of Object.entries(changes)) {
      if (value !== "" && value !== null && value !== undefined) kept.push([key, String(value)]);
    }
    return cop.write(kept);
  };

  /* Go to the address with these keys changed; an empty value drops its key. */
  cop.go = (changes) => {
    const search = cop.changed(changes);
    if (search === location.search) return;
    if (!document.getElementById("watch")) {
      cop.note(changes); /* another view has no question to ask */
      return;
    }
    cop.asking();
    api.set_props("address", { search });
  };

  /* Note how one looks without a new step in the history and without asking anything. */
  cop.note = (changes) => {
    const search = cop.changed(changes);
    if (search !== location.search) history.replaceState(history.state, "", location.pathname + search);
  };

  cop.clear = () => {
    const changes = {};
    for (const [key] of cop.pairs()) if (!SEEN.includes(key) || key === "as_known_at") changes[key] = "";
    cop.go(changes);
  };

  cop.asking = () => {
    if (document.getElementById("picture-count")) {
      api.set_props("picture-count", { "data-state": "loading" });
    }
  };

  const split = (text) => (text ? text.split(",").map((part) => part.trim()).filter(Boolean) : []);

  /* Choices: buttons that put a value into a key of the address, or take it out. */
  const layersShown = (text) => {
    const list = document.getElementById("layers-list");
    if (text === "none") return [];
    return text ? split(text) : split(list ? list.dataset.default : "");
  };

  cop.pick = (button) => {
    const { pick: key, value, domain } = button.dataset;
    const before = key === "layers" ? layersShown(cop.value(key)) : split(cop.value(key));
    let after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
    if (key === "hazard" && !before.includes(value)) {
      /* A whole domain and one of its types: the newer choice is meant. */
      const others = [...document.querySelectorAll(`[data-pick="hazard"][data-domain="${domain}"]`)]
        .map((other) => other.dataset.value)
        .filter((other) => (value === domain ? other !== domain : other === domain));
      after = after.filter((one) => !others.includes(one));
    }
    let text = after.join(",");
    if (key === "layers") {
      const list = document.getElementById("layers-list");
      const usual = split(list.dataset.default);
      if (!after.length) text = "none";
      else if (after.length === usual.length && usual.every((one) => after.includes(one))) text = "";
    }
    cop.go({ [key]: text });
  };

  /* Show in every choice whether it stands in the address. */
  function tickChoices(read) {
    const chosen = {};
    document.querySelectorAll("[data-pick]").forEach((button) => {
      const { pick: key, value, domain } = button.dataset;
      chosen[key] ??= key === "layers" ? layersShown(read(key)) : split(read(key));
      let state = String(chosen[key].includes(value));
      if (state === "false" && domain && domain === value) {
        const group = button.parentElement.querySelectorAll("[data-pick]");
        if ([...group].some((other) => chosen[key].includes(other.dataset.value))) state = "mixed";
      }
      if (button.getAttribute("aria-checked") !== state) button.setAttribute("aria-checked", state);
    });
  }
  cop.tickChoices = () => tickChoices(cop.value);

  const keyOf = (id) => id.replace(/^ask-/, "");
  function fieldFor(id, read) {
    const key = keyOf(id);
    return key === "port" ? split(read(key)).map((code) => code.toUpperCase()) : read(key);
  }

  /* Address -> fields, or a changed field -> address. The first call is the address's. */
  scripts.sync = function (search, ...values) {
    const context = api.callback_context;
    const skip = api.no_update;
    const ids = context.inputs_list.slice(1).map((input) => input.id);
    const moved = context.triggered.map((one) => one.prop_id);
    const first = !cop.inStep;
    cop.inStep = true;
    if (first || !moved.length || moved.some((name) => name.startsWith("address."))) {
      const pairs = cop.pairs(search || "");
      const read = (key) => {
        const found = pairs.filter(([name]) => name === key);
        return found.length ? found[found.length - 1][1] : "";
      };
      cop.asking();
      tickChoices(read);
      cop.settle(read);
      return [skip, ...ids.map((id, n) => {
        const shown = fieldFor(id, read);
        return JSON.stringify(shown) === JSON.stringify(values[n]) ? skip : shown;
      })];
    }
    const changes = {};
    for (const name of moved) {
      const n = ids.indexOf(name.split(".")[0]);
      if (n < 0) continue;
      const key = keyOf(ids[n]);
      if (key === "port") {
        changes.port = (values[n] || []).join(",");
        if (!changes.port) changes.radius_nm = "";
      } else {
        const typed = String(values[n] ?? "").trim();
        const text = cop.spellTime ? cop.spellTime(key, typed) : typed;
        const usual = key === "radius_nm" && (text === DEFAULT_RADIUS || !cop.value("port"));
        changes[key] = usual ? "" : text;
      }
    }
    const next = cop.changed(changes);
    if (next === location.search) return [skip, ...ids.map(() => skip)];
    cop.asking();
    return [next, ...ids.map(() => skip)];
  };

  scripts.select = function () {
    const selected = cop.value("sel");
    const before = api.callback_context.outputs_list && cop.selected;
    if (before === selected) return api.no_update;
    cop.selected = selected;
    return selected;
  };
})();
