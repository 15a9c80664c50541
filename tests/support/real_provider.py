"""A real OpenID provider: panva's oidc-provider, under Node."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.support.provider import AUDIENCE, CLIENT_ID
from tests.support.servers import HOST, Server, free_port

SOURCE = Path(__file__).parent / "oidc_provider"
MISSING = None if shutil.which("node") and shutil.which("npm") else "node and npm are not installed"
INSTALL_SECONDS = 300

needs_node = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))


def install() -> Path:
    """The folder with the program and what it needs, installed unless it is there from before."""
    files = sorted(SOURCE.iterdir())
    version = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "w2meet-tests")
    folder = cache / f"oidc-provider-{version}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: others may install it at the same time.
    with tempfile.TemporaryDirectory(dir=cache) as unfinished:
        copy = Path(shutil.copytree(SOURCE, Path(unfinished, "copy")))
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        assert done.returncode == 0, done.stderr
        try:
            copy.rename(folder)
        except OSError:
            assert folder.exists()
    return folder


class RealProvider(Server):
    """The provider, with new keys each time that it is started.

    At its `/auth` a browser is sent to a page with a form: the field `login` is the email of whoever logs in, and the
    button says "Log in". The client `w2meet` is public; it gets codes at `redirect_uri`, for which it needs PKCE.
    """

    def __init__(self, redirect_uri: str = "http://localhost:8001/login/callback") -> None:
        port = str(free_port())
        self.issuer = f"http://{HOST}:{port}"
        self.client_id = CLIENT_ID
        self.audience = AUDIENCE
        env = {"PORT": port, "AUDIENCE": AUDIENCE, "REDIRECT_URI": redirect_uri}
        super().__init__(["node", str(install() / "provider.mjs")], env)

    def ready(self) -> bool:
        """Whether it says who it is."""
        try:
            return requests.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5).ok
        except requests.RequestException:
            return False

    def restart(self) -> None:
        """Ends it and starts it again, with other keys."""
        self.stop()
        self.start().wait_until_ready()

    def token_of_program(self, algorithm: str = "RS256", scope: str = "freebusy:read") -> str:
        """An access token for a program (RFC 6749, section 4.4; RFC 8707)."""
        form = {"grant_type": "client_credentials", "resource": self.audience, "scope": scope}
        answer = requests.post(f"{self.issuer}/token", data=form, auth=(f"program-{algorithm}", "secret"), timeout=10)
        assert answer.ok, answer.text
        return str(answer.json()["access_token"])

    def log_in(self, address: str, email: str) -> str:
        """Logs in at the address to which a browser was sent; returns the one to which the provider sends it back."""
        with requests.Session() as browser:
            page = browser.get(address, timeout=10)
            assert page.url.startswith(f"{self.issuer}/interaction/"), page.text
            answer = browser.post(page.url, {"login": email}, timeout=10, allow_redirects=False)
            while answer.headers["Location"].startswith(self.issuer):
                answer = browser.get(answer.headers["Location"], timeout=10, allow_redirects=False)
            return answer.headers["Location"]

    def token_of_person(self, email: str, scope: str = "openid email self") -> str:
        """An access token of somebody who has logged in (RFC 6749, section 4.1; RFC 7636, appendix B; RFC 8707)."""
        asked: dict[str, Any] = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": self.env["REDIRECT_URI"],
            "scope": scope,
            "resource": self.audience,
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
        address = str(requests.Request("GET", f"{self.issuer}/auth", params=asked).prepare().url)
        code = parse_qs(urlsplit(self.log_in(address, email)).query)["code"]
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.env["REDIRECT_URI"],
            "resource": self.audience,
            "code": code,
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        }
        answer = requests.post(f"{self.issuer}/token", data=form, timeout=10)
        assert answer.ok, answer.text
        return str(answer.json()["access_token"])
