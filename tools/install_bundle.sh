#!/bin/sh
# Install the product from its bundle, without any network: Python 3.11 with venv is all that must be there.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "This bundle is made for Python 3.11: PYTHON=python3.11 sh install.sh")'
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --no-deps --require-hashes -r requirements.txt
.venv/bin/python -m compileall -q -o 0 -o 2 app .venv/lib migrations config.py wsgi.py  # whoever serves may not write here
.venv/bin/python -m flask --app wsgi compile-templates
touch .venv/run.stamp node_modules/.package-lock.json
echo "Installed. Next: docs/deploy.md, step 4; or try it with demo data: make run"
