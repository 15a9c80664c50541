// The heat map: an hour that is tapped, clicked or reached by the arrow keys is told beside the map, which stays where
// it is. A mouse that only points at an hour has it told until it leaves the map.

const told = document.getElementById("told");
const hint = told.innerHTML;
const details = new Map();
for (const mark of document.querySelectorAll("#who a")) details.set(`#${mark.id}`, mark.nextElementSibling);
document.getElementById("who").remove();

// Each day with its hours in order, whichever table it stands in.
const days = [];
for (const table of document.querySelectorAll("table.heat")) {
  table.setAttribute("role", "grid");
  const first = days.length;
  for (const row of table.tBodies[0].rows) {
    for (const cell of row.querySelectorAll("td")) {
      (days[first + cell.cellIndex - 1] ??= []).push(...cell.children);
    }
  }
}
const hours = days.flat();
const row = (hour) => hour.closest("tr").rowIndex;
let stop = hours.find((hour) => hour.matches(".best")) ?? hours[0];
let chosen = null;

for (const hour of hours) hour.tabIndex = hour === stop ? 0 : -1;

function tell(hour) {
  const heading = document.createElement("h2");
  heading.textContent = hour.getAttribute("aria-label").split(": ")[0];
  told.replaceChildren(heading, ...details.get(hour.hash).cloneNode(true).children);
}

function choose(hour) {
  chosen?.removeAttribute("aria-current");
  hour.setAttribute("aria-current", "true");
  stop.tabIndex = -1;
  hour.tabIndex = 0;
  stop = chosen = hour;
  tell(hour);
}

function move(hour, key) {
  const day = days.findIndex((each) => each.includes(hour));
  const nth = days[day].indexOf(hour);
  const across = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!across) return days[day].at({ ArrowUp: Math.max(nth - 1, 0), ArrowDown: nth + 1, Home: 0, End: -1 }[key]);
  // Of the next day the same hour, or the nearest that it has.
  const distance = (each) => Math.abs(row(each) - row(hour));
  return days[day + across]?.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

const map = document.querySelector(".weeks");
map.addEventListener("click", (event) => {
  const hour = event.target.closest("a");
  if (!hour) return;
  event.preventDefault();
  choose(hour);
});
map.addEventListener("focusin", (event) => choose(event.target));
map.addEventListener("keydown", (event) => {
  if (!/^(Arrow|Home$|End$)/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  move(event.target, event.key)?.focus();
});
map.addEventListener("pointerover", (event) => {
  const hour = event.target.closest("a");
  if (hour && event.pointerType === "mouse") tell(hour);
});
map.addEventListener("pointerleave", () => (chosen ? tell(chosen) : (told.innerHTML = hint)));
