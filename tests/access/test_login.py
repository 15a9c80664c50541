"""Logging in with a token, and what a session allows (contract, section 13)."""

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import django_redis
import pytest
import requests
from django.test import Client

from common.access import bearer
from tests.access.conftest import ANN, BOB, Ask, Issue, get
from tests.support.pages import FormReader
from tests.support.problems import assert_problem
from tests.support.servers import HOST, Service, free_port

OWN = "http://testserver"
FOREIGN = "http://testserver:8002"
Browser = Callable[[str], Client]


@pytest.fixture
def browser() -> Browser:
    """A browser in which somebody has logged in with a token."""

    def log_in(token: str) -> Client:
        browser = Client(enforce_csrf_checks=True)
        answer = send(browser, "/login", token=token)
        assert answer.status_code == 302, answer.content
        return browser

    return log_in


def send(browser: Client, path: str, page: str | None = None, origin: str = OWN, **fields: Any) -> Any:
    """The answer to the form of a page, as a browser sends it."""
    shown = browser.get(page or path)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', shown.content.decode()))
    assert "csrfmiddlewaretoken" in hidden, shown.content
    hidden = {name: html.unescape(value) for name, value in hidden.items()}
    return browser.post(path, hidden | fields, headers={"Origin": origin})


def test_who_has_not_logged_in_is_led_to_the_login_and_from_there_to_where_they_wanted_to_go(ann: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    wanted = f"/week/{quote(ANN, safe='@')}"

    led = browser.get(wanted)
    assert (led.status_code, led["Location"]) == (302, f"/login?next={quote(wanted, safe='')}")
    back = send(browser, led["Location"], token=ann)

    assert (back.status_code, back["Location"]) == (302, wanted)
    assert browser.get(wanted).status_code == 200


def test_a_session_is_a_token_of_its_own_which_no_script_sees_and_no_other_site_sends(
    ann: str, browser: Browser
) -> None:
    cookie = browser(ann).cookies[bearer.COOKIE]

    assert cookie.value != ann
    assert re.fullmatch(r"w2m_\w{36}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert not cookie["secure"]
    assert 0 < cookie["max-age"] <= 86_400  # no longer than the token


def test_over_https_a_session_is_sent_over_https_alone(ann: str, users: Service) -> None:
    secure = {"X-Forwarded-Proto": "https"}
    with requests.Session() as session:
        page = session.get(f"{users.url}/login", headers=secure, timeout=10)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found
        host = users.url.removeprefix("http://")
        headers = secure | {"Origin": f"https://{host}", "Referer": f"https://{host}/login"}
        fields = {"csrfmiddlewaretoken": found[1], "token": ann}
        answer = session.post(f"{users.url}/login", fields, headers=headers, timeout=10, allow_redirects=False)

    assert answer.status_code == 302, answer.text
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("token", ["nonsense", "w2m_nonsense", "x" * 5000, "a.b.c", "é"])
def test_a_bad_token_begins_no_session(token: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    answer = send(browser, "/login", token=token)

    assert answer.status_code == 401
    assert bearer.COOKIE not in browser.cookies
    assert token not in answer.content.decode()
    assert not list(django_redis.get_redis_connection().scan_iter("token*"))


def test_a_login_too_many_is_not_told_as_a_bad_token(ann: str, settings: Any) -> None:
    settings.RATE_PER_MINUTE = 1
    browser = Client(enforce_csrf_checks=True)
    refused = [send(browser, "/login", token=ann) for _ in range(3)][-1]

    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Try again in" in refused.content.decode()


def test_a_login_while_redis_is_gone_is_not_told_as_a_bad_token(ann: str) -> None:
    with Service("user-service", REDIS_URL=f"redis://{HOST}:{free_port()}") as service:
        session = requests.Session()
        token = FormReader(session.get(f"{service.url}/login", timeout=5).text).fields["csrfmiddlewaretoken"]
        form = {"csrfmiddlewaretoken": token, "token": ann}
        refused = session.post(f"{service.url}/login", form, headers={"Origin": service.url}, timeout=5)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert "Redis cannot be reached." in refused.text


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example/", r"\\evil.example", "javascript:alert(1)", "http:evil"],
)
def test_a_login_leads_to_no_other_site(wanted: str, ann: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert send(browser, f"/login?next={quote(wanted)}", token=ann)["Location"] == "/"


def test_a_login_leads_back_to_the_services_above(ann: str) -> None:
    with Service("user-service", SUGGESTION_SERVICE_PUBLIC_URL="http://find.example.org:8003") as service:
        for wanted, location in (
            ("http://find.example.org:8003/find?a=1", "http://find.example.org:8003/find?a=1"),
            ("http://find.example.org/find", "/"),
            ("http://find.example.org:8003.evil.example/", "/"),
        ):
            with requests.Session() as session:
                url = f"{service.url}/login?next={quote(wanted)}"
                found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(url, timeout=10).text)
                assert found
                fields = {"csrfmiddlewaretoken": found[1], "token": ann}
                answer = session.post(url, fields, timeout=10, allow_redirects=False)
                assert answer.headers["Location"] == location


def test_the_services_above_lead_to_the_login_of_user_service(system: dict[str, Service]) -> None:
    service, login = system["suggestion-service"].url, f"{system['user-service'].url}/login"
    wanted = f"/find?attendees={ANN}"

    led = requests.get(service + wanted, timeout=10, allow_redirects=False)
    assert (led.status_code, led.headers["Location"]) == (302, f"/login?next={quote(wanted, safe='')}")
    further = requests.get(service + led.headers["Location"], timeout=10, allow_redirects=False)

    assert (further.status_code, further.headers["Location"]) == (
        302,
        f"{login}?next={quote(service + wanted, safe='')}",
    )


def test_who_came_by_another_name_of_a_service_comes_back_by_the_one_that_user_service_knows(users: Service) -> None:
    find = "http://find.example.org:8003"
    with Service(
        "suggestion-service", USER_SERVICE_PUBLIC_URL=users.url, SUGGESTION_SERVICE_PUBLIC_URL=find
    ) as service:
        led = requests.get(f"{service.url}/login?next=%2Ffind%3Fa%3D1", timeout=10, allow_redirects=False)

    assert led.headers["Location"] == f"{users.url}/login?next={quote(f'{find}/find?a=1', safe='')}"


@pytest.mark.parametrize(
    ("query", "is_led"), [("", False), ("?next=%2Fweek", True), ("?next=%2F%2Fevil.example", False)]
)
def test_the_login_says_that_the_page_that_was_wanted_needs_it_and_later_leads_there(
    query: str, is_led: bool, ann: str, browser: Browser
) -> None:
    stranger, known = (client.get(f"/login{query}").content.decode() for client in (Client(), browser(ann)))

    assert ("The page that you wanted needs a login." in stranger) == is_led
    assert ('<a class="button" href="/week">Go on</a>' in known) == is_led
    assert f"You are {ANN} here." in known
    assert "evil" not in stranger + known


def test_where_nobody_has_said_where_user_service_is_the_login_says_so() -> None:
    with Service("suggestion-service") as service:
        answer = get(service, "/login")

    assert answer.status_code == 404
    assert "USER_SERVICE_PUBLIC_URL" in answer.text


def test_a_session_does_what_its_token_does_and_no_more(issue: Issue, ann: str, browser: Browser) -> None:
    session = browser(issue(ANN, "self"))

    assert session.get("/me").json()["scopes"] == ["self"]
    assert_problem(session.get(f"/users/availability?email={ANN}"), 403)
    assert ann


def test_a_session_ends_with_its_token_with_its_user_and_by_itself(
    ann: str, bob: str, root: str, ask: Ask, browser: Browser
) -> None:
    anns, bobs = browser(ann), browser(bob)
    (token,) = [each for each in ask("GET", "/tokens", ann).json()["results"] if not each["is_session"]]

    assert ask("DELETE", f"/tokens/{token['id']}", ann).status_code == 204
    assert ask("DELETE", f"/users/{BOB}", root).status_code == 204

    for session in (anns, bobs):
        assert session.get("/me").status_code == 401
        assert session.get("/week")["Location"].startswith("/login")
    redis = django_redis.get_redis_connection()
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter("token*"))


def test_who_logs_out_is_out_and_the_token_stays(ann: str, browser: Browser) -> None:
    session = browser(ann)
    kept = session.cookies[bearer.COOKIE].value

    out = send(session, "/logout", "/login")

    assert (out.status_code, out["Location"]) == (302, "/login")
    assert session.cookies[bearer.COOKIE].value == ""
    assert Client().get("/me", headers={"Cookie": f"{bearer.COOKIE}={kept}"}).status_code == 401
    assert Client().get("/me", headers={"Authorization": f"Bearer {ann}"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": OWN}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({}, 403),
        ({"Origin": FOREIGN}, 403),
        ({"Origin": FOREIGN, "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_change_under_a_session_is_taken_from_our_own_pages_only(
    method: str, headers: dict[str, str], status: int, ann: str, browser: Browser
) -> None:
    session = browser(ann)

    answer = session.generic(method, f"/users/{ANN}", '{"name": "Anna"}', "application/json", headers=headers)

    if status == 403:
        assert_problem(answer, 403)
        assert session.get(f"/users/{ANN}").json()["name"] == "Ann"
    else:
        assert answer.status_code in (200, 204)


def test_a_token_in_the_head_needs_no_origin_and_counts_before_a_session(ann: str, bob: str, browser: Browser) -> None:
    session = browser(ann)

    assert session.get("/me", headers={"Authorization": f"Bearer {bob}"}).json()["email"] == BOB
    assert_problem(session.get("/me", headers={"Authorization": "Bearer nonsense"}), 401)
    changed = session.patch(
        f"/users/{BOB}", {"name": "Rob"}, "application/json", headers={"Authorization": f"Bearer {bob}"}
    )
    assert changed.status_code == 200


def test_each_sees_their_own_week_and_an_administrator_that_of_everybody(
    ann: str, bob: str, root: str, browser: Browser
) -> None:
    anns, roots = browser(ann), browser(root)

    assert anns.get("/week")["Location"] == f"/week/{ANN}"
    assert anns.get(f"/week/{ANN}").status_code == 200
    refused = anns.get(f"/week/{BOB}")
    assert (refused.status_code, BOB in refused.content.decode()) == (403, False)
    assert f"This is not your week. You are logged in as {ANN}." in refused.content.decode()
    assert roots.get(f"/week/{BOB}").status_code == 200
    assert bob


def test_the_form_for_a_token_says_what_one_may_be_for(ann: str, browser: Browser) -> None:
    page = browser(ann).get("/tokens", headers={"Accept": "text/html"}).content.decode()

    assert "What it allows, out of: self, freebusy:read, " in page
    assert "Default: self, freebusy:read." in page


def test_the_weeks_of_others_are_offered_to_an_administrator_alone(ann: str, root: str, browser: Browser) -> None:
    offered = []
    for session in (browser(ann), browser(root)):
        answer = send(session, "/week", "/login", email="no email", name="Eve", timezone="UTC")
        assert answer.status_code == 400
        offered.append("You have a week here already" in answer.content.decode())

    assert offered == [False, True]


def test_nobody_paints_the_week_of_somebody_else(ann: str, bob: str, browser: Browser) -> None:
    session = browser(ann)

    answer = send(session, f"/week/{BOB}", f"/week/{ANN}", name="Changed", timezone="UTC", hours=["0.1"])

    assert answer.status_code == 403
    assert Client().get(f"/users/{BOB}", headers={"Authorization": f"Bearer {bob}"}).json()["name"] == "Bob"


def test_a_page_without_a_script_can_be_painted_by_whose_week_it_is(ann: str, browser: Browser) -> None:
    session = browser(ann)

    answer = send(session, f"/week/{ANN}", name="Anna", timezone="UTC", hours=["0.1"])

    assert answer.status_code == 302
    assert session.get(f"/users/{ANN}").json()["name"] == "Anna"


def test_no_page_is_kept_in_a_shared_cache(ann: str, browser: Browser) -> None:
    session = browser(ann)

    for path in ("/login", "/me", "/tokens"):
        assert session.get(path)["Cache-Control"] == "no-store"


def test_the_browsable_api_works_under_a_session(ann: str, browser: Browser) -> None:
    session = browser(ann)
    page = {"Accept": "text/html"}

    assert ANN in session.get(f"/users/{ANN}", headers=page).content.decode()
    stranger = Client().get(f"/users/{ANN}", headers=page)
    assert stranger.status_code == 401
    assert (
        f'You are not logged in. <a href="/login?next=%2Fusers%2F{quote(ANN, safe="")}">' in stranger.content.decode()
    )
