"""Times of a day in words for people."""

import re

from common.domain import week

_SEPARATOR = re.compile(r"[,;\n]|\band\b")
_INTERVAL = re.compile(
    r"(\d{1,2})(?:[:.h](\d\d))?\s*(?:[-\u2013\u2014]|to|until)\s*(\d{1,2})(?:[:.h](\d\d))?",
    re.ASCII,
)


def describe_day(free: int) -> str:
    """The quarters of a day that are free, such as `09:00 to 12:00, 14:00 to 15:30`; an empty text where none is."""
    return ", ".join(f"{week.format_time(start)} to {week.format_time(end)}" for start, end in week.to_runs(free))


def split_times(text: str) -> list[dict[str, str]]:
    """The `start` and `end` of each stretch of time in a text, such as `9-12 and 14:00 to 15:30`.

    Whether they are quarters of an hour, and in order, is for the serializer to say. Raises ValueError with the first
    part that is no such stretch.
    """
    intervals = []
    for part in filter(None, map(str.strip, _SEPARATOR.split(text.lower()))):
        times = _INTERVAL.fullmatch(part)
        if times is None:
            raise ValueError(part)
        start, after_start, end, after_end = times.groups(default="00")
        intervals.append({"start": f"{start:0>2}:{after_start}", "end": f"{end:0>2}:{after_end}"})
    return intervals
