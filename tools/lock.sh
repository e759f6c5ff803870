#!/bin/sh
# Compile every lock file again: exact versions with hashes, for every platform, and no addresses.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch"
"$scratch/bin/python" -m pip install --quiet --disable-pip-version-check uv
for name in requirements requirements-node requirements-dev requirements-s3 requirements-scan requirements-wapiti bench/django/requirements; do
    "$scratch/bin/uv" pip compile --quiet "$name.in" --output-file "$name.txt" --universal --python-version 3.11 \
        --generate-hashes --no-header --no-emit-index-url --no-emit-find-links "$@"
done
for place in . tools/html tools/chromium tools/vnu; do
    (cd "$place" && npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved)
done
