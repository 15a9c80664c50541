"use strict";

// What REST framework's template has no block for.
document.documentElement.lang = "en";
document.querySelector(".dropdown-toggle")?.setAttribute("aria-label", "Formats");
document.querySelector(".response-info pre")?.setAttribute("tabindex", "0"); // a long answer scrolls
// Hidden until it is asked for anyhow: so would its buttons be from a screen reader then.
document.getElementById("deleteModal")?.removeAttribute("aria-hidden");
document.getElementById("deleteModal")?.setAttribute("aria-label", "Delete?");
