#!/usr/bin/env python
"""Command line of the project. Commands that change the schema or load data connect as the owner role."""

import os
import sys

from django.core.management import execute_from_command_line

from aixin.local import LocalServiceError

OWNER_COMMANDS = frozenset(
    {
        "createcachetable",
        "dumpdata",
        "flush",
        "inspectdb",
        "load_regions",
        "loaddata",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "pgtrigger",
        "rotate_keys",
        "seed_demo",
        "showmigrations",
        "sqlflush",
        "sqlmigrate",
        "squashmigrations",
    }
)


def main() -> None:
    """Run the named command; exits with one line where a local service cannot be had."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("AIXIN_DB_ROLE", "owner")

    try:
        execute_from_command_line(sys.argv)
    except LocalServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
