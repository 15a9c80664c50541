"""Quorum, optional attendees, names, and the reason why there is no common time."""

from itertools import permutations
from typing import Any

import pytest
from rest_framework.test import APIClient

from common.domain.week import DAYS
from tests.availability_service.test_common import WEEK, Ask, spans
from tests.support.people import Store, email


@pytest.fixture
def three(person: Store) -> list[str]:
    """Ann is free from 9 to 12, Bob from 8 to 11, Cyd from 10 to 13."""
    return [person("ann", "monday 09-12"), person("bob", "monday 08-11"), person("cyd", "monday 10-13")]


def present(answer: Any) -> list[tuple[str, str, str]]:
    """Of each interval: the hours, and the initials of who is there and who is missing."""
    return [
        (
            f"{interval['start'][11:13]}-{interval['end'][11:13]}",
            "".join(name[0] for name in interval["available"]),
            "".join(name[0] for name in interval["missing"]),
        )
        for interval in answer["common"]
    ]


def test_a_quorum_suffices_and_intervals_are_split_where_it_changes(three: list[str], common: Ask) -> None:
    answer = common(*three, min_attendees=2, **WEEK)

    assert answer["common"][0] == {
        "start": "2026-11-23T09:00:00+00:00",
        "end": "2026-11-23T10:00:00+00:00",
        "day": "monday",
        "minutes": 60,
        "available_count": 2,
        "available": [email("ann"), email("bob")],
        "missing": [email("cyd")],
    }
    assert present(answer) == [("09-10", "ab", "c"), ("10-11", "abc", ""), ("11-12", "ac", "b")]
    assert answer["empty_reason"] is None


def test_a_quorum_of_everybody_is_everybody(three: list[str], common: Ask) -> None:
    answer = common(*three, min_attendees=3, **WEEK)

    assert present(answer) == [("10-11", "abc", "")]


def test_without_a_quorum_or_optional_attendees_nobody_is_counted(three: list[str], common: Ask) -> None:
    (interval,) = common(*three, names="true", **WEEK)["common"]

    assert interval.keys() == {"start", "end", "day", "minutes"}


def test_optional_attendees_are_counted_but_not_needed(three: list[str], common: Ask) -> None:
    answer = common(three[0], optional_attendees=three[1:], **WEEK)

    assert answer["attendees"] == [email("ann")]
    assert answer["optional_attendees"] == [email("bob"), email("cyd")]
    assert present(answer) == [("09-10", "ab", "c"), ("10-11", "abc", ""), ("11-12", "ac", "b")]


def test_optional_attendees_do_not_make_a_quorum(three: list[str], common: Ask) -> None:
    answer = common(*three[:2], optional_attendees=three[2], min_attendees=1, **WEEK)

    assert present(answer) == [
        ("08-09", "b", "ac"),
        ("09-10", "ab", "c"),
        ("10-11", "abc", ""),
        ("11-12", "ac", "b"),
    ]


def test_who_is_required_is_not_optional(three: list[str], common: Ask) -> None:
    answer = common(*three[:2], optional_attendees=[" ANN@example.org", three[1]], **WEEK)

    assert answer == common(*three[:2], **WEEK)


def test_touching_intervals_of_the_same_people_are_one(person: Store, common: Ask) -> None:
    ann, bob = person("ann", "monday 22-24", "tuesday 00-02"), person("bob", "monday 12-13")

    answer = common(ann, bob, min_attendees=1, **WEEK)

    assert spans(answer)[-1] == ("2026-11-23T22:00:00+00:00", "2026-11-24T02:00:00+00:00")


def test_names_may_be_left_out(three: list[str], common: Ask) -> None:
    answer = common(*three, min_attendees=2, names="false", **WEEK)

    assert [interval["available_count"] for interval in answer["common"]] == [2, 3, 2]
    assert all(interval.keys().isdisjoint({"available", "missing"}) for interval in answer["common"])


def test_names_of_blockers_may_be_left_out(person: Store, common: Ask) -> None:
    answer = common(person("ann", "monday 09-12"), person("bob"), names="false", **WEEK)

    assert answer["blockers_count"] == 1
    assert "blockers" not in answer


