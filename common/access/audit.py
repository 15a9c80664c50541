"""The audit log: a line for each refusal, and for each act on somebody else's record (contract, section 13).

It names the token by its id and what was done by its route: neither a token nor an email is ever written there.
"""

import logging
from contextvars import ContextVar
from http import HTTPStatus

logger = logging.getLogger("audit")

_LINE = "%(action)s %(outcome)d token %(token)s"
_NOBODY = "-"
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)

_token_id: ContextVar[str] = ContextVar("token id", default=_NOBODY)
_is_for_another: ContextVar[bool] = ContextVar("is for another", default=False)


def begin() -> None:
    """A request begins: nothing is known of it."""
    _token_id.set(_NOBODY)
    _is_for_another.set(False)


def name_token(token_id: str) -> None:
    """The request carries the token of this id."""
    _token_id.set(token_id)


def mark_act_for_another() -> None:
    """The request acts on the record of somebody who is not the caller."""
    _is_for_another.set(True)


def tell(action: str, status: int) -> None:
    """Writes how a request was answered, if that belongs into the audit log."""
    if status in _REFUSALS or _is_for_another.get():
        logger.info(_LINE, {"action": action, "outcome": status, "token": _token_id.get()})
