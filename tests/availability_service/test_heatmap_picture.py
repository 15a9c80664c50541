"""The heat map as a picture: its cells compared with the answer for programs."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rest_framework.test import APIClient

import availability_service
from availability_service.heatmap.picture import HEAD, LEFT, ROW
from tests.availability_service.test_common import WEEK
from tests.support.people import Store
from tests.support.servers import Service

Draw = Callable[..., ET.Element]
MONDAY = {"start": "2026-11-23", "end": "2026-11-24"}
PATH = "/availability/heatmap"
STYLE = Path(availability_service.__file__).parent / "static/availability_service/heat.css"
COLOURS = re.compile(r"\.heat \.h(\d) { fill: (#\w{6}); background-color: \2; color: (#\w{6}); }")


@pytest.fixture
def draw(client: APIClient, users: Service) -> Draw:
    """The picture that answers a question."""

    def ask(*attendees: str, **parameters: Any) -> ET.Element:
        answer = client.get(PATH, {"attendees": attendees, "format": "svg", **parameters})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
        return ET.fromstring(re.sub(r' xmlns="[^"]+"', "", answer.text))

    return ask


def hours(drawn: ET.Element) -> list[ET.Element]:
    """The hours of a picture, but not those of its legend."""
    return [group for group in drawn.iter("g") if group.find("title") is not None]


def areas(drawn: ET.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of each hour, from the corner of the first day, with the line that follows it."""
    found = []
    for group in hours(drawn):
        sides = {name: float(value) for name, value in group.find("rect").attrib.items()}  # type: ignore[union-attr]
        found.append((sides["x"] - LEFT, sides["y"] - HEAD, sides["width"] + 1, sides["height"] + 1))
    return found


def test_each_cell_says_what_the_answer_for_programs_says(person: Store, draw: Draw, client: APIClient) -> None:
    group = person("ann", "monday 09-12"), person("raj", "monday 15-18", timezone="Asia/Kathmandu")

    drawn = draw(*group, **WEEK)

    found = client.get(PATH, {"attendees": group, **WEEK}).json()
    expected = [hour for day in found["days"] for hour in day["hours"]]
    assert len(hours(drawn)) == len(expected) == 168
    for cell, hour in zip(hours(drawn), expected, strict=True):
        free, partly = hour["available_count"], hour["partly_count"]
        assert cell.findtext("text") == f"{free}{'+' if partly else ''}"
        assert f"{hour['start'][11:16]} to {hour['end'][11:16]}: {free} of 2 free" in (cell.findtext("title") or "")
        assert ("enough" in cell.attrib["class"]) == (hour["quorum_minutes"] == 60)
        assert ("best" in cell.attrib["class"]) == (free == 2)
        assert f"h{(free * 9 + 1) // 2}" in cell.attrib["class"].split()


def test_a_screen_reader_is_told_what_the_picture_shows(person: Store, draw: Draw) -> None:
    drawn = draw(person("ann", "monday 09-11"), **MONDAY)

    assert drawn.attrib["role"] == "img"
    told = {element.get("id"): element.text for element in drawn.iter()}
    title, description = (told[name] for name in drawn.attrib["aria-labelledby"].split())
    assert title == "When the one person asked is free, from 2026-11-23 to 2026-11-24, UTC"
    assert description == "Most are free on Mon 23 Nov 09:00 to 10:00: 1 of 1 free. There are 2 such hours."


def test_nothing_is_best_where_nobody_is_free(person: Store, draw: Draw) -> None:
    drawn = draw(person("ann"), **MONDAY)

    assert not [cell for cell in hours(drawn) if "best" in cell.attrib["class"]]
    assert "Nobody is free for a whole hour." in [element.text for element in drawn.iter("desc")]


@pytest.mark.parametrize(
    ("date", "end", "cells", "row"),
    [("2026-03-29", "2026-03-30", 23, 2), ("2026-10-25", "2026-10-26", 25, 2)],
    ids=["skipped", "repeated"],
)
def test_a_skipped_hour_is_a_gap_and_a_repeated_one_shares_its_row(
    person: Store, draw: Draw, date: str, end: str, cells: int, row: int
) -> None:
    drawn = draw(person("ann"), start=date, end=end, timezone="Europe/Berlin")

    rows = Counter(round(top / ROW) for _, top, _, _ in areas(drawn))
    assert rows.total() == cells
    assert rows[row] == cells - 23
    assert all(count == 1 for hour, count in rows.items() if hour != row)
    assert not overlapping(areas(drawn))


