/* The response to the open incident: its buttons, the form at the foot with its drafts, and what
   becomes overdue. Acts go the desk's one way (`cop.sendToDesk`); what was refused stays typed. */
(function () {
  "use strict";
  const cop = window.cop;
  const DRAFTS = "cop-response-drafts";
  const TITLES = {
    task: "Add a task", measure: "Add a defensive measure", contact: "Add a contact",
    change: "Change: ", change_measure: "Change: ", change_contact: "Change: ",
  };
  /* Fields of each form, in order; those that it needs are starred. */
  const CONTACT = ["name*", "role", "organisation", "phone", "email", "region", "hazard", "note"];
  const FIELDS = {
    task: ["title*", "owner", "due_at", "owed_to", "note"],
    measure: ["title*", "state", "owner", "note"],
    contact: CONTACT,
    change: ["state", "owner", "due_at", "owed_to", "note"],
    change_measure: ["state", "owner", "note"],
    change_contact: [...CONTACT, "kept"],
  };
  const MEASURE_STATES = "recommended,taken,declined";
  const DONE = {
    start: "Checklist started", task: "Task added", measure: "Measure recorded",
    contact: "Contact added", change: "Changed", change_contact: "Contact changed",
  };

  const form = () => document.getElementById("response-form");
  const panel = () => document.getElementById("response-panel");
  const plain = (name) => name.replace("*", "");

  function drafts() {
    try { return JSON.parse(sessionStorage.getItem(DRAFTS)) ?? {}; } catch { return {}; }
  }
  function keepDraft(key, fields) {
    const kept = drafts();
    delete kept[key];
    if (fields && Object.keys(fields).length) kept[key] = fields;
    const recent = Object.fromEntries(Object.entries(kept).slice(-30));
    try { sessionStorage.setItem(DRAFTS, JSON.stringify(recent)); } catch { /* then they last as long as the page */ }
  }
  const draftOf = (open) => `${open.dataset.id}:${open.dataset.form}:${open.dataset.number}`;

  const controls = () => [...form().querySelectorAll("[data-response-field]:not([hidden]) [name]")];
  function typed() {
    return Object.fromEntries(controls().map((control) => [control.name, control.value]));
  }
  /* Of what stands only what was changed is sent: nobody puts back what they did not touch. */
  function changed() {
    const before = JSON.parse(form().dataset.values);
    return Object.fromEntries(Object.entries(typed()).filter(([name, value]) => value !== (before[name] ?? "")));
  }

  function begin(name, button) {
    const open = form();
    const from = panel();
    if (!open || !from) return;
    document.dispatchEvent(new CustomEvent("cop:form-opened", { detail: "response" }));
    const values = JSON.parse(button.dataset.values ?? "{}");
    const isNew = !button.dataset.number;
    if (name === "contact") {
      values.region = from.dataset.responseRegion;
      values.hazard = "";
    }
    if (name === "measure") values.state = "recommended";
    Object.assign(open.dataset, {
      form: name, id: from.dataset.responseIncident,
      number: button.dataset.number ?? "", version: button.dataset.version ?? "",
      values: JSON.stringify(isNew ? {} : values),
    });
    open.querySelector(".desk-form-title").textContent = TITLES[name] + (button.dataset.title ?? "");
    open.querySelector(".desk-why").textContent = "";
    cop.sayAtDesk("", true);
    const wanted = FIELDS[name].map(plain);
    const draft = drafts()[draftOf(open)] ?? {};
    const states = (button.dataset.states ?? MEASURE_STATES).split(",");
    open.querySelectorAll("[data-response-field]").forEach((label) => {
      const field = label.dataset.responseField;
      const control = label.querySelector("[name]");
      label.hidden = !wanted.includes(field);
      control.required = FIELDS[name].includes(`${field}*`);
      if (field === "state") {
        [...control.options].forEach((one) => { one.hidden = one.disabled = !states.includes(one.value); });
      }
      control.value = draft[field] ?? values[field] ?? "";
    });
    open.hidden = false;
    document.getElementById("detail").classList.add("has-form");
    controls()[0].focus();
  }
  function shut() {
    const open = form();
    if (!open || open.hidden) return;
    const { form: name, number } = open.dataset;
    open.hidden = true;
    document.getElementById("detail").classList.remove("has-form");
    const which = number ? `[data-response="${name}"][data-number="${number}"]` : `[data-response="${name}"]`;
    panel()?.querySelector(which)?.focus();
  }

  const settled = {};
  function sendForm(open) {
    const { form: name, id, number, version } = open.dataset;
    const act = { name: `response.${name === "change_measure" ? "change" : name}`, id, form: true };
    if (number) Object.assign(act, { number: Number(number), version: Number(version) });
    cop.sendToDesk({ ...act, fields: changed() });
  }
  function sendPress(button, name) {
    const id = panel().dataset.responseIncident;
    if (name === "start") {
      cop.sendToDesk({ name: "response.start", id, playbook: button.dataset.playbook });
      return;
    }
    const { number, version } = button.dataset;
    /* What was done is on its way to this screen: pressed once more, it would conflict with itself. */
    if (Number(version) <= (settled[number] ?? 0)) return;
    const state = name === "state"
      ? button.getAttribute("aria-pressed") === "true" ? "recommended" : button.dataset.state
      : button.getAttribute("aria-checked") === "true" ? "open" : "done";
    cop.sendToDesk({
      name: "response.change", id, number: Number(number), version: Number(version), fields: { state },
    });
  }

  document.addEventListener("cop:desk-said", ({ detail: { act, said } }) => {
    const open = form();
    const isOpen = act.form && open && !open.hidden && open.dataset.id === act.id &&
      open.dataset.number === String(act.number ?? "");
    if (said.ok) {
      if (act.name === "response.change" && !act.form) settled[act.number] = act.version;
      if (isOpen) {
        keepDraft(draftOf(open), null);
        shut();
      }
      /* A tick is seen where it was made. */
      if (act.form || act.name === "response.start") cop.sayAtDesk(DONE[act.name.slice(9)] ?? "Done", false);
    } else if (isOpen) {
      if (said.version !== undefined) open.dataset.version = said.version;
      open.querySelector(".desk-why").textContent =
        said.version === undefined ? said.words : `${said.words}, or press again to do it all the same`;
      open.querySelector(`[name="${CSS.escape(said.field || "-")}"]`)?.focus();
    } else if (act.form) {
      cop.sayAtDesk(said.words, true);
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-response]");
    if (!button) return;
    const name = button.dataset.response;
    if (name === "cancel") shut();
    else if (name in FIELDS) begin(name, button);
    else sendPress(button, name);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "response-form") return;
    event.preventDefault();
    event.target.querySelector(".desk-why").textContent = "";
    sendForm(event.target);
  });
  document.addEventListener("input", (event) => {
    const open = form();
    if (open?.contains(event.target)) keepDraft(draftOf(open), changed());
  });
  document.addEventListener("cop:form-opened", ({ detail }) => { if (detail !== "response") shut(); });
  cop.keys.close(51, () => form() && !form().hidden, shut);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !form()?.contains(event.target)) return;
    event.preventDefault();
    shut();
  }, true);

  /* The sections of the desk are drawn anew when they change: what was folded open stays so, and the
     focus goes on where it was. */
  const NAMED = ["response", "desk", "number", "playbook", "state", "deskNumber"];
  const words = (element) => element.textContent.replace(/[0-9]+/g, "");
  const nameOf = (element) => element.tagName === "SUMMARY" ? words(element)
    : element.tagName === "A" ? element.href
      : element.dataset && NAMED.map((name) => element.dataset[name] ?? "").join(" ");
  const foldOf = (details) => `${cop.value("sel")} ${words(details.firstElementChild)}`;
  const unfolded = new Set();
  let focused = null;
  document.addEventListener("toggle", (event) => {
    if (!event.target.closest?.("#detail .desk") || event.target.tagName !== "DETAILS") return;
    unfolded[event.target.open ? "add" : "delete"](foldOf(event.target));
  }, true);
  document.addEventListener("focusin", ({ target }) => {
    const section = target.closest("#detail .desk");
    focused = section ? { element: target, section: section.id, name: nameOf(target), of: cop.value("sel") } : null;
  });
  /* What stands at the upper edge stays there, whatever is drawn anew above it. */
  const MARKS = "button, summary, h2, h3, h4, h5, dt, p";
  const markOf = (element) => `${element.tagName} ${nameOf(element).trim() || words(element)}`;
  let edge = null;
  const body = () => document.querySelector("#detail .detail-body");
  function noteEdge() {
    const from = body();
    if (!from) {
      edge = null;
      return;
    }
    const top = from.getBoundingClientRect().top;
    const at = [...from.querySelectorAll(MARKS)].find((element) => element.getBoundingClientRect().top >= top);
    edge = at && from.scrollTop
      ? { element: at, mark: markOf(at), top: at.getBoundingClientRect().top, of: cop.value("sel") } : null;
  }
  function keepEdge() {
    const from = body();
    if (!from || !edge || edge.of !== cop.value("sel")) return;
    const at = edge.element.isConnected ? edge.element
      : [...from.querySelectorAll(MARKS)].find((element) => markOf(element) === edge.mark);
    if (at) from.scrollTop += at.getBoundingClientRect().top - edge.top;
  }
  document.addEventListener("scroll", ({ target }) => { if (target === body()) noteEdge(); }, { capture: true, passive: true });

  function putBack() {
    document.querySelectorAll("#detail .desk details:not([open])").forEach((details) => {
      if (unfolded.has(foldOf(details))) details.open = true;
    });
    keepEdge();
    noteEdge();
    if (!focused || focused.element.isConnected || focused.of !== cop.value("sel")) return;
    if (document.activeElement !== document.body) return;
    const section = document.getElementById(focused.section);
    const again = [...(section?.querySelectorAll("button, summary, a") ?? [])]
      .find((element) => nameOf(element) === focused.name);
    (again ?? section)?.focus({ preventScroll: true });
  }
  const drawn = new MutationObserver(putBack);
  let drawnIn = null;
  function attach() {
    const detail = document.getElementById("detail");
    if (detail === drawnIn) return;
    drawn.disconnect();
    if (detail) drawn.observe(detail, { childList: true, subtree: true });
    drawnIn = detail;
  }

  /* How long until something is due, or since: by the minute, without asking. */
  function length(ms) {
    const minutes = Math.floor(ms / 60000);
    if (minutes < 1) return "under a minute";
    if (minutes < 60) return `${minutes} min`;
    if (minutes >= 48 * 60) return `${Math.floor(minutes / 1440)} d`;
    const rest = minutes % 60;
    return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
  }
  function growOld() {
    const from = panel();
    if (!from) return;
    const now = cop.now();
    let late = 0;
    from.querySelectorAll("[data-due-at]").forEach((element) => {
      const left = Date.parse(element.dataset.dueAt) - now;
      const isLate = left < 0;
      late += isLate;
      cop.put(element, isLate ? `overdue by ${length(-left)}` : `in ${length(left)}`);
      element.classList.toggle("overdue", isLate);
    });
    const line = from.querySelector(".response-late");
    if (line) cop.put(line, late ? `${late} overdue` : "");
  }
  document.addEventListener("DOMContentLoaded", () => {
    setInterval(growOld, 5000);
    setInterval(noteEdge, 1000);
    setInterval(() => {
      attach();
      /* A form is of one incident: its draft waits while another is open. */
      const open = form();
      if (open && !open.hidden && open.dataset.id !== cop.value("sel")) shut();
    }, 250);
  });
})();
