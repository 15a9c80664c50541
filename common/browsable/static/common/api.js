"use strict";

// What REST framework's template has no block for.
document.documentElement.lang = "en";
document.querySelector(".dropdown-toggle")?.setAttribute("aria-label", "Formats");
// Hidden until it is asked for anyhow: so would its buttons be from a screen reader then.
const question = document.getElementById("deleteModal");
question?.removeAttribute("aria-hidden");
question?.setAttribute("aria-label", "Delete?");
