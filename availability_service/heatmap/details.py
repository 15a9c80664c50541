"""Who is free in the hours of a picture. Pure. Most weeks are alike, so what is alike is told once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from availability_service.heatmap.picture import Picture

MAX_NAMES = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Some people, and how many there are without a name here."""

    title: str
    names: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Details:
    """What is told of an hour, under an id."""

    id: str
    groups: tuple[Group, ...]


def details(drawn: Picture) -> tuple[list[Details], dict[str, str]]:
    """All there is to tell, and the id of what is told of the hour at each place."""
    ids: dict[tuple[Group, ...], str] = {}
    where = {box.place: ids.setdefault(_groups(box.hour), f"told-{len(ids)}") for box in drawn.boxes}
    return [Details(name, groups) for groups, name in ids.items()], where


def _groups(hour: Mapping[str, Any]) -> tuple[Group, ...]:
    if "available" not in hour:
        return ()
    partly = [f"{person['email']} ({person['minutes']} minutes)" for person in hour["partly"]]
    named = {"Free": hour["available"], "For a part of it": partly, "Not free": hour["missing"]}
    return tuple(_group(f"{title} ({len(names)})", names) for title, names in named.items() if names)


def _group(title: str, names: list[str]) -> Group:
    return Group(title, tuple(names[:MAX_NAMES]), max(0, len(names) - MAX_NAMES))
