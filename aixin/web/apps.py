from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "aixin.web"
    label = "web"
    verbose_name = "界面"
