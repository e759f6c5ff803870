# What a person types. `make help` lists it. Python 3.11 and make are all a machine needs.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup install lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/dev.stamp node_modules/.package-lock.json ## everything that running, testing and checking need

install: $(VENV)/run.stamp node_modules/.package-lock.json ## only what running needs

lock: ## compile the lock files again from requirements*.in and package.json
	sh tools/lock.sh

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(PY)
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(PY)
	$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

node_modules/.package-lock.json: package-lock.json | $(PY)
	sh tools/npm.sh ci --omit=dev --ignore-scripts
	@touch $@
