/* Keys: every part says which it answers; none of them while somebody types, all can be off.

   cop.keys.add(key, words, run, ready) answers a key; `ready` says whether there is something to do.
   cop.keys.close(rank, isOpen, shut) is asked by Esc, the highest rank first. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const OFF = "cop-keys-off";
  const answers = new Map();
  const closers = [];

  cop.typing = (element) =>
    Boolean(element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
      (element.tagName === "INPUT" && !/^(checkbox|radio|button|range)$/.test(element.type)) ||
      element.closest?.("[role=combobox],[role=listbox]")));

  cop.keys = {
    add(key, words, run, ready = () => true) {
      answers.set(key, { words, run, ready });
    },
    close(rank, isOpen, shut) {
      closers.push({ rank, isOpen, shut });
      closers.sort((a, b) => b.rank - a.rank);
    },
    list: () => [...answers].map(([key, answer]) => ({ key, words: answer.words })),
    isOff: () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } },
    turn(off) { try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* not remembered */ } },
  };

  /* Esc works even where the letters are off: it is no shortcut of one character (WCAG 2.1.4). */
  function escape(event) {
    const open = closers.find((closer) => closer.isOpen());
    if (open) { event.preventDefault(); open.shut(); }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (cop.typing(event.target)) event.target.blur();
      else escape(event);
      return;
    }
    if (cop.typing(event.target) || cop.keys.isOff() || cop.isKiosk?.()) return;
    const modal = document.querySelector("[aria-modal=true]:not([hidden] *):not([hidden])");
    if (modal && event.key !== "?") return;
    const answer = answers.get(event.key);
    if (!answer || (event.repeat && !/^[jk]$/.test(event.key)) || !answer.ready()) return;
    event.preventDefault();
    answer.run();
  });

  /* The help lists what is answered, with the switch that turns the letters off. */
  function fill() {
    const part = (type, children, more = {}) =>
      ({ namespace: "dash_html_components", type, props: { children, ...more } });
    const rows = [...cop.keys.list(),
      { key: "Enter", words: "open the row in focus" }, { key: "Esc", words: "close what is open" }];
    api.set_props("help-keys", { children: rows.flatMap(({ key, words }) =>
      [part("Dt", part("Kbd", key)), part("Dd", words)]) });
    say();
  }
  function say() {
    const off = cop.keys.isOff();
    document.querySelectorAll("[data-keys-switch]").forEach((button) => {
      button.setAttribute("aria-checked", String(!off));
      button.textContent = off ? "Letter keys are off" : "Letter keys are on";
    });
  }
  const openHelp = cop.openHelp;
  cop.openHelp = (open) => {
    if (open) fill();
    openHelp(open);
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    cop.keys.turn(!cop.keys.isOff());
    say();
  });

  const byId = (id) => document.getElementById(id);
  cop.keys.add("j", "next incident", () => cop.step(1));
  cop.keys.add("k", "previous incident", () => cop.step(-1));
  cop.keys.add("l", "layers", () => {
    const layers = byId("layers-panel");
    layers.open = !layers.open;
    (layers.open ? layers.querySelector("button") : layers.querySelector("summary")).focus();
  }, () => byId("layers-panel"));
  cop.keys.add("?", "this help", () => cop.openHelp(!cop.isHelpOpen()));

  cop.keys.close(0, () => cop.value("sel"), () => cop.go({ sel: "" }));
  cop.keys.close(10, () => document.querySelector("details.map-tool[open]"), () => {
    const open = document.querySelector("details.map-tool[open]");
    open.open = false;
    open.querySelector("summary").focus();
  });
  cop.keys.close(20, () => document.body.classList.contains("filters-open"),
    () => document.querySelector('[data-act="toggle-filters"]').click());
  cop.keys.close(90, () => cop.isHelpOpen(), () => cop.openHelp(false));
})();
