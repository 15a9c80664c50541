"""Settings of suggestion-service."""

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
from common.observability import logs

SERVICE_NAME = "suggestion-service"
ROOT_URLCONF = "suggestion_service.urls"
WSGI_APPLICATION = "suggestion_service.wsgi.application"
INSTALLED_APPS = [*INSTALLED_APPS, "suggestion_service"]
SPECTACULAR_SETTINGS |= {"TITLE": SERVICE_NAME, "DESCRIPTION": f"Suggests when a group should meet.\n\n{EVERY_CALL}"}
LOGGING = logs.config(SERVICE_NAME, LOG_LEVEL, LOG_FORMAT)

AVAILABILITY_SERVICE_URL = env.neighbour_url("AVAILABILITY_SERVICE_URL", 8002)
# More than availability-service waits for user-service.
AVAILABILITY_SERVICE_SECONDS = env.seconds("AVAILABILITY_SERVICE_SECONDS", 8.0)
# Of the 3 seconds in which the whole cascade answers, the outermost share.
HEALTH_SECONDS = env.seconds("HEALTH_SECONDS", 2.2)
NEIGHBOUR = "AVAILABILITY_SERVICE_URL"
HEALTH_CHECKS = ["suggestion_service.clients.health"]
SERVICE_BELOW = "suggestion_service.clients.availability"
if not IS_OPEN:
    REST_FRAMEWORK |= RELAYED_ACCESS
