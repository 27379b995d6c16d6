/* Time: how typed moments are read, what the window is, LIVE, and the strip by keyboard. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const HOUR = 3600000;
  const UNITS = { h: HOUR, d: 24 * HOUR, w: 168 * HOUR };
  const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
  const byId = (id) => document.getElementById(id);

  /* A moment as the address writes it: to the minute, a UTC midnight as its date. */
  function iso(at) {
    const text = at.toISOString();
    return text.slice(11, 16) === "00:00" ? text.slice(0, 10) : `${text.slice(0, 16)}Z`;
  }
  /* A date-time group; without month or year the latest that is not more than a day ahead. */
  function readGroup(text) {
    const found = /^(\d\d)(\d\d)(\d\d) ?(?:Z|UTC|GMT) ?(?:([A-Z]{3,9})[ .]{0,2}(\d{4}|\d\d)?)?$/.exec(text);
    if (!found) return null;
    const [day, hour, minute] = found.slice(1, 4).map(Number);
    const month = found[4] ? MONTHS.indexOf(found[4].slice(0, 3)) : -1;
    if (hour > 23 || minute > 59 || (found[4] && month < 0)) return null;
    const make = (year, of) => {
      const at = new Date(Date.UTC(year, of, day, hour, minute));
      return at.getUTCDate() === day ? at : null;
    };
    if (found[5]) {
      const year = Number(found[5]);
      return make(year > 99 ? year : year + (year >= 50 ? 1900 : 2000), month);
    }
    const ahead = new Date(cop.now().getTime() + UNITS.d);
    for (let back = 0; back < 100; back += 1) {
      const at = month < 0 ? make(ahead.getUTCFullYear(), ahead.getUTCMonth() - back)
        : make(ahead.getUTCFullYear() - back, month);
      if (at && at <= ahead) return at;
    }
    return null;
  }
  /* What was typed, as the address has it; what cannot be read goes as it is: the server says why. */
  cop.spellTime = (key, typed) => {
    if (!["since", "until", "as_known_at"].includes(key)) return typed;
    const text = typed.toUpperCase().replace(/\s+/g, " ");
    if (text === "NOW") return "";
    if (/^-?\d+ ?[HDW]$/.test(text)) return `-${text.replace(/[- ]/g, "").toLowerCase()}`;
    const group = readGroup(text);
    if (group) return iso(group);
    const clock = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)Z?$/.exec(text);
    return clock ? `${clock[1]}T${clock[2]}Z` : typed;
  };

  function moment(text, now) {
    const ago = /^-(\d+)([hdw])$/.exec(text);
    if (ago) return new Date(now.getTime() - ago[1] * UNITS[ago[2]]);
    const zoned = text.includes("T") && !/(Z|[+ -]\d\d:\d\d)$/.test(text) ? `${text}Z` : text;
    const at = new Date(zoned.replace(" ", "+"));
    return Number.isNaN(at.getTime()) ? null : at;
  }
  /* The window in the address. Ages count from now, or from the moment as of which one knows. */
  cop.timeWindow = (read = cop.value) => {
    const known = read("as_known_at") ? moment(read("as_known_at"), cop.now()) : null;
    const now = known && known < cop.now() ? known : cop.now();
    const since = read("since") ? moment(read("since"), now) : null;
    const until = read("until") ? moment(read("until"), now) : null;
    const ended = Boolean(until && until < now);
    return { since, until: until ?? now, now, known, ended, isLive: !known && !ended };
  };

  /* The last window that ended now, to come back to. */
  let lived = null;
  cop.goLive = () => {
    const since = cop.value("since");
    const kept = /^-/.test(since) ? since : (lived ?? "");
    const { ended } = cop.timeWindow();
    cop.go({ since: ended ? kept : since, until: "", as_known_at: "" });
  };

  function say(read = cop.value) {
    const button = byId("time-live");
    if (!button) return;
    const span = cop.timeWindow(read);
    if (span.isLive) lived = read("since");
    const lost = document.body.classList.contains("is-lost");
    const live = span.isLive && !lost;
    const words = live ? "" : span.known ? "KNOWN THEN, not live"
      : span.ended ? "PAST WINDOW, not live" : "NOT LIVE: no answer";
    const past = byId("time-past");
    if (past.textContent !== words) past.textContent = words;
    if (button.getAttribute("aria-pressed") !== String(live)) button.setAttribute("aria-pressed", String(live));
    const usual = document.querySelector('.preset[aria-pressed="true"]');
    byId("time-custom").dataset.on = String(!usual);
    byId("known-summary").dataset.on = String(Boolean(span.known));
  }
  const settle = cop.settle;
  cop.settle = (read) => { settle(read); say(read); };

  /* As known at: asked of the server only while it is shown. */
  scripts.knownAsk = function (search, version, open) {
    const set = cop.pairs(search || "").some(([key]) => key === "as_known_at");
    return open || set ? { search: search || "", version, open } : api.no_update;
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "known-at") api.set_props("known-open", { data: event.target.open });
  }, true);

  /* The slider: moments at which something was recorded, the last of them now. */
  let steps = [];
  const said = (n) => (n < steps.length ? cop.dtg(new Date(steps[n])) : "now");
  function slide() {
    const place = byId("known-slider");
    if (!place) return;
    let range = place.querySelector("input");
    if (!range) {
      range = document.createElement("input");
      Object.assign(range, { type: "range", min: 0, step: 1 });
      range.setAttribute("aria-label", "Known at: moments at which something was recorded");
      const words = document.createElement("output");
      const tell = (text) => {
        words.textContent = text;
        range.setAttribute("aria-valuetext", text);
      };
      range.addEventListener("input", () => tell(said(Number(range.value))));
      range.addEventListener("change", () => cop.go({ as_known_at: steps[Number(range.value)] ?? "" }));
      range.tell = tell;
      place.append(range, words);
    }
    range.max = steps.length;
    range.disabled = !steps.length;
    if (document.activeElement === range && range.matches(":active")) return;
    const { known } = cop.timeWindow();
    /* The last step that was known by then. */
    const at = known ? steps.filter((step) => new Date(step) <= known).length - 1 : steps.length;
    range.value = Math.max(0, at);
    range.tell(known ? cop.dtg(known) : "now");
  }
  scripts.knownSteps = function (found) {
    steps = (found ?? []).filter((step) => new Date(step) <= cop.now());
    slide();
    return api.no_update;
  };

  /* The tab says it too; what is on screen counts, not what is asked for. */
  function title() {
    const past = /AS KNOWN AT \S+ \S+ \d\d/.exec(document.querySelector(".world-known")?.textContent ?? "");
    const [, number, , name] = /^(\(\d+\) )?(AS KNOWN AT .*? - )?(.*)$/s.exec(document.title);
    const words = `${number ?? ""}${past ? `${past[0]} - ` : ""}${name}`;
    if (document.title !== words) document.title = words;
  }

  /* The strip by keyboard: the window moved by its own length, made wider or narrower. */
  const plot = () => document.querySelector("#timeline .js-plotly-plot");
  function shownSpan() {
    const range = plot()?._fullLayout?.xaxis?.range;
    return range?.map((end) => new Date(`${String(end).replace(" ", "T").slice(0, 19)}Z`));
  }
  function ask(since, until, now) {
    const length = until - since;
    if (until < now) {
      cop.go({ since: iso(since), until: iso(until) });
      return;
    }
    /* It reaches now: the same length, counted back from now, goes on as time does. */
    const hours = Math.max(1, Math.round(length / HOUR));
    const age = hours % 24 ? `-${hours}h` : `-${hours / 24}d`;
    cop.go({ since: age, until: "" });
  }
  function shift(by) {
    const span = cop.timeWindow();
    if (!span.since) return;
    const length = span.until - span.since;
    ask(new Date(+span.since + by * length), new Date(+span.until + by * length), span.now);
  }
  function stretch(factor) {
    const span = cop.timeWindow();
    const since = span.since ?? shownSpan()?.[0];
    if (!since || (!span.since && factor > 1)) return;
    const length = Math.max(HOUR, (span.until - since) * factor);
    const middle = (+since + +span.until) / 2;
    /* What ends now goes on ending now. */
    if (!span.ended) ask(new Date(+span.now - length), span.now, span.now);
    else ask(new Date(middle - length / 2), new Date(Math.min(middle + length / 2, +span.now)), span.now);
  }
  const STRIP_KEYS = {
    ArrowLeft: () => shift(-1), ArrowRight: () => shift(1),
    "+": () => stretch(2), "=": () => stretch(2), "-": () => stretch(0.5),
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "timeline-strip" || event.ctrlKey || event.metaKey || event.altKey) return;
    const run = STRIP_KEYS[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-live]")) cop.goLive();
  });
  cop.keys.add("t", "back to live: the window ends now", cop.goLive, () => byId("time-live"));
  document.addEventListener("DOMContentLoaded", () => setInterval(() => { say(); title(); }, 1000));
})();
