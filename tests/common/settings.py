"""Settings for the tests of what the services share."""

from common import logs
from common.settings import *
from common.settings import LOG_FORMAT, LOG_LEVEL

SERVICE_NAME = "a-service"
ROOT_URLCONF = "tests.common.urls"
LOGGING = logs.config(SERVICE_NAME, LOG_LEVEL, LOG_FORMAT)
HEALTH_CHECKS: list[str] = []
