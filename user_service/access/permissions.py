"""What a caller may do, by their scopes and by whose record it is (contract, section 13)."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.access import audit
from common.api.emails import normal_email
from user_service.access.callers import READ_USERS, SELF, WRITE_USERS, Caller, caller_of

# What is done with one of these to one record is an act of an administrator.
_DIRECTORY = (READ_USERS, WRITE_USERS)


class ScopePermission(BasePermission):
    """Lets in who has one of the scopes that the view names for the method; if it names none, whoever calls.

    `self` is a scope for the record that the path names, if it is the caller's own.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """False for somebody who has not said who they are. Raises PermissionDenied for who may not do it."""
        if request.user is None:
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method in view.allowed_methods and method != "OPTIONS":
            path = view.kwargs.get("email")
            check_scopes(caller_of(request), view.scopes[method], None if path is None else normal_email(path))
        return True


def check_scopes(caller: Caller, sufficient: Collection[str], owner: str | None = None) -> None:
    """Raises PermissionDenied unless the caller has one of the scopes, if any is needed.

    `owner` is the email whose record it is about: None is that of the caller.
    """
    is_own = SELF in sufficient and caller.is_self(owner if owner is not None else caller.email or "")
    if is_own or not sufficient:
        return
    others = [scope for scope in sufficient if scope != SELF]
    if not any(map(caller.may, others)):
        words = [f"{scope} (for one's own record)" if scope == SELF else scope for scope in sufficient]
        raise PermissionDenied(f"This needs a token with the scope {' or '.join(words)}.")
    if owner not in (None, caller.email) and any(scope in sufficient and caller.may(scope) for scope in _DIRECTORY):
        audit.mark_act_for_another()


def check_sign_up(caller: Caller, email: str) -> None:
    """Raises PermissionDenied unless the caller may create the user with this email."""
    if settings.SIGN_UP and caller.is_vouched_for and caller.email == email:
        return
    check_scopes(caller, (WRITE_USERS,), email)
