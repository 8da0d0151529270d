"""A real supervisor over stand-ins for the site's processes: `python -m tests.local.stand_in [KIND]`.

KIND is what the worker does: `waits`, `ends`, or `stays` (takes no notice of SIGTERM).
"""

import os
import sys
from pathlib import Path

from aixin.local import LocalServiceError, supervisor

NOTES = str(Path(os.environ["AIXIN_VAR"]) / "notes")
NOTE = f"import os, signal, sys; open({NOTES!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')"
WAIT = "signal.pause()"
WORKERS = {
    "waits": f"{NOTE}; {WAIT}",
    "ends": "raise SystemExit(3)",
    "stays": f"{NOTE}; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: {WAIT}",
    "tells": f"{NOTE}; open({NOTES!r}, 'a').write(' '.join(os.environ)); {WAIT}",
}


def main(kind: str) -> None:
    """Run it; exits as `python -m aixin.local run` does."""
    python = [sys.executable, "-c"]

    def commands(port: int, *, dev: bool) -> dict[str, list[str]]:
        web = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
        return {"web": web, "worker": [*python, WORKERS[kind], "worker"]}

    supervisor.MANAGE = (*python, NOTE)  # type: ignore[assignment]
    supervisor._commands = commands
    supervisor.STOP_SECONDS = 1.0
    try:
        supervisor.run(dev=False, with_parent="with-parent" in sys.argv)
    except LocalServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1])
