"""The operating system's account that PostgreSQL runs as: the server refuses to run as root."""

import os
import pwd
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aixin.local.layout import LocalServiceError

# A machine with its own PostgreSQL has the first; every machine has the second. Who may connect is decided
# by peer authentication, so sharing the account opens nothing.
ACCOUNTS_FOR_ROOT = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @classmethod
    def by_uid(cls, uid: int) -> "Account":
        """Return the account; raise LocalServiceError when the system has no name for it."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise LocalServiceError(
                f"User id {uid} has no name, which PostgreSQL needs: add it to /etc/passwd."
            ) from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def by_name(cls, name: str) -> "Account | None":
        """Return the account if there is one."""
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            return None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def switch(self) -> dict[str, Any]:
        """Return the arguments with which `subprocess` runs a command as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def let_in(self, path: Path) -> None:
        """Let this account reach the path: as root, open the directories above it, but not for listing.

        Says on stderr which directory it opened.
        """
        if os.geteuid() != 0:
            return
        for directory in path.parents:
            found = directory.stat()
            if found.st_uid == self.uid or found.st_mode & stat.S_IXOTH:
                continue
            directory.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            sys.stderr.write(
                f"{directory} may now be passed through by {self.name}, which runs PostgreSQL.\n"
            )

    def let_read(self, sample: Path, *trees: Path) -> None:
        """Let this account read and run what is in the trees.

        Needed for root, where the sample is closed to others because it was installed under a strict umask.
        """
        if os.geteuid() != 0 or sample.stat().st_mode & stat.S_IROTH:
            return
        for path in (path for tree in trees for path in (tree, *tree.rglob("*"))):
            if not path.is_symlink():
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def server_account(home: Path) -> Account:
    """Return who runs the PostgreSQL at home: this user; for root whoever has, or a system account."""
    if os.geteuid() != 0:
        return Account.by_uid(os.geteuid())
    if home.exists() and home.stat().st_uid != 0:
        return Account.by_uid(home.stat().st_uid)
    for name in ACCOUNTS_FOR_ROOT:
        account = Account.by_name(name)
        if account is not None:
            return account
    raise LocalServiceError(
        "PostgreSQL does not run as root and there is no user `nobody`: run this as an ordinary user."
    )
