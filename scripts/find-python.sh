#!/bin/sh
# Prints a Python that can make the virtual environment: 3.11 or later, with venv and pip.
set -eu

fits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if fits "$candidate"; then
        if ! "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
            version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            echo "$candidate cannot make virtual environments: install python$version-venv (apt install python$version-venv)." >&2
            exit 1
        fi
        command -v "$candidate"
        exit 0
    fi
done
echo "Python 3.11 or later is needed; found: $(python3 --version 2>/dev/null || echo none)." >&2
exit 1
