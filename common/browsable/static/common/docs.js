"use strict";

// Swagger UI has dark colours, but takes them by itself only in a layout that asks for other documents, too.
document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);
