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
  const SEEN = ["layers", "center", "z", "sel", "theme", "kiosk", "as_known_at"];
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

  /* Control id -> what it shows for an address. */
  function shownFor(id, read, defaults) {
    const hazard = /^facet-hazard-(.+)$/.exec(id);
    if (hazard) {
      const wanted = split(read("hazard"));
      return wanted.filter((slug) => cop.domainOf(slug) === hazard[1]);
    }
    const key = id.replace(/^(facet|ask)-/, "");
    if (key === "layers") {
      const text = read("layers");
      return text === "" ? defaults.layers : text === "none" ? [] : split(text);
    }
    if (key === "port") return split(read("port")).map((code) => code.toUpperCase());
    return LISTS.includes(key) ? split(read(key)) : read(key);
  }

  /* A type's domain, learnt from the controls themselves. */
  cop.domainOf = (slug) => {
    const box = document.querySelector(`[id^="facet-hazard-"] input[value="${CSS.escape(slug)}"]`);
    const group = box && box.closest('[id^="facet-hazard-"]');
    return group ? group.id.replace("facet-hazard-", "") : cop.domains[slug] || slug;
  };
  cop.domains = {};

  function domainPart(id, chosen, before) {
    const domain = id.replace("facet-hazard-", "");
    if (!chosen.includes(domain) || chosen.length === 1) return chosen;
    /* The whole domain and some of its types: the newer choice is meant. */
    return before.includes(domain) ? chosen.filter((slug) => slug !== domain) : [domain];
  }

  scripts.sync = function (search, ...rest) {
    const context = api.callback_context;
    const skip = api.no_update;
    const defaults = rest.pop() || { layers: [] };
    const ids = context.inputs_list.slice(1).map((input) => input.id);
    const moved = context.triggered.map((t) => t.prop_id);
    const first = !cop.inStep;
    cop.inStep = true;
    const fromAddress = first || !moved.length || moved.some((name) => name.startsWith("address."));
    const pairs = cop.pairs(search || "");
    const read = (key) => {
      const found = pairs.filter(([name]) => name === key);
      return found.length ? found[found.length - 1][1] : "";
    };
    if (fromAddress) {
      cop.asking();
      cop.settle(read);
      return [skip, ...ids.map((id, n) => {
        const shown = shownFor(id, read, defaults);
        return JSON.stringify(shown) === JSON.stringify(rest[n]) ? skip : shown;
      })];
    }
    const values = rest.slice();
    const changes = {};
    for (const name of moved) {
      const id = name.split(".")[0];
      const n = ids.indexOf(id);
      if (n < 0) continue;
      if (id.startsWith("facet-hazard-")) {
        values[n] = domainPart(id, values[n] || [], shownFor(id, cop.value, defaults));
        changes.hazard = ids.map((other, m) => (other.startsWith("facet-hazard-") ? values[m] || [] : []))
          .flat().join(",");
        continue;
      }
      const key = id.replace(/^(facet|ask)-/, "");
      const value = values[n];
      if (key === "layers") {
        const same = [...value].sort().join() === [...defaults.layers].sort().join();
        changes.layers = same ? "" : value.length ? value.join(",") : "none";
      } else if (key === "port") {
        changes.port = (value || []).join(",");
        if (!changes.port) changes.radius_nm = "";
      } else if (key === "radius_nm") {
        const text = String(value || "").trim();
        changes.radius_nm = text === DEFAULT_RADIUS || !cop.value("port") ? "" : text;
      } else if (Array.isArray(value)) changes[key] = value.join(",");
      else changes[key] = String(value || "").trim();
    }
    const next = cop.changed(changes);
    if (next === location.search) return [skip, ...ids.map(() => skip)];
    cop.asking();
    return [next, ...ids.map((id, n) => (values[n] === rest[n] ? skip : values[n]))];
  };

  scripts.select = function () {
    const selected = cop.value("sel");
    const before = api.callback_context.outputs_list && cop.selected;
    if (before === selected) return api.no_update;
    cop.selected = selected;
    return selected;
  };
})();
