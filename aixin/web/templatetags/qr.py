"""`{% qr text "扫码开通账号" %}`: a QR code as an SVG element."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aixin.web.qr import qr_path

register = template.Library()


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """Return a QR code; `label` is read to whoever does not see it."""
    width, path = qr_path(text)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="currentColor" d="{}"></path></svg>',
        label,
        str(width),
        str(width),
        path,
    )
