"""What no production system may run with, as system checks that say what to set.

gunicorn runs them before it listens, and every management command before it does anything.
"""

import sys
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks

ANY_HOST = "*"


def refuse_bad_settings() -> None:
    """Ends the process, with a line for each fault, when a check finds an error."""
    faults = [f"{fault.msg} {fault.hint or ''}".rstrip() for fault in run_checks() if fault.is_serious()]
    if faults:
        sys.exit("\n".join(["This service does not start:", *faults]))


@register()
def production(**kwargs: Any) -> list[CheckMessage]:
    """No answer shows the inside of the service, none is given under a foreign name, and none to just anybody."""
    if not settings.PRODUCTION:
        return []
    faults: list[CheckMessage] = []
    if settings.DEBUG:
        faults.append(
            Error("DEBUG shows the inside of the service to strangers.", hint="Set DEBUG=false.", id="common.E001")
        )
    if ANY_HOST in settings.ALLOWED_HOSTS:
        hint = "Set ALLOWED_HOSTS to the names under which the system is reached, separated by commas."
        faults.append(Error("ALLOWED_HOSTS allows any name.", hint=hint, id="common.E002"))
    if settings.IS_OPEN:
        hint = "Set ACCESS=token, for all three services. The README says how people get their first token."
        faults.append(Error("Everybody may read and change everything.", hint=hint, id="common.E003"))
    return faults
