"use strict";

// Paints the week with mouse, finger and keys. Without this script its hours are boxes to tick.

const LONG_PRESS_MILLISECONDS = 400;
const STILL_PIXELS = 8; // a finger that moves less is held still
const EDGE_PIXELS = 48; // where dragging scrolls along
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const form = document.getElementById("week");
const table = form.querySelector("table");
const body = table.tBodies[0];
const bar = form.querySelector(".bar");
const [undoButton, paintButton, state] = ["undo", "paint", "state"].map((id) => document.getElementById(id));
const boxes = [...body.querySelectorAll("input")]; // hour by hour
const days = body.rows[0].cells.length - 1;
const last = { day: days - 1, hour: body.rows.length - 1 };
const wasUnsaved = form.hasAttribute("data-unsaved");
const past = []; // what the week was before each step

const isBox = (element) => element.type === "checkbox";
const readWeek = () => boxes.map((box) => box.checked);
const restore = (week) => boxes.forEach((box, index) => { box.checked = week[index]; });
const placeOf = (box) => ({ day: boxes.indexOf(box) % days, hour: Math.floor(boxes.indexOf(box) / days) });
const clamp = (low, value, high) => Math.max(low, Math.min(value, high));

function tellState() {
  const count = boxes.filter((box) => box.checked !== box.defaultChecked).length;
  const isUnsaved = wasUnsaved || form.elements.name.value !== form.elements.name.defaultValue
    || !form.elements.timezone.selectedOptions[0].defaultSelected;
  form.toggleAttribute("data-unsaved", isUnsaved || count > 0);
  const text = count ? `${count} ${count === 1 ? "hour" : "hours"} changed` : isUnsaved ? "Not saved yet" : "Saved";
  if (state.textContent !== text) state.textContent = text;
  undoButton.disabled = !past.length;
}

// A stroke: from where it begins to where it is, a rectangle of hours becomes free or not free.

let stroke = null;

function begin(place, free) {
  finish();
  stroke = { ...place, free, before: readWeek() };
  paint(place);
}

function paint({ day, hour }) {
  const within = (a, b, c) => Math.min(a, c) <= b && b <= Math.max(a, c);
  boxes.forEach((box, index) => {
    const at = { day: index % days, hour: Math.floor(index / days) };
    const isIn = within(stroke.day, at.day, day) && within(stroke.hour, at.hour, hour);
    box.checked = isIn ? stroke.free : stroke.before[index];
  });
}

function finish() {
  if (stroke && boxes.some((box, index) => box.checked !== stroke.before[index])) past.push(stroke.before);
  stroke = null;
  tellState();
}

function cancel() {
  if (stroke) restore(stroke.before);
  finish();
}

function fill(from, to, free = boxes.some((box) => isWithin(from, placeOf(box), to) && !box.checked)) {
  begin(from, free);
  paint(to);
  finish();
}

function isWithin(from, place, to) {
  return from.day <= place.day && place.day <= to.day && from.hour <= place.hour && place.hour <= to.hour;
}

function undo() {
  cancel();
  if (!past.length) return;
  restore(past.pop());
  tellState();
  if (undoButton.disabled && document.activeElement === document.body) table.querySelector("[tabindex='0']").focus();
}

// Mouse, pen and finger. A finger scrolls until it is held still for a moment, or the switch is on.

let pointer = null;
let timer = null;
let hasPainted = false; // then the click that follows is none
let fingers = null;

const isPainting = () => paintButton.getAttribute("aria-pressed") === "true";
const middle = (touches) => [...touches].reduce((sum, touch) => sum + touch.clientY / touches.length, 0);

function press(box) {
  hasPainted = true;
  const place = placeOf(box);
  begin(place, !box.checked);
  box.focus({ preventScroll: true });
  requestAnimationFrame(scrollAlong);
}

/** The part of the table's body that is in sight, between the heads and the bar. */
function findSight() {
  const { left, right, top, bottom } = body.getBoundingClientRect();
  const [headBottom, barTop] = [table.tHead.rows[0].cells[1].getBoundingClientRect().bottom, bar.getBoundingClientRect().top];
  return { left: left + body.rows[0].cells[0].offsetWidth, right, top, bottom, headBottom, barTop };
}

function paintAtPointer() {
  const sight = findSight();
  const y = clamp(Math.max(sight.top, sight.headBottom), pointer.y, Math.min(sight.bottom, sight.barTop) - 1);
  const day = Math.floor((pointer.x - sight.left) / (sight.right - sight.left) * days);
  const hour = Math.floor((y - sight.top) / (sight.bottom - sight.top) * body.rows.length);
  paint({ day: clamp(0, day, last.day), hour: clamp(0, hour, last.hour) });
}

