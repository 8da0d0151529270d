"""Secrets of a local copy: made once, private, and never in place of those given."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from aixin.local import provide
from aixin.local.layout import BASE_DIR

ELSEWHERE = {"DATABASE_URL": "postgres://elsewhere/aixin", "REDIS_URL": "redis://elsewhere/0"}
NAMES = ("SECRET_KEY", "AIXIN_FIELD_KEYS", "AIXIN_INDEX_KEY")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Give an environment that needs no service."""
    return {"AIXIN_VAR": str(tmp_path / "var"), **ELSEWHERE}


def made(env: dict[str, str]) -> list[str]:
    """Return the secrets that a process gets in this environment."""
    own = dict(env)
    provide(own)
    return [own[name] for name in NAMES]


def test_made_once(env: dict[str, str]) -> None:
    assert made(env) == made(env)


def test_keys_have_the_form_that_the_cipher_reads(env: dict[str, str]) -> None:
    secret, field_keys, index_key = made(env)
    version, encoded = field_keys.split(":", 1)
    assert version == "1"
    assert len(base64.b64decode(encoded, validate=True)) == 32
    assert len(base64.b64decode(index_key, validate=True)) == 32
    assert len(secret) >= 50


def test_file_is_for_its_owner_only(env: dict[str, str]) -> None:
    made(env)
    assert (Path(env["AIXIN_VAR"]) / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_given_secret_stays_and_is_not_written_down(env: dict[str, str]) -> None:
    assert made({**env, "SECRET_KEY": "given"})[0] == "given"
    assert "given" not in (Path(env["AIXIN_VAR"]) / "secrets.env").read_text()


def test_secret_that_the_file_lacks_is_added(env: dict[str, str]) -> None:
    before = made(env)
    file = Path(env["AIXIN_VAR"]) / "secrets.env"
    file.write_text(f"SECRET_KEY={before[0]}\n")
    after = made(env)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert made(env) == after


def test_two_processes_at_once_get_the_same(env: dict[str, str]) -> None:
    program = (
        "import os; from aixin.local import provide; provide(os.environ); print(os.environ['SECRET_KEY'])"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program], cwd=BASE_DIR, env=env, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    outputs = {process.communicate(timeout=20)[0] for process in processes}
    assert len(outputs) == 1
    assert outputs != {b""}
