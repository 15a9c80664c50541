"use strict";

// Whoever leaves a page that holds what is stored nowhere else is asked first; sending a form is no leaving.

let isSent = false;
addEventListener("submit", () => { isSent = true; });
addEventListener("pageshow", () => { isSent = false; });
addEventListener("beforeunload", (event) => {
  if (!isSent && document.querySelector("[data-unsaved]")) event.preventDefault();
});
