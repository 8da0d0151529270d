from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "aixin.audit"
    label = "audit"
    verbose_name = "审计"
