"""Draws the pictures of the README anew, beside this file, from a system with the people of `seed_demo`."""

import io
import re
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import requests
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from tests.support import chromium
from tests.support.commands import command, run, run_on_terminal
from tests.support.servers import System

HERE = Path(__file__).resolve().parent
GROUP = [f"{name}@example.org" for name in ("ann", "bob", "cyd", "dee", "eva")]
QUESTION = {"start": "2030-01-07", "timezone": "Europe/Berlin", "min_attendees": 4}


def main() -> None:
    """Three pictures: the heat map, the grid to paint, and a terminal."""
    with tempfile.TemporaryDirectory() as folder, System(DATA_DIR=folder) as system:
        assert run("user_service", "seed_demo", REDIS_URL=system.redis_url).code == 0
        (HERE / "heatmap.svg").write_text(heatmap(system))
        paint(system, HERE / "week.png")
        (HERE / "terminal.svg").write_text(terminal(system))


def heatmap(system: System) -> str:
    """The heat map of five people, as the service draws it."""
    query = urlencode([*(("attendees", email) for email in GROUP), *QUESTION.items(), ("format", "svg")])
    return requests.get(f"{system.availability}/availability/heatmap?{query}", timeout=10).text


def paint(system: System, file: Path) -> None:
    """Ann's week, as her browser shows it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.OPTIONS))
        page = browser.new_page(viewport={"width": 900, "height": 1000})
        page.goto(f"{system.users}/week/{GROUP[0]}")
        page.screenshot(path=file)
        browser.close()


def terminal(system: System) -> str:
    """Two commands, and what they print on a terminal."""
    asked = ["--start", "2030-01-07", "--timezone", "Europe/Berlin", "--prefer", "best", "--limit", "3"]
    sessions = [("user_service", ["show_user", GROUP[0]]), ("suggestion_service", ["suggest", *GROUP, *asked])]
    console = Console(record=True, width=100, file=io.StringIO())
    for service, arguments in sessions:
        env = {"REDIS_URL": system.redis_url, "AVAILABILITY_SERVICE_URL": system.availability}
        printed = run_on_terminal(service, *arguments, **env).out
        console.print(Text(f"$ {' '.join(['python', *command(service, *arguments)[1:]])}", style="bold"))
        console.print(Text.from_ansi(printed))
    # rich names fonts of another host.
    return re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="W2Meet", unique_id="w2meet"), flags=re.DOTALL)


if __name__ == "__main__":
    main()
