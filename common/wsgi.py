"""The WSGI application of a service."""

import os
import sys
from collections.abc import Callable, Iterable

from django.core.cache import close_caches
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries

from common.conf.checks import refuse_bad_settings

_LOOKS = [
    (request_started, reset_queries),
    (request_started, close_old_connections),
    (request_finished, close_old_connections),
    (request_finished, close_caches),
]


def load_application(settings_module: str) -> Callable[..., Iterable[bytes]]:
    """The application. Ends the process, saying why, when its settings are not fit to serve with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    try:
        application = get_wsgi_application()
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))
    # Nothing is left open between requests that Django could close: to look takes a seventh of the smallest request.
    for signal, look in _LOOKS:
        signal.disconnect(look)
    # The checks load every view: here, before the workers are forked, so that they share the memory.
    refuse_bad_settings()

    from common.request_body import BodyReader  # noqa: PLC0415  it needs the settings

    return BodyReader(application)
