"""How a field of a form is told in words."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common.api.fields import describe

register = template.Library()
register.filter(describe)

_TICKS = re.compile("`([^`]*)`")


@register.filter
def ticks(text: str) -> SafeString:
    """A text in which names are set between backticks."""
    return mark_safe(_TICKS.sub(r"<code>\1</code>", escape(text)))  # noqa: S308  escaped before
