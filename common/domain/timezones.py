"""IANA time zones, from the `tzdata` package alone."""

import difflib
import functools
import zoneinfo

# Three services that read three different system databases would answer an hour apart after a rule changes.
zoneinfo.reset_tzpath(())

DEFAULT = "UTC"


@functools.cache
def names() -> frozenset[str]:
    """Every name that may be asked for."""
    return frozenset(zoneinfo.available_timezones())


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name. Raises ValueError, with the nearest name if there is one, for any other text."""
    if name not in names():
        raise ValueError(f"'{name[:64]}' is not an IANA time zone.{_hint(name)}")
    return zoneinfo.ZoneInfo(name)


def _hint(name: str) -> str:
    lowered = {known.lower(): known for known in names()}
    near = difflib.get_close_matches(name[:64].lower(), lowered, n=1, cutoff=0.8)
    return f" Did you mean '{lowered[near[0]]}'?" if near else ""
