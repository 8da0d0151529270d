"""What the settings of the trail must keep to."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

# Six months, the least that 等保 level 3 asks for (DOMAIN section 6).
LEAST_DAYS = 183


@register()
def kept_long_enough(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to start with a retention below six months."""
    if settings.AUDIT_KEEP_DAYS >= LEAST_DAYS:
        return []
    said = f"AUDIT_KEEP_DAYS is {settings.AUDIT_KEEP_DAYS}; the trail must be kept {LEAST_DAYS} days or more"
    return [Error(said, id="audit.E001")]
