"""The login with a token or at a real OpenID provider, and what a session allows (contract, section 13)."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from common.access import bearer
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Open
from tests.browser.test_my_week import interval
from tests.support import commands
from tests.support.people import email
from tests.support.real_provider import MISSING, RealProvider, needs_node
from tests.support.servers import Service, System, free_port

pytestmark = pytest.mark.long

ANN, BOB, CYD, NEW, EVE = (email(name) for name in ("ann", "bob", "cyd", "new", "eve"))
# A cookie is of one host, whatever the port; `make run` says to browsers that ours is this one.
HOST, ADDRESS = "localhost", "127.0.0.1"
FROZEN_SECONDS = 3.0

Issue = Callable[[str], str]


@pytest.fixture(scope="module")
def port() -> int:
    """The port of user-service, which the provider has to know before it is there."""
    return free_port()


@pytest.fixture(scope="module")
def provider(port: int) -> Iterator[RealProvider | None]:
    """The provider; None where it cannot run."""
    if MISSING:
        yield None
        return
    with RealProvider(f"http://{HOST}:{port}/login/callback") as running:
        yield running


@pytest.fixture(scope="module")
def system(
    browser: Browser, port: int, provider: RealProvider | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """The system under the name that browsers know; callers have to say who they are."""
    env = {"ACCESS": "token", "USER_SERVICE_PORT": str(port), "WEB_CONCURRENCY": "1"}
    if provider:
        client = {"OIDC_CLIENT_ID": provider.client_id, "OIDC_AUDIENCE": provider.audience}
        env |= {"OIDC_ISSUER": provider.issuer} | client
    with System(DATA_DIR=str(tmp_path_factory.mktemp("data")), **env) as running:
        running.urls = {name: url.replace(ADDRESS, HOST) for name, url in running.urls.items()}
        running.users, running.availability, running.suggestions = running.urls.values()
        if provider:
            running.urls["provider"] = provider.issuer
        people = [
            {"email": each, "name": each[:3].title(), "availability": {"intervals": [interval("monday", 9, 12)]}}
            for each in (ANN, BOB, CYD)
        ]
        lines = "".join(f"{json.dumps(person)}\n" for person in people)
        stored = commands.run("user_service", "import_users", "-", stdin=lines, REDIS_URL=running.redis_url)
        assert stored.code == 0, stored.err
        yield running


@pytest.fixture(scope="module")
def issue(system: System) -> Issue:
    """Makes a token for a stored user, as an administrator does."""

    def issue(email: str) -> str:
        made = commands.run("user_service", "create_token", email, REDIS_URL=system.redis_url)
        assert made.code == 0, made.err
        return made.out.strip()

    return issue


@pytest.fixture(scope="module")
def token(issue: Issue) -> str:
    """A token of Ann's."""
    return issue(ANN)


def log_in(page: Page, token: str) -> None:
    """Sends the form of the login."""
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Log in", exact=True).click()


