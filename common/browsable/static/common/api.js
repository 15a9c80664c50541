"use strict";

// What REST framework's template has no block for.
document.documentElement.lang = "en";
document.querySelector(".dropdown-toggle")?.setAttribute("aria-label", "Formats");
