"""What row-level security costs: list, detail and dashboard with and without policies, as ratios in one run.

Run: `.venv/bin/python bench/row_security.py` on the demo city (`make run` once first). The owner role is not bound by
the policies, the app role is; both ask the same pages of the same database, in turn. Writes docs/benchmarks.md.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
django.setup()

from django.test import Client  # noqa: E402

from aixin.access.models import User  # noqa: E402
from aixin.access.scope import acting  # noqa: E402
from bench.report import write_section  # noqa: E402
from children.models import Child  # noqa: E402

ROUNDS = 5
REPEATS = 15
USERS = ("lvliang", "wenshui", "fengcheng")
PAGES = {"list": "/children/", "detail": "", "dashboard": "/reports/"}


def measure() -> None:
    """Print the median seconds of each page for each user, as the role that AIXIN_DB_ROLE names."""
    found = {}
    for username in USERS:
        user = User.objects.get(username=username)
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(user, backend="aixin.access.backends.NameOrPhoneBackend")
        with acting(user):
            child = Child.objects.visible_to(user).order_by("pk").first()
        assert child is not None
        for name, path in PAGES.items():
            found[f"{username} {name}"] = _median(client, path or f"/children/{child.pk}/")
    print(json.dumps(found))


def _median(client: Client, path: str) -> float:
    seconds = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        response = client.get(path)
        seconds.append(time.perf_counter() - begin)
        assert response.status_code == 200, path
    return statistics.median(seconds)


def compare() -> None:
    """Measure both roles in turn and write the table."""
    runs: dict[str, list[dict[str, float]]] = {"owner": [], "app": []}
    for _ in range(ROUNDS):
        for role, results in runs.items():
            env = {**os.environ, "AIXIN_DB_ROLE": role}
            out = subprocess.run(
                [sys.executable, __file__, "measure"], env=env, capture_output=True, text=True, check=True
            ).stdout
            results.append(json.loads(out.strip().splitlines()[-1]))
    write_section("Row-level security", _table(runs))


def _table(runs: dict[str, list[dict[str, float]]]) -> list[str]:
    lines = [
        "Server time of a page with policies (role `aixin_app`) over the same page without (role `aixin_owner`, which they",
        f"do not bind), demo city, median of {ROUNDS} rounds of {REPEATS} requests.",
        "Made by `.venv/bin/python bench/row_security.py`.",
        "Ratios below 1 are as measured; why has not been looked into, and they are no promise.",
        "",
        "| user | page | with / without |",
        "|---|---|---|",
    ]
    for key in runs["app"][0]:
        app, owner = (statistics.median(run[key] for run in runs[role]) for role in ("app", "owner"))
        user, page = key.split(" ")
        lines.append(f"| `{user}` | {page} | {app / owner:.2f} |")
    return lines


if __name__ == "__main__":
    measure() if sys.argv[1:] == ["measure"] else compare()
