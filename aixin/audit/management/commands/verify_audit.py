import sys
from typing import Any

from django.core.management.base import BaseCommand

from aixin.audit.models import Seal
from aixin.audit.sealing import faults


class Command(BaseCommand):
    help = "Check the sealed trail: exit 0 when every seal fits, 1 naming those that do not."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        for fault in found:
            self.stderr.write(fault)
        if found:
            sys.exit(1)
        self.stdout.write(f"{Seal.objects.count()} seals fit")
