"use strict";

// Paints the week with mouse, finger and keys. Without this script its hours are boxes to tick.

const LONG_PRESS_MILLISECONDS = 400;
const STILL_PIXELS = 8; // a finger that moves less is held still
const EDGE_PIXELS = 48; // where dragging scrolls along
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const form = document.getElementById("week");
const table = form.querySelector("table");
const body = table.tBodies[0];
const [undoButton, paintButton, state] = ["undo", "paint", "state"].map((id) => document.getElementById(id));
const boxes = [...body.querySelectorAll("input")]; // hour by hour
const fields = [...form.querySelectorAll("details input, details select, details textarea")];
const [DAYS, HOURS] = [7, 24];
const wasUnsaved = form.hasAttribute("data-unsaved");
const past = []; // what the week was before each step

// What is free of an hour: nothing, or the value of its box, which for a part of the hour has a third number.
const wholes = boxes.map((box) => box.value.split(".").slice(0, 2).join("."));
const read = (box) => (box.checked ? box.value : "");
const write = (box, free) => {
  box.checked = free !== "";
  box.value = free || wholes[boxes.indexOf(box)];
  box.classList.toggle("partly", free.split(".").length > 2);
};
const shown = boxes.map(read);

const placeOf = (index) => ({ day: index % DAYS, hour: Math.floor(index / DAYS) });
const clamp = (low, value, high) => Math.max(low, Math.min(value, high));

function isEdited(field) {
  if (field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "select-one") return !field.selectedOptions[0].defaultSelected;
  return field.value !== field.defaultValue;
}

function tellState() {
  const count = boxes.filter((box, index) => read(box) !== shown[index]).length;
  const isUnsaved = wasUnsaved || fields.some(isEdited) || count > 0;
  form.toggleAttribute("data-unsaved", isUnsaved);
  state.textContent = count ? `${count} ${count === 1 ? "hour" : "hours"} changed` : isUnsaved ? "Not saved yet" : "Saved";
  undoButton.disabled = !past.length;
}

// A stroke: from where it begins to where it is, a rectangle of hours becomes free or not free.

let stroke = null;

function isIn(index, from, to) {
  const { day, hour } = placeOf(index);
  const isBetween = (a, b, c) => Math.min(a, c) <= b && b <= Math.max(a, c);
  return isBetween(from.day, day, to.day) && isBetween(from.hour, hour, to.hour);
}

function begin(from, free) {
  finish();
  stroke = { from, free, before: boxes.map(read) };
  paint(from);
}

function paint(to) {
  boxes.forEach((box, index) => {
    write(box, !isIn(index, stroke.from, to) ? stroke.before[index] : stroke.free ? wholes[index] : "");
  });
}

function finish() {
  if (stroke && boxes.some((box, index) => read(box) !== stroke.before[index])) past.push(stroke.before);
  stroke = null;
  tellState();
}

function fill(from, to, free = boxes.some((box, index) => isIn(index, from, to) && read(box) !== wholes[index])) {
  begin(from, free);
  paint(to);
  finish();
}

function restore(before) {
  boxes.forEach((box, index) => { write(box, before?.[index] ?? read(box)); });
  stroke = null;
  tellState();
}

// Mouse, pen and finger. A finger scrolls until it is held still for a moment, or the switch is on.

let pointer = null;
let timer = null;
let hasPainted = false; // then the click that follows is none
let fingers = null; // where the middle between two is

const isPainting = () => paintButton.getAttribute("aria-pressed") === "true";

function press(box) {
  hasPainted = true;
  begin(placeOf(boxes.indexOf(box)), read(box) !== wholes[boxes.indexOf(box)]);
  box.focus({ preventScroll: true });
  requestAnimationFrame(follow);
}

/** Paints up to the pointer. Scrolls where it is near an edge beyond which the table goes on. */
function follow() {
  if (!stroke || !pointer) return;
  if (pointer.hasMoved) {
    const { top, bottom, right } = body.getBoundingClientRect();
    const left = boxes[0].getBoundingClientRect().left;
    const low = Math.max(top, table.querySelector("thead th").getBoundingClientRect().bottom);
    const high = Math.min(bottom, form.querySelector(".bar").getBoundingClientRect().top);
    const day = Math.floor((pointer.x - left) / (right - left) * DAYS);
    const hour = Math.floor((clamp(low, pointer.y, high - 1) - top) / (bottom - top) * HOURS);
    paint({ day: clamp(0, day, DAYS - 1), hour: clamp(0, hour, HOURS - 1) });
    const above = top < low ? low + EDGE_PIXELS - pointer.y : 0;
    const below = bottom > high ? pointer.y - high + EDGE_PIXELS : 0;
    if (above > 0) scrollBy(0, -Math.ceil(Math.min(above, 2 * EDGE_PIXELS) / 6));
    else if (below > 0) scrollBy(0, Math.ceil(Math.min(below, 2 * EDGE_PIXELS) / 6));
  }
  requestAnimationFrame(follow);
}