@pytest.mark.parametrize(
    ("zone", "date", "expected"),
    [
        (
            "Europe/Berlin",
            "2026-10-25",
            ["02:00 (UTC+02:00) to 02:00 (UTC+01:00)", "02:00 (UTC+01:00) to 03:00 (UTC+01:00)"],
        ),
        ("Europe/Berlin", "2026-03-29", ["01:00 (UTC+01:00) to 03:00 (UTC+02:00)"]),
        ("Australia/Lord_Howe", "2026-10-04", ["01:00 (UTC+10:30) to 02:30 (UTC+11:00)"]),
        ("Europe/Berlin", "2026-10-26", ["02:00 to 03:00"]),
    ],
)
def test_on_the_day_of_a_clock_change_times_say_their_offset(
    person: Store, draw: Draw, zone: str, date: str, expected: list[str]
) -> None:
    drawn = draw(person("ann"), start=date, end=f"{date[:-2]}{int(date[-2:]) + 1:02}", timezone=zone)

    labels = [group.findtext("title") or "" for group in hours(drawn)]
    day = f"{datetime.fromisoformat(date):%a %-d %b}"
    assert all(f"{day} {label}: 0 of 1 free" in labels for label in expected)
    assert len(set(labels)) == len(labels)


def test_a_part_of_an_hour_is_a_part_of_its_row(person: Store, draw: Draw) -> None:
    drawn = draw(person("ann"), start="2026-11-23T08:00Z", end="2026-11-23T10:00Z", timezone="Asia/Kathmandu")

    found = [(top / ROW, height / ROW) for _, top, _, height in areas(drawn)]
    assert found == [(13.75, 0.25), (14, 1), (15, 0.75)]


@pytest.mark.parametrize("start", ["2026-04-04T13:00Z", "2026-10-03T13:30Z"])
def test_a_clock_change_of_half_an_hour_leaves_no_cell_on_another(person: Store, draw: Draw, start: str) -> None:
    end = start.replace("04-04", "04-06").replace("10-03", "10-05")

    assert not overlapping(areas(draw(person("ann"), start=start, end=end, timezone="Australia/Lord_Howe")))


def overlapping(found: list[tuple[float, float, float, float]]) -> list[Any]:
    """Neighbours in time that lie on each other."""
    return [
        (one, two)
        for one, two in pairwise(found)
        if one[0] + one[2] > two[0] + 0.02 and two[0] + two[2] > one[0] + 0.02
        and one[1] + one[3] > two[1] + 0.02 and two[1] + two[3] > one[1] + 0.02
    ]  # fmt: skip


@pytest.mark.parametrize("days", [1, 7, 8, 9, 92])
def test_the_picture_is_never_wider_than_a_telephone_and_holds_all_days(person: Store, draw: Draw, days: int) -> None:
    end = {1: "2026-11-24", 7: "2026-11-30", 8: "2026-12-01", 9: "2026-12-02", 92: "2027-02-23"}[days]
    drawn = draw(person("ann", "monday 09-12"), start="2026-11-23", end=end)

    width, height = float(drawn.attrib["width"]), float(drawn.attrib["height"])
    assert width <= 400
    assert len(hours(drawn)) == days * 24
    assert all(x + LEFT + across <= width + 1 and y + HEAD + down <= height for x, y, across, down in areas(drawn))
    assert len(ET.tostring(drawn)) < 1_000_000


def test_a_header_or_the_format_asks_for_the_picture(person: Store, client: APIClient) -> None:
    question = {"attendees": [person("ann")], **MONDAY}

    for answer in (
        client.get(PATH, question, headers={"Accept": "image/svg+xml"}),
        client.get(PATH, question, headers={"Accept": "image/avif,image/svg+xml,image/*,*/*;q=0.8"}),
        client.post(f"{PATH}?format=svg", question, format="json"),
    ):
        assert answer["Content-Type"].startswith("image/svg+xml")
        assert answer.text.startswith("<svg ")


def test_a_question_with_faults_is_a_problem_and_no_picture(client: APIClient) -> None:
    answer = client.get(PATH, {"format": "svg"})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def lightness(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_differ_in_lightness_and_numbers_on_them_can_be_read(scheme: str) -> None:
    light, dark = STYLE.read_text().split("@media (prefers-color-scheme: dark)")
    colours = COLOURS.findall(light if scheme == "light" else dark)
    grounds = [lightness(ground) for _, ground, _ in colours]

    assert grounds == sorted(grounds, reverse=scheme == "light")
    assert len(set(grounds)) == 10
    assert [int(level) for level, _, _ in colours] == list(range(10))
    for level, ground, text in colours:
        darker, lighter = sorted((lightness(ground), lightness(text)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, level
