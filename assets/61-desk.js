/* The desk: acts on the open incident, the form at its foot with its drafts, and its keys.

   An act says what the officer saw (version, last act) when its form was opened. Refused words stay
   in the form; drafts are kept for an incident and act until they are sent. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const DRAFTS = "cop-desk-drafts";
  const TITLES = {
    assign: "Assign", comment: "Comment", set_status: "Set status", verify: "Set verification",
    set_severity: "Override severity", set_next: "Next action", close: "Close", reopen: "Reopen",
  };
  /* Fields of each act, in order; those that it needs are starred. */
  const FIELDS = {
    assign: ["owner*", "text"], comment: ["text*"], set_status: ["status*", "text"],
    verify: ["verification*", "text"], set_severity: ["severity*", "text*"],
    set_next: ["next_action*", "next_due_at"], close: ["text*"], reopen: ["text*"],
  };
  const DONE = {
    acknowledge: "Acknowledged", claim: "Claimed for 60 minutes", release: "Released",
    assign: "Assigned", comment: "Comment kept", set_status: "Status set",
    verify: "Verification set", set_severity: "Severity set", set_next: "Next action set",
    close: "Closed", reopen: "Reopened", undo: "Undone", see_all: "All counted as seen",
  };

  const form = () => document.getElementById("desk-form");
  const panel = () => document.querySelector("#desk-panel .desk-acts");
  const officer = () => cop.officer();

  function drafts() {
    try { return JSON.parse(sessionStorage.getItem(DRAFTS)) ?? {}; } catch { return {}; }
  }
  function keepDraft(key, fields) {
    const kept = drafts();
    delete kept[key];
    if (fields && Object.values(fields).some((value) => value.trim())) kept[key] = fields;
    const recent = Object.fromEntries(Object.entries(kept).slice(-30));
    try { sessionStorage.setItem(DRAFTS, JSON.stringify(recent)); } catch { /* then they last as long as the page */ }
  }

  /* What is said after an act: a refusal stays until something else is done. */
  let saying = 0;
  function say(words, lasts) {
    const line = document.getElementById("desk-form-result");
    if (!line) return;
    clearTimeout(saying);
    line.textContent = words;
    if (!lasts) saying = setTimeout(() => { line.textContent = ""; }, 5000);
  }

  /* One act at a time, the next ones wait in order; without a name the name is asked for, and then
     they go on. The same act is sent once, however often it is pressed meanwhile. */
  const MOST_WAITING = 30;
  let number = Date.now() % 1e9;
  let waiting = null;
  let wanting = [];
  const same = (a, b) => JSON.stringify({ ...a, n: 0, at: 0 }) === JSON.stringify({ ...b, n: 0, at: 0 });
  function send(act) {
    const isUnderWay = waiting && Date.now() - waiting.at < 10000;
    if (isUnderWay && same(waiting, act)) return;
    if (wanting.length < MOST_WAITING && !wanting.some((one) => same(one, act))) wanting.push(act);
    if (!isUnderWay) sendNext();
  }
  function sendNext() {
    waiting = null;
    if (!wanting.length) return;
    if (!officer()) {
      /* What was pressed last is meant: older wishes do not come true behind its back. */
      wanting = wanting.slice(-1);
      askName();
      return;
    }
    number += 1;
    waiting = { ...wanting.shift(), n: number, at: Date.now() };
    say("", true);
    const { at, ...act } = waiting;
    api.set_props("desk-ask", { data: act });
  }
  function askName() {
    const control = document.getElementById("officer");
    say("Give your name first: it signs what you do.", true);
    if (control) control.open = true;
  }
  cop.sendToDesk = send;
  cop.sayAtDesk = say;

  scripts.signedOn = function (name) {
    if (name && wanting.length && !waiting) setTimeout(sendNext, 0);
    return api.no_update;
  };

  scripts.deskSaid = function (said) {
    if (!said || !waiting) return api.no_update;
    const act = waiting;
    if (said.needs_name) {
      /* The page may hold a name that the server no longer knows: it is given again, not sent again. */
      waiting = null;
      wanting = [act];
      askName();
      return api.no_update;
    }
    setTimeout(sendNext, 0);
    if (act.name.startsWith("response.")) {
      document.dispatchEvent(new CustomEvent("cop:desk-said", { detail: { act, said } }));
      return api.no_update;
    }
    const open = form();
    const inForm = open && !open.hidden && open.dataset.act === act.name && open.dataset.id === act.id;
    if (said.ok) {
      if (act.name in FIELDS) keepDraft(`${act.id}:${act.name}`, null);
      if (inForm) shut();
      say(DONE[act.name] ?? "Done", false);
    } else if (inForm) {
      /* Who has read what stands now may go on with the same words. */
      if (said.version !== undefined) {
        open.dataset.version = said.version;
        open.dataset.actNo = said.act_no;
      }
      open.querySelector(".desk-why").textContent =
        said.version === undefined ? said.words : `${said.words}, or press again to do it all the same`;
      open.querySelector(`[name="${CSS.escape(said.field || "-")}"]`)?.focus();
    } else {
      say(said.words, true);
    }
    return api.no_update;
  };

  function begin(name) {
    const open = form();
    const from = panel();
    if (!open || !from) return;
    document.dispatchEvent(new CustomEvent("cop:form-opened", { detail: "desk" }));
    const id = from.dataset.deskIncident;
    Object.assign(open.dataset, {
      act: name, id, version: from.dataset.deskVersion, actNo: from.dataset.deskActNo,
    });
    open.querySelector(".desk-form-title").textContent = TITLES[name];
    open.querySelector(".desk-why").textContent = "";
    say("", true);
    const wanted = Object.fromEntries(FIELDS[name].map((field) => [field.replace("*", ""), field.endsWith("*")]));
    const draft = drafts()[`${id}:${name}`] ?? {};
    const next = from.dataset.deskNext.split(",");
    open.querySelectorAll("[data-desk-field]").forEach((label) => {
      const field = label.dataset.deskField;
      const control = label.querySelector("[name]");
      label.hidden = !(field in wanted);
      control.required = wanted[field] ?? false;
      if (control.tagName === "SELECT") {
        const options = [...control.options];
        if (field === "status") options.forEach((one) => { one.hidden = one.disabled = !next.includes(one.value); });
        const first = options.find((one) => !one.disabled)?.value;
        control.value = draft[field] ?? first;
        if (control.selectedIndex < 0) control.value = first;
      } else control.value = draft[field] ?? "";
    });
    const reason = open.querySelector('[data-desk-field="text"] span');
    reason.textContent = name === "comment" ? "Comment" : wanted.text ? "Reason" : "Reason (if any)";
    open.hidden = false;
    document.getElementById("detail").classList.add("has-form");
    open.querySelector("[data-desk-field]:not([hidden]) [name]").focus();
  }
  function shut() {
    const open = form();
    if (!open || open.hidden) return;
    const name = open.dataset.act;
    open.hidden = true;
    document.getElementById("detail").classList.remove("has-form");
    document.querySelector(`#desk-panel [data-desk="${name}"]`)?.focus();
  }
  function typed() {
    const found = {};
    form().querySelectorAll("[data-desk-field]:not([hidden]) [name]").forEach((control) => {
      found[control.name] = control.value;
    });
    return found;
  }
  const seen = (from) => ({
    id: from.deskIncident ?? from.id,
    version: Number(from.deskVersion ?? from.version),
    act_no: Number(from.deskActNo ?? from.actNo),
  });

  function press(name, numbered) {
    const from = panel();
    if (name === "cancel") shut();
    else if (!from) return;
    else if (name in FIELDS) begin(name);
    else send({ name, ...seen(from.dataset), number: Number(numbered ?? 0), fields: {} });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-desk]");
    if (button) press(button.dataset.desk, button.dataset.deskNumber);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "desk-form") return;
    event.preventDefault();
    event.target.querySelector(".desk-why").textContent = "";
    send({ name: event.target.dataset.act, ...seen(event.target.dataset), fields: typed() });
  });
  document.addEventListener("cop:form-opened", ({ detail }) => { if (detail !== "desk") shut(); });
  document.addEventListener("input", (event) => {
    const open = form();
    if (open?.contains(event.target)) keepDraft(`${open.dataset.id}:${open.dataset.act}`, typed());
  });

  const desk = (name) => document.querySelector(`#desk-panel [data-desk="${name}"]`);
  cop.keys.add("a", "acknowledge the open incident",
    () => desk("acknowledge").click(), () => desk("acknowledge"));
  cop.keys.add("c", "claim the open incident for 60 minutes",
    () => desk("claim").click(), () => desk("claim"));
  cop.keys.close(50, () => form() && !form().hidden, shut);
  /* Esc leaves the form even from within a line of it; what was typed stays a draft. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !form()?.contains(event.target)) return;
    event.preventDefault();
    shut();
  }, true);

  function growOld() {
    const now = cop.now();
    document.querySelectorAll("[data-left]").forEach((element) => {
      const left = Date.parse(element.dataset.left) - now;
      const isOut = left <= 0;
      /* The server says so too, but with nothing new to say it is not asked. */
      cop.put(element, isOut ? ": claim ran out" : `, ${Math.round(left / 60000)} min left`);
      element.classList.toggle("claim-out", isOut);
    });
    document.querySelectorAll("[data-due]").forEach((element) => {
      element.hidden = Date.parse(element.dataset.due) > now;
    });
  }
  document.addEventListener("DOMContentLoaded", () => {
    setInterval(growOld, 5000);
    setInterval(() => {
      /* A form is of one incident: its draft waits while another is open. */
      const open = form();
      if (open && !open.hidden && open.dataset.id !== cop.value("sel")) shut();
    }, 250);
  });
})();
