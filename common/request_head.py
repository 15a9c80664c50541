"""The head of a request: what httptools (the parser of Node.js) reads of it, as the environment of WSGI (PEP 3333)."""

import re
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

import httptools

END = b"\r\n\r\n"
MAX_BYTES = 256 * 1024
MAX_FIELDS = 100

# Scheme and host of a target that a client would send to a proxy.
_ABSOLUTE = re.compile(r"\Ahttps?://[^/?]+", re.IGNORECASE)
_VERSIONS = {"1.0", "1.1"}
_OWN_NAMES = {"CONTENT_TYPE", "CONTENT_LENGTH"}
# RFC 9110, section 5.3: of these a second one is no list, but another answer to the same question.
_SINGLE = {"HTTP_HOST", "CONTENT_TYPE"}


class RequestError(Exception):
    """What came is no request that can be answered. Where the next one begins is unknown."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = status.name.lower().replace("_", "-")
        self.detail = detail


class RequestHead:
    """Line and fields of a request. Fed piece by piece, up to its END. Raises RequestError for what is not HTTP/1."""

    def __init__(self) -> None:
        self._target = b""
        self._fields: list[tuple[bytes, bytes]] = []

    def on_url(self, part: bytes) -> None:
        """Called by the parser."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._fields.append((name, value))

    def environ(self, method: str, version: str) -> dict[str, str]:
        """Method, address and fields as WSGI names them. A name with an underscore is left out: `-` becomes one."""
        if version not in _VERSIONS:
            raise RequestError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "This server speaks HTTP/1.1.")
        if len(self._fields) > MAX_FIELDS:
            raise RequestError(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"There are over {MAX_FIELDS} header fields."
            )
        path, query = _split(self._target)
        environ = {
            "REQUEST_METHOD": method,
            "SERVER_PROTOCOL": f"HTTP/{version}",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
        }
        for name, value in self._fields:
            if b"_" not in name:
                _add(environ, name.decode("ascii").upper().replace("-", "_"), value.decode("latin-1").strip(" \t"))
        return environ


def feed(parser: httptools.HttpRequestParser, part: bytes) -> None:
    """Lets a parser read on in a head."""
    try:
        parser.feed_data(part)
    except httptools.HttpParserUpgrade:
        pass  # whoever offers another protocol is answered in this one (RFC 9110, section 7.8)
    except httptools.HttpParserInvalidMethodError:
        raise RequestError(HTTPStatus.NOT_IMPLEMENTED, "This method is not known here.") from None
    except httptools.HttpParserError as fault:
        raise RequestError(HTTPStatus.BAD_REQUEST, f"This is not HTTP/1.1: {fault}.") from None


def _add(environ: dict[str, str], name: str, value: str) -> None:
    key = name if name in _OWN_NAMES else f"HTTP_{name}"
    if key not in environ:
        environ[key] = value
    elif key in _SINGLE:
        raise RequestError(HTTPStatus.BAD_REQUEST, f"There are two fields {name.replace('_', '-').title()}.")
    else:
        environ[key] += f",{value}"


def _split(target: bytes) -> tuple[str, str]:
    """Path and query of a target in origin-form or absolute-form (RFC 9112, section 3.2)."""
    address = target.decode("latin-1").partition("#")[0]
    if not (address.isascii() and (address.startswith("/") or _ABSOLUTE.match(address))):
        raise RequestError(HTTPStatus.BAD_REQUEST, "The address in the request line is none that can be answered.")
    path, _, query = _ABSOLUTE.sub("", address, 1).partition("?")
    return path or "/", query
