#!/bin/sh
# Models and migrations agree, on a fresh SQLite database: one newest revision, and nothing left to generate.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export DATABASE_URL="sqlite:///$scratch/check.db" DATA_DIR="$scratch"
flask() { .venv/bin/python -m flask --app wsgi "$@"; }
flask db upgrade
[ "$(flask db heads | wc -l)" -eq 1 ] || { echo "more than one newest revision:"; flask db heads; exit 1; }
flask db check
