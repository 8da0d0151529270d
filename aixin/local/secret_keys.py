"""Secrets of a local copy, made once. A deployment brings its own and never comes here."""

import base64
import os
import secrets
from collections.abc import Callable, MutableMapping
from pathlib import Path

from aixin.local.holding import exclusive
from aixin.local.layout import Layout


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "AIXIN_FIELD_KEYS": lambda: f"1:{_key()}",
    "AIXIN_INDEX_KEY": _key,
}


def fill(env: MutableMapping[str, str], layout: Layout) -> None:
    """Set each secret that env lacks from the copy's file, which is made when it is not there."""
    missing = [name for name in MAKERS if not env.get(name)]
    if not missing:
        return
    stored = _read(layout.secrets)
    if not MAKERS.keys() <= stored.keys():
        with exclusive(layout.start_lock):
            stored = {name: make() for name, make in MAKERS.items()} | _read(layout.secrets)
            _write(layout.secrets, stored)
    for name in missing:
        env[name] = stored[name]


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _write(path: Path, values: dict[str, str]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
