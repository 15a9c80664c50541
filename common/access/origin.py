"""Which page a browser sent a request from. It sends cookies, and forms, on behalf of any page that asks for it."""

from django.http import HttpRequest


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether a page of this service, port included, or nobody's page sent a request, as the browser says."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")
    return origin in {f"{scheme}://{request.get_host()}" for scheme in ("http", "https")}
