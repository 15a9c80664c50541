"""Headers of what a browser shows: it loads nothing from another host, runs nothing inline, and stands in no frame.

Answers for programs go without them: they would cost time and protect nothing there.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

SELF = "'self'"
DRAWN = ("text/html", "image/svg+xml")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Paths hold emails. Our own forms still tell where they come from (see forms.py).
    "Referrer-Policy": "same-origin",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)


def protect(response: HttpResponseBase, *, styles: str = SELF, forms: str = SELF) -> None:
    """Adds the headers to a page or picture. Its style may come from `styles`, and its forms may lead to `forms`."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = _POLICY.format(styles=styles, forms=forms)


class PageHeadersMiddleware:
    """Protects what a browser shows, whoever drew it: REST framework, a page for people, or Swagger UI.

    A page or picture keeps the headers that its view has set.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; one for programs goes as it is."""
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(DRAWN) and "Content-Security-Policy" not in response:
            protect(response)
        return response