def tell(system: System, path: str, token: str) -> Any:
    """What user-service tells a program."""
    answer = requests.get(f"{system.users}{path}", headers={bearer.HEADER: f"Bearer {token}"}, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


def paint(page: Page, *hours: str) -> None:
    """Paints hours such as `Monday 09:00`, and saves them."""
    for hour in hours:
        page.get_by_label(hour, exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#saved")).to_be_visible()


def find_session(page: Page) -> Any:
    """The cookie of the session, if the browser has one."""
    return next((dict(cookie) for cookie in page.context.cookies() if cookie.get("name") == bearer.COOKIE), None)


def test_somebody_logs_in_with_a_token_and_under_one_session_works_with_all_services_until_they_log_out(
    system: System, token: str, open_page: Open
) -> None:
    page = open_page(f"{system.users}/week")
    assert page.url == f"{system.users}/login?next=%2Fweek"
    expect(page.get_by_text("The page that you wanted needs a login.")).to_be_visible()

    log_in(page, token)
    page.wait_for_url(f"{system.users}/week/{ANN}")
    paint(page, "Sunday 08:00", "Monday 10:00")
    assert tell(system, f"/users/{ANN}/availability", token)["intervals"] == [
        interval("monday", 9, 10),
        interval("monday", 11, 12),
        interval("sunday", 8, 9),
    ]

    page.locator("#saved").get_by_role("link", name="find a time").click()
    assert page.url.startswith(f"{system.suggestions}/find?attendees=")
    page.get_by_label("Who must come").fill(f"{ANN}, {BOB}")
    page.get_by_role("button", name="Find a time").click()
    expect(page.get_by_text("all 2").first).to_be_visible()
    page.get_by_role("link", name="Heat map", exact=True).click()
    assert page.url.startswith(f"{system.availability}/heatmap?attendees=")
    expect(page.get_by_text("2 of 2").first).to_be_attached()

    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text(f"You are {ANN} here.")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()
    assert find_session(page) is None
    for address in (
        f"{system.users}/week/{ANN}",
        f"{system.suggestions}/find",
        f"{system.availability}/heatmap",
    ):
        page.goto(address)
        assert page.url.startswith(f"{system.users}/login?next=")


def test_a_login_that_was_begun_at_another_service_leads_back_to_the_same_question(
    system: System, token: str, open_page: Open
) -> None:
    system.urls["by another name"] = system.suggestions.replace(HOST, ADDRESS)
    page = open_page(f"{system.urls['by another name']}/find?attendees={ANN}&timezone=UTC")
    assert page.url.startswith(f"{system.users}/login?next=")

    log_in(page, token)

    page.wait_for_url(f"{system.suggestions}/find?attendees={ANN}&timezone=UTC")
    expect(page.get_by_label("Who must come")).to_have_value(ANN)
    expect(page.get_by_role("link", name="Add to my calendar").first).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_somebody_says_on_their_week_who_may_ask(has_script: bool, system: System, token: str, open_page: Open) -> None:
    page = open_page(f"{system.users}/week", java_script_enabled=has_script)
    log_in(page, token)
    page.get_by_text("Who may ask when I am free: Everyone who has logged in").click()
    if has_script:
        assert_accessible(page)
    page.get_by_label("Only these people").check()
    page.get_by_label("These people", exact=True).fill(f"Bob <{BOB}>, {CYD}")
    if has_script:
        expect(page.locator("#state")).to_have_text("Not saved yet")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#saved")).to_be_visible()
    expect(page.get_by_text("Who may ask when I am free: Only these people")).to_be_visible()
    assert tell(system, f"/users/{ANN}/sharing", token) == {"rule": "list", "people": [BOB, CYD]}
    page.get_by_text("Who may ask when I am free: Only these people").click()
    page.get_by_label("These people", exact=True).fill("")
    page.get_by_label("Everyone who has logged in").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Who may ask when I am free: Everyone who has logged in")).to_be_visible()
    assert tell(system, f"/users/{ANN}/sharing", token) == {"rule": "everyone", "people": []}


def test_no_script_sees_a_session_and_no_other_site_sends_it(system: System, token: str, open_page: Open) -> None:
    page = open_page(f"{system.users}/login")
    log_in(page, token)
    page.wait_for_url(f"{system.users}/")

    session = find_session(page)
    assert (session["httpOnly"], session["sameSite"], session["domain"]) == (True, "Lax", HOST)
    assert page.evaluate("document.cookie") == ""


def test_the_browsable_api_works_under_a_session(system: System, issue: Issue, open_page: Open) -> None:
    page = open_page(f"{system.users}/users/{CYD}")
    expect(page.get_by_text("HTTP 401 Unauthorized")).to_be_visible()
    page.get_by_role("link", name="Log in").click()
    log_in(page, issue(CYD))
    page.wait_for_url(f"{system.users}/users/{CYD}")
    expect(page.get_by_text("HTTP 200 OK")).to_be_visible()

    page.get_by_label("Content:").fill('{"name": "Sid"}')
    page.get_by_role("button", name="PATCH").click()
    expect(page.locator(".response-info")).to_contain_text('"name": "Sid"')
    page.goto(f"{system.users}/tokens")
    page.locator("#post-object-form").get_by_label("Name").fill("My script")
    page.get_by_role("button", name="POST").click()
    expect(page.get_by_text("HTTP 201 Created")).to_be_visible()
    answer = page.locator(".response-info").inner_text()
    made = dict(re.findall(r'"(id|token)": "(\w+)"', answer))
    assert tell(system, "/me", made["token"])["name"] == "Sid"
    page.goto(f"{system.users}/tokens")
    page.get_by_role("link", name=f"/tokens/{made['id']}").click()
    expect(page.locator(".response-info")).to_contain_text('"name": "My script"')
    page.get_by_role("button", name="DELETE", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("HTTP 204 No Content")).to_be_visible()
    ended = requests.get(f"{system.users}/me", headers={bearer.HEADER: f"Bearer {made['token']}"}, timeout=10)
    assert ended.status_code == 401

    page.goto(f"{system.users}/users/{CYD}")
    page.get_by_role("button", name="DELETE", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("HTTP 204 No Content")).to_be_visible()
    page.goto(f"{system.users}/users/{CYD}")
    expect(page.get_by_text("HTTP 401 Unauthorized")).to_be_visible()


class Blank(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        content = b"<!doctype html><title>Another page</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  as http.server has it
        pass


@pytest.fixture(scope="module")
def foreign() -> Iterator[str]:
    """The address of a page on another port of the same host."""
    with ThreadingHTTPServer((ADDRESS, free_port()), Blank) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}/"
        server.shutdown()


WEEK = {"name": "Evil", "timezone": "UTC", "hours": "0.1"}
TEXT = f'{{"email": "{EVE}", "name": "Eve", "x": "'
# What forms and fetch may send to anybody: path, fields of the form, and how they are encoded. A call of the API that
# came without the session would be answered 401.
FORMS = [
    (f"/week/{ANN}", WEEK, "application/x-www-form-urlencoded"),
    (f"/week/{ANN}", WEEK, "multipart/form-data"),
    ("/week", {"email": EVE, "name": "Eve", "timezone": "UTC"}, "application/x-www-form-urlencoded"),
    ("/users", {"email": EVE, "name": "Eve"}, "multipart/form-data"),
    ("/users", {TEXT: '"}'}, "text/plain"),
    (f"/users/{ANN}", {"_method": "DELETE"}, "application/x-www-form-urlencoded"),
    (f"/users/{ANN}?_method=DELETE", {}, "application/x-www-form-urlencoded"),
    ("/tokens", {"name": "Evil"}, "multipart/form-data"),
    ("/logout", {}, "application/x-www-form-urlencoded"),
]
FETCHED = [
    ("/users", json.dumps({"email": EVE, "name": "Eve"})),
    ("/tokens", json.dumps({"name": "Evil"})),
    ("/tokens", ""),
    ("/logout", ""),
]
SUBMIT = """([action, fields, enctype]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action, enctype });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.documentElement.append(form);
  form.submit();
}"""
FETCH = """([url, body]) => {
  fetch(url, { method: "POST", credentials: "include", mode: "no-cors", body });
}"""
# These a browser sends only if the answer to a question before allows it.
FETCH_OTHERS = """async ([url, method]) => {
  const headers = { "Content-Type": "application/json" };
  const options = { method, credentials: "include", headers, body: '{"name": "Evil"}' };
  return await fetch(url, options).then(() => "answered", () => "blocked");
}"""


@pytest.mark.parametrize("place", ["foreign", "availability", "suggestions"])
def test_no_page_of_another_port_changes_anything_under_a_session(
    system: System, token: str, browser: Browser, foreign: str, place: str
) -> None:
    origin = foreign if place == "foreign" else f"{getattr(system, place)}/"
    before = [tell(system, path, token) for path in (f"/users/{ANN}", f"/users/{ANN}/availability")]
    # The policy of our own pages would not even let them try.
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{system.users}/login")
        log_in(page, token)
        page.wait_for_url(f"{system.users}/")
        names = [each["name"] for each in tell(system, "/tokens", token)["results"]]

        for path, fields, encoding in FORMS:
            page.goto(origin)
            with page.expect_navigation() as shown:
                page.evaluate(SUBMIT, [system.users + path, fields, encoding])
            assert shown.value.status == 403, path
        page.goto(origin)
        for path, body in FETCHED:
            with page.expect_response(system.users + path) as answered:
                page.evaluate(FETCH, [system.users + path, body])
            assert answered.value.status == 403, path
        for method in ("PUT", "PATCH", "DELETE"):
            assert page.evaluate(FETCH_OTHERS, [f"{system.users}/users/{ANN}", method]) == "blocked"

        assert [tell(system, path, token) for path in (f"/users/{ANN}", f"/users/{ANN}/availability")] == before
        assert [each["name"] for each in tell(system, "/tokens", token)["results"]] == names
        page.goto(f"{system.users}/me?format=json")
        assert json.loads(page.inner_text("body"))["email"] == ANN
        page.goto(f"{system.users}/week/{EVE}")
        expect(page.get_by_text("This is not your week.")).to_be_visible()


@pytest.fixture
def issuer(system: System) -> str:
    """What the link to the provider is called."""
    return f"Log in at {system.urls['provider'].removeprefix('http://')}"


def go_to_provider(page: Page, issuer: str, who: str) -> None:
    """Logs in at the provider, which sends the browser back."""
    page.get_by_role("link", name=issuer).click()
    page.get_by_label("Email").fill(who)
    page.get_by_role("button", name="Log in").click()


@needs_node
def test_somebody_signs_up_at_the_provider_deletes_themselves_and_later_inherits_nothing(
    system: System, issuer: str, open_page: Open
) -> None:
    page = open_page(f"{system.users}/week", timezone_id="Europe/Berlin")
    go_to_provider(page, issuer, "New@Example.org")
    page.wait_for_url(f"{system.users}/week/{NEW}")
    expect(page.get_by_text("You have no week here yet")).to_be_visible()
    page.get_by_label("Name").fill("New")
    page.get_by_role("button", name="Create my week").click()
    paint(page, "Tuesday 09:00")
    made = page.evaluate("fetch('/tokens', {method: 'POST'}).then(answer => answer.json())")
    assert tell(system, f"/users/{NEW}/availability", made["token"])["intervals"] == [interval("tuesday", 9, 10)]

    assert page.evaluate(f"fetch('/users/{NEW}', {{method: 'DELETE'}}).then(answer => answer.status)") == 204
    page.goto(f"{system.users}/week")
    page.get_by_role("link", name=issuer).click()  # the provider knows them still
    page.wait_for_url(f"{system.users}/week/{NEW}")
    page.get_by_label("Name").fill("New again")
    page.get_by_role("button", name="Create my week").click()

    expect(page.get_by_text("by the clock of Europe/Berlin")).to_be_visible()
    expect(page.locator("#week td :checked")).to_have_count(0)
    page.goto(f"{system.users}/tokens?format=json")
    (session,) = json.loads(page.inner_text("body"))["results"]
    assert session["is_session"]
    refused = requests.get(f"{system.users}/me", headers={bearer.HEADER: f"Bearer {made['token']}"}, timeout=10)
    assert refused.status_code == 401


@needs_node
def test_an_email_that_is_not_verified_begins_no_session(system: System, issuer: str, open_page: Open) -> None:
    page = open_page(f"{system.users}/login")
    go_to_provider(page, issuer, "unverified@example.org")

    expect(page.get_by_role("alert")).to_contain_text("does not say that your email is really yours")
    expect(page.get_by_role("link", name=issuer)).to_be_visible()
    assert find_session(page) is None


@needs_node
def test_an_address_to_which_the_provider_sent_somebody_back_is_good_once_and_in_one_browser(
    system: System, issuer: str, open_page: Open
) -> None:
    page = open_page(f"{system.users}/login")
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))
    go_to_provider(page, issuer, ANN)
    page.wait_for_url(f"{system.users}/")
    (callback,) = [url for url in visited if "/login/callback?" in url]
    session = find_session(page)

    page.goto(callback)
    expect(page.get_by_role("alert")).to_contain_text("Begin again.")
    expect(page.get_by_text(f"You are {ANN} here.")).to_be_visible()
    assert find_session(page) == session
    other = open_page(callback)
    expect(other.get_by_role("alert")).to_contain_text("Begin again.")
    expect(other.get_by_role("link", name=issuer)).to_be_visible()
    assert find_session(other) is None