def test_above_a_hundred_attendees_names_must_be_asked_for(person: Store, client: APIClient) -> None:
    hundred = [person(f"p{number:03}", "monday 09-10") for number in range(100)]
    last = person("zoe")
    question = {"attendees": hundred, "min_attendees": 100, **WEEK}
    more = question | {"optional_attendees": [last]}

    def intervals(question: dict[str, object]) -> list[dict[str, object]]:
        found: list[dict[str, object]] = client.post("/availability/common", question, format="json").json()["common"]
        return found

    assert intervals(question)[0]["available"] == hundred
    assert "available" not in intervals(more)[0]
    assert intervals(more)[0]["available_count"] == 100
    assert intervals(more | {"names": True})[0]["missing"] == [last]


def test_the_order_of_attendees_changes_nothing(three: list[str], common: Ask) -> None:
    first, *others = [
        common(*order, optional_attendees=order[:1], min_attendees=2, **WEEK) for order in permutations(three)
    ]

    assert all(other == first for other in others)


def test_who_has_no_time_in_the_window_is_named(person: Store, common: Ask) -> None:
    ann, bob, cyd = person("ann", "monday 09-12"), person("bob", "friday 09-12"), person("cyd")

    answer = common(ann, bob, cyd, start="2026-11-23", end="2026-11-24")

    assert answer["common"] == []
    assert answer["empty_reason"] == "no_availability"
    assert answer["blockers"] == [bob, cyd]
    assert answer["blockers_count"] == 2


def test_the_fewest_who_are_in_the_way_are_named(person: Store, common: Ask) -> None:
    ann, bob, cyd = person("ann", "monday 09-12"), person("bob", "monday 11-13"), person("cyd", "tuesday 09-12")

    answer = common(ann, bob, cyd, **WEEK)

    assert answer["common"] == []
    assert answer["empty_reason"] == "no_overlap"
    assert answer["blockers"] == [cyd]
    assert answer["blockers_count"] == 1


def test_of_equally_few_those_are_named_whose_absence_gives_the_soonest_time(person: Store, common: Ask) -> None:
    ann, bob = person("ann", "tuesday 09-12"), person("bob", "monday 11-13")

    assert common(ann, bob, **WEEK)["blockers"] == [ann]
    assert common(ann, bob, start="2026-11-24", end="2026-12-01")["blockers"] == [bob]


def test_who_is_optional_is_never_in_the_way(person: Store, common: Ask) -> None:
    ann, bob = person("ann", "monday 09-12"), person("bob")

    answer = common(ann, optional_attendees=bob, **WEEK)

    assert answer["empty_reason"] is None
    assert "blockers" not in answer
    assert present(answer) == [("09-12", "a", "b")]


def test_a_quorum_that_is_never_there_has_a_reason(three: list[str], person: Store, common: Ask) -> None:
    dan, eve = person("dan"), person("eve")

    some = common(*three, dan, min_attendees=4, **WEEK)
    many = common(*three, dan, eve, min_attendees=4, **WEEK)

    assert (some["empty_reason"], some["blockers"]) == ("no_availability", [dan])
    assert (many["empty_reason"], many["blockers"]) == ("no_availability", [dan, eve])


def test_times_of_a_quorum_that_never_meets_do_not_overlap(person: Store, common: Ask) -> None:
    people = [person(f"p{number}", f"monday {9 + number:02}-{10 + number}") for number in range(3)]

    answer = common(*people, min_attendees=2, **WEEK)

    assert answer["empty_reason"] == "no_overlap"
    assert answer["blockers_count"] == 1
    assert answer["blockers"][0] in people[1:]


def test_too_many_names_are_refused(person: Store, client: APIClient) -> None:
    every_other_hour = [f"{day} {hour:02}-{hour + 1:02}" for day in DAYS for hour in range(0, 24, 2)]
    zones = ["UTC", "Asia/Kathmandu", "Asia/Kolkata"]
    few = [person(f"p{number}", *every_other_hour, timezone=zone) for number, zone in enumerate(zones)]
    many = [person(f"q{number}") for number in range(200)]
    question = {
        "attendees": few + many,
        "min_attendees": 1,
        "names": True,
        "start": "2026-09-01",
        "end": "2026-12-01",
    }

    refused = client.post("/availability/common", question, format="json")
    counted = client.post("/availability/common", question | {"names": False}, format="json")

    assert refused.status_code == 400
    assert refused.json()["type"] == "urn:w2meet:problem:too-many-names"
    assert counted.status_code == 200