document.addEventListener("pointerdown", ({ isPrimary, button, target, pointerId, pointerType, clientX: x, clientY: y }) => {
  clearTimeout(timer);
  pointer = null;
  if (!isPrimary) return restore(stroke?.before);
  hasPainted = false;
  if (button || !boxes.includes(target)) return;
  pointer = { id: pointerId, x, y, start: { x, y }, hasMoved: false };
  if (pointerType !== "touch" || isPainting()) return press(target);
  timer = setTimeout(() => {
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(20);
    press(target);
  }, LONG_PRESS_MILLISECONDS);
});

document.addEventListener("pointermove", ({ pointerId, clientX: x, clientY: y }) => {
  if (pointerId !== pointer?.id) return;
  Object.assign(pointer, { x, y });
  pointer.hasMoved ||= Math.hypot(x - pointer.start.x, y - pointer.start.y) > STILL_PIXELS;
  if (pointer.hasMoved) clearTimeout(timer);
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, ({ pointerId }) => {
    if (pointerId !== pointer?.id) return;
    clearTimeout(timer);
    if (end === "pointercancel") restore(stroke?.before);
    else follow();
    pointer = null;
    finish();
  });
}

const findMiddle = (touches) => [...touches].reduce((sum, touch) => sum + touch.clientY / touches.length, 0);
table.addEventListener("touchstart", (event) => { fingers = findMiddle(event.touches); }, { passive: true });
table.addEventListener("touchmove", (event) => {
  if (stroke) event.preventDefault();
  if (!isPainting() || event.touches.length !== 2) return;
  scrollBy(0, fingers - findMiddle(event.touches));
  fingers = findMiddle(event.touches);
}, { passive: false });
table.addEventListener("contextmenu", (event) => { if (pointer) event.preventDefault(); });

table.addEventListener("click", (event) => {
  if (boxes.includes(event.target) && hasPainted && event.detail) event.preventDefault();
  const head = event.target.closest("th");
  if (!head) return;
  const [day, hour] = [head.cellIndex - 1, head.parentElement.rowIndex - 1];
  if (hour < 0) fill({ day, hour: 0 }, { day, hour: HOURS - 1 });
  else fill({ day: 0, hour }, { day: DAYS - 1, hour });
});

// Keys: one cell is reached with Tab, the others with the arrows; with shift these paint what the first one is.

table.addEventListener("keydown", (event) => {
  const index = boxes.indexOf(event.target);
  if (event.key === "Enter" && index >= 0) event.preventDefault();
  const arrow = ARROWS[event.key];
  if (!arrow || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const cell = event.target.closest("td, th");
  const next = table.rows[cell.parentElement.rowIndex + arrow[0]]?.cells[cell.cellIndex + arrow[1]]?.firstElementChild;
  if (!next) return;
  next.focus();
  if (!event.shiftKey || index < 0 || !boxes.includes(next)) return finish();
  if (!stroke) begin(placeOf(index), event.target.checked);
  paint(placeOf(boxes.indexOf(next)));
});
document.addEventListener("keyup", (event) => { if (event.key === "Shift") finish(); });

table.addEventListener("change", (event) => {
  finish();
  past.push(boxes.map((box) => (box !== event.target ? read(box) : box.checked ? "" : box.value)));
  tellState();
});

document.addEventListener("keydown", (event) => {
  const isText = event.target.matches("input, select, textarea") && !boxes.includes(event.target);
  if (event.key !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey) || isText) return;
  event.preventDefault();
  undo();
});

function undo() {
  finish();
  restore(past.pop());
  if (undoButton.disabled) table.querySelector("[tabindex='0']").focus({ preventScroll: true });
}

function rove(element) {
  for (const each of table.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
  element.tabIndex = 0;
}

for (const head of table.querySelectorAll("th")) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.append(...head.childNodes);
  head.append(button);
}
for (const each of table.querySelectorAll("input, button")) each.tabIndex = -1;
rove(boxes.find((box) => box.checked) ?? boxes[9 * DAYS]);
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
