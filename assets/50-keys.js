/* Keys of the watch: none of them while somebody types. */
(function () {
  "use strict";
  const cop = window.cop;
  const typing = (element) =>
    element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
      (element.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test(element.type)));

  function escape() {
    if (cop.isHelpOpen()) cop.openHelp(false);
    else if (document.body.classList.contains("filters-open")) {
      document.querySelector('[data-act="toggle-filters"]').click();
    } else {
      const open = document.querySelector("details.map-tool[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      else if (cop.value("sel")) cop.go({ sel: "" });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      if (typing(event.target)) event.target.blur();
      else escape();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === "?") cop.openHelp(!cop.isHelpOpen());
    else if (event.key === "/") {
      const search = document.getElementById("ask-q");
      if (!search) return;
      event.preventDefault();
      if (innerWidth < 900 && !document.body.classList.contains("filters-open")) {
        document.querySelector('[data-act="toggle-filters"]').click();
      }
      search.focus();
    } else if (event.key === "j") cop.step(1);
    else if (event.key === "k") cop.step(-1);
    else if (event.key === "l") {
      const layers = document.getElementById("layers-panel");
      if (!layers) return;
      layers.open = !layers.open;
      (layers.open ? layers.querySelector("button") : layers.querySelector("summary")).focus();
    }
  });
})();
