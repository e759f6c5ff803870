#!/bin/sh
# npm with the given arguments: the machine's own, else the one inside the wheel of requirements-node.txt.
# A machine that has Python and make needs nothing more: the wheel is fetched only where npm is missing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
    bin="$root/.venv/bin"
    [ -x "$bin/npm" ] || "$bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-deps --require-hashes -r "$root/requirements-node.txt"
    PATH="$bin:$PATH"
fi
exec npm "$@"
