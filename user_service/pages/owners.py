"""Whose pages of My week they are: one's own, or anybody's for an administrator."""

from urllib.parse import quote, urlencode

from django.http import HttpRequest
from rest_framework.exceptions import PermissionDenied

from common.api.emails import normal_email
from user_service.access.callers import SELF, WRITE_USERS, caller_of
from user_service.access.permissions import check_scopes


def find_owner(request: HttpRequest, email: str) -> str:
    """The email of a path in its normal spelling.

    Raises PermissionDenied, in words for people, unless the caller may see and change what this user has stored.
    """
    owner, caller = normal_email(email), caller_of(request)
    try:
        check_scopes(caller, (SELF, WRITE_USERS), owner)
    except PermissionDenied:
        if caller.email == owner:
            raise
        raise PermissionDenied(f"This is not your week. You are logged in as {caller.email}.") from None
    return owner


def week_path(email: str) -> str:
    """The path of somebody's week. A slash is escaped, too: a browser would drop `/./`."""
    return f"/week/{quote(email, safe='@')}"


def link_week(email: str) -> dict[str, str]:
    """What the templates of My week need to lead from one page to the others: `email`, `path`, `question`."""
    return {"email": email, "path": week_path(email), "question": urlencode({"attendees": email})}
