"""The WSGI application of a service, static files included."""

import functools
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from whitenoise import WhiteNoise


class Utf8Request(WSGIRequest):
    """A request whose texts are UTF-8: JSON knows no other charset (RFC 8259, section 8.1), whatever the client names.

    Django would read the query string with any codec of Python's that a Content-Type names.
    """

    @property
    def encoding(self) -> str:
        """Always UTF-8."""
        return "utf-8"

    @encoding.setter
    def encoding(self, value: Any) -> None:
        """Ignores the charset that the client names."""

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override]  # noqa: N802  its name in Django
        """The parameters. Most requests have none, and need no dictionary of their own."""
        return super().GET if self.META.get("QUERY_STRING") else _no_query()


class Handler(WSGIHandler):
    """Django's, without what we have not: a prefix of all paths, cookies, listeners to the begin of a request."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        """Answers a request."""
        response = self.get_response(Utf8Request(environ))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response


@functools.cache
def _no_query() -> QueryDict:
    return QueryDict()


def serve(settings_module: str) -> WhiteNoise:
    """The application, with its static files. Ends the process when its settings are not fit to serve with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)

    from django.conf import settings  # noqa: PLC0415
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    from common.conf.checks import refuse_bad_settings  # noqa: PLC0415

    try:
        django.setup(set_prefix=False)
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))
    application = WhiteNoise(Handler())
    refuse_bad_settings()
    _shorten_requests()
    # Every view is loaded here, before the workers are forked, so that they share the memory.
    import_module(settings.ROOT_URLCONF)
    _add_static_files(application)
    return application


def _add_static_files(application: WhiteNoise) -> None:
    """Those that were collected or, where none were, those in the packages that bring them."""
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415

    if settings.STATIC_ROOT:
        application.add_files(settings.STATIC_ROOT, settings.STATIC_URL)
        return
    for finder in get_finders():
        for path, storage in finder.list([]):
            application.add_file_to_dictionary(settings.STATIC_URL + path, storage.path(path))


def _shorten_requests() -> None:
    """Takes out of each request what Django does at its end for what we have not: databases, other urlconfs."""
    from django import db  # noqa: PLC0415
    from django.core.cache import close_caches  # noqa: PLC0415
    from django.core.handlers.base import reset_urlconf  # noqa: PLC0415
    from django.core.signals import request_finished  # noqa: PLC0415

    request_finished.disconnect(db.close_old_connections)
    request_finished.disconnect(close_caches)
    request_finished.disconnect(reset_urlconf)
