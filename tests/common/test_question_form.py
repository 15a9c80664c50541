"""The question about a group as people write it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
import time_machine
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from common.browsable.addresses import split_addresses
from common.meetings.forms import WRONG_DAYS, QuestionForm
from tests.support.domain import REPEATABLE, minute
from tests.support.people import emails

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
ANN, BOB, CARL = "ann@example.org", "bob@example.org", "carl@example.org"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def form(query: str) -> QuestionForm:
    return QuestionForm.from_query(QueryDict(query))


def errors(query: str) -> dict[str, list[str]]:
    return {name: list(map(str, messages)) for name, messages in form(query).errors.items()}


@pytest.mark.parametrize(
    "text",
    [
        f"{ANN},{BOB}",
        f"{ANN};{BOB}",
        f"{ANN} {BOB}",
        f"{ANN}\t{BOB}",
        f"{ANN}\r\n{BOB}\r\n",
        f" , {ANN} ;; ,\n{BOB}; ",
        f"Ann Albers <{ANN}>, Bob <{BOB}>",
        f"Ann Albers <{ANN}> Bob <{BOB}>",
        f"<{ANN}><{BOB}>",
        f'"Albers, Ann" <{ANN}>, "Berg; Bob" <{BOB}>',
        f"Albers, Ann <{ANN}>; Berg, Bob <{BOB}>",
        f"\"{ANN}\" <{ANN}>; '{BOB}' <{BOB}>",
        f"'{ANN}'; \"{BOB}\"",
        f"{ANN} (Ann Albers), {BOB} (Bob)",
        f"{ANN}<mailto:{ANN}> mailto:{BOB}",
        f"J. R. Ånn-Élise O'Neill < {ANN} > {BOB}",
        f"<{ANN}, {BOB}",
        f'Ann "the first <{ANN}>, {BOB}',
    ],
)
def test_addresses_are_read_in_any_usual_way(text: str) -> None:
    assert sorted(set(split_addresses(text))) == [ANN, BOB]

    asked = form(f"attendees={quote(text)}")
    assert asked.is_valid()
    assert asked.question.attendees == [ANN, BOB]


EMAILS = st.sampled_from(
    [ANN, BOB, CARL, "o'neill+x@example.org", "a/b%c@xn--bcher-kva.example", '"a,b;c"@example.org']
)
NAMES = st.sampled_from(["Ann", "Ann Albers", "Ånn-Élise O'Neill", "J. R.", '"Albers, Ann; the <first>"', '"a@b"', ""])
BORDERS = st.sampled_from([",", ";", "\n", "\r\n", " ", "\t", ", ", " ; ", ",\n", "\n\n", ";;"])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[list[str], str]:
    """Some emails, and a text that lists them."""
    emails = draw(st.lists(EMAILS, max_size=6))
    text = draw(st.sampled_from(["", " ", "\n"]))
    for email in emails:
        bare = st.sampled_from([email, f"mailto:{email}", f"{email} (Ann, at work)"])
        written = draw(st.one_of(bare, st.builds("{} <{}>".format, NAMES, st.just(email))))
        text += written + draw(BORDERS)
    return emails, text


@given(spellings())
@REPEATABLE
def test_any_spelling_of_a_list_of_addresses_yields_the_list(spelling: tuple[list[str], str]) -> None:
    emails, text = spelling

    assert split_addresses(text) == emails


@given(st.text(alphabet="a@.,; \n\t<>()\"':mailto", max_size=60))
@REPEATABLE
def test_any_text_is_read_as_some_list(text: str) -> None:
    assert all(split_addresses(text))


def test_two_mebibytes_are_read_at_once_and_more_are_refused() -> None:
    text = '<"(' * (2**21 // 3)
    assert split_addresses(text)
    long = QueryDict(mutable=True)
    long["attendees"] = "a" * (2**21 + 1)
    assert QuestionForm(long).errors["attendees"] == ["This is too long. Name fewer people."]


def test_a_first_visit_is_a_form_without_errors() -> None:
    first = form("")

    assert not first.is_bound
    assert "data-own-zone" in first.as_p()


def test_an_address_that_names_nobody_fills_the_form() -> None:
    filled = form(f"optional_attendees={ANN}&optional_attendees={BOB}&end=2026-12-05&timezone=Europe/Berlin")

    assert not filled.is_bound
    assert filled["optional_attendees"].value() == f"{ANN}\n{BOB}"
    assert filled["last_day"].value() == "2026-12-04"
    assert "data-own-zone" not in filled.as_p()


def test_nobody_is_an_error_in_words() -> None:
    assert errors("attendees= ,") == {"attendees": ["Say who must come: one email address, or several."]}


@pytest.mark.parametrize("names", [f"attendees={BOB}&attendees={ANN}", f"attendees={BOB},{ANN}%0A{BOB.upper()}"])
def test_names_may_be_repeated_or_be_one_text(names: str) -> None:
    asked = form(f"{names}&optional_attendees={CARL}, {ANN}&min_attendees=1&timezone=Europe/Berlin")

    assert asked.is_valid()
    assert asked.question.attendees == [ANN, BOB]
    assert asked.question.optional_attendees == [CARL]
    assert asked.question.quorum == 1
    assert asked.as_query() == QueryDict(
        f"attendees={ANN}&attendees={BOB}&optional_attendees={CARL}&min_attendees=1&timezone=Europe/Berlin"
    )


def test_the_days_are_those_of_the_zone_and_the_last_one_is_included() -> None:
    asked = form(f"attendees={ANN}&start=2026-11-27&last_day=2026-11-28&timezone=Europe/Berlin")

    assert asked.is_valid()
    assert asked.question.window.start == minute("2026-11-27T00:00+01:00")
    assert asked.question.window.end == minute("2026-11-29T00:00+01:00")
    assert asked.as_query()["end"] == "2026-11-29"


def test_without_days_the_window_is_the_default_one_and_no_end_is_said() -> None:
    asked = form(f"attendees={ANN}&start=&last_day=&min_attendees=&timezone=UTC")

    assert asked.is_valid()
    assert asked.question.window.start == minute("2026-11-26T10:00Z")
    assert asked.question.window.end == minute("2026-12-03T10:00Z")
    assert asked.as_query() == QueryDict(f"attendees={ANN}&timezone=UTC")


def test_an_address_of_the_api_is_understood_to_the_minute_and_shown_in_days() -> None:
    window = "start=2026-11-27T09:30:00%2B01:00&end=2026-11-29T00:00:00%2B01:00"
    asked = form(f"attendees={ANN}&{window}&timezone=Europe/Berlin")

    assert asked.is_valid()
    assert asked.question.window.start == minute("2026-11-27T09:30+01:00")
    assert asked.question.window.end == minute("2026-11-29T00:00+01:00")
    assert 'value="2026-11-27"' in str(asked["start"])
    assert 'value="2026-11-28"' in str(asked["last_day"])
    assert asked.as_query() == QueryDict(f"attendees={ANN}&{window}&timezone=Europe/Berlin")


@given(st.dates(date(2026, 11, 27), date(2026, 12, 27)), st.integers(0, 60), st.booleans())
@REPEATABLE
def test_its_query_asks_the_same_again(start: date, days: int, whole: bool) -> None:
    first = form(f"attendees={BOB} Ann <{ANN}>&start={start}&last_day={date.fromordinal(start.toordinal() + days)}")
    assert first.is_valid()

    second = QuestionForm.from_query(first.as_query())

    assert second.is_valid()
    assert second.question == first.question
    assert second.as_query() == first.as_query()


def test_a_crowd_is_one_text_in_the_query() -> None:
    crowd = form(f"attendees={','.join(emails(2000))}")
    assert crowd.is_valid()

    again = form(crowd.as_query().urlencode())

    assert again.is_valid()
    assert again.question == crowd.question


def test_what_is_no_address_is_named_and_gets_the_focus() -> None:
    wrong = form(f"attendees={ANN}, bobexample.org, carl@&timezone=UTC")

    assert wrong.errors == {
        "attendees": ["“bobexample.org” is not an email address.", "“carl@” is not an email address."]
    }
    assert "autofocus" in str(wrong["attendees"])
    assert "bobexample.org, carl@</textarea>" in str(wrong["attendees"])


def test_of_many_that_are_wrong_a_few_are_named() -> None:
    many = ",".join(f"{name}{'x' * 80}" for name in "abcdefgh")

    messages = errors(f"attendees={many}")["attendees"]

    assert len(messages) == 6
    assert messages[0] == f"“a{'x' * 59}…” is not an email address."
    assert messages[-1] == "And 3 more that are none."


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("start=2026-12-05&last_day=2026-12-04", "last_day", WRONG_DAYS),
        ("last_day=2026-11-25", "last_day", WRONG_DAYS),
        ("start=2026-12-05&last_day=2027-12-05", "last_day", WRONG_DAYS),
        ("last_day=9999-12-31", "last_day", "No later than the year 2100."),
        ("last_day=tomorrow", "last_day", "Enter a valid date."),
        ("end=tomorrow", "last_day", "Enter a valid date."),
        ("start=0001-01-01", "start", "A window lies between the years 1970 and 2100."),
        ("min_attendees=two", "min_attendees", "Enter a whole number."),
        ("min_attendees=0", "min_attendees", "Ensure this value is greater than or equal to 1."),
        ("min_attendees=2", "min_attendees", "There is only 1 attendee."),
        ("optional_attendees=bob", "optional_attendees", "“bob” is not an email address."),
    ],
)
def test_faults_are_told_in_words_at_their_field(query: str, field: str, message: str) -> None:
    assert errors(f"attendees={ANN}&{query}") == {field: [message]}


def test_an_unknown_zone_is_an_error_with_the_nearest_name() -> None:
    (message,) = errors(f"attendees={ANN}&timezone=Europe/Berln")["timezone"]

    assert message.endswith("Did you mean 'Europe/Berlin'?")
