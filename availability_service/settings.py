"""Settings of availability-service."""

from common.conf import env
from common.conf.base import *
from common.conf.base import (
    EVERY_CALL,
    INSTALLED_APPS,
    IS_OPEN,
    LOG_FORMAT,
    LOG_LEVEL,
    RELAYED_ACCESS,
    REST_FRAMEWORK,
    SPECTACULAR_SETTINGS,
)
from common.domain.empty_reasons import NO_AVAILABILITY, NO_OVERLAP
from common.observability import logs

SERVICE_NAME = "availability-service"
ROOT_URLCONF = "availability_service.urls"
WSGI_APPLICATION = "availability_service.wsgi.application"
INSTALLED_APPS = [*INSTALLED_APPS, "availability_service"]
SPECTACULAR_SETTINGS |= {
    "TITLE": SERVICE_NAME,
    "DESCRIPTION": f"When a group can meet.\n\n{EVERY_CALL}",
    "ENUM_NAME_OVERRIDES": {"EmptyReasonEnum": [NO_AVAILABILITY, NO_OVERLAP]},
}
LOGGING = logs.config(SERVICE_NAME, LOG_LEVEL, LOG_FORMAT)

USER_SERVICE_URL = env.neighbour_url("USER_SERVICE_URL", 8001)
# More than user-service waits for Redis, less than suggestion-service waits for us.
USER_SERVICE_SECONDS = env.seconds("USER_SERVICE_SECONDS", 4.0)
# Of the 3 seconds in which the whole cascade answers, the middle share.
HEALTH_SECONDS = env.seconds("HEALTH_SECONDS", 1.5)
NEIGHBOUR = "USER_SERVICE_URL"
HEALTH_CHECKS = ["availability_service.clients.health"]
SERVICE_BELOW = "availability_service.clients.users"
if not IS_OPEN:
    REST_FRAMEWORK |= RELAYED_ACCESS
