# Two commands on a fresh machine with Python 3.11+ and make: `make demo` and `make test`. `make help` lists all.
.DEFAULT_GOAL := help
.SUFFIXES:
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= 4
EXAMPLES ?= 500
ADS ?= 1000
ROWS ?= 1000000

.PHONY: help setup setup-dev demo test fuzz torture load bench docs lint lint-types lint-rest format check lock sandbox-table clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Adloom needs Python 3.11 or later; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Adloom runs on into $(VENV) (once, about half a minute) …" >&2
	@$(BIN)/pip install -qq --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "Installing what tests and linters need …" >&2
	@$(BIN)/pip install -qq --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.ready ## the .venv, and nothing else

setup-dev: $(VENV)/.ready-dev ## the .venv with what tests and linters need

demo: $(VENV)/.ready ## one ad on four platforms, on a sandbox of its own (ARGS="--once --json" ends after the report)
	@$(BIN)/adloom demo $(ARGS)

test: $(VENV)/.ready-dev ## the whole test suite, on its own embedded PostgreSQL (WORKERS=0: one test after the other)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: $(VENV)/.ready-dev ## so many new ads on each platform of the sandbox (EXAMPLES=500)
	@ADLOOM_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/platforms/test_any_ad.py $(ARGS)

torture: $(VENV)/.ready-dev ## kill workers at every step, break everything, and print the table (ARGS="deaths --few"; about 45 minutes)
	@$(BIN)/python -m tests.torture $(ARGS)

load: $(VENV)/.ready-dev ## so many ads on four platforms at once, with quotas and faults (ADS=1000)
	@$(BIN)/python -m tests.torture.load $(ADS) $(ARGS)

bench: $(VENV)/.ready-dev ## Adloom beside its peers, which get an environment of their own (ROWS=100000 ARGS="loading --json FILE")
	@$(BIN)/python -m tests.bench --rows $(ROWS) $(ARGS)

docs: $(VENV)/.ready-dev ## write the pages that are made from what the code does (docs/platforms.md)
	@ADLOOM_WRITE_DOCS=1 $(BIN)/python -m pytest tests/platforms/test_coverage_page.py $(ARGS)

lint: $(VENV)/.ready-dev ## format, lint, types, import contracts
	@$(MAKE) --no-print-directory -j2 -Otarget lint-types lint-rest

lint-types:
	@$(BIN)/mypy

lint-rest:
	@$(BIN)/ruff format --check src tests
	@$(BIN)/ruff check src tests
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.ready-dev ## let ruff format and mend what it can
	@$(BIN)/ruff format src tests
	@$(BIN)/ruff check --fix src tests

check: lint test ## lint and test

lock: ## write the lock files anew (needs uv on the PATH)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock requirements.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-dev.lock requirements-dev.in

sandbox-table: $(VENV)/.ready ## write into the sandbox's README what it imitates, from its routes
	@$(BIN)/python -m adsandbox.imitation

clean: ## remove the .venv and what tools left behind
	rm -rf $(VENV) build dist packaging/adsandbox/build packaging/adsandbox/src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
