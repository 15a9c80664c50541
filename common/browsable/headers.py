"""Headers of what a browser shows: it loads nothing from another host, runs nothing inline, and stands in no frame.

Answers for programs go without them: they would cost time and protect nothing there.
"""

from django.http import HttpResponseBase

SELF = "'self'"

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
