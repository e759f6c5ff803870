#!/bin/sh
# backup.sh FOLDER DAYS: one new backup in FOLDER; those of the last two days all stay, older ones one a day for DAYS days.
set -eu
folder=$1
days=$2
cd "$(dirname "$0")/.."
file="$folder/$(date +%Y%m%d-%H%M%S).backup"
.venv/bin/python -m flask --app wsgi backup "$file"
find "$folder" -name '*.backup' -mtime +2 ! -name '*-00????.backup' -delete
find "$folder" -name '*.backup' -mtime "+$days" -delete
