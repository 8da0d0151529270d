from django.apps import AppConfig


class TodosConfig(AppConfig):
    name = "aixin.todos"
    label = "todos"
    verbose_name = "待办"
