from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aixin.audit.retention import PruneError, prune


class Command(BaseCommand):
    help = "Remove sealed entries older than AUDIT_KEEP_DAYS, keeping their seals. Run as the owner of the tables."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = prune()
        except PruneError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.entries} entries of {done.links} seals removed")
