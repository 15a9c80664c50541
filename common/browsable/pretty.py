"""An answer as JSON for people: indented, short lists on one line, markup for a page, and never longer than a page."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LIMIT = 30_000  # characters
_SHORT_ITEMS, _SHORT_TEXT = 24, 100


def markup(answer: Any, own: str) -> tuple[SafeString, bool]:
    """The markup, and whether all of the answer is in it. Addresses that begin with `own` become links."""
    parts, length = [], 0
    for part in _value(answer, "\n", own):
        parts.append(part)
        length += len(part)
        if length > LIMIT:
            return mark_safe("".join(parts)), False  # noqa: S308  each part is escaped
    return mark_safe("".join(parts)), True  # noqa: S308


def _value(value: Any, indent: str, own: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield from _within("{", "}", indent, (_member(*member, indent + "  ", own) for member in value.items()))
    elif isinstance(value, list) and value and not _is_short(value):
        yield from _within("[", "]", indent, (_value(item, indent + "  ", own) for item in value))
    elif isinstance(value, str) and value.startswith(own):
        yield f'"<a href="{escape(value)}">{escape(value)}</a>"'
    elif isinstance(value, list):
        yield f"[{', '.join(map(_scalar, value))}]"
    else:
        yield _scalar(value)


def _within(opening: str, closing: str, indent: str, items: Iterable[Iterable[str]]) -> Iterator[str]:
    between = opening
    for item in items:
        yield f"{between}{indent}  "
        yield from item
        between = ","
    yield f"{indent}{closing}"


def _member(name: str, value: Any, indent: str, own: str) -> Iterator[str]:
    yield f"<b>{_scalar(name)}</b>: "
    yield from _value(value, indent, own)


def _is_short(values: list[Any]) -> bool:
    return (
        len(values) <= _SHORT_ITEMS
        and not any(isinstance(value, (list, Mapping)) for value in values)
        and sum(len(str(value)) + 2 for value in values) <= _SHORT_TEXT
    )


def _scalar(value: Any) -> str:
    return escape(orjson.dumps(value, default=str).decode())
