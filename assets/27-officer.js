/* The officer on watch: the name is sent to the server, which signs it. */
(function () {
  "use strict";
  const api = window.dash_clientside;

  window.cop.officer = () => {
    try { return window.dash_component_api.getLayout("on-watch")?.props?.data || ""; } catch { return ""; }
  };

  async function signOn(name) {
    let said;
    try {
      const answer = await fetch("/officer", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name }),
      });
      said = await answer.json();
    } catch {
      said = { error: "the server does not answer; the name was not kept" };
    }
    api.set_props("officer-why", { children: (said.error ?? "").replace(/^name: /, "") });
    if (!said.officer) return;
    api.set_props("officer-name", { children: `Watch officer: ${said.officer}` });
    api.set_props("officer-field", { value: said.officer });
    api.set_props("on-watch", { data: said.officer });
    setTimeout(() => document.dispatchEvent(new CustomEvent("cop:signed-on")), 0);
    const control = document.getElementById("officer");
    control.open = false;
    control.querySelector("summary").focus();
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "officer-form") return;
    event.preventDefault();
    signOn(document.getElementById("officer-field").value);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "officer" && event.target.open) {
      document.getElementById("officer-field").focus();
    }
  }, true);
})();
