"""What README.md prints is what happens, and what it lists is all there is."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from compose.run import REDIS, REDIS_PORT, SERVICES, variable
from tests.support.servers import ROOT, System

REAL_PEOPLE = "## For real people\n"
README = (ROOT / "README.md").read_text()
OPERATION = (ROOT / "compose" / "README.md").read_text()
CODE = ["common/**/*.py", "*_service/**/*.py", "compose/*.py", "Makefile"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
READ = re.compile(r"""\benv\.\w+\(\s*"(\w+)"|\bos\.environ(?:\.get\(|\[)"(\w+)"|^([A-Z]+) \?=""", re.MULTILINE)


needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="the session needs curl")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[tuple[str, str]]:
    """Each command of the sessions, and what it prints."""
    found = re.findall(r"^\$ (.*\n(?:> .*\n)*)((?:[^$].*\n)*)", "".join(blocks("console", text)), re.MULTILINE)
    return [(command.replace("\n> ", "\n"), printed) for command, printed in found]


def on_ports_of(system: System, text: str) -> str:
    for name, default in SERVICES.items():
        text = text.replace(f":{default}", f":{system.ports[variable(name, 'PORT')]}")
    return text


def test_the_line_that_says_ready_is_as_printed(running: System) -> None:
    (line,) = (block for block in blocks("text") if block.startswith("ready"))

    assert on_ports_of(running, line) in running.log


@needs_curl
def test_the_sessions_print_what_they_say_to_who_reads_from_top_to_bottom(tmp_path: Path) -> None:
    chapters_for_everybody, chapters_with_tokens = map(commands, README.split(REAL_PEOPLE))
    assert (len(chapters_for_everybody), len(chapters_with_tokens)) == (15, 6)

    with System(DATA_DIR=str(tmp_path)) as system:
        follow(chapters_for_everybody, system)
    with System(DATA_DIR=str(tmp_path), ACCESS="token") as system:
        follow(chapters_with_tokens, system)


def follow(session: list[tuple[str, str]], system: System) -> None:
    """Runs the commands of a session, and compares what they print."""
    # The commands find what `make run` started on these ports by the same variables.
    env = os.environ | system.ports | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for name in ("REDIS_URL", "USER_SERVICE_URL", "AVAILABILITY_SERVICE_URL"):
        env.pop(name, None)
    for command, printed in session:
        assignment = re.fullmatch(r"(\w+)=\$\((.*)\)\n", command, re.DOTALL)
        ran = subprocess.run(
            on_ports_of(system, assignment[2] if assignment else command),
            shell=True,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        if assignment:
            env[assignment[1]] = ran.stdout.strip()
        else:
            assert TIME.sub("TIME", ran.stdout).strip() == TIME.sub("TIME", printed).strip(), command


def test_every_variable_that_is_read_is_in_the_table_and_no_other() -> None:
    listed = re.findall(r"^\| `([A-Z0-9_]+)` \|", README, re.MULTILINE)
    files = [file for pattern in CODE for file in ROOT.glob(pattern)]
    read = {name for file in files for found in READ.findall(file.read_text()) for name in found if name}
    ports = {variable(name, "PORT") for name in (*SERVICES, REDIS)}

    assert {"DEBUG", "REDIS_SECONDS", "DATA_DIR", "WEB_CONCURRENCY", "PYTHON"} < read
    assert sorted(listed) == sorted(read | ports)


@pytest.mark.parametrize(("server", "port"), [*SERVICES.items(), (REDIS, REDIS_PORT)])
def test_the_ports_in_the_table_are_the_defaults(server: str, port: int) -> None:
    assert f"| `{variable(server, 'PORT')}` | {port} |" in README


def test_every_file_that_is_named_exists() -> None:
    (layout,) = (block for block in blocks("text") if block.startswith("common/"))
    folder = ""
    for indent, name in re.findall(r"^( *)(\S+)", layout, re.MULTILINE):
        folder = folder if indent else name
        assert (ROOT / folder / name if indent else ROOT / name).exists(), name
    for path in re.findall(r"`(\w+/\w+\.py)`", README):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("folder", "text"), [(ROOT, README), (ROOT / "compose", OPERATION)], ids=["root", "compose"])
def test_every_link_leads_somewhere(folder: Path, text: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]*)(?:#([^)]*))?\)", text)

    assert len(links) > 5
    for path, heading in links:
        assert (folder / path).exists(), path
        if heading:
            page = (folder / path).read_text() if path else text
            assert heading in {
                title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
            }
