/* Live: what the server pushes, as of when the picture is, and what is said when it is silent.

   The server sends numbers only (`/events`); a picture that is older asks again through its usual
   callback. One picture is asked for at a time: a newer commit waits for the answer under way, so
   that a slow server still updates. One tab of a browser holds the stream and tells the others. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const QUIET_BEATS = 3;
  const DRAWN_MS = 1500;

  /* Said by the server; times of arrival by the clock of this machine. */
  let every = 5000;
  let newest = null;
  let desk = null;
  let heardAt = Date.now();
  let goodAt = Date.now();
  let saidAt = 0;
  let trouble = "";
  /* What is on screen: its version, and the server's time when it was the newest. */
  let loadedAt = null;
  let asOf = 0;

  function propsOf(id) {
    /* The page's framework throws for what is not on the page, as on another view. */
    try { return window.dash_component_api.getLayout(id)?.props; } catch { return undefined; }
  }
  const hasPicture = () => Boolean(document.getElementById("picture-count"));
  function shownVersion() {
    /* Sources are kept up by themselves; other views without a picture are as they were loaded. */
    if (!hasPicture()) return Number.parseInt(propsOf("coverage-shown")?.data, 10) || loadedAt;
    const data = propsOf("shown")?.data;
    if (data && "refused" in data) return newest;
    return Number.isInteger(data?.version) ? data.version : null;
  }

  /* Pictures under way, seen from outside: only so is a failed one known from a slow one. */
  let underWay = 0;
  const fetchPlainly = window.fetch.bind(window);
  window.fetch = async (where, how) => {
    const body = how?.body;
    if (typeof body !== "string" || !body.slice(0, 200).includes('"..map.figure')) {
      return fetchPlainly(where, how);
    }
    underWay += 1;
    try {
      return await fetchPlainly(where, how);
    } finally {
      underWay -= 1;
      asked.answeredAt = Date.now();
      setTimeout(catchUp, DRAWN_MS + 50);
      setTimeout(catchUp, 250);
    }
  };

  /* Ask again until what is on screen is the newest. */
  let asked = { version: null, at: 0, answeredAt: 0 };
  let failing = false;
  function ask(version) {
    asked = { version, at: Date.now(), answeredAt: 0 };
    const before = propsOf("store-version")?.data;
    api.set_props("store-version", { data: before === version ? -version : version });
  }
  function catchUp() {
    const shown = shownVersion();
    if (newest === null || shown === null || !hasPicture()) return;
    if (shown === newest) {
      failing = false;
      return;
    }
    if (underWay) return;
    if (asked.version === newest) {
      const now = Date.now();
      if (now - Math.max(asked.answeredAt, asked.at + 1000) < DRAWN_MS) return;
      failing = true;
      if (now - asked.at < Math.max(every, 2000)) return;
    }
    ask(newest);
  }
  cop.askAgain = () => {
    cop.asking();
    ask(newest ?? shownVersion() ?? 1);
  };

  function take({ kind, body }) {
    const at = Date.parse(body.at);
    if (!at) return;
    heardAt = Date.now();
    every = 1000 * body.every;
    if (kind !== "version") {
      trouble = body.error;
      return;
    }
    cop.clockOffset = at - Date.now();
    trouble = "";
    goodAt = heardAt;
    saidAt = at;
    const first = newest === null;
    const isNew = !first && body.version !== newest;
    newest = body.version;
    loadedAt ??= newest;
    if (body.desk !== desk && document.getElementById("view")) {
      if (propsOf("desk-version")?.data !== body.desk) api.set_props("desk-version", { data: body.desk });
      desk = body.desk;
    }
    catchUp();
    tick();
    if (isNew || first) {
      document.dispatchEvent(new CustomEvent("cop:version", { detail: { version: newest, first } }));
    }
  }

  /* The stream, held by one tab. Six connections are all that a browser gives a server. */
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("cop-live") : null;
  let source = null;
  let holding = false;
  let queue = null;
  function shut() {
    if (source) source.close();
    source = null;
  }
  function open() {
    shut();
    source = new EventSource("/events");
    for (const kind of ["version", "failed"]) {
      source.addEventListener(kind, (event) => {
        const told = { kind, body: JSON.parse(event.data) };
        take(told);
        if (channel) channel.postMessage(told);
      });
    }
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) explain();
    });
  }
  /* A browser gives up after any answer that is no stream; why is seen by asking. */
  async function explain() {
    const gone = new AbortController();
    try {
      const answer = await fetchPlainly("/events", { cache: "no-store", signal: gone.signal });
      trouble = answer.status === 401 ? "this session has ended; load the page again" : "";
    } catch {
      trouble = "";
    }
    gone.abort();
  }
  const hold = () => {
    holding = true;
    open();
    return new Promise(() => {});
  };
  function line() {
    if (!channel || !navigator.locks) {
      holding = true;
      open();
      return;
    }
    queue = new AbortController();
    navigator.locks.request("cop-live", { signal: queue.signal }, hold).catch(stepBack);
  }
  function stepBack(why) {
    if (!holding || why === "taken over") return;
    holding = false;
    shut();
    line();
  }
  function takeOver() {
    queue.abort("taken over");
    navigator.locks.request("cop-live", { steal: true }, hold).catch(stepBack);
  }
  let triedAt = Date.now();
  function reconnect() {
    const now = Date.now();
    if (now - heardAt < every + 1000 || now - triedAt < Math.min(every, 2000)) return;
    triedAt = now;
    if (holding) open();
    else if (queue) takeOver();
  }

  function since(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 120) return `${seconds} s ago`;
    if (seconds < 7200) return `${Math.floor(seconds / 60)} min ago`;
    return `${Math.floor(seconds / 3600)} h ago`;
  }

  /* Stale: no sign of life for three beats, or a picture that could not be asked again for as long. */
  let staleFrom = 0;
  function judge() {
    const limit = QUIET_BEATS * every;
    const now = Date.now();
    if (now - goodAt > limit) {
      return trouble || (now - heardAt > limit ? "the server does not answer" : "the store does not answer");
    }
    if (failing && asOf && cop.now() - asOf > limit) return "the picture could not be refreshed; it is asked for again";
    return "";
  }
  function say(why) {
    const line = document.getElementById("lost");
    if (!line) return;
    const from = asOf || saidAt || cop.now().getTime();
    const words = why ? `STALE SINCE ${cop.dtg(new Date(from))} - ${why}` : "";
    const was = document.body.classList.contains("is-lost");
    if (was !== Boolean(why) || (why && line.textContent !== words)) {
      api.set_props("lost", { children: words, hidden: !why });
    }
    document.body.classList.toggle("is-lost", Boolean(why));
    if (!why) {
      if (was && cop.calm) cop.calm("stale");
      staleFrom = 0;
      return;
    }
    staleFrom ||= Date.now();
    /* A laptop that wakes needs a moment to connect: only what lasts is an alarm. */
    if (Date.now() - staleFrom > Math.min(3000, every) && cop.alarm) {
      cop.alarm("alarm", "stale", "The picture is stale: not live");
    }
  }
  function tick() {
    const shown = shownVersion();
    if (newest !== null && shown === newest && Date.now() - goodAt <= QUIET_BEATS * every) asOf = saidAt;
    const clock = document.getElementById("as-of");
    if (clock && asOf) {
      cop.put(clock, cop.dtg(new Date(asOf)));
      cop.put(document.getElementById("as-of-age"), ` · ${since(cop.now() - asOf)}`);
    }
    if (document.getElementById("view")?.firstChild) say(judge());
  }

  function beat() {
    if (!document.hidden && Date.now() - heardAt > every + 1000) reconnect();
    catchUp();
    tick();
  }

  if (channel) channel.addEventListener("message", ({ data }) => take(data));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
  addEventListener("online", () => { triedAt = 0; reconnect(); });
  addEventListener("pageshow", beat);
  addEventListener("pagehide", shut);
  document.addEventListener("DOMContentLoaded", () => {
    line();
    setInterval(beat, 1000);
  });
})();
