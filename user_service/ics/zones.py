"""Time zones as the calendars of other programs name them."""

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common.domain import timezones


def find_zone(text: str) -> str:
    """The IANA name of a time zone. Raises ValueError.

    Windows has names of its own. Some programs write words of theirs before the name, as in
    /freeassociation.sourceforge.net/Europe/Berlin or tzone://Microsoft/Utc.
    """
    if text in timezones.names():
        return text
    parts = text.rsplit("/", 3)
    candidates = WINDOWS_TO_OLSON.get(text, ""), "/".join(parts[-3:]), "/".join(parts[-2:]), parts[-1].upper()
    return next((name for name in candidates if name in timezones.names()), None) or timezones.zone(text).key
