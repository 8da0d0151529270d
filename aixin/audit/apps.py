from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "aixin.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Register the checks of the settings."""
        autodiscover_modules("checks")
