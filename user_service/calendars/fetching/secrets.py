"""How what opens a calendar, its address and password, is stored: encrypted, for one user and one calendar alone."""

from http import HTTPStatus
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from common.api.exceptions import Problem
from common.conf.env import HOW_TO_MAKE_A_KEY
from user_service.calendars.faults import Refused

# No key that is left opens it, or it was made for another user or calendar.
LOST_KEY = "Its address can no longer be decrypted."


class NoCalendarKeys(Problem):
    """Nothing can be encrypted before the operator has set a key."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "no-calendar-keys"
    default_detail = (
        "Addresses and passwords of calendars cannot be stored here: the operator has to set CALENDAR_KEYS "
        f"to a key, made by: {HOW_TO_MAKE_A_KEY}"
    )


def encrypt(secret: dict[str, Any], *, owner: str, calendar: str) -> str:
    """The secret, a JSON object, as text for `decrypt`. Raises NoCalendarKeys."""
    if not settings.CALENDAR_KEYS:
        raise NoCalendarKeys
    # Fernet has no associated data, so what the text belongs to is inside.
    content = orjson.dumps({"owner": owner, "calendar": calendar, "secret": secret})
    return _fernet().encrypt(content).decode()


def decrypt(text: str, *, owner: str, calendar: str) -> dict[str, Any]:
    """The secret that was encrypted for this owner and calendar, by any of the keys. Raises Refused."""
    if not settings.CALENDAR_KEYS:
        raise Refused(LOST_KEY)
    try:
        content = orjson.loads(_fernet().decrypt(text.encode()))
    except InvalidToken:
        raise Refused(LOST_KEY) from None
    if (content["owner"], content["calendar"]) != (owner, calendar):
        raise Refused(LOST_KEY)
    secret: dict[str, Any] = content["secret"]
    return secret


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CALENDAR_KEYS])
