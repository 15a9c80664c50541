"""*Find a time*, the page for people."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import time_machine
from django.test import Client
from pytest_django import Settings

from suggestion_service import clients
from tests.support import calendar_reader
from tests.support.pages import loaded
from tests.support.people import ALWAYS, Store, email, emails
from tests.support.servers import HOST, Service, free_port

ANN, BOB, CYD = email("ann"), email("bob"), email("cyd")
# Monday to Sunday.
WEEK = {"start": "2030-01-07", "last_day": "2030-01-13", "timezone": "Europe/Berlin"}
PUBLIC = {
    "user-service": "https://users.example.org",
    "availability-service": "https://map.example.org",
    "suggestion-service": "",
}

Find = Callable[..., Any]


@pytest.fixture
def find() -> Find:
    """The page for what was written into the form, once it has its address."""

    def send(status: int = 200, **fields: Any) -> Any:
        answer = Client().get("/find", fields, follow=True)
        assert answer.status_code == status, answer.content
        return answer

    return send


@pytest.fixture
def two(person: Store, availability: Service) -> list[str]:
    """Ann and Bob can meet on Monday from 9 to 11, by the clock of London."""
    return [person("ann", "monday 09-12"), person("bob", "monday 08-11")]


def words(answer: Any) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split()).replace(" ,", ",").replace(" .", ".")


def question_of(answer: Any) -> str:
    """The query string of a page, as it is read."""
    return unquote(answer.request["QUERY_STRING"])


def rows(answer: Any) -> list[list[str]]:
    """The cells of each suggestion."""
    return [
        [" ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in re.findall("<tr>(.*?)</tr>", answer.text.partition("<tbody>")[2], re.DOTALL)
    ]


def links(answer: Any, text: str) -> list[str]:
    """Where the links lead that say so."""
    return [unescape(link) for link in re.findall(rf'href="([^"]*)"[^>]*>{re.escape(text)}<', answer.text)]


def test_a_first_visit_is_a_form_and_no_error() -> None:
    page = Client().get("/find")

    assert page.status_code == 200
    assert 'name="attendees"' in page.text
    assert "data-own-zone" in page.text
    assert "data-asked" not in page.text
    assert 'role="alert"' not in page.text
    assert "errorlist" not in page.text


def test_the_best_times_are_suggested_in_the_zone_that_was_chosen(two: list[str], find: Find) -> None:
    page = find(attendees=f"Ann Albers <{ANN}>; {BOB}", duration=60, **WEEK)

    assert rows(page) == [
        ["Mon 7 Jan, 10:00 to 11:00", "Free: all 2", "Missing: nobody", "Add to my calendar"],
        ["Mon 7 Jan, 11:00 to 12:00", "Free: all 2", "Missing: nobody", "Add to my calendar"],
    ]
    assert (
        f"60 minutes for {ANN}, {BOB}, from Mon 7 Jan 2030 to Sun 13 Jan 2030. "
        "All times are by the clock in Europe/Berlin." in words(page)
    )


def test_where_an_hour_comes_twice_times_say_their_offset(person: Store, availability: Service, find: Find) -> None:
    person("ann", "sunday 00-06", timezone="Europe/Berlin")
    night = {"start": "2027-10-31", "last_day": "2027-10-31", "timezone": "Europe/Berlin"}
    page = find(attendees=ANN, duration=60, align=60, prefer="first", limit=8, **night)

    assert [when for when, *_ in rows(page)] == [
        "Sun 31 Oct, 00:00 (UTC+02:00) to 01:00 (UTC+02:00)",
        "Sun 31 Oct, 01:00 (UTC+02:00) to 02:00 (UTC+02:00)",
        "Sun 31 Oct, 02:00 (UTC+02:00) to 02:00 (UTC+01:00)",
        "Sun 31 Oct, 02:00 (UTC+01:00) to 03:00 (UTC+01:00)",
        "Sun 31 Oct, 03:00 (UTC+01:00) to 04:00 (UTC+01:00)",
        "Sun 31 Oct, 04:00 to 05:00",
        "Sun 31 Oct, 05:00 to 06:00",
    ]


def test_the_form_that_was_sent_gets_the_address_that_the_api_has(two: list[str]) -> None:
    sent = {"attendees": f"{BOB}, {ANN}\n{BOB}", "min_attendees": "", "optional_attendees": "", "duration": "30"}
    answer = Client().get("/find", sent | WEEK)

    assert answer.status_code == 302
    assert answer["Location"] == (
        f"/find?attendees={ANN}&attendees={BOB}&start=2030-01-07&end=2030-01-14&timezone=Europe/Berlin"
        "&duration=30&prefer=best&align=15&limit=5"
    )
    page = Client().get(answer["Location"])
    programs = Client().get(answer["Location"].replace("/find", "/suggestions")).json()
    assert len(rows(page)) == len(programs["suggestions"]) == 2
    assert f">\n{ANN}\n{BOB}</textarea>" in page.text
    assert 'value="2030-01-13"' in page.text


@pytest.mark.parametrize(
    ("align", "starts"),
    [(None, ["11:00"]), ("", ["10:50"]), ("10", ["10:50"]), ("15", ["11:00"]), ("60", ["11:00"])],
)
def test_meetings_start_at_quarters_of_an_hour_unless_the_address_says_otherwise(
    two: list[str], align: str | None, starts: list[str]
) -> None:
    window = {"start": "2030-01-07T10:50:00+01:00", "end": "2030-01-14", "timezone": "Europe/Berlin"}
    page = Client().get("/find", {"attendees": two, **window} | ({} if align is None else {"align": align}))

    assert [row[0][11:16] for row in rows(page)] == starts
    chosen = "15" if align is None else align
    assert re.findall(r'<option value="(\d*)" selected>', page.text.partition('name="align"')[2])[0] == chosen
    (link,) = links(page, "Add to my calendar")
    assert f"T{starts[0].replace(':', '')}00" in Client().get(link).text


def test_any_minute_that_was_chosen_stands_in_the_address(two: list[str], find: Find) -> None:
    page = find(attendees=two, align="", **WEEK)

    assert question_of(page).endswith("&align=")
    assert Client().get(f"/find?{question_of(page)}").text == page.text


def test_too_long_a_meeting_is_measured_from_where_a_start_may_fall(two: list[str], find: Find) -> None:
    page = find(attendees=two, align=60, duration=120, **WEEK | {"timezone": "Asia/Kathmandu"})

    assert "counted from a start on a multiple of 60 minutes, the longest common time, 105 minutes, is" in words(page)
    (link,) = links(page, "Ask for 105 minutes instead")
    assert [row[0] for row in rows(Client().get(f"/find{link}"))] == ["Mon 7 Jan, 15:00 to 16:45"]


def test_who_is_missing_is_named_the_fewest_first(two: list[str], person: Store, find: Find) -> None:
    cyd = person("cyd", "monday 10-13")

    page = find(attendees=" ".join(two), optional_attendees=cyd, min_attendees=1, **WEEK | {"timezone": "UTC"})

    found = rows(page)
    assert found[0][:3] == ["Mon 7 Jan, 10:00 to 11:00", "Free: all 3", "Missing: nobody"]
    assert found[1][:3] == ["Mon 7 Jan, 09:00 to 10:00", "Free: 2 of 3", f"Missing: {cyd} (optional)"]
    assert [f"Missing: {BOB}"] in [row[2:3] for row in found]
    assert f"for {ANN}, {BOB} (at least 1 of them), with {cyd} welcome," in words(page)


def test_each_suggestion_has_a_calendar_file_of_its_own(two: list[str], find: Find) -> None:
    page = find(attendees=",".join(two), min_attendees=1, **WEEK)

    calendars = links(page, "Add to my calendar")
    assert len(calendars) == 4
    for row, link in zip(rows(page), calendars, strict=True):
        answer = Client().get(link)
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        (event,) = calendar_reader.read(answer.text).vevent_list
        assert f"{event.dtstart.value:%a} 7 Jan, {event.dtstart.value:%H:%M} to {event.dtend.value:%H:%M}" == row[0]


def test_a_calendar_file_is_that_of_its_suggestion_also_when_it_runs_past_the_default_window(
    person: Store, availability: Service, find: Find
) -> None:
    with time_machine.travel(datetime(2030, 1, 7, 9, 20, tzinfo=UTC), tick=False):
        page = find(attendees=person("ann", "monday 09-11"), prefer="last", step=30, timezone="UTC", last_day="")

        assert rows(page)[0][0] == "Mon 14 Jan, 09:30 to 10:30"
        link = links(page, "Add to my calendar")[0]
        assert "DTSTART:20300114T093000Z" in Client().get(link).text


def test_a_calendar_file_is_empty_rather_than_that_of_another_time(two: list[str], users: Service, find: Find) -> None:
    link = links(find(attendees=ANN, **WEEK), "Add to my calendar")[0]
    requests.put(f"{users.url}/users/{ANN}/availability", json={"intervals": []}, timeout=5).raise_for_status()

    assert "BEGIN:VEVENT" not in Client().get(link).text


def test_those_who_are_not_known_are_named_with_a_link_to_create_them(
    two: list[str], find: Find, settings: Settings
) -> None:
    settings.PUBLIC_URLS = PUBLIC
    odd = "o'neill+x@example.org"

    page = find(404, attendees=f"{ANN}, nobody@example.org, {odd}", **WEEK)

    assert "These addresses are not known here." in words(page)
    assert links(page, "create nobody@example.org") == ["https://users.example.org/week?email=nobody%40example.org"]
    assert links(page, f"create {odd}".replace("'", "&#x27;")) == [
        "https://users.example.org/week?email=o%27neill%2Bx%40example.org"
    ]
    assert "autofocus" in page.text
    assert f"{ANN}\n" in page.text


def test_of_very_many_who_are_not_known_the_first_are_named(two: list[str], find: Find) -> None:
    page = find(404, attendees=" ".join(emails(500)), **WEEK)

    assert "and 480 more" in words(page)


def test_links_lead_to_the_other_pages_with_the_same_question(two: list[str], find: Find, settings: Settings) -> None:
    settings.PUBLIC_URLS = PUBLIC

    page = find(attendees=" ".join(two), **WEEK)

    (link,) = links(page, "Heat map")
    assert link == f"https://map.example.org/heatmap?{question_of(page)}"
    assert links(page, "See in the heat map") == [link]
    assert links(page, "My week") == ["https://users.example.org/week"]


def test_there_is_no_link_to_a_page_whose_address_is_not_known(two: list[str], find: Find) -> None:
    page = find(attendees=" ".join(two), **WEEK)

    assert not links(page, "Heat map") + links(page, "See in the heat map") + links(page, "My week")


def test_who_is_in_the_way_is_told(two: list[str], person: Store, find: Find, settings: Settings) -> None:
    settings.PUBLIC_URLS = PUBLIC
    cyd = person("cyd")

    page = find(attendees=[*two, cyd], **WEEK)

    assert "No time to suggest" in words(page)
    assert (
        "Nothing found: somebody has no free time then. In the way: cyd@example.org (not free by their week)"
        in words(page)
    )
    assert links(page, cyd) == ["https://users.example.org/week?email=cyd%40example.org"]
    assert not links(page, "Add to my calendar")


def test_too_long_a_meeting_leads_to_the_longest_that_there_is(two: list[str], find: Find) -> None:
    page = find(attendees=two, duration=180, **WEEK)

    assert "the longest common time, 120 minutes, is too short" in words(page)
    (link,) = links(page, "Ask for 120 minutes instead")
    assert [row[0] for row in rows(Client().get(f"/find{link}"))] == ["Mon 7 Jan, 10:00 to 12:00"]


def test_a_draw_is_the_same_under_its_address_and_another_when_asked_again(
    person: Store, availability: Service, find: Find
) -> None:
    page = find(attendees=person("ann", *ALWAYS), prefer="random", **WEEK)

    again = Client().get(f"/find?{question_of(page)}")
    assert rows(again) == rows(page)
    assert "&seed=" in question_of(page)
    assert 'name="seed"' not in page.text


def test_nobody_is_asked_to_meet_in_the_past(two: list[str], find: Find) -> None:
    with time_machine.travel(datetime(2030, 1, 7, 9, 20, tzinfo=UTC), tick=False):
        page = find(attendees=two, **WEEK)
        assert [row[0] for row in rows(page)] == ["Mon 7 Jan, 11:00 to 12:00"]
        assert "from Mon 7 Jan 2030, 11:00, to Sun 13 Jan 2030." in words(page)

        over = find(400, attendees=two, **WEEK | {"start": "2030-01-01", "last_day": "2030-01-06"})
        assert "That is over. Choose a later day." in over.text


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays() -> None:
    typed = {
        "attendees": f"{ANN}, bobexample.org",
        "duration": "1441",
        "last_day": "2030-01-13",
        "step": "7",
        "align": "7",
    }
    page = Client().get("/find", typed)

    assert page.status_code == 400
    assert "“bobexample.org” is not an email address." in words(page)
    assert "Ensure this value is less than or equal to 1440." in words(page)
    assert "One of 5, 10, 15, 20, 30, 45, 60." in words(page)
    assert "One of 5, 10, 15, 30, 60." in words(page)
    assert f"{ANN}, bobexample.org</textarea>" in page.text
    assert 'value="1441"' in page.text
    assert page.text.count("autofocus") == 1


@pytest.mark.parametrize("days", [{}, {"start": "2030-01-07", "end": "2030-01-14"}])
def test_a_question_without_a_zone_is_marked_for_the_script(two: list[str], days: dict[str, str]) -> None:
    page = Client().get("/find", {"attendees": two, **days})

    assert page.status_code == 200
    assert "data-own-zone" in page.text
    assert "data-asked" in page.text
    assert "by the clock in UTC" in words(page)


def test_a_service_below_that_is_gone_keeps_the_question(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients.availability, "base_url", f"http://{HOST}:{free_port()}")

    page = find(503, attendees=f"{ANN}, {BOB}", duration=45, **WEEK)

    assert page["Retry-After"]
    assert "Who is free when cannot be looked up at the moment." in words(page)
    assert f"{ANN}\n{BOB}</textarea>" in page.text
    assert 'value="45"' in page.text
    assert links(page, "try again") == [f"?{question_of(page)}"]


def test_long_lists_are_bounded(person: Store, availability: Service, find: Find) -> None:
    crowd = [person(f"p{number:02}", *(ALWAYS if number < 2 else [])) for number in range(60)]

    page = find(attendees=crowd, min_attendees=1, **WEEK)

    assert "60 minutes for 60 people (at least 1 of them)" in words(page)
    assert rows(page)[0][1] == "Free: 2 of 60"
    assert rows(page)[0][2].endswith("p11@example.org and 48 more")
    assert rows(page)[0][3] == "only for up to 50 people"


def test_what_was_typed_is_never_markup(find: Find) -> None:
    page = find(400, attendees="<script>alert(1)</script>@\"'", timezone="<b>")

    assert "<script>alert" not in page.text
    assert "<b>" not in page.text


def test_the_page_loads_nothing_from_another_host() -> None:
    assert all(address.startswith("/static/") for address in loaded(Client().get("/find").text))