function scrollAlong() {
  if (!stroke || !pointer) return;
  const sight = findSight();
  const above = sight.top < sight.headBottom ? sight.headBottom + EDGE_PIXELS - pointer.y : 0;
  const below = sight.bottom > sight.barTop ? pointer.y - sight.barTop + EDGE_PIXELS : 0;
  if (pointer.hasMoved && (above > 0 || below > 0)) {
    scrollBy(0, Math.ceil(Math.min(Math.max(above, below), 2 * EDGE_PIXELS) / 6) * (below > 0 ? 1 : -1));
    paintAtPointer();
  }
  requestAnimationFrame(scrollAlong);
}

function release() {
  clearTimeout(timer);
  pointer = null;
}

document.addEventListener("pointerdown", (event) => {
  release();
  if (!event.isPrimary) cancel();
  else hasPainted = false;
  if (!event.isPrimary || event.button || !body.contains(event.target) || !isBox(event.target)) return;
  pointer = { id: event.pointerId, x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY };
  if (event.pointerType !== "touch" || isPainting()) return press(event.target);
  timer = setTimeout(() => {
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(20);
    press(event.target);
  }, LONG_PRESS_MILLISECONDS);
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer?.id) return;
  Object.assign(pointer, { x: event.clientX, y: event.clientY });
  pointer.hasMoved ||= Math.hypot(pointer.x - pointer.startX, pointer.y - pointer.startY) > STILL_PIXELS;
  if (pointer.hasMoved) clearTimeout(timer);
  if (pointer.hasMoved && stroke) paintAtPointer();
});

document.addEventListener("pointerup", (event) => {
  if (event.pointerId !== pointer?.id) return;
  release();
  finish();
});
document.addEventListener("pointercancel", (event) => {
  if (event.pointerId !== pointer?.id) return;
  release();
  cancel();
});

table.addEventListener("touchstart", (event) => { fingers = middle(event.touches); }, { passive: true });
table.addEventListener("touchmove", (event) => {
  if (stroke) event.preventDefault();
  else if (isPainting() && event.touches.length === 2) {
    scrollBy(0, fingers - middle(event.touches));
    fingers = middle(event.touches);
  }
}, { passive: false });
table.addEventListener("contextmenu", (event) => { if (pointer) event.preventDefault(); });

table.addEventListener("click", (event) => {
  if (isBox(event.target) && hasPainted && event.detail) event.preventDefault();
  const head = event.target.closest("th");
  if (!head) return;
  const [day, hour] = [head.cellIndex - 1, head.parentElement.rowIndex - 1];
  if (hour < 0) fill({ day, hour: 0 }, { day, hour: last.hour });
  else fill({ day: 0, hour }, { day: last.day, hour });
});

// Keys: one cell is reached with Tab, the others with the arrows; with shift these paint what the first one is.

table.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && isBox(event.target)) event.preventDefault();
  const arrow = ARROWS[event.key];
  if (!arrow || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const cell = event.target.closest("td, th");
  const next = table.rows[cell.parentElement.rowIndex + arrow[0]]?.cells[cell.cellIndex + arrow[1]]?.firstElementChild;
  if (!next) return;
  if (!event.shiftKey || !isBox(event.target) || !isBox(next)) finish();
  else if (!stroke) begin(placeOf(event.target), event.target.checked);
  next.focus();
  if (stroke) paint(placeOf(next));
});
document.addEventListener("keyup", (event) => { if (event.key === "Shift") finish(); });

document.addEventListener("keydown", (event) => {
  const isText = event.target.matches("input, select") && !isBox(event.target);
  if (event.key !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey) || isText) return;
  event.preventDefault();
  undo();
});

table.addEventListener("change", (event) => {
  finish();
  past.push(boxes.map((box) => box.checked !== (box === event.target)));
  tellState();
});

function rove(element) {
  for (const each of table.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
  element.tabIndex = 0;
}

for (const head of table.querySelectorAll("th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
}
for (const each of table.querySelectorAll("input, button")) each.tabIndex = -1;
rove(boxes.find((box) => box.checked) ?? boxes[9 * days]);
table.addEventListener("focusin", (event) => rove(event.target));

table.setAttribute("role", "grid");
for (const cell of body.querySelectorAll("td")) cell.setAttribute("role", "gridcell");
for (const element of form.querySelectorAll("[data-scripted]")) element.hidden = false;
undoButton.addEventListener("click", undo);
paintButton.addEventListener("click", () => {
  paintButton.setAttribute("aria-pressed", !isPainting());
  table.classList.toggle("painting", isPainting());
});
document.getElementById("workdays").addEventListener("click", () => fill({ day: 0, hour: 9 }, { day: 4, hour: 16 }, true));
form.addEventListener("input", tellState);
addEventListener("pageshow", tellState);
tellState();
