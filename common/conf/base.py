"""Settings that the three services share; each service's own settings begin with `from common.conf.base import *`.

No database, sessions, users or signing, and so no secret key.
"""

from typing import Any

from common.conf import env
from common.observability import logs

# Others rely on this system: it refuses to start with settings that are for development only (see checks.py).
PRODUCTION = env.boolean("PRODUCTION", default=False)
DEBUG = env.boolean("DEBUG", default=False)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],user-service,availability-service,suggestion-service"
)

# Open: everybody may do everything. Token: each call carries one, and may do what that allows.
ACCESS = env.choice("ACCESS", "open", among=("open", "token"))
IS_OPEN = ACCESS == "open"

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "common.browsable",  # before rest_framework, whose templates it overrides
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "common",
]
APPEND_SLASH = False  # our paths end without one
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.observability.middleware.ObservabilityMiddleware",
    "common.api.middleware.CommonMiddleware",
    "common.api.middleware.RequestLineMiddleware",
    "common.load_shedding.LoadSheddingMiddleware",
    "common.browsable.headers.PageHeadersMiddleware",
    # For forms of pages for people: REST framework's views are exempt, and look at Origin themselves.
    "django.middleware.csrf.CsrfViewMiddleware",
]
if not IS_OPEN:
    # Below what logs requests, above what answers any.
    MIDDLEWARE.insert(2, "common.access.middleware.AccessMiddleware")
CSRF_FAILURE_VIEW = "common.browsable.people.refuse_forged"
CSRF_COOKIE_HTTPONLY = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["common.browsable.people.link_pages"]},
    }
]
DATABASES: dict[str, dict[str, str]] = {}

STATIC_URL = "/static/"
# Where static files have been collected and compressed. Images have such a folder; `make run` needs none.
STATIC_ROOT = env.text("STATIC_ROOT", "") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
USE_TZ = True
TIME_ZONE = "UTC"
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", logs.TEXT, among=(logs.TEXT, logs.JSON))
# In how long the whole body of a request must come.
BODY_SECONDS = env.seconds("BODY_SECONDS", 30.0)
# Whoever watches over a process asks these every second: they are logged at DEBUG only.
QUIET_ROUTES = ["/health/live"]
# Under which address a browser finds each service; pages link to none whose address is not set.
PUBLIC_URLS = {
    name: env.url(f"{name.replace('-', '_').upper()}_PUBLIC_URL")
    for name in ("user-service", "availability-service", "suggestion-service")
}
# Which other hosts know who has logged in on this one; without it only this host, whatever the port.
SESSION_DOMAIN = env.text("SESSION_DOMAIN", "") or None
# The variable, and the setting, that says where what the service asks is.
NEIGHBOUR = ""
# What a service can tell Prometheus beyond what each does: collectors of prometheus_client.
METRICS: list[str] = []
# How many requests a worker works on at once; load_shedding.py and request_body.py bound what large ones take.
MAX_IN_FLIGHT = env.integer("MAX_IN_FLIGHT", 128)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PARSER_CLASSES": ["common.api.parsers.JSONParser", "common.browsable.forms.FormParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "common.api.renderers.JSONRenderer",
        "common.browsable.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.api.negotiation.ContentNegotiation",
    "DEFAULT_SCHEMA_CLASS": "common.api.openapi.Operation",
    "EXCEPTION_HANDLER": "common.api.exception_handler.handle",
}

# Of the two services that ask another one: that one decides about credentials.
RELAYED_ACCESS = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["common.access.relay.RelayAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "EXCEPTION_HANDLER": "common.access.exception_handler.handle",
}
# What checks whether a browser may see a page for people: a function of the request, that raises if not.
PAGE_ACCESS = "common.access.relay.check_page"

EVERY_CALL = """\
A fault is answered as `application/problem+json` (RFC 9457), whatever went wrong. A name that nobody here knows, in a
query or in a body, is a fault. Each answer carries an `X-Request-ID`: yours, if you sent one. It stands in the logs of
all services that took part.
"""
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "PARSER_WHITELIST": ["common.api.parsers.JSONParser"],  # forms are for our own pages only
    "SWAGGER_UI_DIST": "SIDECAR",
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    # Swagger UI would have another host check the schema.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.api.openapi.add_problems",
    ],
}
