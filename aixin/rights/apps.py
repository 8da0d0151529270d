from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "aixin.rights"
    label = "rights"
    verbose_name = "个人权利"
