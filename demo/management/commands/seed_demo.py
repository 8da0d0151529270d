from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from aixin.todos.finding import find_all
from care.reminders import remind
from demo.accounts import accounts_file
from demo.city import AlreadySeededError, build_city


class Command(BaseCommand):
    help = "Build the demo city: fictional people, published figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=["demo"], default="demo")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            passwords = build_city(timezone.localdate())
        except AlreadySeededError as error:
            raise CommandError("the database is not empty; the demo city needs an empty one") from error
        with connection.cursor() as cursor:
            # Fresh tables have no statistics, and the first pages would be slow.
            cursor.execute("ANALYZE")
        # What beat runs in the night and in the morning.
        remind(timezone.localdate())
        find_all(timezone.localdate())
        for username, password in passwords.items():
            self.stdout.write(f"{username:<18}{password}")
        self.stdout.write(f"kept in {accounts_file()}")
