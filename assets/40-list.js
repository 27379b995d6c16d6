/* The list: how its cells are drawn, and how it and the selection follow each other. */
(function () {
  "use strict";
  const cop = window.cop;
  const api = window.dash_clientside;
  const scripts = api.cop;
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const part = (kind, props, ...children) => window.React.createElement(kind, props, ...children);

  cells.SeverityCell = function ({ data }) {
    if (!data) return null;
    const style = ["mark", `mark-${data.domain}`, `sev-${data.severity}`,
      data.act === "unfounded" ? "mark-hollow" : "",
      data.verification === "unverified" ? "mark-dashed" : ""].join(" ");
    return part("span", { className: "severity-cell", title: `${data.severity} ${data.severity_word}` },
      part("span", { className: style, "aria-hidden": "true" }),
      part("span", null, String(data.severity)),
      part("span", { className: "unseen" }, ` ${data.severity_word}`));
  };
  cells.WhenCell = function ({ data }) {
    if (!data) return null;
    return part("span", { className: "two-lines" },
      part("span", null, data.when),
      part("span", { className: "quiet", "data-age": data.at }, cop.age(Date.parse(data.at))));
  };
  cells.TitleCell = function ({ data }) {
    if (!data) return null;
    const more = [data.type, data.region];
    if (data.act !== "committed") more.push(data.act);
    return part("span", { className: "two-lines", title: data.title },
      part("span", { className: "foreign", dir: "auto" }, data.title),
      part("span", { className: "quiet" }, more.join(" · ")));
  };

  function grid() {
    try { return window.dash_ag_grid?.getApi?.("list") || null; } catch { return null; }
  }

  let waiting = null;
  let byKey = false;
  function mark() {
    const list = grid();
    if (!list) return;
    const selected = cop.value("sel");
    list.forEachNode((node) => {
      const on = Boolean(node.data) && node.data.id === selected;
      if (node.isSelected() !== on) node.setSelected(on);
    });
    if (waiting) {
      let index = -1;
      list.forEachNode((node) => { if (node.data && node.data.id === waiting) index = node.rowIndex; });
      if (index >= 0) { list.ensureIndexVisible(index); waiting = null; }
    }
  }
  let listening = null;
  function attach() {
    const list = grid();
    if (!list || list === listening) return;
    listening = list;
    list.addEventListener("modelUpdated", () => setTimeout(mark, 0));
    list.addEventListener("cellKeyDown", ({ event, data }) => {
      if (event.key === "Enter" && data) {
        byKey = true;
        cop.go({ sel: data.id });
      }
    });
  }
  setInterval(attach, 500);

  let asked = "";
  let answered = "";
  scripts.refreshList = function (shown, scope) {
    document.body.classList.toggle("is-unlocated", scope === "unlocated");
    const key = JSON.stringify([shown?.question ?? shown?.refused, shown?.known_at, shown?.version, scope]);
    if (key === asked) return api.no_update;
    const first = asked === "";
    asked = key;
    /* Another question begins at its top; the same one, asked again, stays where it was. */
    const question = `${shown?.question ?? shown?.refused} ${shown?.known_at} ${scope}`;
    const list = grid();
    if (!list) {
      answered = question; /* a list that comes later asks by itself */
      return api.no_update;
    }
    if (first || question === answered) list.refreshInfiniteCache();
    else {
      list.purgeInfiniteCache();
      if (list.getDisplayedRowCount()) list.ensureIndexVisible(0, "top");
    }
    answered = question;
    return api.no_update;
  };

  scripts.picked = function (cell) {
    if (cell?.rowId) {
      cop.go({ sel: cell.rowId });
      api.set_props("list", { cellClicked: null });
    }
    return api.no_update;
  };

  /* The detail has come: show its row, and move the focus to it when it was opened by hand. */
  scripts.follow = function (place) {
    const list = grid();
    /* The same incident read again, after a commit, moves nothing. */
    const isNew = place?.id !== cop.place?.id;
    if (list && isNew && place && place.row !== null && place.row !== undefined) {
      waiting = place.id;
      const count = list.getDisplayedRowCount();
      if (place.row < count) list.ensureIndexVisible(place.row);
    }
    const said = document.querySelector("#detail .detail-place");
    if (!isNew && place && said) cop.put(said, place.words);
    const closed = cop.place && !place;
    cop.place = place;
    mark();
    if (place && byKey) document.getElementById("detail").focus();
    if (closed && document.activeElement === document.body) document.getElementById("main").focus();
    byKey = false;
    return api.no_update;
  };

  /* The next or previous incident of the list, by its place in it. */
  cop.step = (by) => {
    const list = grid();
    if (!list) return;
    const selected = cop.value("sel");
    let at = -1;
    list.forEachNode((node) => { if (node.data && node.data.id === selected) at = node.rowIndex; });
    if (at < 0 && cop.place && cop.place.id === selected) at = cop.place.row ?? -1;
    const to = at < 0 ? 0 : at + by;
    if (to < 0 || to >= list.getDisplayedRowCount()) return;
    list.ensureIndexVisible(to);
    const open = (tries) => {
      const node = list.getDisplayedRowAtIndex(to);
      if (node && node.data) cop.go({ sel: node.data.id });
      else if (tries > 0) setTimeout(() => open(tries - 1), 100);
    };
    open(20);
  };
})();
