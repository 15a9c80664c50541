"""IANA time zones, from the `tzdata` package alone."""

import difflib
import functools
import unicodedata
import zoneinfo

# Three services that read three different system databases would answer an hour apart after a rule changes.
zoneinfo.reset_tzpath(())

DEFAULT = "UTC"
# Files of the database that say which zone a computer is in, or that nobody has said so yet.
NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})
_AREAS = "Africa America Antarctica Arctic Asia Atlantic Australia Canada Europe Indian Pacific US"
_NO_PLACES = {f"Australia/{name}" for name in ("ACT", "LHI", "NSW", "North", "South", "West")}
_HOW_TO_WRITE = "Write the IANA name of a place, such as Europe/Berlin: an abbreviation or an offset is none."
_SHORTEST_SLIP = 6  # letters: among fewer, an abbreviation is as near to a place as a slip is (MSK, Omsk)


@functools.cache
def names() -> frozenset[str]:
    """Every name that may be asked for."""
    return frozenset(zoneinfo.available_timezones() - NO_ZONES)


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name. Raises ValueError, with the name that may be meant, for any other text."""
    if name not in names():
        place = _find_place(name[:64])
        hint = f"Did you mean '{place}'?" if place else _HOW_TO_WRITE
        raise ValueError(f"'{name[:64]}' is not an IANA time zone. {hint}")
    return zoneinfo.ZoneInfo(name)


def _find_place(text: str) -> str | None:
    """The zone whose name or place is written like the text, or nearly so. An abbreviation or an offset has none."""
    places = _places()
    folded = _fold(text)
    city = folded.rpartition("/")[2]
    if match := places.get(folded) or places.get(city):
        return match
    if len(city) < _SHORTEST_SLIP and "/" not in folded:
        return None
    near = difflib.get_close_matches(folded, places, n=1, cutoff=0.8)
    return places[near[0]] if near else None


@functools.cache
def _places() -> dict[str, str]:
    """The names of places, by what is left of them, and of their last part, when folded. Of several, the shortest."""
    in_areas = (name for name in names() - _NO_PLACES if name.partition("/")[0] in _AREAS.split())
    places = sorted(in_areas, key=lambda name: (-len(name), name))
    return {_fold(name.rpartition("/")[2]): name for name in places} | {
        _fold(name): name for name in [*places, DEFAULT]
    }


def _fold(name: str) -> str:
    """The letters, digits and slashes, in lower case and without accents."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", name).lower()
        if character.isalnum() or character == "/"
    )
