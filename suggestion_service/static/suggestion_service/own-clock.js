// A question that is shared keeps the time zone in which it was asked: whose clock shows other times is told these, too.
for (const table of document.querySelectorAll(".meetings")) {
  for (const cell of table.querySelectorAll("th:has(time)")) {
    const times = [...cell.querySelectorAll("time")].map((time) => new Date(time.dateTime));
    const write = (timeZone) =>
      new Intl.DateTimeFormat("en-GB", {
        weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone,
      }).formatRange(...times);
    if (write() === write(table.dataset.zone)) continue;
    const own = document.createElement("div");
    own.className = "help";
    own.textContent = `${write()} on your clock`;
    cell.append(own);
  }
}
