from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "aixin.access"
    label = "access"
    verbose_name = "组织与权限"

    def ready(self) -> None:
        """Import every app's `receivers` and `registrations`, once all models are there."""
        autodiscover_modules("receivers", "registrations")
