from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from aixin.todos.finding import find_all
from care.reminders import remind
from demo.accounts import accounts_file
from demo.city import AlreadySeededError, build_city
from demo.scale.building import build_size
from demo.scale.sizes import SIZES


class Command(BaseCommand):
    help = "Build the demo city (published figures), or fictional people by the thousand at real places."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=["demo", *SIZES], default="demo")

    def handle(self, *args: Any, **options: Any) -> None:
        scale = options["scale"]
        try:
            passwords = self._build(scale)
        except AlreadySeededError as error:
            raise CommandError("the database is not empty; the demo city needs an empty one") from error
        with connection.cursor() as cursor:
            # Fresh tables have no statistics, and the first pages would be slow.
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
        if scale == "demo":
            # What beat runs in the night and in the morning.
            remind(timezone.localdate())
            find_all(timezone.localdate())
        for username, password in passwords.items():
            self.stdout.write(f"{username:<18}{password}")
        self.stdout.write(f"kept in {accounts_file()}")

    def _build(self, scale: str) -> dict[str, str]:
        today = timezone.localdate()
        return build_city(today) if scale == "demo" else build_size(SIZES[scale], today, self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
