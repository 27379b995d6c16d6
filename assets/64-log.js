/* The watch log: its buttons send what they mean; a press waits for the answer to the one before. */
(function () {
  "use strict";
  const api = window.dash_clientside;
  const scripts = (api.cop = api.cop || {});
  const PATIENCE_MS = 3000;
  let pressedAt = 0;

  function choose(button) {
    const number = Number(button.dataset.logNo);
    const words = button.closest("tr").querySelector(".log-words").firstChild.textContent;
    api.set_props("log-strike-no", { data: number });
    api.set_props("log-strike-of", { children: `Entry ${number}: ${words}` });
    api.set_props("log-strike", { hidden: false });
    setTimeout(() => {
      const why = document.getElementById("log-strike-why");
      why.focus();
      why.scrollIntoView({ block: "center" });
    }, 50);
  }

  function send(button) {
    if (Date.now() - pressedAt < PATIENCE_MS) return;
    pressedAt = Date.now();
    const sent = { at: pressedAt };
    for (const [name, value] of Object.entries(button.dataset)) {
      if (name.startsWith("log")) sent[name.slice(3).toLowerCase()] = value;
    }
    api.set_props("log-press", { data: sent });
  }

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-log-into]");
    if (choice) api.set_props(choice.dataset.logInto, { data: choice.dataset.logValue });
    const item = event.target.closest("[data-log-keep]");
    if (item) {
      const name = item.dataset.logKeep;
      const kept = dataOf("handover-kept") ?? [];
      const on = kept.includes(name);
      api.set_props("handover-kept", { data: on ? kept.filter((one) => one !== name) : [...kept, name] });
    }
    if (choice || item) tickChoices();
    const button = event.target.closest("[data-log-act]");
    if (!button) return;
    const act = button.dataset.logAct;
    if (act === "watch") api.set_props("log-watch", { data: Number(button.dataset.logNo) });
    else if (act === "strike-choose") choose(button);
    else if (act === "strike-none") api.set_props("log-strike", { hidden: true });
    else if (act === "print") window.print();
    else send(button);
  });

  /* Enter in a line, or Ctrl and Enter in a text, is the press beside it. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const card = event.target.closest(".log-page .card");
    if (!card || (event.target.tagName !== "INPUT" && !event.ctrlKey && !event.metaKey)) return;
    const button = event.target.type === "checkbox" ? null : card.querySelector(".primary");
    if (!button) return;
    event.preventDefault();
    /* The line's last characters reach the page's framework with the change that a blur brings. */
    setTimeout(() => button.click(), 0);
  });

  /* What the server pushes about the desk, and who is on watch, while this view is shown. */
  function dataOf(id) {
    try { return window.dash_component_api.getLayout(id)?.props?.data; } catch { return undefined; }
  }
  /* Each choice says what stands in its store. */
  function tickChoices() {
    const say = (button, attribute, on) => {
      if (button.getAttribute(attribute) !== String(on)) button.setAttribute(attribute, String(on));
    };
    document.querySelectorAll("[data-log-into]").forEach((button) => {
      say(button, "aria-pressed", (dataOf(button.dataset.logInto) ?? "") === button.dataset.logValue);
    });
    const kept = dataOf("handover-kept") ?? [];
    document.querySelectorAll("[data-log-keep]").forEach((button) => {
      say(button, "aria-checked", kept.includes(button.dataset.logKeep));
    });
  }
  let pushed = null;
  setInterval(() => {
    const page = document.querySelector(".log-page");
    if (!page) {
      pushed = null;
      return;
    }
    const now = `${dataOf("desk-version")} ${dataOf("on-watch") ?? ""}`;
    /* What the page was answered with is as new as this, or asked again once. */
    if (pushed !== now) api.set_props("log-push", { data: now });
    pushed = now;
    tickChoices();
  }, 300);

  scripts.logSaid = () => {
    pressedAt = 0;
    /* A button that is gone leaves the focus nowhere. */
    setTimeout(() => {
      const result = document.getElementById("log-result");
      if (result && document.activeElement === document.body) result.focus({ preventScroll: true });
    }, 300);
    return api.no_update;
  };
})();
