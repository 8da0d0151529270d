import sys
from typing import Any

from django.core.management.base import BaseCommand

from aixin.audit.sealing import verify


class Command(BaseCommand):
    help = "Check the sealed trail: exit 0 when every seal fits, 1 naming those that do not."

    def handle(self, *args: Any, **options: Any) -> None:
        kept, found = verify()
        for fault in found:
            self.stderr.write(fault)
        if found:
            sys.exit(1)
        self.stdout.write(f"{kept.seals} seals over {kept.entries} entries fit")
