"""Real CalDAV servers: Radicale, which wants a password, and Xandikos, which wants none."""

import sys
import tempfile
from pathlib import Path

import requests
from requests.auth import HTTPBasicAuth

from tests.support.servers import HOST, Server, free_port

USERNAME = "ann"
PASSWORD = "sécret"


class CalDAVServer(Server):
    """A server with the calendar `work` of one user, at `home`. Its data goes when it is closed."""

    home = ""

    def __init__(self, command: list[str], port: int) -> None:
        super().__init__(command)
        self.url = f"http://{HOST}:{port}"
        self.session = requests.Session()
        self.session.auth = HTTPBasicAuth(USERNAME.encode(), PASSWORD.encode())

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return self.session.get(self.url, timeout=5).ok
        except requests.RequestException:
            return False

    def add_calendar(self, name: str) -> None:
        """Makes an empty calendar."""
        assert self.session.request("MKCALENDAR", f"{self.url}{self.home}{name}/").status_code == 201

    def delete_calendar(self, name: str) -> None:
        """Deletes a calendar with all that is in it."""
        assert self.session.delete(f"{self.url}{self.home}{name}/").ok

    def put(self, calendar: str, uid: str, *lines: str) -> None:
        """Stores an event with these lines."""
        event = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "SUMMARY:Doctor", "END:VEVENT"]
        text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *event, "END:VCALENDAR", ""])
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        answer = self.session.put(f"{self.url}{self.home}{calendar}/{uid}.ics", text.encode(), headers=headers)
        assert answer.ok, answer.text

    def delete(self, calendar: str, uid: str) -> None:
        """Deletes an event."""
        assert self.session.delete(f"{self.url}{self.home}{calendar}/{uid}.ics").ok

    def close(self) -> None:
        """Ends it."""
        self.session.close()
        super().close()


class Radicale(CalDAVServer):
    """Radicale, in a folder of its own."""

    home = f"/{USERNAME}/"

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="w2meet-test-")
        users = Path(self._folder.name, "users")
        users.write_text(f"{USERNAME}:{PASSWORD}\n")
        port = free_port()
        users_in = ["--auth-type", "htpasswd", "--auth-htpasswd-filename", str(users)]
        options = ["--auth-htpasswd-encryption", "plain", "--auth-delay", "0.01", "--no-ssl"]
        where = ["--storage-filesystem-folder", f"{self._folder.name}/data", "--hosts", f"{HOST}:{port}"]
        super().__init__([sys.executable, "-m", "radicale", "-C", "", *users_in, *options, *where], port)

    def close(self) -> None:
        """Ends it and forgets its data."""
        super().close()
        self._folder.cleanup()


class Xandikos(CalDAVServer):
    """Xandikos, in a folder of its own."""

    home = f"/{USERNAME}/calendars/"

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="w2meet-test-")
        port = free_port()
        folders = ["-d", f"{self._folder.name}/data", "--state-dir", f"{self._folder.name}/state"]
        where = ["--defaults", "--current-user-principal", f"/{USERNAME}/", "-l", HOST, "-p", str(port)]
        super().__init__([sys.executable, "-m", "xandikos", "serve", *folders, *where], port)

    def close(self) -> None:
        """Ends it and forgets its data."""
        super().close()
        self._folder.cleanup()
