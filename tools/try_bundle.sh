#!/bin/sh
# Install a bundle in a fresh place with no registry in reach (proxies and pip's settings unset), and ask it for its commands.
set -eu
archive=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$archive" -C "$scratch"
cd "$scratch/volunteer"
alone() { env -i PATH=/usr/bin:/bin HOME="$scratch" PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 DATA_DIR="$scratch/data" "$@"; }
alone PYTHON="${PYTHON:-python3.11}" PATH="$PATH" sh install.sh
alone .venv/bin/python -m flask --app wsgi db upgrade 2>/dev/null
alone .venv/bin/python -m flask --app wsgi routes | grep -q portal.home
echo "The bundle installs and its database comes up, with no registry."
