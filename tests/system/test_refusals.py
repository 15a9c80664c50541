"""`make run` where it cannot: it says in one line why not, leaves nothing, and exits with another code than 0."""

import re
import subprocess
from contextlib import closing
from pathlib import Path
from socket import create_server

import pytest

from compose.run import variable
from tests.support import processes
from tests.support.servers import HOST, ROOT, System, free_port

OLD_PYTHON = "#!/bin/sh\nexit 1\n"
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
    said = said_by(DATA_DIR=str(tmp_path), REDIS_URL=f"redis://:correct-horse@{HOST}:{free_port()}/0")

    assert said == "The Redis that REDIS_URL names does not answer: ConnectionError.\n"


def test_a_redis_url_that_is_none(tmp_path: Path) -> None:
    said = said_by(DATA_DIR=str(tmp_path), REDIS_URL=f"{HOST}:correct-horse")

    assert said == "REDIS_URL is not the address of a Redis, such as redis://127.0.0.1:6379/0.\n"


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
    last = said.splitlines()[-1]
    assert re.fullmatch(
        r"W2Meet has stopped, because redis \(127.0.0.1:\d+\) ended before .*: the lines above .*", last
    )


def test_a_setting_that_makes_no_sense(tmp_path: Path) -> None:
    said = said_by(DATA_DIR=str(tmp_path), DEBUG="perhaps")

    assert "DEBUG must be true or false, not 'perhaps'." in said
    assert "Traceback" not in said


def test_a_python_that_is_too_old(tmp_path: Path) -> None:
    for name in ("Makefile", "run.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    python = tmp_path / "python3"
    python.write_text(OLD_PYTHON)
    python.chmod(0o755)

    made = subprocess.run(
        ["make", "run", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert made.returncode != 0
    assert made.stderr.splitlines()[0].startswith("This Python is too old: W2Meet needs 3.11 or newer.")
    assert not (tmp_path / ".venv").exists()
