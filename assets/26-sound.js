/* Alarms: shown until acknowledged, and heard where sound is on. Tones are made here, no file.

   `cop.alarm(level, key, words, id)` with level "alarm" (sounds until acknowledged), "warning" (sounds
   once, stays) or "caution" (says nothing here); the same key is never raised twice, also after a
   reload or in another tab, until `cop.calm(key)` says that its cause is gone. `id` is the incident
   that a press on the words opens. Acknowledging acknowledges the incidents at the desk too, under
   the officer's name, and sends the event "cop:acknowledged" with the keys and ids; what the desk
   does not know stays on screen, silenced. What is raised for new incidents comes from `/api/alarms`. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const KEPT = 1000;
  const TONES = {
    alarm: { notes: [[880, 0.22], [660, 0.22], [880, 0.22]], pause: 1.2, quietPause: 6 },
    warning: { notes: [[587, 0.18], [784, 0.25]], pause: 0, quietPause: 0 },
  };

  function load(name, otherwise) {
    try { return JSON.parse(localStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
  }
  function save(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* private windows keep nothing */ }
  }

  let known = load("cop-alarms-known", []);
  let open = load("cop-alarms-open", []).filter((one) => one.key !== "stale");
  let silenced = new Set();
  let choice = load("cop-sound", "off");
  let context = null;

  /* Sound: off, until somebody pressed something in this tab. */
  const isOn = () => choice !== "off" && context?.state === "running";
  function wake() {
    if (choice === "off") return;
    context ??= new AudioContext();
    context.resume().then(show);
  }
  function choose(next) {
    choice = next;
    save("cop-sound", choice);
    wake();
    if (choice === "off") hush();
    show();
  }

  let playing = null;
  function hush() {
    if (!playing) return;
    playing.gain.gain.cancelScheduledValues(0);
    playing.gain.disconnect();
    clearTimeout(playing.timer);
    playing = null;
    delete document.body.dataset.sounding;
  }
  function play(level) {
    if (playing || !isOn()) return;
    const quiet = choice === "reduced";
    const { notes, pause, quietPause } = TONES[level];
    const gain = context.createGain();
    const pitch = context.createOscillator();
    gain.connect(context.destination);
    pitch.connect(gain);
    pitch.type = level === "alarm" && !quiet ? "square" : "sine";
    const loud = quiet ? 0.05 : level === "alarm" ? 0.16 : 0.2;
    let at = context.currentTime + 0.02;
    gain.gain.setValueAtTime(0, at);
    for (const [frequency, length] of notes) {
      pitch.frequency.setValueAtTime(frequency, at);
      gain.gain.linearRampToValueAtTime(loud, at + 0.015);
      gain.gain.setValueAtTime(loud, at + length - 0.03);
      gain.gain.linearRampToValueAtTime(0, at + length);
      at += length + 0.04;
    }
    pitch.start();
    pitch.stop(at);
    const left = (at - context.currentTime + (quiet ? quietPause : pause)) * 1000;
    playing = { gain, timer: setTimeout(() => { hush(); sound(); }, left) };
    document.body.dataset.sounding = level;
  }

  /* One sound at a time, in all tabs together: whoever holds the lock may sound. */
  let mine = null;
  let asking = false;
  function withTheVoice(then) {
    if (mine || !navigator.locks) then();
    else if (!asking) {
      asking = true;
      navigator.locks.request("cop-sound", { ifAvailable: true }, (lock) => {
        asking = false;
        if (!lock) return undefined;
        const held = new Promise((release) => { mine = release; });
        then();
        return held;
      });
    }
  }
  const due = () => open.find((one) => one.level === "alarm" && !silenced.has(one.key));
  let warnings = 0;
  function sound() {
    if (!isOn() || (!due() && !warnings)) {
      if (mine && !playing) { mine(); mine = null; }
      return;
    }
    withTheVoice(() => {
      if (playing) return;
      if (due()) play("alarm");
      else if (warnings) {
        warnings = 0;
        play("warning");
      }
    });
  }

  /* What stands on screen. */
  function show() {
    const line = document.getElementById("alarms");
    const state = document.getElementById("sound-state");
    if (state) {
      const words = choice === "off" ? "Sound off" : !isOn() ? "Sound off until a press"
        : choice === "reduced" ? "Sound reduced" : "Sound on";
      cop.put(state, words);
      state.dataset.on = String(isOn());
      document.querySelectorAll("[data-sound]").forEach((button) => {
        button.setAttribute("aria-pressed", String(button.dataset.sound === choice));
      });
    }
    if (!line) return;
    const worst = open.find((one) => one.level === "alarm") ?? open[0];
    const more = open.length > 1 ? ` · and ${open.length - 1} more` : "";
    if (!open.some((one) => one.id)) notAtDesk = "";
    /* In front: a long title is cut off at its end. */
    const unsigned = notAtDesk ? ` not acknowledged at the desk: ${notAtDesk} ·` : ":";
    const words = worst ? `${worst.level.toUpperCase()}${unsigned} ${worst.words}${more}` : "";
    const shown = document.getElementById("alarm-words");
    if (shown.textContent !== words) api.set_props("alarm-words", { children: words });
    shown.dataset.id = worst?.id ?? "";
    if (line.hidden === Boolean(worst)) api.set_props("alarms", { hidden: !worst });
    line.dataset.level = worst?.level ?? "";
    line.classList.toggle("is-unsigned", Boolean(notAtDesk));
    const silence = line.querySelector('[data-alarm="silence"]');
    silence.style.display = isOn() && due() ? "" : "none";
  }
  function keep() {
    save("cop-alarms-known", known = known.slice(-KEPT));
    save("cop-alarms-open", open = open.slice(-50));
    show();
    sound();
  }

  cop.alarm = (level, key, words, id = "") => {
    if (known.includes(key)) return false;
    /* Another tab may have been quicker. */
    known = load("cop-alarms-known", []);
    open = load("cop-alarms-open", []);
    if (known.includes(key)) {
      show();
      return false;
    }
    known.push(key);
    if (level in TONES) open.push({ level, key, words: String(words).slice(0, 200), id });
    if (level === "warning") warnings += 1;
    keep();
    return true;
  };
  cop.calm = (key) => {
    if (!known.includes(key) && !open.some((one) => one.key === key)) return;
    known = known.filter((one) => one !== key);
    open = open.filter((one) => one.key !== key);
    silenced.delete(key);
    if (!due()) hush();
    keep();
  };
  /* At the desk first: an alarm that nobody has acknowledged there stays. */
  let notAtDesk = "";
  let wantsName = false;
  cop.acknowledge = async () => {
    const pressed = [...open];
    const incidents = [...new Set(pressed.map((one) => one.id).filter(Boolean))];
    cop.silence();
    wantsName = incidents.length > 0 && !cop.officer();
    if (wantsName) {
      notAtDesk = "give your name";
      /* After this press, which closes what else is open. */
      setTimeout(() => { document.getElementById("officer").open = true; }, 0);
      settle(pressed.filter((one) => !one.id));
      return;
    }
    notAtDesk = incidents.length ? await tellDesk(incidents) : "";
    if (notAtDesk === "give your name") wantsName = true;
    settle(notAtDesk ? pressed.filter((one) => !one.id) : pressed);
  };
  async function tellDesk(ids) {
    try {
      const answer = await fetch("/api/alarms/acknowledge", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ids }),
      });
      if (answer.ok) return "";
      return (await answer.json()).error ?? "the server does not take it";
    } catch {
      return "the server does not answer; press again";
    }
  }
  function settle(done) {
    const keys = done.map((one) => one.key);
    open = open.filter((one) => !keys.includes(one.key));
    keys.forEach((key) => silenced.delete(key));
    warnings = 0;
    if (!due()) hush();
    keep();
    const incidents = done.map((one) => one.id).filter(Boolean);
    if (keys.length) document.dispatchEvent(new CustomEvent("cop:acknowledged", { detail: { keys, incidents } }));
  }
  document.addEventListener("cop:signed-on", () => { if (wantsName) cop.acknowledge(); });
  cop.silence = () => {
    open.forEach((one) => silenced.add(one.key));
    hush();
    show();
    sound();
  };

  function visit(id) {
    if (document.getElementById("picture-count")) cop.go({ sel: id });
    else location.assign(`/watch?sel=${encodeURIComponent(id)}`);
  }

  /* What was recorded since this browser last asked. What stood before its first question is known
     to whoever reads the list: it is no alarm. */
  let listening = false;
  let missed = false;
  async function listen() {
    if (listening) {
      missed = true;
      return;
    }
    listening = true;
    missed = false;
    const before = load("cop-alarms-through", "");
    const after = before || cop.now().toISOString();
    try {
      const answer = await fetch(`/api/alarms?after=${encodeURIComponent(after)}`, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { through, rows } = await answer.json();
      for (const row of rows.reverse()) raise(row, !before);
      save("cop-alarms-through", through);
    } catch {
      setTimeout(listen, 10000);
    } finally {
      listening = false;
      if (missed) listen();
    }
  }
  function raise({ id, kind, severity, title }, isOld) {
    const key = `incident:${id}:${severity}`;
    const worst = severity === 5;
    let level = kind === "new" ? (worst ? "alarm" : "warning") : worst ? "warning" : "caution";
    if (isOld) level = "caution";
    cop.alarm(level, key, `${kind}, ${worst ? "critical" : "high"}: ${title}`, id);
  }
  document.addEventListener("cop:version", listen);

  addEventListener("storage", ({ key }) => {
    if (key === "cop-sound") choice = load(key, "off");
    else if (key === "cop-alarms-known") known = load(key, []);
    else if (key === "cop-alarms-open") {
      open = load(key, []);
      if (!due()) hush();
    } else return;
    show();
    sound();
  });
  document.addEventListener("click", (event) => {
    const on = (name) => event.target.closest(`[data-${name}]`);
    let hit;
    if ((hit = on("sound"))) choose(hit.dataset.sound);
    else if (on("sound-test")) {
      if (choice === "off") choose("on");
      context.resume().then(() => { hush(); play("alarm"); show(); });
    } else if ((hit = on("alarm"))) {
      if (hit.dataset.alarm === "silence") cop.silence();
      if (hit.dataset.alarm === "acknowledge") cop.acknowledge();
      if (hit.dataset.alarm === "open" && hit.dataset.id) visit(hit.dataset.id);
    }
    document.querySelectorAll("details.drop-down[open]").forEach((panel) => {
      if (!panel.contains(event.target)) panel.open = false;
    });
  });
  for (const gesture of ["pointerdown", "keydown"]) {
    addEventListener(gesture, () => { if (!isOn()) wake(); }, { passive: true });
  }
  document.addEventListener("DOMContentLoaded", () => setInterval(() => { show(); sound(); }, 500));
})();
