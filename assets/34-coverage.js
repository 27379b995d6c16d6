/* The sources view: what came of a switch takes the focus that its button had; the button is gone. */
(function () {
  "use strict";
  const scripts = (window.dash_clientside.cop = window.dash_clientside.cop || {});

  scripts.sayOfSwitch = (said) => {
    if (said) document.getElementById("switch-result").focus();
    return window.dash_clientside.no_update;
  };
})();
