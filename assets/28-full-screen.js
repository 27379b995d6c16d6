/* Full screen: the map alone, with the marking above it and whatever must not be missed over it.

   The whole page is made full, not the map's panel: a browser shows nothing outside the element that
   is full, and an alarm, a stale picture and the marking have to stay in sight. */
(function () {
  "use strict";
  const cop = window.cop;
  const isFull = () => document.body.classList.contains("map-full");

  function show(full) {
    document.body.classList.toggle("map-full", full);
    document.querySelectorAll("[data-full]").forEach((button) => {
      button.setAttribute("aria-pressed", String(full));
    });
    window.dispatchEvent(new Event("resize"));
  }
  function fill() {
    if (innerWidth < 900) document.querySelector('[data-pane-choice="map"]').click();
    show(true);
    /* Where a browser refuses, the map still fills the window. */
    document.documentElement.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {});
  }
  function leave() {
    show(false);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }
  const turn = () => (isFull() ? leave() : fill());

  /* The browser's own Esc ends its full screen without telling the page's keys. */
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && isFull()) show(false);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-full]")) turn();
    /* Beside the help is out of it. */
    if (event.target.id === "help") cop.openHelp(false);
  });
  cop.keys.add("f", "full screen of the map, and back", turn, () => document.getElementById("watch"));
  cop.keys.close(5, isFull, leave);

  /* Tab stays inside a dialog that is open. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.defaultPrevented) return;
    const box = [...document.querySelectorAll("[aria-modal=true]")].find((one) => one.offsetParent);
    if (!box) return;
    const stops = [...box.querySelectorAll("button, a[href], input, select, textarea, [tabindex='0']")]
      .filter((stop) => stop.offsetParent && !stop.disabled);
    const last = stops.length - 1;
    const at = stops.indexOf(document.activeElement);
    if (last < 0 || (event.shiftKey ? at > 0 : at >= 0 && at < last)) return;
    event.preventDefault();
    stops[event.shiftKey ? last : 0].focus();
  });
})();
