import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aixin.access.models import User
from aixin.access.permissions import may_edit
from aixin.access.scope import acting
from aixin.exchange.drafts import Outcome
from aixin.exchange.jobs import WorkbookError, import_file
from aixin.exchange.roster import RosterResource, roster_kinds, roster_of

UNREADABLE = 2


class Command(BaseCommand):
    help = "Import a roster file exactly as the import page does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(roster_kinds()))
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--values", action="store_true", help="with --json: each row's plain values")

    def handle(self, *args: Any, **options: Any) -> None:
        user = _clerk(options["username"], options["kind"])
        try:
            data = options["file"].read_bytes()
            with acting(user):
                commit, values = not options["dry_run"], options["values"]
                resource, outcome = import_file(
                    user, options["kind"], data, options["file"].name, commit=commit, whole=values
                )
                report = _report(resource, outcome, values)
        except (WorkbookError, OSError) as error:
            sys.stderr.write(f"{options['file'].name}: {error}\n")
            sys.exit(UNREADABLE)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            counts = "created {created}, updated {updated}, unchanged {unchanged}, rejected {rejected}"
            self.stdout.write(counts.format(**outcome.counts))


def _clerk(username: str, kind: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"no user {username}")
    if not may_edit(user):
        raise CommandError(f"{username} may not import: staff of a county or below do")
    if not roster_of(kind).offered_to(user):
        raise CommandError(f"{username} may not import {kind}")
    return user


def _report(resource: RosterResource, outcome: Outcome, with_values: bool) -> dict[str, Any]:  # noqa: FBT001
    rows = []
    for draft in outcome.drafts:
        row = {
            "sheet": draft.sheet, "row": draft.number, "status": draft.status, "reasons": draft.reasons,
            "warnings": draft.warnings,
        }  # fmt: skip
        rows.append({**row, "values": resource.plain(draft)} if with_values else row)
    return {**outcome.counts, "rows": rows}
