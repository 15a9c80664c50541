"""Which minutes a calendar makes busy: cases by hand, each read in a process of its own as in service."""

import zlib
from datetime import UTC, datetime, timedelta

import pytest

from common.domain.window import EPOCH, MINUTE
from user_service.calendars.faults import UnreadableCalendar
from user_service.calendars.reading.calendar_file import MAX_BYTES, Owner, expand_again, read_calendar

ANN = Owner(email="ann@example.org", timezone="Europe/Berlin")
# The last clock change before is that of 25 October 2026; the next is that of 28 March 2027.
START, END = "2026-11-01 00:00", "2027-12-06 00:00"
CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0500
TZOFFSETTO:+0400
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0400
TZOFFSETTO:+0500
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
NINE = "DTSTART;TZID=Europe/Berlin:20261123T090000\nDTEND;TZID=Europe/Berlin:20261123T100000\n"
NINE_IS_BUSY = "2026-11-23 08:00/09:00"
DAILY = f"{NINE}RRULE:FREQ=DAILY;COUNT=3\n"
ALL_THREE = [f"2026-11-{day} 08:00/09:00" for day in (23, 24, 25)]


def event(*lines: str, uid: str = "1") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\n" + "".join(f"{line.rstrip()}\n" for line in lines) + "END:VEVENT\n"


def calendar(*components: str) -> bytes:
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + "".join(components) + "END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def freebusy(*lines: str) -> bytes:
    return calendar("BEGIN:VFREEBUSY\n" + "".join(f"{line}\n" for line in lines) + "END:VFREEBUSY\n")


