#!/bin/sh
# Prints the PgBouncer for the tests. Where there is none it is installed: as root from the distribution, else its
# packages are unpacked under .venv.
set -eu

unpacked=.venv/pgbouncer

find_pooler() {
    for program in pgbouncer /usr/sbin/pgbouncer /usr/local/sbin/pgbouncer "$PWD/$unpacked/run"; do
        if "$program" --version 2>/dev/null | grep -qi pgbouncer; then
            command -v "$program"
            return 0
        fi
    done
    return 1
}

install_it() {
    command -v apt-get >/dev/null 2>&1 || return 1
    echo "Installing pgbouncer" >&2
    if [ "$(id -u)" = 0 ]; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update >&2 && apt-get -qq install --yes --no-install-recommends pgbouncer >&2
    else
        unpack_it
    fi
}

# With the libraries that this machine lacks.
unpack_it() {
    packages=pgbouncer
    for library in $(apt-cache depends pgbouncer 2>/dev/null | sed -n 's/^ *Depends: \(lib.*\)/\1/p'); do
        dpkg -s "$library" >/dev/null 2>&1 || packages="$packages $library"
    done
    rm -rf "$unpacked" && mkdir -p "$unpacked"
    # shellcheck disable=SC2086 - a list of packages
    (cd "$unpacked" && apt-get -qq download $packages >&2) || return 1
    for package in "$unpacked"/*.deb; do
        dpkg -x "$package" "$unpacked"
        rm "$package"
    done
    cat >"$unpacked/run" <<'RUN'
#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu*) exec "$here/usr/sbin/pgbouncer" "$@"
RUN
    chmod +x "$unpacked/run"
}

find_pooler && exit 0
install_it || true
find_pooler || {
    echo "No PgBouncer for the tests: install the package pgbouncer, or put it on PATH." >&2
    exit 1
}
