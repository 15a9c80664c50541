"""Settings for the tests of what the services share."""

from common.conf.base import *
from common.conf.base import LOG_FORMAT, LOG_LEVEL
from common.observability import logs

SERVICE_NAME = "a-service"
ROOT_URLCONF = "tests.common.urls"
LOGGING = logs.config(SERVICE_NAME, LOG_LEVEL, LOG_FORMAT)
HEALTH_CHECKS: list[str] = []
