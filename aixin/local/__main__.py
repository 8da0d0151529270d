"""`python -m aixin.local run|stop`: see `make run` and `make stop`."""

import argparse
import sys

from aixin.local.layout import LocalServiceError
from aixin.local.supervisor import run, stop


def main() -> None:
    """Run the named command; exits with one sentence and status 1 when it fails."""
    parser = argparse.ArgumentParser(prog="python -m aixin.local")
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="serve until Ctrl-C")
    runner.add_argument("--dev", action="store_true", help="with the server that reloads changed code")
    runner.add_argument("--with-parent", action="store_true", help="end when the calling process dies")
    commands.add_parser("stop", help="end what runs")
    arguments = parser.parse_args()
    try:
        if arguments.command == "run":
            run(dev=arguments.dev, with_parent=arguments.with_parent)
        else:
            stop()
    except LocalServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
