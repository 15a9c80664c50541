"""`make run`, from start to end."""

import io
import os
import re
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from honcho.printer import Message

from compose.run import redis_server
from compose.supervisor import Log
from tests.support import processes
from tests.support.servers import System, eventually

ANN = {"email": "ann@example.org", "name": "Ann"}
MOMENTS: dict[str, Callable[[System], bool]] = {
    "before anything runs": lambda system: Path(system.env["DATA_DIR"], "lock").exists(),
    "when the first process runs": lambda system: " started (pid=" in system.log,
    "when all processes run": lambda system: system.log.count(" started (pid=") == 4,
    "when Redis is ready": lambda system: "Ready to accept connections" in system.log,
}


def test_one_line_says_that_it_is_ready_and_names_three_addresses(running: System) -> None:
    (line,) = re.findall("^ready.*", running.log, re.MULTILINE)

    for name, url in running.urls.items():
        assert f"{name} {url}" in line
        assert requests.get(f"{url}/health", timeout=5).json()["service"] == name


def test_a_service_has_as_many_workers_as_asked_for(running: System) -> None:
    served = [command for command in processes.of(running) if "gunicorn" in command]

    for module in ("user_service", "availability_service", "suggestion_service"):
        master_and_worker = [command for command in served if f"{module}.wsgi" in command]
        assert len(master_and_worker) == 2


def test_a_redis_that_is_too_old_is_not_used(running: System) -> None:
    kept = {file.name for file in Path(running.env["DATA_DIR"]).iterdir()}
    assert kept == {"lock", "appendonlydir"}


def test_a_second_run_at_once_says_why_it_cannot(running: System) -> None:
    with closing(System(DATA_DIR=running.env["DATA_DIR"], **running.ports).start()) as second:
        assert second.wait() != 0
        assert "Is W2Meet running already?" in second.log.splitlines()[0]


def test_a_second_run_on_other_ports_does_not_touch_the_same_data(running: System) -> None:
    with closing(System(DATA_DIR=running.env["DATA_DIR"]).start()) as second:
        assert second.wait() != 0
        assert second.log.startswith(f"Another W2Meet keeps its data in {running.env['DATA_DIR']}.")


@pytest.mark.parametrize(("version", "used"), [("6.0.16", False), ("6.2.0", True), ("10.0.1", True), ("?", False)])
def test_a_redis_on_the_path_is_used_if_it_is_new_enough(
    version: str, used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "redis-server"
    script.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=00000000:0'\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert (redis_server() == str(script)) == used


def test_users_survive_ctrl_c_and_no_process_does(tmp_path: Path) -> None:
    with System(DATA_DIR=str(tmp_path)) as system:
        assert requests.post(f"{system.users}/users", json=ANN, timeout=5).status_code == 201
        assert any("server 127.0.0.1:" in command for command in processes.of(system))
        assert processes.open_ports(system) == list(system.ports)

        system.send(signal.SIGINT)  # to the whole process group in the foreground, as a terminal does
        system.wait()

        assert not processes.of(system)
        assert not processes.open_ports(system)
        with System(DATA_DIR=str(tmp_path), **system.ports) as again:
            assert requests.get(f"{again.users}/users/ann@example.org", timeout=5).json()["name"] == "Ann"


def test_sigterm_to_make_alone_ends_everything(tmp_path: Path) -> None:
    with System(DATA_DIR=str(tmp_path)) as system:
        assert system.process
        system.process.send_signal(signal.SIGTERM)
        system.wait()

        assert not processes.of(system)
        assert not processes.open_ports(system)


def test_closing_the_terminal_ends_everything(tmp_path: Path) -> None:
    with System(DATA_DIR=str(tmp_path)) as system:
        system.send(signal.SIGHUP)
        system.wait()

        eventually(lambda: not processes.of(system), "the end of all processes")
        assert not processes.open_ports(system)


class Interrupted(io.RawIOBase):
    """An output on which a signal comes with the first write."""

    calm = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.calm:
            self.calm = True
            signal.raise_signal(signal.SIGUSR1)
        return len(data)


def test_a_signal_in_the_midst_of_a_line_is_obeyed() -> None:
    output = io.TextIOWrapper(io.BufferedWriter(Interrupted()))
    log, obeyed = Log(output), []

    def obey(*_: object) -> None:
        log.write(Message("line", "told to stop", datetime.now(UTC), "system", None))
        obeyed.append(True)

    before = signal.signal(signal.SIGUSR1, obey)
    try:
        log.write(Message("line", "ready", datetime.now(UTC), "system", None))
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert obeyed


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_while_it_starts_leaves_nothing(moment: str, tmp_path: Path) -> None:
    with closing(System(DATA_DIR=str(tmp_path)).start()) as system:
        eventually(lambda: MOMENTS[moment](system), moment)

        system.send(signal.SIGINT)
        system.wait()

        assert not processes.of(system)
        assert not processes.open_ports(system)
