/* The list's tabs follow the address; what the officer has not seen is marked in list and title. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const NAMES = ["", "queue", "new"];
  let unseen = { total: 0, kinds: {} };

  const shown = () => (NAMES.includes(cop.value("tab")) ? cop.value("tab") : "");
  scripts.deskTab = function () {
    const tab = shown();
    document.body.dataset.tab = tab || "list";
    document.querySelectorAll("[role=tab][data-tab]").forEach((button) => {
      const on = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    });
    return api.no_update;
  };
  function open(tab) {
    cop.go({ tab, sel: "" });
  }

  /* The list's own title cell, with a mark before it where the incident is new or changed. */
  const cells = window.dashAgGridComponentFunctions;
  const plain = cells.TitleCell;
  const part = (kind, props, ...children) => window.React.createElement(kind, props, ...children);
  cells.TitleCell = function (props) {
    const kind = props.data && unseen.kinds[props.data.id];
    if (!kind) return plain(props);
    return part("span", { className: "with-news", title: `${kind} since your last look` },
      part("span", { className: `news-dot news-${kind}`, "aria-hidden": "true" }),
      part("span", { className: "unseen" }, `${kind}: `),
      plain(props));
  };
  scripts.deskNews = function (data) {
    unseen = data ?? { total: 0, kinds: {} };
    cop.unseenPoints = unseen.points ?? [];
    title();
    try {
      window.dash_ag_grid?.getApi?.("list")?.refreshCells({ columns: ["title"], force: true });
    } catch { /* a list that comes later draws its cells by itself */ }
    return api.no_update;
  };
  function title() {
    const name = document.title.replace(/^\(\d+\) /, "");
    const words = unseen.total ? `(${unseen.total}) ${name}` : name;
    if (document.title !== words) document.title = words;
  }

  /* Next and previous are those of the rows that are shown. */
  const stepList = cop.step;
  cop.step = (by) => {
    const tab = shown();
    if (!tab) {
      stepList(by);
      return;
    }
    const rows = [...document.querySelectorAll(`#pane-${tab} [data-row]`)];
    const at = rows.findIndex((row) => row.dataset.row === cop.value("sel"));
    const row = at < 0 ? rows[0] : rows[at + by];
    if (!row) return;
    row.scrollIntoView({ block: "nearest" });
    cop.go({ sel: row.dataset.row });
  };

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab][data-tab]");
    if (tab) open(tab.dataset.tab);
    const all = event.target.closest("[data-see-all]");
    if (all) cop.sendToDesk({ name: "see_all", through: all.dataset.seeAll, fields: {} });
    if (event.target.closest("[data-sign-on]")) {
      setTimeout(() => { document.getElementById("officer").open = true; }, 0);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const tab = event.target.closest?.("[role=tab][data-tab]");
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (tab && by) {
      const next = NAMES[(NAMES.indexOf(tab.dataset.tab) + by + NAMES.length) % NAMES.length];
      event.preventDefault();
      open(next);
      document.getElementById(`tab-${next || "list"}`).focus();
    }
  });
  cop.keys.add("n", "what changed since my last look", () => open("new"),
    () => document.getElementById("pane-new"));
  document.addEventListener("DOMContentLoaded", () => setInterval(() => {
    if (!document.getElementById("pane-new")) unseen = { total: 0, kinds: {} };
    title();
  }, 1000));
})();
