"""Where the local services keep what is theirs."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# A socket's path holds 107 bytes, and is part of URLs that not every library unquotes alike.
SOCKET_PATH_MAX = 107
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
# Not $TMPDIR: every process must find the same directory, whatever its environment.
SHORT_DIR = Path("/tmp")  # noqa: S108 - see private_dir


class LocalServiceError(RuntimeError):
    """A local service cannot be had; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Layout:
    """The files under one $AIXIN_VAR."""

    var: Path

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "Layout":
        """Return the layout under $AIXIN_VAR, by default `var/` in the repository."""
        var = Path(env.get("AIXIN_VAR") or BASE_DIR / "var").expanduser().resolve()
        return cls(var)

    @property
    def start_lock(self) -> Path:
        """Return the file locked by the one process that is starting services or making secrets."""
        return self.var / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Return the file on which every process that uses the services holds a shared lock."""
        return self.var / "users.lock"

    @property
    def run_lock(self) -> Path:
        """Return the file locked by the running supervisor; it says where to find it."""
        return self.var / "run.lock"

    @property
    def secrets(self) -> Path:
        """Return the file of the secrets made for this copy."""
        return self.var / "secrets.env"

    @property
    def demo_accounts(self) -> Path:
        """Return the file of the demo accounts; it is there once the demo has been loaded."""
        return self.var / "demo-accounts.json"

    @property
    def postgres(self) -> Path:
        """Return the directory of PostgreSQL: data, log and socket."""
        return self.var / "postgres"

    @property
    def redis(self) -> Path:
        """Return the directory of Redis: data, log and socket."""
        return self.var / "redis"

    def make(self) -> None:
        """Make the directory; raise LocalServiceError where that or writing in it is not allowed."""
        try:
            # PostgreSQL does not run as root: its account has to pass. What is inside is closed by itself.
            self.var.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise LocalServiceError(f"Cannot make {self.var}: {error.strerror}.") from error
        if not os.access(self.var, os.W_OK | os.X_OK):
            raise LocalServiceError(f"Cannot write in {self.var}: it belongs to another user.")

    def socket_dir(self, home: Path, socket_name: str) -> Path:
        """Return where a service's socket goes: its home, or a short directory if the path would not do."""
        path = str(home / socket_name)
        if len(path) <= SOCKET_PATH_MAX and PLAIN_PATH.fullmatch(path):
            return home
        digest = hashlib.sha256(f"{os.geteuid()}:{home}".encode()).hexdigest()[:16]
        return SHORT_DIR / f"aixin-{digest}"


def private_dir(path: Path, uid: int, gid: int) -> None:
    """Make a directory that only this user enters; raise LocalServiceError if somebody else made it first."""
    try:
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, uid, gid)
    except FileExistsError:
        found = path.lstat()
        if path.is_symlink() or not path.is_dir() or found.st_uid not in {uid, os.geteuid()}:
            raise LocalServiceError(
                f"{path} belongs to user {found.st_uid}: run this as that user, or set AIXIN_VAR."
            ) from None
        if os.geteuid() == 0:
            os.chown(path, uid, gid)
        path.chmod(0o700)
