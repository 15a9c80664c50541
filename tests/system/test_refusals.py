"""`make run` where it cannot: it says in one line why not, leaves nothing, and exits with another code than 0."""

import re
import subprocess
from contextlib import closing
from pathlib import Path
from socket import create_server

import pytest

from compose.run import check_redis, variable
from tests.support import processes
from tests.support.servers import HOST, ROOT, Redis, System, free_port

OLD_PYTHON = "#!/bin/sh\nexit 1\n"
PYTHON_WITHOUT_PIP = "#!/bin/sh\nexit 0\n"
CORRUPT = {
    "appendonly.aof.manifest": "file appendonly.aof.1.incr.aof seq 1 type i\n",
    "appendonly.aof.1.incr.aof": "*2\r\n$3\r\nGET and then something that is no command\r\n" * 9,
}


def said_by(**env: str) -> str:
    """What is said by a system that does not start, less what make adds."""
    with closing(System(**env).start()) as system:
        assert system.wait() != 0
        assert not processes.of(system)
        return "".join(line for line in system.log.splitlines(keepends=True) if not line.startswith("make"))


@pytest.mark.parametrize("server", ["user-service", "availability-service", "suggestion-service", "redis"])
def test_a_port_that_is_taken(server: str, tmp_path: Path) -> None:
    with create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        said = said_by(DATA_DIR=str(tmp_path), **{variable(server, "PORT"): str(port)})

    assert said == (
        f"{server} cannot have port {port} of {HOST}: Address already in use. "
        f"Is W2Meet running already? Set {variable(server, 'PORT')} to use another.\n"
    )


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_a_port_that_is_no_number(port: str, tmp_path: Path) -> None:
    said = said_by(DATA_DIR=str(tmp_path), USER_SERVICE_PORT=port)

    assert said == f"USER_SERVICE_PORT must be a port number, not '{port}'.\n"


def test_a_redis_url_where_no_redis_answers(tmp_path: Path) -> None:
    port = free_port()

    said = said_by(DATA_DIR=str(tmp_path), REDIS_URL=f"redis://:correct-horse@{HOST}:{port}/0")

    assert said.startswith(f"The Redis at {HOST}:{port}, which REDIS_URL names, cannot be used: ")
    assert len(said.splitlines()) == 1
    assert "correct-horse" not in said


def test_a_redis_url_with_a_database_that_this_redis_has_not(tmp_path: Path) -> None:
    with Redis(tmp_path) as server:
        said = said_by(DATA_DIR=str(tmp_path), REDIS_URL=f"redis://{HOST}:{server.port}/99")

    assert said == (
        f"The Redis at {HOST}:{server.port}, which REDIS_URL names, cannot be used: DB index is out of range\n"
    )


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}:correct-horse",
        f"http://{HOST}:6379/0",
        f"redis://{HOST}:6379/notadb",
        f"redis://{HOST}:6379/0/1",
        f"redis://{HOST}:6379?db=correct-horse",
        f"redis://{HOST}:6379/0?correct=horse",
        f"redis://{HOST}:65536/0",
        f"redis://user:12#correct-horse@{HOST}:6379/0",
        "redis://",
    ],
)
def test_a_redis_url_that_makes_no_sense(url: str) -> None:
    with pytest.raises(SystemExit) as refusal:
        check_redis(url)

    said = str(refusal.value.code)
    assert said.startswith("REDIS_URL is no address of a Redis: ")
    assert "horse" not in said


@pytest.mark.parametrize("kind", ["sentinel", "cluster"])
def test_a_redis_of_several_none_of_which_can_be_reached(kind: str) -> None:
    hosts = [f"{HOST}:{free_port()}" for _ in range(2)]
    name = "/name" if kind == "sentinel" else ""

    with pytest.raises(SystemExit) as refusal:
        check_redis(f"redis+{kind}://:correct-horse@{','.join(hosts)}{name}")

    assert refusal.value.code == f"None of {', '.join(hosts)}, which REDIS_URL names, can be reached."


def test_a_data_dir_that_cannot_be_made(tmp_path: Path) -> None:
    folder = tmp_path / "file" / "data"
    folder.parent.touch()

    said = said_by(DATA_DIR=str(folder))

    assert said == f"Data cannot be kept in {folder}: Not a directory. Set DATA_DIR to use another folder.\n"


def test_data_that_redis_cannot_read(tmp_path: Path) -> None:
    folder = tmp_path / "appendonlydir"
    folder.mkdir()
    for name, content in CORRUPT.items():
        (folder / name).write_text(content)

    said = said_by(DATA_DIR=str(tmp_path))

    assert "Bad file format reading the append only file appendonly.aof.1.incr.aof" in said
    assert re.search(r"^W2Meet has stopped, because redis \(127.0.0.1:\d+\) ended before", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("variable", "value", "wanted"),
    [
        ("DEBUG", "perhaps", "true or false"),
        ("WEB_CONCURRENCY", "none", "a whole number above 0"),
        ("READER_SECONDS", "soon", "a whole number above 0"),
    ],
)
def test_a_setting_that_makes_no_sense(variable: str, value: str, wanted: str, tmp_path: Path) -> None:
    said = said_by(DATA_DIR=str(tmp_path), **{variable: value})

    assert f"{variable} must be {wanted}, not '{value}'." in said
    assert "Traceback" not in said


def make_run_in(folder: Path, python: Path) -> "subprocess.CompletedProcess[str]":
    """What comes of `make run` where nothing is installed yet."""
    for name in ("Makefile", "run.lock"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    command = ["make", "run", f"PYTHON={python}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def script(folder: Path, text: str) -> Path:
    """A Python that does what the script says."""
    python = folder / "python3"
    python.write_text(text)
    python.chmod(0o755)
    return python


def test_a_python_that_is_too_old(tmp_path: Path) -> None:
    made = make_run_in(tmp_path, script(tmp_path, OLD_PYTHON))

    assert made.returncode != 0
    assert made.stderr.splitlines()[0].startswith("This Python is too old: W2Meet needs 3.11 or newer.")
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    made = make_run_in(tmp_path, tmp_path / "nope")

    assert made.returncode != 0
    assert made.stderr.splitlines()[0].startswith(f"There is no {tmp_path / 'nope'}: W2Meet needs Python 3.11")


def test_what_is_installed_is_said_before_it_is(tmp_path: Path) -> None:
    made = make_run_in(tmp_path, script(tmp_path, PYTHON_WITHOUT_PIP))

    assert made.returncode != 0
    assert re.match(r"Installing the \d\d packages of run.lock into .venv", made.stdout)
