# What a person types. `make help` lists it. Python 3.11 and make are all a machine needs.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
# one process more than cores, for some wait for a browser or a database, and not more than four: a container may count its host's cores
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 3 ? n + 1 : 4)))
# compiled tests are kept whatever the shell says: each process would rewrite every assertion in each run
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n $(WORKERS) --dist worksteal
export PORT ?= 8000
SITE ?= http://127.0.0.1:$(PORT)
USERS ?= city huanglou wantong unit volunteer member

.DEFAULT_GOAL := help
.PHONY: help setup install run test test-full drill production-test scan bundle bench bench-filters bench-smoke saturday processes check html-check lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/dev.stamp node_modules/.package-lock.json tools/html/node_modules/.package-lock.json ## everything that running, testing and checking need

install: $(VENV)/run.stamp node_modules/.package-lock.json ## only what running needs
	@$(PY) -m compileall -q -o 0 -o 2 app config.py wsgi.py $(VENV)/lib # whoever serves may not write here
	@$(PY) -m flask --app wsgi compile-templates

run: $(VENV)/run.stamp node_modules/.package-lock.json ## migrate, fill with demo data, serve (PORT=8000)
	@exec $(PY) tools/run.py

test: setup ## every test but the long ones: SQLite, PostgreSQL, a browser
	$(PYTEST) -m "not full"

test-full: setup ## every test, the long ones too
	$(PYTEST)

drill: setup ## faults on purpose, results into docs/drills.md (DRILLS="killed sqlite", DRILL_LONG=1)
	$(PY) -m drills $(DRILLS)

production-test: setup .cache/s3/stamp ## units, nginx, refusals, an S3 server two processes (`apt-get install nginx redis-server` first)
	CI=1 $(PYTEST) tests/production tests/test_deploy.py

bundle: setup ## one archive that installs without any registry, tried at once
	sh tools/bundle.sh
	PYTHON=$(CURDIR)/$(PY) sh tools/try_bundle.sh .cache/volunteer-bundle-x86_64.tar.gz

bench: setup ## ratios against two references into bench/results.md (BENCH_SIZE=mid|full, BENCH_DB, BENCH_ROWS=1,2)
	$(PY) -m bench.run

saturday: setup ## 200 people tick while 1,000 read, ten minutes, into bench/saturday.md (SATURDAY_SECONDS, BENCH_DB)
	$(PY) -m bench.saturday

processes: setup ## one, two and four processes on PostgreSQL with Redis, into bench/processes.md
	$(PY) -m bench.processes

bench-filters: setup ## every list and statistic with each of its filters, small city against large, into bench/filters.md (BENCH_DB, BENCH_WHO=city, BENCH_PAGES=/help)
	$(PY) -m bench.filters

bench-smoke: setup ## both on tiny data: fails only when the bench itself is broken, or a page does not answer
	BENCH_SMOKE=1 $(PY) -m bench.run
	BENCH_SMOKE=1 BENCH_WHO=visitor,v507,city,wantong,unit $(PY) -m bench.filters

check: setup ## style, types, templates, migrations, the rules of the house
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint app/templates --lint --quiet
	$(PY) tools/check_house.py
	sh tools/check_migrations.sh

html-check: setup ## valid HTML on every page of a running site (SITE=http://127.0.0.1:8000)
	rm -rf .cache/pages
	$(PY) tools/save_pages.py $(SITE) .cache/pages $(USERS)
	$(PY) tools/html_check.py .cache/pages

scan: $(VENV)/run.stamp node_modules/.package-lock.json .cache/scan-venv/stamp .cache/wapiti-venv/stamp ## bandit, semgrep, sqlmap, wapiti; writes docs/scans.md
	$(PY) -m tools.scan

.cache/%-venv/stamp: requirements-%.txt
	$(PYTHON) -m venv --clear .cache/$*-venv
	.cache/$*-venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

lock: ## compile the lock files again from requirements*.in and package.json
	sh tools/lock.sh

clean: ## remove everything that make made, (but not the data in instance/)
	rm -rf $(VENV) node_modules tools/*/node_modules .cache test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements.txt | $(PY)
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(PY)
	$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

node_modules/.package-lock.json: package-lock.json | $(PY)
	sh tools/npm.sh ci --omit=dev --ignore-scripts --loglevel=error
	@touch $@

.cache/s3/stamp: requirements-s3.txt | $(PY)
	$(PY) -m venv .cache/s3
	.cache/s3/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-s3.txt
	@touch $@

tools/html/node_modules/.package-lock.json: tools/html/package-lock.json | $(PY)
	cd tools/html && sh ../npm.sh ci --ignore-scripts --loglevel=error
	@touch $@
