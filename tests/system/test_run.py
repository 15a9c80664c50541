"""`make run`, from start to end."""

import os
import re
import shutil
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import requests

from compose.run import redis_server
from tests.support import processes
from tests.support.servers import HOST, System, eventually

ANN = {"email": "ann@example.org", "name": "Ann"}
MOMENTS: dict[str, Callable[[System], bool]] = {
    "before anything runs": lambda system: Path(system.env["DATA_DIR"], "lock").exists(),
    "when the first process runs": lambda system: " started (pid=" in system.log,
    "when all processes run": lambda system: system.log.count(" started (pid=") == 5,
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


def kill(system: System, part: str) -> None:
    """Ends the first process of a part that runs, as the kernel would."""
    os.kill(int(re.findall(rf"{part} started \(pid=(\d+)\)", system.log)[-1]), signal.SIGKILL)


def common_time(system: System) -> int:
    """The status of a question that goes through availability-service and user-service to Redis."""
    return requests.get(f"{system.availability}/availability/common?attendees={ANN['email']}", timeout=30).status_code


@pytest.mark.parametrize("part", ["redis", "user-service"])
def test_a_part_that_dies_is_started_again_and_the_others_answer_503_meanwhile(part: str, tmp_path: Path) -> None:
    with System(DATA_DIR=str(tmp_path)) as system:
        assert requests.post(f"{system.users}/users", json=ANN, timeout=5).status_code == 201
        assert common_time(system) == 200

        kill(system, part)

        eventually(lambda: common_time(system) == 503, "a refusal")
        eventually(lambda: common_time(system) == 200, "a common time")
        assert requests.get(f"{system.suggestions}/health", timeout=5).json()["status"] == "healthy"
        assert system.log.count(f"{part} started") == 2


@pytest.mark.long
def test_a_part_that_dies_again_and_again_ends_it_all_with_its_reason(tmp_path: Path) -> None:
    with System(DATA_DIR=str(tmp_path)) as system:
        shutil.rmtree(tmp_path / "appendonlydir")
        (tmp_path / "appendonlydir").touch()

        kill(system, "redis")

        assert system.wait() != 0
        address = f"{HOST}:{system.ports['REDIS_PORT']}"
        assert f"W2Meet has stopped, because redis ({address}) ended 5 times within 60 s" in system.log
        assert [f"redis ({address}) starts again in {pause} s" in system.log for pause in (1, 2, 4, 8)] == [True] * 4
        assert not processes.of(system)


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


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_while_it_starts_leaves_nothing(moment: str, tmp_path: Path) -> None:
    with closing(System(DATA_DIR=str(tmp_path)).start()) as system:
        eventually(lambda: MOMENTS[moment](system), moment)

        system.send(signal.SIGINT)
        system.wait()

        assert not processes.of(system)
        assert not processes.open_ports(system)