def minute(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // MINUTE


def minutes(interval: str) -> tuple[int, int]:
    """The minutes of `2026-11-23 08:00/09:00`, or of an end that names its day as well: all in UTC."""
    start, _, end = interval.partition("/")
    return minute(start), minute(end if len(end) > 5 else f"{start[:10]} {end}")


def changed(*lines: str, master: str = DAILY) -> bytes:
    """Three mornings, of which the second is changed."""
    return calendar(event(master), event("RECURRENCE-ID;TZID=Europe/Berlin:20261124T090000", *lines))


AFTERNOON = "DTSTART;TZID=Europe/Berlin:20261124T150000\nDTEND;TZID=Europe/Berlin:20261124T160000\n"
# name: the calendar, when it makes Ann busy (UTC), and how many events cannot be read
CASES: dict[str, tuple[bytes, list[str], int]] = {
    "one event": (calendar(event(NINE)), [NINE_IS_BUSY], 0),
    "no events": (calendar(), [], 0),
    "in UTC": (calendar(event("DTSTART:20261123T080000Z", "DTEND:20261123T090000Z")), [NINE_IS_BUSY], 0),
    "in UTC that has a zone as well": (
        calendar(event("DTSTART;TZID=Europe/Berlin:20261123T080000Z", "DURATION:PT1H")),
        [NINE_IS_BUSY],
        0,
    ),
    "floating": (calendar(event("DTSTART:20261123T090000", "DTEND:20261123T100000")), [NINE_IS_BUSY], 0),
    "floating by the clock of the calendar": (
        calendar("X-WR-TIMEZONE:Asia/Kolkata\n", event("DTSTART:20261123T090000", "DURATION:PT1H")),
        ["2026-11-23 03:30/04:30"],
        0,
    ),
    "floating by a clock that nobody knows": (
        calendar("X-WR-TIMEZONE:Mars/Utopia\n", event("DTSTART:20261123T090000"), event(NINE, uid="2")),
        [NINE_IS_BUSY],
        1,
    ),
    "seconds": (
        calendar(event("DTSTART:20261123T080059Z", "DTEND:20261123T085901Z")),
        ["2026-11-23 08:00/09:00"],
        0,
    ),
    "a leap second": (
        calendar(event("DTSTART:20261123T080000Z", "DTEND:20261123T085960Z")),
        ["2026-11-23 08:00/09:00"],
        0,
    ),
    "a duration": (calendar(event("DTSTART:20261123T080000Z", "DURATION:PT1H")), [NINE_IS_BUSY], 0),
    "a duration of a day with a clock change": (
        calendar(event("DTSTART;TZID=Europe/Berlin:20270327T120000", "DURATION:P1D")),
        ["2027-03-27 11:00/2027-03-28 10:00"],
        0,
    ),
    "neither end nor duration": (calendar(event("DTSTART:20261123T080000Z")), [], 0),
    "no length": (calendar(event("DTSTART:20261123T080000Z", "DTEND:20261123T080000Z")), [], 0),
    "from now on, for ever": (
        calendar(event("DTSTART;TZID=Europe/Berlin:20261123T090000", "DTEND:99991231T235959Z")),
        ["2026-11-23 08:00/2027-12-06 00:00"],
        0,
    ),
    "for ever, in a VFREEBUSY": (
        freebusy("FREEBUSY:20261123T080000Z/99991231T235959Z"),
        ["2026-11-23 08:00/2027-12-06 00:00"],
        0,
    ),
    "each month of November, for ever": (
        calendar(event(NINE, "RRULE:FREQ=MONTHLY;BYMONTH=11;UNTIL=99991231T235959Z")),
        [NINE_IS_BUSY, "2027-11-23 08:00/09:00"],
        0,
    ),
    "an end before the start": (calendar(event("DTSTART:20261123T080000Z", "DTEND:20261123T070000Z")), [], 1),
    "no start": (calendar(event("DTEND:20261123T070000Z"), event(NINE, uid="2")), [NINE_IS_BUSY], 1),
    "a start that does not exist": (calendar(event("DTSTART:20261131T070000Z", "DURATION:PT1H")), [], 1),
    "all day": (
        calendar(event("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261125")),
        ["2026-11-22 23:00/2026-11-24 23:00"],
        0,
    ),
    "all day without an end": (
        calendar(event("DTSTART;VALUE=DATE:20270328")),
        ["2027-03-27 23:00/2027-03-28 22:00"],
        0,
    ),
    "all day until the day itself": (
        calendar(event("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261123")),
        ["2026-11-22 23:00/2026-11-23 23:00"],
        0,
    ),
    "all day, each week until a day": (
        calendar(event("DTSTART;VALUE=DATE:20261123", "RRULE:FREQ=WEEKLY;UNTIL=20261130")),
        ["2026-11-22 23:00/2026-11-23 23:00", "2026-11-29 23:00/2026-11-30 23:00"],
        0,
    ),
    "all day, each day until a time, with an exception at a time": (
        calendar(
            event("DTSTART;VALUE=DATE:20261123", "RRULE:FREQ=DAILY;UNTIL=20261125T000000Z", "EXDATE:20261124T000000Z")
        ),
        ["2026-11-22 23:00/2026-11-23 23:00", "2026-11-24 23:00/2026-11-25 23:00"],
        0,
    ),
    "transparent": (calendar(event(NINE, "TRANSP:TRANSPARENT")), [], 0),
    "opaque": (calendar(event(NINE, "TRANSP:opaque")), [NINE_IS_BUSY], 0),
    "cancelled": (calendar(event(NINE, "STATUS:CANCELLED")), [], 0),
    "tentative": (calendar(event(NINE, "STATUS:TENTATIVE")), [NINE_IS_BUSY], 0),
    "Outlook: free": (calendar(event(NINE, "X-MICROSOFT-CDO-BUSYSTATUS:FREE")), [], 0),
    "Outlook: elsewhere": (calendar(event(NINE, "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE")), [], 0),
    "Outlook: out of office": (
        calendar(event(NINE, "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:TRANSPARENT")),
        [NINE_IS_BUSY],
        0,
    ),
    "Outlook: busy, but cancelled": (
        calendar(event(NINE, "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "STATUS:CANCELLED")),
        [],
        0,
    ),
    "declined": (calendar(event(NINE, "ATTENDEE;PARTSTAT=DECLINED;CN=Ann:MAILTO:Ann@Example.ORG")), [], 0),
    "declined by somebody else": (
        calendar(event(NINE, "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org")),
        [NINE_IS_BUSY],
        0,
    ),
    "accepted": (calendar(event(NINE, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org")), [NINE_IS_BUSY], 0),
    "recurring": (calendar(event(DAILY)), ALL_THREE, 0),
    "until a day, which counts": (calendar(event(f"{NINE}RRULE:FREQ=DAILY;UNTIL=20261125")), ALL_THREE, 0),
    "until a time in UTC": (calendar(event(f"{NINE}RRULE:FREQ=DAILY;UNTIL=20261125T080000Z")), ALL_THREE, 0),
    "until a time without a zone": (calendar(event(f"{NINE}RRULE:FREQ=DAILY;UNTIL=20261125T090000")), ALL_THREE, 0),
    "a rule that ends with a semicolon": (calendar(event(f"{NINE}RRULE:FREQ=DAILY;COUNT=3;")), ALL_THREE, 0),
    "a rule in lower case": (calendar(event(f"{NINE}RRULE:freq=daily;count=3")), ALL_THREE, 0),
    "an exception": (
        calendar(event(DAILY, "EXDATE;TZID=Europe/Berlin:20261124T090000")),
        [ALL_THREE[0], ALL_THREE[2]],
        0,
    ),
    "exceptions in UTC, two in a line": (
        calendar(event(DAILY, "EXDATE:20261123T080000Z,20261124T080000Z")),
        [ALL_THREE[2]],
        0,
    ),
    "an exception on a day": (calendar(event(DAILY, "EXDATE;VALUE=DATE:20261124")), [ALL_THREE[0], ALL_THREE[2]], 0),
    "an exception at nine by the clock does not hit nine in UTC": (
        calendar(
            event(f"{NINE}RRULE:FREQ=DAILY;BYHOUR=9,10;COUNT=4", "EXDATE;TZID=Europe/Berlin:20261124T100000"),
        ),
        ["2026-11-23 08:00/10:00", "2026-11-24 08:00/09:00"],
        0,
    ),
    "no exception after all": (calendar(event(DAILY, "EXDATE:")), ALL_THREE, 0),
    "an exception that cannot be read": (calendar(event(DAILY, "EXDATE;A=1;A=2:20261124T080000Z")), [], 1),
    "additional times": (
        calendar(event(NINE, "RDATE;TZID=Europe/Berlin:20261124T090000,20261125T090000")),
        ALL_THREE,
        0,
    ),
    "an additional period, with its end and with its length": (
        calendar(
            event(
                NINE,
                "RDATE;VALUE=PERIOD:20261124T080000Z/20261124T083000Z,20261125T080000Z/PT2H",
            )
        ),
        [NINE_IS_BUSY, "2026-11-24 08:00/08:30", "2026-11-25 08:00/10:00"],
        0,
    ),
    "one is moved": (changed(AFTERNOON), [ALL_THREE[0], "2026-11-24 14:00/15:00", ALL_THREE[2]], 0),
    "one is moved to another zone": (
        changed("DTSTART;TZID=America/New_York:20261124T090000", "DURATION:PT1H"),
        [ALL_THREE[0], "2026-11-24 14:00/15:00", ALL_THREE[2]],
        0,
    ),
    "one becomes a whole day": (
        changed("DTSTART;VALUE=DATE:20261124"),
        [ALL_THREE[0], "2026-11-23 23:00/2026-11-24 23:00", ALL_THREE[2]],
        0,
    ),
    "one day becomes a time": (
        calendar(
            event("DTSTART;VALUE=DATE:20261123", "RRULE:FREQ=DAILY;COUNT=2"),
            event("RECURRENCE-ID;VALUE=DATE:20261124", AFTERNOON),
        ),
        ["2026-11-22 23:00/2026-11-23 23:00", "2026-11-24 14:00/15:00"],
        0,
    ),
    "one is named by its time in UTC": (
        calendar(event(DAILY), event("RECURRENCE-ID:20261124T080000Z", AFTERNOON)),
        [ALL_THREE[0], "2026-11-24 14:00/15:00", ALL_THREE[2]],
        0,
    ),
    "one is moved into what is asked for": (
        calendar(
            event("DTSTART:20261001T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"),
            event("RECURRENCE-ID:20261002T080000Z", "DTSTART:20261123T080000Z", "DURATION:PT1H"),
        ),
        [NINE_IS_BUSY],
        0,
    ),
    "one is named by its day": (
        calendar(event(DAILY), event("RECURRENCE-ID;VALUE=DATE:20261124", AFTERNOON)),
        [ALL_THREE[0], "2026-11-24 14:00/15:00", ALL_THREE[2]],
        0,
    ),
    "one is cancelled": (changed(AFTERNOON, "STATUS:CANCELLED"), [ALL_THREE[0], ALL_THREE[2]], 0),
    "one is declined": (
        changed(AFTERNOON, "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org"),
        [ALL_THREE[0], ALL_THREE[2]],
        0,
    ),
    "one of many that take place is cancelled from then on": (
        changed(AFTERNOON, "STATUS:CANCELLED").replace(b"RECURRENCE-ID;", b"RECURRENCE-ID;RANGE=THISANDFUTURE;"),
        [ALL_THREE[0]],
        0,
    ),
    "all but one are declined": (
        changed(AFTERNOON, master=f"{DAILY}ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org"),
        ["2026-11-24 14:00/15:00"],
        0,
    ),
    "one cannot be read": (changed("DTSTART:nonsense"), ALL_THREE, 1),
    "one without its series": (
        calendar(event("RECURRENCE-ID;TZID=Europe/Berlin:20261123T090000", NINE)),
        [NINE_IS_BUSY],
        0,
    ),
    "one in an old version": (
        calendar(event(NINE, "SEQUENCE:1"), event("DTSTART:20261123T120000Z", "DURATION:PT1H", "SEQUENCE:0")),
        [NINE_IS_BUSY],
        0,
    ),
    "this and those to come": (
        calendar(
            event(DAILY),
            event(
                "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261124T090000",
                "DTSTART;TZID=Europe/Berlin:20261124T110000",
                "DTEND;TZID=Europe/Berlin:20261124T130000",
            ),
        ),
        [ALL_THREE[0], "2026-11-24 10:00/12:00", "2026-11-25 10:00/12:00"],
        0,
    ),
    "weekly over a clock change": (
        calendar(
            event(
                "DTSTART;TZID=Europe/Berlin:20270322T090000",
                "DTEND;TZID=Europe/Berlin:20270322T100000",
                "RRULE:FREQ=WEEKLY;COUNT=2",
            )
        ),
        ["2027-03-22 08:00/09:00", "2027-03-29 07:00/08:00"],
        0,
    ),
    "nightly over a clock change, as long as always (RFC 5545, section 3.8.5.3)": (
        calendar(
            event(
                "DTSTART;TZID=Europe/Berlin:20270326T220000",
                "DTEND;TZID=Europe/Berlin:20270327T060000",
                "RRULE:FREQ=DAILY;COUNT=2",
            )
        ),
        ["2027-03-26 21:00/2027-03-27 05:00", "2027-03-27 21:00/2027-03-28 05:00"],
        0,
    ),
    "a start that a clock change skips": (
        calendar(event("DTSTART;TZID=Europe/Berlin:20270328T023000", "DTEND;TZID=Europe/Berlin:20270328T033000")),
        ["2027-03-28 01:30/02:30"],
        0,
    ),
    "a start that a clock change skips in a series": (
        calendar(
            event(
                "DTSTART;TZID=Europe/Berlin:20270327T023000",
                "DTEND;TZID=Europe/Berlin:20270327T033000",
                "RRULE:FREQ=DAILY;COUNT=3",
            )
        ),
        ["2027-03-27 01:30/02:30", "2027-03-28 01:30/02:30", "2027-03-29 00:30/01:30"],
        0,
    ),
    "an hour that there is twice": (
        calendar(event("DTSTART;TZID=Europe/Berlin:20271031T023000", "DTEND;TZID=Europe/Berlin:20271031T031500")),
        ["2027-10-31 00:30/02:15"],
        0,
    ),
    "a flight to the east": (
        calendar(
            event("DTSTART;TZID=Europe/Berlin:20261123T090000", "DTEND;TZID=Asia/Tokyo:20261124T060000"),
        ),
        ["2026-11-23 08:00/21:00"],
        0,
    ),
    "a zone as Windows names it": (
        calendar(event("DTSTART;TZID=India Standard Time:20261123T133000", "DURATION:PT1H")),
        [NINE_IS_BUSY],
        0,
    ),
    "a zone as Evolution names it": (
        calendar(
            event("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261123T090000", "DURATION:PT1H"),
        ),
        [NINE_IS_BUSY],
        0,
    ),
    "a zone that only the calendar knows": (
        calendar(CUSTOM, event("DTSTART;TZID=Customized Time Zone:20261123T120000", "DURATION:PT1H")),
        [NINE_IS_BUSY],
        0,
    ),
    "a zone that only the calendar knows, over its clock change": (
        calendar(
            event(
                "DTSTART;TZID=Customized Time Zone:20270327T023000",
                "DTEND;TZID=Customized Time Zone:20270327T033000",
                "RRULE:FREQ=DAILY;COUNT=3",
            ),
            CUSTOM,
        ),
        ["2027-03-26 22:30/23:30", "2027-03-27 22:30/23:30", "2027-03-28 21:30/22:30"],
        0,
    ),
    "a zone that the calendar says where it is": (
        calendar(
            CUSTOM.replace("Zone\n", "Zone\nX-LIC-LOCATION:Asia/Tokyo\n"),
            event("DTSTART;TZID=Customized Time Zone:20261123T170000", "DURATION:PT1H"),
        ),
        [NINE_IS_BUSY],
        0,
    ),
    "IANA's zone, whatever the calendar says of it": (
        calendar(CUSTOM.replace("Customized Time Zone", "Europe/Berlin"), event(NINE)),
        [NINE_IS_BUSY],
        0,
    ),
    "a zone that nobody knows": (
        calendar(event("DTSTART;TZID=Mars/Utopia:20261123T090000", "DURATION:PT1H"), event(NINE, uid="2")),
        [NINE_IS_BUSY],
        1,
    ),
    "a zone that cannot be one": (
        calendar(
            CUSTOM.replace("YEARLY", "SECONDLY"),
            event("DTSTART;TZID=Customized Time Zone:20261123T120000", "DURATION:PT1H"),
        ),
        [],
        1,
    ),
    "each minute": (calendar(event(f"{NINE}RRULE:FREQ=MINUTELY"), event(NINE, uid="2")), [NINE_IS_BUSY], 1),
    "each minute in other words": (
        calendar(event(f"{NINE}RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,5,10,15,20,25,30,35,40,45")),
        [],
        1,
    ),
    "each zeroth day": (calendar(event(f"{NINE}RRULE:FREQ=DAILY;INTERVAL=0")), [], 1),
    "a rule that ends in two ways": (calendar(event(f"{NINE}RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261125")), [], 1),
    "a rule that is none": (calendar(event(f"{NINE}RRULE:FREQ=OFTEN")), [], 1),
    "9,000 years": (
        calendar(event("DTSTART:20261123T080000Z", "DURATION:P3285000D"), event(NINE, uid="2")),
        [NINE_IS_BUSY],
        1,
    ),
    "9,000 years, each day": (
        calendar(event("DTSTART:20261123T080000Z", "DURATION:P2900000D", "RRULE:FREQ=DAILY"), event(NINE, uid="2")),
        [NINE_IS_BUSY],
        1,
    ),
    "several calendars, with one identifier": (
        calendar(event(NINE)) + calendar(event("DTSTART:20261123T120000Z", "DURATION:PT1H")),
        [NINE_IS_BUSY, "2026-11-23 12:00/13:00"],
        0,
    ),
    "several calendars, with one name for their zones": (
        calendar(CUSTOM, event("DTSTART;TZID=Customized Time Zone:20261123T120000", "DURATION:PT1H"))
        + calendar(
            CUSTOM.replace("+0400", "+0900").replace("+0500", "+1000"),
            event("DTSTART;TZID=Customized Time Zone:20261123T190000", "DURATION:PT1H"),
        ),
        [NINE_IS_BUSY, "2026-11-23 10:00/11:00"],
        0,
    ),
    "a byte order mark": (b"\xef\xbb\xbf" + calendar(event(NINE)), [NINE_IS_BUSY], 0),
    "lines that end otherwise": (calendar(event(NINE)).replace(b"\r\n", b"\r"), [NINE_IS_BUSY], 0),
    "folded lines": (calendar(event(NINE)).replace(b"0900", b"09\r\n 00"), [NINE_IS_BUSY], 0),
    "an alarm and a task": (
        calendar(
            event(NINE, "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5H\nREPEAT:2\nEND:VALARM"),
            "BEGIN:VTODO\nDTSTART:20261124T080000Z\nDUE:20261124T090000Z\nEND:VTODO\n",
        ),
        [NINE_IS_BUSY],
        0,
    ),
    "no identifiers": (
        calendar(
            event(NINE).replace("UID:1\n", ""),
            event("DTSTART:20261123T120000Z", "DURATION:PT1H").replace("UID:1\n", ""),
        ),
        [NINE_IS_BUSY, "2026-11-23 12:00/13:00"],
        0,
    ),
    "what touches is one": (
        calendar(event(NINE), event("DTSTART:20261123T090000Z", "DURATION:PT1H", uid="2")),
        ["2026-11-23 08:00/10:00"],
        0,
    ),
    "what reaches over an edge is cut": (
        calendar(event("DTSTART:20261030T000000Z", "DTEND:20261101T010000Z")),
        ["2026-11-01 00:00/01:00"],
        0,
    ),
    "what is over": (calendar(event("DTSTART:20251123T080000Z", "DURATION:PT1H")), [], 0),
    "what began long ago": (
        calendar(event("DTSTART:20251124T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20261102")),
        ["2026-11-01 08:00/09:00", "2026-11-02 08:00/09:00"],
        0,
    ),
    "what began long ago and lasts": (
        calendar(event("DTSTART:20251124T080000Z", "DURATION:P343D")),
        ["2026-11-01 00:00/2026-11-02 08:00"],
        0,
    ),
    "free-busy": (
        freebusy("FREEBUSY:20261123T080000Z/20261123T083000Z,20261123T100000Z/PT1H"),
        ["2026-11-23 08:00/08:30", "2026-11-23 10:00/11:00"],
        0,
    ),
    "free-busy of each type": (
        freebusy(
            "FREEBUSY;FBTYPE=FREE:20261123T080000Z/PT1H",
            "FREEBUSY;FBTYPE=BUSY:20261123T100000Z/PT1H",
            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261123T120000Z/PT1H",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261123T140000Z/PT1H",
            "FREEBUSY;FBTYPE=X-ODD:20261123T160000Z/PT1H",
        ),
        [f"2026-11-23 {hour}:00/{hour + 1}:00" for hour in (10, 12, 14, 16)],
        0,
    ),
    "free-busy that cannot be read": (freebusy("FREEBUSY:20261123T080000Z/PT1H,20261123"), [], 1),
}


@pytest.mark.parametrize("name", CASES)
def test_busy_minutes_are_those_of(name: str) -> None:
    content, intervals, unread = CASES[name]

    reading = read_calendar(content, ANN, minute(START), minute(END))

    assert reading.busy == tuple(minutes(interval) for interval in intervals)
    assert reading.unread_events == unread
    assert expand_again(reading.kept, ANN, minute(START), minute(END)) == reading


@pytest.mark.parametrize(
    "content",
    [
        calendar(event(NINE, "STATUS:TENTATIVE")),
        calendar(event(NINE, "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE")),
        calendar(event(NINE, "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@example.org")),
        calendar(event(f"{NINE}RRULE:FREQ=DAILY;COUNT=1", "STATUS:TENTATIVE")),
        freebusy("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261123T080000Z/PT1H"),
    ],
)
def test_what_is_tentative_is_busy_or_not_as_the_calendar_is_set(content: bytes) -> None:
    busy = read_calendar(content, ANN, minute(START), minute(END))
    free = read_calendar(content, ANN, minute(START), minute(END), tentative_is_busy=False)

    assert busy.busy == (minutes(NINE_IS_BUSY),)
    assert free.busy == ()
    assert expand_again(free.kept, ANN, minute(START), minute(END)) == busy


@pytest.mark.parametrize("email", ["ann@bücher.example", "a%b@example.org"])
def test_an_address_is_known_as_others_write_it(email: str) -> None:
    written = email.replace("%", "%25").replace("bücher", "xn--bcher-kva")
    content = calendar(event(NINE, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{written}"))

    owner = Owner(email=email, timezone="Europe/Berlin")

    assert read_calendar(content, owner, minute(START), minute(END)).busy == ()


def test_days_and_floating_times_are_those_of_the_owner() -> None:
    content = calendar(event("DTSTART:20261123"), event("DTSTART:20261125T090000", "DURATION:PT1H", uid="2"))
    carl = Owner(email="carl@example.org", timezone="Asia/Kathmandu")

    reading = read_calendar(content, carl, minute(START), minute(END))

    assert reading.busy == (minutes("2026-11-22 18:15/2026-11-23 18:15"), minutes("2026-11-25 03:15/04:15"))
    moved = expand_again(reading.kept, ANN, minute(START), minute(END))
    assert moved.busy == (minutes("2026-11-22 23:00/2026-11-23 23:00"), minutes("2026-11-25 08:00/09:00"))


def test_what_is_kept_tells_times_and_rules_alone() -> None:
    content = calendar(
        "X-WR-CALNAME:Secret plans\n",
        event(
            DAILY,
            "SUMMARY:Secret",
            "LOCATION:Secret",
            "DESCRIPTION:Secret\n  and folded Secret",
            "ORGANIZER;CN=Secret:mailto:secret@example.org",
            'ATTENDEE;PARTSTAT=DECLINED;CN="Secret":mailto:secret@example.org',
            "X-ALT-DESC:Secret",
            "BEGIN:VALARM\nDESCRIPTION:Secret\nEND:VALARM",
            uid="secret@example.org",
        ),
    )

    kept = zlib.decompress(read_calendar(content, ANN, minute(START), minute(END)).kept)

    assert b"RRULE:FREQ=DAILY;COUNT=3" in kept
    assert b"secret" not in kept.lower()
    assert b"example" not in kept


def test_what_is_kept_is_expanded_again_as_time_goes_on() -> None:
    content = calendar(event(f"{NINE}RRULE:FREQ=YEARLY"), event(NINE, uid="2"))
    reading = read_calendar(content, ANN, minute("2026-11-01 00:00"), minute("2026-12-01 00:00"))

    later = expand_again(reading.kept, ANN, minute("2027-11-01 00:00"), minute("2027-12-01 00:00"))

    assert later.busy == (minutes("2027-11-23 08:00/09:00"),)
    assert len(later.kept) < len(reading.kept)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "BEGIN:VCALENDAR"),
        (b"hello", "BEGIN:VCALENDAR"),
        (b"<html>\r\n", "BEGIN:VCALENDAR"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR"),
        (calendar(event(NINE))[:-28], "has no END"),
        (calendar(event(NINE)).replace(b"END:VEVENT", b"END:VTODO"), "ends nothing that begins here"),
        (b" " * (MAX_BYTES + 1), "larger than 10 MiB"),
    ],
)
def test_what_is_no_calendar_is_told_as_such(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableCalendar, match=reason):
        read_calendar(content, ANN, minute(START), minute(END))


def test_two_people_may_name_different_zones_alike() -> None:
    at_noon = event("DTSTART;TZID=Customized Time Zone:20261123T120000", "DURATION:PT1H")
    first = calendar(CUSTOM, at_noon)
    second = calendar(CUSTOM.replace("+0400", "+0900").replace("+0500", "+1000"), at_noon)

    found = [read_calendar(content, ANN, minute(START), minute(END)).busy for content in (first, second, first)]

    earlier = minute("2026-11-23 08:00") - timedelta(hours=5) // MINUTE
    assert [busy[0][0] for busy in found] == [minute("2026-11-23 08:00"), earlier, minute("2026-11-23 08:00")]
