"""What `make setup` says on a machine that lacks something."""

import subprocess
from pathlib import Path

import pytest

from aixin.local.layout import BASE_DIR

OLD_PYTHON = 'case "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac'
NEW_PYTHON = "exit 0"
PYTHON_WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac'
OLD_NODE = 'case "$1" in --version) echo v18.19.0 ;; *) echo false ;; esac'
NEW_NODE = "echo true"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a directory that is all of PATH."""
    return tmp_path


def add(path: Path, name: str, body: str) -> None:
    """Put a program on PATH."""
    program = path / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def run(path: Path, script: str) -> tuple[int, str, str]:
    """Run the script; return its status and what it printed."""
    done = subprocess.run(
        ["/bin/sh", BASE_DIR / "scripts" / script],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_newer_python_is_found_beside_an_old_one(path: Path) -> None:
    add(path, "python3", OLD_PYTHON)
    add(path, "python3.12", NEW_PYTHON)
    assert run(path, "find-python.sh") == (0, str(path / "python3.12"), "")


def test_old_python_alone_is_named(path: Path) -> None:
    add(path, "python3", OLD_PYTHON)
    assert run(path, "find-python.sh") == (1, "", "Python 3.11 or later is needed; found: Python 3.9.2.")


def test_no_python_at_all(path: Path) -> None:
    assert run(path, "find-python.sh") == (1, "", "Python 3.11 or later is needed; found: none.")


def test_python_without_venv_names_the_package(path: Path) -> None:
    add(path, "python3", PYTHON_WITHOUT_VENV)
    status, _, said = run(path, "find-python.sh")
    assert status == 1
    assert said.endswith("install python3.12-venv (apt install python3.12-venv).")


@pytest.mark.parametrize(
    ("programs", "status", "said"),
    [
        ({}, 1, "there is none: install nodejs and npm."),
        ({"node": OLD_NODE, "npm": ""}, 1, "found: v18.19.0."),
        ({"node": NEW_NODE}, 1, "there is none: install npm."),
        ({"node": NEW_NODE, "npm": ""}, 0, ""),
    ],
)
def test_node(path: Path, programs: dict[str, str], status: int, said: str) -> None:
    for name, body in programs.items():
        add(path, name, body)
    got, printed, error = run(path, "check-node.sh")
    assert (got, printed) == (status, "")
    assert error.endswith(said)
    assert error.count("\n") == 0
