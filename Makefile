# The front door. `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench clean browser

help: ## list what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.runs ## set up, seed the store on first start, serve the picture
	$(BIN)/python app.py

test: $(VENV)/.tests browser ## set up and run every test, in a real browser too
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

check: $(VENV)/.tests ## style, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.tests ## mend style where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.benches browser ## measure the picture against its alternatives, write docs/benchmarks.md
	$(BIN)/python -m cop bench --write

clean: ## remove what setting up made; the store in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@ $(VENV)/.runs

$(VENV)/.benches: requirements-bench.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements-bench.txt
	@touch $@ $(VENV)/.runs

# Browser tests drive the system's Chromium. Where it is missing and apt may install it, it does.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	     && echo "installing Chromium for the browser tests" \
	     && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	|| echo "no Chromium and no right to install it: the browser tests will be skipped"
