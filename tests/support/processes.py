"""What a system has left behind, or has not."""

import socket
from pathlib import Path

from tests.support.servers import HOST, System


def of(system: System) -> list[str]:
    """The command lines of all processes that the system has started and that still run.

    They have its DATA_DIR in their environment; only Redis writes its address over it.
    """
    variable = f"DATA_DIR={system.env['DATA_DIR']}"
    redis = f"{HOST}:{system.ports['REDIS_PORT']}"
    folders = [folder for folder in Path("/proc").iterdir() if folder.name.isdecimal()]
    return [
        " ".join(_words(folder / "cmdline"))
        for folder in folders
        if variable in _words(folder / "environ") or redis in " ".join(_words(folder / "cmdline")).split()
    ]


def open_ports(system: System) -> list[str]:
    """The variables on whose ports somebody listens."""
    return [name for name, port in system.ports.items() if _listens(int(port))]


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(errors="replace").rstrip("\0").split("\0")
    except OSError:  # it has ended meanwhile
        return []


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
