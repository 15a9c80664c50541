"""Settings of user-service."""

from django.core.exceptions import ImproperlyConfigured

from common.conf import env
from common.conf.base import *
from common.conf.base import (
    EVERY_CALL,
    INSTALLED_APPS,
    IS_OPEN,
    LOG_FORMAT,
    LOG_LEVEL,
    PUBLIC_URLS,
    REST_FRAMEWORK,
    SPECTACULAR_SETTINGS,
)
from common.observability import logs
from user_service.models import EVERYONE, NOBODY
from user_service.store.caches import describe_cache

SERVICE_NAME = "user-service"
ROOT_URLCONF = "user_service.urls"
WSGI_APPLICATION = "user_service.wsgi.application"
INSTALLED_APPS = [*INSTALLED_APPS, "user_service"]
SPECTACULAR_SETTINGS |= {
    "TITLE": SERVICE_NAME,
    "DESCRIPTION": f"Users, and when they are free each week.\n\n{EVERY_CALL}",
}
LOGGING = logs.config(SERVICE_NAME, LOG_LEVEL, LOG_FORMAT)
# At DEBUG it would log the secrets of logins.
LOGGING["loggers"]["authlib"] = {"level": "INFO"}

# Less than availability-service waits for an answer, so that a frozen Redis is told as what it is.
REDIS_SECONDS = env.seconds("REDIS_SECONDS", 2.0)
# Of the 3 seconds in which the whole cascade answers, the innermost share.
HEALTH_SECONDS = env.seconds("HEALTH_SECONDS", 0.8)
NEIGHBOUR = "REDIS_URL"
HEALTH_CHECKS = ["user_service.monitoring.redis"]
# How many requests a minute a caller may send, where callers have to say who they are.
RATE_PER_MINUTE = env.integer("RATE_PER_MINUTE", 600)
# Whether somebody whose email a provider has checked may create themselves.
SIGN_UP = env.boolean("SIGN_UP", default=True)
# Who may ask about those who have not said with whom they share.
SHARING = env.choice("SHARING", EVERYONE, among=(EVERYONE, NOBODY))
if IS_OPEN:
    REST_FRAMEWORK |= {"UNAUTHENTICATED_USER": "user_service.access.callers.administrator"}
else:
    REST_FRAMEWORK |= {
        "DEFAULT_AUTHENTICATION_CLASSES": ["user_service.access.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["user_service.access.permissions.ScopePermission"],
    }
PAGE_ACCESS = "user_service.access.authentication.check_page"
METRICS = ["user_service.monitoring.users_stored"]


REDIS = env.redis_address("REDIS_URL", 6379)
REDIS_URL = REDIS.url
# In the address a password has to be percent-encoded; here it is taken as it is.
REDIS_PASSWORD = env.text("REDIS_PASSWORD", REDIS.password)
REDIS_SENTINEL_PASSWORD = env.text("REDIS_SENTINEL_PASSWORD", "")
# A change is acknowledged when so many replicas have it.
REDIS_REPLICAS = env.integer("REDIS_REPLICAS", 0, least=0)
try:
    CACHES = {
        alias: describe_cache(
            REDIS, password=REDIS_PASSWORD, sentinel_password=REDIS_SENTINEL_PASSWORD, seconds=seconds
        )
        for alias, seconds in {"default": REDIS_SECONDS, "health": HEALTH_SECONDS}.items()
    }
except ValueError:
    raise ImproperlyConfigured("REDIS_URL has an option that makes no sense.") from None

# Whose JWT access tokens are accepted, and what they must be meant for. Without an issuer there is no provider.
OIDC_ISSUER = env.issuer("OIDC_ISSUER")
OIDC_AUDIENCE = env.text("OIDC_AUDIENCE", "")
# As what people log in at the provider. Without a secret it is a public client.
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "")

# How often a calendar is read, and some more.
CALENDAR_SECONDS = env.seconds("CALENDAR_SECONDS", 15 * 60.0)
# How long a reader has a calendar to itself: more than to fetch and read it may take.
CALENDAR_LEASE_SECONDS = env.seconds("CALENDAR_LEASE_SECONDS", 60.0)
# By these the addresses and passwords of calendars are encrypted: the first encrypts, all decrypt.
CALENDAR_KEYS = env.secret_keys("CALENDAR_KEYS")
# Networks, besides public ones, from which calendars are fetched: for tests.
CALENDAR_PRIVATE_NETWORKS = env.networks("CALENDAR_PRIVATE_NETWORKS")

# What is remembered of a login at the provider while it is under way, and nothing else.
LOGIN_SECONDS = 600
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_NAME = "w2meet_login"
SESSION_COOKIE_AGE = LOGIN_SECONDS
SESSION_COOKIE_PATH = "/login"
SESSION_COOKIE_SECURE = PUBLIC_URLS["user-service"].startswith("https://")
SESSION_COOKIE_HTTPONLY = True
# It must come along when the provider sends the browser back.
SESSION_COOKIE_SAMESITE = "Lax"
