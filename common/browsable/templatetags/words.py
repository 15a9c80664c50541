"""How an answer is told in words."""

import re
from datetime import datetime

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common.api.fields import describe
from common.domain.empty_reasons import explain

register = template.Library()
register.filter(explain)
register.filter(describe)

_TICKS = re.compile("`([^`]*)`")


@register.filter
def moment(text: str) -> str:
    """An RFC 3339 time as people read it, such as `Mon 23 Nov 09:00`."""
    return f"{datetime.fromisoformat(text):%a %-d %b %H:%M}"


@register.filter
def clock(text: str) -> str:
    """The time of day of an RFC 3339 time."""
    return f"{datetime.fromisoformat(text):%H:%M}"


@register.filter
def prose(text: str) -> SafeString:
    """Paragraphs, as in a docstring."""
    return mark_safe("".join(f"<p>{ticks(paragraph)}</p>" for paragraph in text.strip().split("\n\n")))  # noqa: S308


@register.filter
def ticks(text: str) -> SafeString:
    """A text in which names are set between backticks."""
    return mark_safe(_TICKS.sub(r"<code>\1</code>", escape(text)))  # noqa: S308  escaped before
