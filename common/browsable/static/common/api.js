"use strict";

// The one thing that REST framework's template has no block for.
document.documentElement.lang = "en";
