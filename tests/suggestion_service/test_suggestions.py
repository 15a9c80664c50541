"""GET and POST /suggestions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from tests.support.people import ALWAYS, Store, email
from tests.support.servers import Service

Ask = Callable[..., Any]

DAY = {"start": "2026-11-23", "end": "2026-11-24"}
WEEK = {"start": "2026-11-23", "end": "2026-11-30"}
PREFERENCES = ["first", "last", "random", "best"]


@pytest.fixture
def two(person: Store) -> list[str]:
    """Ann and Bob can meet on Monday from 9 to 11 and on Wednesday from 14 to 16."""
    return [person("ann", "monday 09-12", "wednesday 14-16"), person("bob", "monday 08-11", "wednesday 13-18")]


@pytest.fixture
def three(person: Store) -> list[str]:
    """Ann is free from 9 to 12, Bob from 8 to 11, Cyd from 10 to 13."""
    return [person("ann", "monday 09-12"), person("bob", "monday 08-11"), person("cyd", "monday 10-13")]


def starts(answer: Any) -> list[str]:
    """When each suggestion begins, as day of the month, hour and minute."""
    return [suggestion["start"][8:16].replace("T", " ") for suggestion in answer["suggestions"]]


def test_the_first_hour_that_suits_everybody_is_suggested(two: list[str], suggest: Ask) -> None:
    assert suggest(*two, timezone="Europe/Berlin", **WEEK) == {
        "attendees": two,
        "timezone": "Europe/Berlin",
        "start": "2026-11-23T00:00:00+01:00",
        "end": "2026-11-30T00:00:00+01:00",
        "duration": 60,
        "prefer": "first",
        "suggestions": [
            {
                "start": "2026-11-23T10:00:00+01:00",
                "end": "2026-11-23T11:00:00+01:00",
                "day": "monday",
                "available_count": 2,
                "available": two,
                "missing": [],
            }
        ],
        "empty_reason": None,
        "calendars": None,
    }


def test_a_body_and_a_query_ask_the_same(three: list[str], client: APIClient, availability: Service) -> None:
    question: dict[str, Any] = {
        "attendees": three[:2],
        "optional_attendees": three[2:],
        "min_attendees": 1,
        "duration": 90,
        "prefer": "random",
        "step": 15,
        "align": 30,
        "limit": 5,
        "seed": 7,
        "names": True,
        "timezone": "Asia/Kathmandu",
        **WEEK,
    }

    by_query = client.get("/suggestions", question)
    by_body = client.post("/suggestions", question, format="json")

    assert by_query.status_code == by_body.status_code == 200
    assert by_query.json() == by_body.json()
    assert len(by_query.json()["suggestions"]) == 5


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["23 09:00"]),
        ({"limit": 50}, ["23 09:00", "23 10:00", "25 14:00", "25 15:00"]),
        ({"limit": 3, "prefer": "last"}, ["25 15:00", "25 14:00", "23 10:00"]),
        ({"limit": 2, "prefer": "best"}, ["23 09:00", "23 10:00"]),
        ({"limit": 50, "duration": 120}, ["23 09:00", "25 14:00"]),
        ({"limit": 50, "duration": 90, "step": 30}, ["23 09:00", "23 09:30", "25 14:00", "25 14:30"]),
        (
            {"limit": 50, "duration": 110, "step": 5},
            ["23 09:00", "23 09:05", "23 09:10", "25 14:00", "25 14:05", "25 14:10"],
        ),
        ({"limit": 50, "duration": 1, "step": 60}, ["23 09:00", "23 10:00", "25 14:00", "25 15:00"]),
        ({"limit": 1, "prefer": "last", "duration": 45, "step": 15}, ["25 15:15"]),
        (
            {"limit": 50, "duration": 30, "step": 45},
            ["23 09:00", "23 09:45", "23 10:30", "25 14:00", "25 14:45", "25 15:30"],
        ),
    ],
)
def test_duration_step_limit_and_preference_choose(
    two: list[str], suggest: Ask, parameters: dict[str, Any], expected: list[str]
) -> None:
    assert starts(suggest(*two, **WEEK, **parameters)) == expected


def test_starts_are_counted_from_the_beginning_of_an_interval(person: Store, suggest: Ask) -> None:
    ann, kim = person("ann", "monday 08-12"), person("kim", "monday 15-17", timezone="Asia/Kathmandu")

    answer = suggest(ann, kim, step=30, duration=30, limit=50, **DAY)

    assert starts(answer) == ["23 09:15", "23 09:45", "23 10:15", "23 10:45"]


def test_starts_are_aligned_by_the_clock_in_the_asked_zone(person: Store, suggest: Ask) -> None:
    ann = person("ann", *ALWAYS)
    ask = partial(suggest, ann, start="2026-11-23T10:50:00Z", end="2026-11-23T13:30:00Z", limit=50)

    assert starts(ask()) == ["23 10:50", "23 11:50"]
    assert starts(ask(align=10)) == ["23 10:50", "23 11:50"]
    assert starts(ask(align=15)) == ["23 11:00", "23 12:00"]
    assert starts(ask(align=15, step=20)) == ["23 11:00", "23 12:00"]
    assert starts(ask(align=30, step=45, duration=30)) == ["23 11:00", "23 12:30"]
    assert starts(ask(align=60, timezone="Asia/Kathmandu")) == ["23 17:00", "23 18:00"]


def test_an_alignment_is_told_where_it_was_asked_for(person: Store, suggest: Ask) -> None:
    ann = person("ann", *ALWAYS)

    plain, aligned = suggest(ann, **DAY), suggest(ann, align=60, **DAY)

    assert aligned == plain | {"align": 60}


def test_what_is_too_short_is_measured_from_where_a_start_may_fall(person: Store, suggest: Ask) -> None:
    ann = person("ann", *ALWAYS)
    window = {"start": "2026-11-23T10:50:00Z", "end": "2026-11-23T12:20:00Z"}

    answer = suggest(ann, align=60, duration=90, **window)
    never = suggest(ann, align=60, duration=5, start=window["start"], end="2026-11-23T10:55:00Z")

    assert (answer["suggestions"], answer["empty_reason"], answer["longest_minutes"]) == ([], "too_short", 80)
    assert starts(suggest(ann, align=60, duration=80, **window)) == ["23 11:00"]
    assert starts(suggest(ann, duration=90, **window)) == ["23 10:50"]
    assert (never["suggestions"], never["empty_reason"], never["longest_minutes"]) == ([], "too_short", 0)


@pytest.fixture
def overlapping(person: Store) -> list[str]:
    """Ann is free from 9 to 12, Kim from 9:15 to 10:15."""
    return [person("ann", "monday 09-12"), person("kim", "monday 15-16", timezone="Asia/Kathmandu")]


@pytest.mark.parametrize("quorum", [False, True])
def test_starts_are_counted_anew_where_somebody_comes_and_none_is_lost(
    overlapping: list[str], suggest: Ask, quorum: bool
) -> None:
    ann, kim = overlapping
    required = [ann, kim] if quorum else [ann]
    others: dict[str, Any] = {"min_attendees": 1} if quorum else {"optional_attendees": [kim]}
    ask = partial(suggest, *required, **others, **DAY)

    assert starts(ask(limit=50)) == ["23 09:00", "23 09:15", "23 10:00", "23 10:15", "23 11:00"]
    assert starts(ask(prefer="last")) == ["23 11:00"]
    assert starts(ask(prefer="best", limit=2)) == ["23 09:15", "23 09:00"]


@pytest.fixture
def thursday_at_two(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(datetime.fromisoformat("2026-11-26T02:00:00Z"), tick=False)


@pytest.mark.usefixtures("thursday_at_two")
def test_a_block_that_is_under_way_is_found_again_a_week_later(person: Store, suggest: Ask) -> None:
    ann = person("ann", "thursday 00-05")

    answer = suggest(ann, duration=240)
    longer = suggest(ann, duration=301)
    cut = suggest(ann, duration=240, end=answer["end"])

    assert answer["end"] == "2026-12-03T02:00:00+00:00"
    assert [meeting["end"] for meeting in answer["suggestions"]] == ["2026-12-03T04:00:00+00:00"]
    assert (longer["empty_reason"], longer["longest_minutes"]) == ("too_short", 300)
    assert (cut["empty_reason"], cut["longest_minutes"]) == ("too_short", 180)


@pytest.mark.usefixtures("thursday_at_two")
def test_by_default_too_no_meeting_begins_after_the_window(person: Store, suggest: Ask) -> None:
    answer = suggest(person("ann", *ALWAYS), duration=1440, limit=1, prefer="last")

    assert starts(answer) == ["03 01:00"]


def test_what_is_free_only_after_the_window_is_no_availability(
    person: Store, suggest: Ask, time_machine: TimeMachineFixture
) -> None:
    # On 29 March the clocks of Berlin skip the hour from 2 to 3, in which alone Ann is free.
    ann = person("ann", "sunday 02-03", timezone="Europe/Berlin")
    time_machine.move_to(datetime.fromisoformat("2026-03-29T01:00:00+01:00"), tick=False)

    answer = suggest(ann, duration=120, timezone="Europe/Berlin")

    assert answer["end"] == "2026-04-05T01:00:00+02:00"
    assert (answer["suggestions"], answer["empty_reason"], answer["blockers"]) == ([], "no_availability", [ann])


def test_a_meeting_does_not_run_into_the_year_after_the_last(person: Store, suggest: Ask) -> None:
    answer = suggest(person("ann", *ALWAYS), duration=120, prefer="last", start="2100-12-25")

    assert starts(answer) == ["31 22:00"]


def test_a_meeting_may_last_a_day_and_run_over_midnight_and_a_clock_change(person: Store, suggest: Ask) -> None:
    ann = person("ann", *ALWAYS, timezone="Europe/Berlin")

    answer = suggest(ann, duration=1440, start="2026-10-24T12:00:00+02:00", end="2026-10-26", timezone="Europe/Berlin")

    (suggestion,) = answer["suggestions"]
    assert suggestion["start"] == "2026-10-24T12:00:00+02:00"
    assert suggestion["end"] == "2026-10-25T11:00:00+01:00"
    assert suggestion["day"] == "saturday"


@pytest.mark.parametrize("prefer", PREFERENCES)
def test_no_two_suggestions_are_the_same(three: list[str], suggest: Ask, prefer: str) -> None:
    answer = suggest(*three, min_attendees=1, step=5, duration=30, limit=50, prefer=prefer, **DAY)

    assert len(set(starts(answer))) == 50


@pytest.mark.parametrize("prefer", PREFERENCES)
def test_a_suggestion_lasts_as_long_as_was_asked(three: list[str], suggest: Ask, prefer: str) -> None:
    answer = suggest(*three, min_attendees=2, step=15, duration=75, limit=50, prefer=prefer, **DAY)

    assert answer["suggestions"]
    for suggestion in answer["suggestions"]:
        length = datetime.fromisoformat(suggestion["end"]) - datetime.fromisoformat(suggestion["start"])
        assert length == timedelta(minutes=75)


def test_a_seed_is_drawn_and_told_and_repeats_the_answer(person: Store, suggest: Ask) -> None:
    ann = person("ann", *ALWAYS)

    drawn = suggest(ann, prefer="random", limit=3, **WEEK)
    again = suggest(ann, prefer="random", limit=3, seed=drawn["seed"], **WEEK)

    assert again == drawn
    assert 0 <= drawn["seed"] < 2**53


def test_other_seeds_give_other_answers(person: Store, suggest: Ask) -> None:
    ann = person("ann", *ALWAYS)

    given = [suggest(ann, prefer="random", limit=3, seed=seed, **WEEK) for seed in range(5)]
    drawn = [suggest(ann, prefer="random", limit=3, **WEEK) for _ in range(3)]

    assert [answer["seed"] for answer in given] == [0, 1, 2, 3, 4]
    assert len({tuple(starts(answer)) for answer in given}) == 5
    assert len({answer["seed"] for answer in drawn}) == 3


def test_a_seed_changes_nothing_but_random(two: list[str], suggest: Ask) -> None:
    assert suggest(*two, seed=1, **WEEK) == suggest(*two, **WEEK)


def test_best_is_most_people_then_soonest(three: list[str], suggest: Ask) -> None:
    answer = suggest(*three, min_attendees=1, prefer="best", limit=5, **DAY)

    assert starts(answer) == ["23 10:00", "23 09:00", "23 11:00", "23 08:00", "23 12:00"]
    assert [suggestion["available_count"] for suggestion in answer["suggestions"]] == [3, 2, 2, 1, 1]


def test_best_counts_optional_attendees(three: list[str], suggest: Ask) -> None:
    ann, bob, cyd = three

    answer = suggest(ann, optional_attendees=[bob, cyd], prefer="best", limit=3, **DAY)

    assert answer["optional_attendees"] == [bob, cyd]
    assert starts(answer) == ["23 10:00", "23 09:00", "23 11:00"]
    assert answer["suggestions"][1]["missing"] == [cyd]


def test_a_quorum_stays_from_beginning_to_end_though_others_come_and_go(three: list[str], suggest: Ask) -> None:
    answer = suggest(*three, min_attendees=2, duration=120, limit=50, **DAY)

    assert [(s["start"][11:16], s["available"]) for s in answer["suggestions"]] == [
        ("09:00", [email("ann"), email("bob")]),
        ("10:00", [email("ann"), email("cyd")]),
    ]


@pytest.mark.parametrize("prefer", PREFERENCES)
def test_the_order_of_attendees_changes_nothing(three: list[str], suggest: Ask, prefer: str) -> None:
    first, *others = [
        suggest(*order, min_attendees=2, step=15, limit=50, prefer=prefer, seed=1, **DAY)
        for order in permutations(three)
    ]

    assert len(first["suggestions"]) > 1
    assert all(other == first for other in others)


def test_names_may_be_left_out(three: list[str], suggest: Ask) -> None:
    (suggestion,) = suggest(*three, names="false", **DAY)["suggestions"]

    assert suggestion.keys() == {"start", "end", "day", "available_count"}
    assert suggestion["available_count"] == 3


def test_a_meeting_longer_than_any_common_time_is_too_short_by_how_much(two: list[str], suggest: Ask) -> None:
    answer = suggest(*two, duration=121, **WEEK)

    assert answer["suggestions"] == []
    assert answer["empty_reason"] == "too_short"
    assert answer["longest_minutes"] == 120


def test_the_longest_time_of_a_quorum_is_that_of_one_and_the_same(three: list[str], suggest: Ask) -> None:
    answer = suggest(*three, min_attendees=2, duration=121, **DAY)

    assert answer["empty_reason"] == "too_short"
    assert answer["longest_minutes"] == 120


def test_without_common_time_the_reason_is_that_of_availability_service(person: Store, suggest: Ask) -> None:
    ann, bob, cyd = person("ann", "monday 09-12"), person("bob", "tuesday 09-12"), person("cyd")

    apart, never = suggest(ann, bob, **WEEK), suggest(ann, cyd, **WEEK)

    assert (apart["suggestions"], apart["empty_reason"]) == ([], "no_overlap")
    assert (apart["blockers"], apart["blockers_count"]) == ([bob], 1)
    assert (never["suggestions"], never["empty_reason"]) == ([], "no_availability")
    assert (never["blockers"], never["blockers_count"]) == ([cyd], 1)
    assert "longest_minutes" not in never


def test_by_default_the_soonest_hour_from_now_is_suggested(
    person: Store, suggest: Ask, time_machine: TimeMachineFixture
) -> None:
    ann = person("ann", "wednesday 09-11", timezone="Asia/Kathmandu")
    time_machine.move_to(datetime.fromisoformat("2026-11-25T03:50:00Z"), tick=False)

    answer = suggest(ann, timezone="Asia/Kathmandu", limit=50)

    assert (answer["start"], answer["end"]) == ("2026-11-25T10:00:00+05:45", "2026-12-02T10:00:00+05:45")
    assert starts(answer) == ["25 10:00", "02 09:00"]


def test_everybody_always_free_fills_every_slot_of_the_window(person: Store, suggest: Ask) -> None:
    answer = suggest(person("ann", *ALWAYS), limit=50, **DAY)

    assert starts(answer) == [f"23 {hour:02}:00" for hour in range(24)]
