"""Who is free in the hours of a heat map. Pure. Most weeks are alike, so what is alike is told once."""

from collections.abc import Iterable
from dataclasses import dataclass

from availability_service.heatmap.cells import Answer, Cell

# How many names a page holds in all, and of a group in one hour at most and at least.
NAMES, MOST_NAMES, FEWEST_NAMES = 10_000, 30, 4


@dataclass(frozen=True, slots=True)
class Group:
    """Some people, and how many there are without a name here."""

    title: str
    names: list[str]
    more: int


@dataclass(frozen=True, slots=True)
class Details:
    """What is told of all hours that have this `who`."""

    who: str
    groups: list[Group]


def list_details(cells: Iterable[Cell], people: int) -> list[Details]:
    """Who of so many people is free, once for all hours that are alike: the more there are, the fewer names each."""
    hours = {cell.who: cell.hour for cell in cells}
    most = max(FEWEST_NAMES, min(MOST_NAMES, NAMES // (2 * len(hours))))
    return [Details(who, _list_groups(hour, people, most)) for who, hour in hours.items()]


def _list_groups(hour: Answer, people: int, most: int) -> list[Group]:
    partly = [f"{person['email']} ({person['minutes']} minutes)" for person in hour.get("partly", ())]
    groups = [(f"{hour['available_count']} of {people} free", hour.get("available", []))]
    if hour["partly_count"]:
        groups.append((f"{hour['partly_count']} for a part of the hour", partly))
    if hour.get("missing"):
        groups.append(("Not free", hour["missing"]))
    return [Group(title, names[:most], max(0, len(names) - most)) for title, names in groups]
