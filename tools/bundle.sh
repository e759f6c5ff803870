#!/bin/sh
# One archive that installs without any registry: the product as committed, wheels for Linux x86_64 and Python 3.11, browser scripts.
# bundle.sh [ARCHIVE]; then try it: tools/try_bundle.sh ARCHIVE
set -eu
cd "$(dirname "$0")/.."
archive=${1:-.cache/volunteer-bundle-x86_64.tar.gz}
mkdir -p .cache
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
top=$scratch/volunteer
mkdir -p "$top/wheels"
git archive HEAD | tar -x -C "$top"
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
    --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
    --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux_2_28_x86_64 --platform manylinux_2_24_x86_64 \
    --dest "$top/wheels" -r requirements.txt
mkdir -p "$top/node_modules"
cp -RL node_modules/. "$top/node_modules"
cp tools/install_bundle.sh "$top/install.sh"
tar -czf "$archive" -C "$scratch" volunteer
echo "$archive: $(du -h "$archive" | cut -f1), $(ls "$top/wheels" | wc -l) wheels"