@needs_node
def test_a_provider_that_does_not_answer_is_told_in_time(
    system: System, provider: RealProvider, issuer: str, open_page: Open
) -> None:
    page = open_page(f"{system.users}/login")
    sent = page.context.request.get(f"{system.users}/login/provider", max_redirects=0)
    callback = provider.log_in(sent.headers["location"], ANN)
    provider.freeze()
    try:
        began = time.monotonic()
        page.goto(callback)
        assert time.monotonic() - began < FROZEN_SECONDS
    finally:
        provider.thaw()
    expect(page.get_by_role("alert")).to_contain_text("The OpenID provider does not answer")
    expect(page.get_by_role("link", name=issuer)).to_be_visible()
    assert find_session(page) is None


def test_each_state_of_the_login_is_for_everybody(system: System, token: str, open_page: Open) -> None:
    page = open_page(f"{system.users}/login?next=%2Fweek")
    assert_accessible(page)
    log_in(page, "nonsense")
    expect(page.get_by_label("Token")).to_have_accessible_description(re.compile("This token is not valid"))
    expect(page.get_by_label("Token")).to_be_focused()
    assert_accessible(page)
    page.goto(f"{system.users}/login/callback")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{system.users}/users/{ANN}")
    assert_accessible(page, {"serious", "critical"})
    page.goto(f"{system.users}/login?next=%2Fweek")
    log_in(page, token)
    page.goto(f"{system.users}/login?next=%2Fweek")
    assert_accessible(page)
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url(f"{system.users}/week/{ANN}")
    page.goto(f"{system.users}/week/{BOB}")
    expect(page.get_by_text(f"This is not your week. You are logged in as {ANN}.")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(("access", "text"), [("open", "There is no need to"), ("token", "Token")])
def test_the_login_without_a_provider_is_for_everybody_and_so_is_that_which_nobody_needs(
    access: str, text: str, system: System, open_page: Open
) -> None:
    with Service("user-service", ACCESS=access, WEB_CONCURRENCY="1") as service:
        system.urls["alone"] = service.url
        page = open_page(f"{service.url}/login")
        expect(page.get_by_text(text).first).to_be_visible()
        assert_accessible(page)
