/* The export dialog: opened by its button, closed by its own, by Escape or beside it. */
(function () {
  "use strict";
  const api = window.dash_clientside;
  const dialog = () => document.getElementById("export");
  let before = null;

  function show(open) {
    if (!dialog()) return;
    api.set_props("export", { hidden: !open });
    if (open) {
      before = document.activeElement;
      setTimeout(() => {
        const first = dialog().querySelector("input:checked") || dialog().querySelector("button");
        if (first) first.focus();
      }, 30);
    } else if (before) before.focus();
  }

  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-export]");
    if (hit) show(hit.dataset.export === "open");
    else if (event.target === dialog()) show(false);
  });

  /* Keys of the watch stay quiet while the dialog is open; Tab stays inside it. */
  document.addEventListener("keydown", (event) => {
    const box = dialog();
    if (!box || box.hidden) return;
    if (event.key === "Escape") show(false);
    else if (event.key === "Tab") {
      const stops = [...box.querySelectorAll("button, a[href], input")]
        .filter((stop) => stop.offsetParent && !stop.disabled && (stop.type !== "radio" || stop.checked));
      const last = stops.length - 1;
      const at = stops.indexOf(document.activeElement);
      if (event.shiftKey ? at <= 0 : at === last) {
        event.preventDefault();
        stops[event.shiftKey ? last : 0].focus();
      }
    }
    event.stopPropagation();
  }, true);
})();
