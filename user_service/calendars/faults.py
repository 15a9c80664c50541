"""Why a calendar cannot be read: in words for people, who see neither a secret nor a private address in them."""


class CalendarFault(Exception):  # noqa: N818  a state of a calendar
    """One of those below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(CalendarFault):
    """It will not get better by trying again: a private address, a wrong password, nothing there."""


class Failing(CalendarFault):
    """It may get better by trying again: no answer in time, a fault of the server, an answer that is too large."""


class UnreadableCalendar(CalendarFault):
    """Nothing can be read of what is there: it is no calendar, or reading it takes too much."""
