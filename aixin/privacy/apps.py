from django.apps import AppConfig

from aixin.privacy.keys import field_keys, index_key


class PrivacyConfig(AppConfig):
    name = "aixin.privacy"
    label = "privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        """Read the keys, so that a malformed one stops the start and not the first page."""
        field_keys()
        index_key()
