"""Whom a caller may ask about: to everybody else, those who do not share are not there (contract, section 13)."""

from collections.abc import Sequence
from http import HTTPStatus

from django.conf import settings

from common.api.exceptions import Problem
from user_service.access.callers import FREEBUSY_ALL, READ_USERS, WRITE_USERS, Caller
from user_service.models import EVERYONE, LIST, Sharing, User
from user_service.store import users
from user_service.store.users import Availability


class HiddenUsers(Problem):
    """Some do not share with the caller, who may know that they are there; `hidden_attendees` lists them all."""

    status_code = HTTPStatus.FORBIDDEN
    default_code = "hidden-attendees"
    default_detail = "Not all of them share their free time with you. Those who do not are listed in hidden_attendees."


def sharing_rule(user: User | Availability) -> Sharing:
    """With whom somebody shares: as they have said, or as the setting says."""
    return user.sharing or Sharing(settings.SHARING, ())


def is_visible(caller: Caller, user: User | Availability) -> bool:
    """Whether the caller may ask when this user is free."""
    if caller.sees_all or caller.email == user.email:
        return True
    rule, people = sharing_rule(user)
    return rule == EVERYONE or (rule == LIST and (caller.email in people or caller.may(FREEBUSY_ALL)))


def fetch_visible(caller: Caller, email: str) -> User:
    """The user with this email. Raises UnknownUser also for one whom the caller may not ask about, or HiddenUsers."""
    user = users.get(email)
    if is_visible(caller, user) or caller.may(WRITE_USERS):
        return user
    if caller.may(READ_USERS):
        raise HiddenUsers(hidden_attendees=[email])
    raise users.UnknownUser.of(email)


def fetch_shared(
    caller: Caller, emails: Sequence[str], start: int = 0, end: int = 0
) -> tuple[list[Availability], list[str]]:
    """The weeks of those whom the caller may ask about, and which emails nobody else has, in one round trip.

    What holds in their place is that between two minutes since 1970. Raises HiddenUsers where the caller may know who
    is there.
    """
    availabilities, unknown = users.fetch_availabilities(emails, start, end)
    if caller.sees_all:
        return availabilities, unknown
    hidden = [user.email for user in availabilities if not is_visible(caller, user)]
    if hidden and caller.may(READ_USERS):
        raise HiddenUsers(hidden_attendees=hidden)
    unseen = set(hidden)
    return [user for user in availabilities if user.email not in unseen], sorted([*unknown, *hidden])
