"use strict";

// Forms: what is sent is the JSON that a program would send; what comes back is the page that shows the answer.

const READ = {
  text: String,
  email: String,
  zone: String,
  choice: String,
  integer: Number,
  boolean: (text) => text === "true",
  // As form_data.py does it for a form without this script.
  list: (text) => text.trim().split(/[,;]?\s+/),
  json: (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  },
};

function grid(table) {
  return [...table.rows[0].cells].slice(1).map((_, day) =>
    [...table.tBodies[0].rows].map((row) => Number(row.querySelectorAll("input")[day].checked)));
}

function body(form) {
  const found = {};
  for (const input of form.querySelectorAll("[data-kind]")) {
    if (input.dataset.kind === "grid") found[input.dataset.name] = grid(input);
    else if (input.value.trim()) found[input.name] = READ[input.dataset.kind](input.value);
  }
  return JSON.stringify(found);
}

function question(form) {
  const method = form.dataset.method;
  const headers = { Accept: "text/html" };
  const version = form.elements._if_match?.value;
  if (version) headers["If-Match"] = version;
  if (method === "DELETE") return { method, headers };
  return { method, headers: { ...headers, "Content-Type": "application/json" }, body: body(form) };
}

async function send(form) {
  const answer = await fetch(form.action, question(form));
  const made = answer.ok && answer.headers.get("Location");
  if (made) location.assign(`${made}#saved`);
  else show(await answer.text());
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  enhance();
  (document.querySelector(".notice[tabindex]:not(.afterwards)") ?? document.querySelector("h1")).focus();
  scrollTo(0, 0);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.method) return;
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  const offline = document.getElementById("offline");
  offline.hidden = true;
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await send(form);
  } catch {
    offline.hidden = false;
    scrollTo(0, 0);
  }
  buttons.forEach((button) => { button.disabled = false; });
});

// Cells with a place, such as the hours of a week: one of them is reached with Tab, the others with the arrow keys.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const cellOf = (target) => target?.closest?.("[data-place]");
const place = (cell) => cell.dataset.place.split(".").map(Number);
const cellsOf = (cell) => [...cell.closest("[data-cells]").querySelectorAll("[data-place]")];

function rove(cell) {
  for (const each of cellsOf(cell)) each.setAttribute("tabindex", each === cell ? 0 : -1);
}

function step(cell, [right, down]) {
  const [x, y] = place(cell);
  return cell.closest("[data-cells]").querySelector(`[data-place="${x + right}.${y + down}"]`);
}

document.addEventListener("keydown", (event) => {
  const cell = cellOf(event.target);
  const arrow = ARROWS[event.key];
  if (!event.shiftKey) stroke = null;
  if (!cell || !arrow || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  if (event.shiftKey && cell.type === "checkbox") stroke ??= begin(cell, cell.checked);
  const next = step(cell, arrow);
  next?.focus();
  if (next && stroke) paint(next);
});

// Painting: from where it begins to where it is, a rectangle of hours becomes free or not free.

let stroke = null;
let isHeld = false;

function begin(anchor, free) {
  const cells = cellsOf(anchor);
  return { anchor, free, cells, before: cells.map((cell) => cell.checked) };
}

function paint(cell) {
  const [x1, y1] = place(stroke.anchor);
  const [x2, y2] = place(cell);
  const within = (a, b, c) => Math.min(a, c) <= b && b <= Math.max(a, c);
  stroke.cells.forEach((each, index) => {
    const [x, y] = place(each);
    each.checked = within(x1, x, x2) && within(y1, y, y2) ? stroke.free : stroke.before[index];
  });
}

document.addEventListener("pointerdown", (event) => {
  const cell = cellOf(event.target);
  stroke = null;
  if (cell?.type !== "checkbox" || event.button) return;
  event.preventDefault();
  cell.focus();
  isHeld = true;
  stroke = begin(cell, !cell.checked);
  paint(cell);
});

document.addEventListener("pointermove", (event) => {
  if (!isHeld) return;
  const cell = cellOf(document.elementFromPoint(event.clientX, event.clientY));
  if (stroke.cells.includes(cell)) paint(cell);
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (isHeld) stroke = null;
    isHeld = false;
  });
}

document.addEventListener("click", (event) => {
  // The pointer has painted already; the space key has not.
  if (event.detail && cellOf(event.target)?.type === "checkbox") event.preventDefault();
});

// A cell that has more to tell than fits into it tells it in the panel beside.

function tell(event) {
  const cell = cellOf(event.target);
  const panel = document.getElementById("told");
  const more = cell?.dataset.more && document.getElementById(cell.dataset.more);
  if (!panel || !more) return;
  const heading = document.createElement("h3");
  heading.textContent = cell.getAttribute("aria-label");
  panel.replaceChildren(heading, ...more.cloneNode(true).childNodes);
}

document.addEventListener("pointerover", tell);

document.addEventListener("focusin", (event) => {
  const cell = cellOf(event.target);
  if (cell) rove(cell);
  tell(event);
});

function enhance() {
  for (const cells of document.querySelectorAll("[data-cells]")) {
    const first = cells.querySelector("[data-place]");
    if (first) rove(first);
  }
  for (const table of document.querySelectorAll("table[data-cells]")) {
    table.setAttribute("role", "grid");
    for (const cell of table.querySelectorAll("td")) cell.setAttribute("role", "gridcell");
  }
}

enhance();
// A form sends what was left empty, too: the address to keep is the one without.
history.replaceState(null, "", document.querySelector("main").dataset.address + location.hash);
