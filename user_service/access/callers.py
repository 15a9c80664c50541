"""Callers, and the scopes that say what they may do (contract, section 13)."""

from dataclasses import dataclass
from typing import ClassVar, cast

from django.http import HttpRequest
from rest_framework.request import Request

from user_service.store.tokens import Token

SELF = "self"
FREEBUSY = "freebusy:read"
FREEBUSY_ALL = "freebusy:read:all"
READ_USERS = "users:read"
WRITE_USERS = "users:write"

SCOPES = {
    SELF: "One's own record, week, sharing and tokens.",
    FREEBUSY: "When others are free, as far as they share it with the caller.",
    FREEBUSY_ALL: "When others are free, as far as they share it with anybody: for programs.",
    READ_USERS: "The directory of all users.",
    WRITE_USERS: "Anybody's record.",
}
DEFAULT_SCOPES = (SELF, FREEBUSY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who has said who they are. `email` is None for a program, which is nobody's self.

    `token` is the one of ours that they carry, if it is one of ours. `is_vouched_for` says that a provider has checked
    the email; `sees_all` that nobody is hidden from them.
    """

    is_authenticated: ClassVar[bool] = True

    email: str | None
    scopes: frozenset[str]
    token_id: str
    token: Token | None = None
    is_vouched_for: bool = False
    sees_all: bool = False

    def may(self, scope: str) -> bool:
        """Whether the caller has the scope."""
        return scope in self.scopes

    def is_self(self, email: str) -> bool:
        """Whether the record of this email, in its normal spelling, is the caller's own."""
        return self.email == email and SELF in self.scopes


def caller_of(request: Request | HttpRequest) -> Caller:
    """Who calls, once that is known."""
    return cast("Caller", request.user)


ADMINISTRATOR = Caller(email=None, scopes=frozenset(SCOPES), token_id="-", sees_all=True)  # noqa: S106


def administrator() -> Caller:
    """Who everybody is while access is open: REST framework's UNAUTHENTICATED_USER."""
    return ADMINISTRATOR
