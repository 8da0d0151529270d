import datetime
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from care.reminders import remind


class Command(BaseCommand):
    help = "Send the day's reminders. A second run on the same day adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day to run for, YYYY-MM-DD; today by default")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = remind(_day(options["on"]))
        if options["json"]:
            self.stdout.write(json.dumps(outcome))
        else:
            self.stdout.write(
                "created {created}, resolved {resolved}, recipients {recipients}".format(**outcome)
            )


def _day(text: str | None) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as error:
        raise CommandError("--on wants a date such as 2026-11-21") from error
