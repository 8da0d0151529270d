#!/bin/sh
# Fails with one sentence unless Node 20 or later and npm are there.
set -eu

if ! command -v node >/dev/null 2>&1; then
    echo "Node 20 or later is needed to build the front end, and there is none: install nodejs and npm." >&2
    exit 1
fi
if [ "$(node --print 'process.versions.node.split(".")[0] >= 20')" != true ]; then
    echo "Node 20 or later is needed to build the front end; found: $(node --version)." >&2
    exit 1
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "npm is needed to build the front end, and there is none: install npm." >&2
    exit 1
fi
