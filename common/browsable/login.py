"""Where a browser logs in: at user-service, which decides about credentials (contract, section 13)."""

from http import HTTPStatus
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from common.browsable.people import LOGIN, LOGIN_SERVICE, tell_fault

NEXT = "next"
ROOT = "/"
_UNKNOWN = "One logs in at user-service, and USER_SERVICE_PUBLIC_URL does not say where a browser finds that."


class LoginRedirectView(View):
    """Leads to the login of user-service, and from there back to where one came from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A redirect."""
        public = settings.PUBLIC_URLS[LOGIN_SERVICE]
        if not public:
            return tell_fault(request, _UNKNOWN, status=HTTPStatus.NOT_FOUND)
        # A session is of one host: who came by another of its names comes back by the one that user-service knows.
        own = settings.PUBLIC_URLS[settings.SERVICE_NAME] or request.build_absolute_uri(ROOT)
        back = urljoin(own, find_next(request))
        return HttpResponseRedirect(f"{public}{LOGIN}?{urlencode({NEXT: back})}")


def find_next(request: HttpRequest) -> str:
    """Where to go after a login: where the query says, if that is one of our services; else the root."""
    wanted = request.GET.get(NEXT, "")
    hosts = {request.get_host(), *(urlsplit(origin).netloc for origin in public_origins())}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()) else ROOT


def public_origins() -> list[str]:
    """Scheme, host and port of each service, as far as somebody has said where a browser finds it."""
    addresses = [urlsplit(url) for url in settings.PUBLIC_URLS.values() if url]
    return sorted({f"{address.scheme}://{address.netloc}" for address in addresses})
