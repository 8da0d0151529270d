#!/bin/sh
# Prints the Chromium for the browser tests, or nothing when Playwright has brought its own. What is missing is
# installed: as root from the distribution, else by Playwright. Also sees to a Chinese font, without insisting.
set -eu

# Ubuntu's chromium-browser may be a stub that only asks for a snap, so a name alone is not enough.
find_browser() {
    for name in chromium chromium-browser google-chrome; do
        if "$name" --version 2>/dev/null | grep -q Chrom; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

has_font() {
    command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]
}

apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    echo "Installing $*" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >&2 && apt-get -qq install --yes --no-install-recommends "$@" >&2
}

missing=
find_browser >/dev/null || missing=chromium
has_font || missing="$missing fontconfig fonts-noto-cjk"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 - a list of packages
    apt_install $missing || true
fi
has_font || echo "No Chinese font: screenshots will show boxes (apt install fonts-noto-cjk)." >&2
if ! find_browser; then
    echo "Installing Playwright's Chromium" >&2
    .venv/bin/python -m playwright install chromium >&2 || {
        echo "No Chromium for the browser tests: install the package chromium, or put it on PATH." >&2
        exit 1
    }
fi
