# make run   sets everything up and rings up a morning in a demo shop
# make test  sets everything up and runs every check: lint, types, tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint clean

run: $(VENV)/.ready
	@$(BIN)/cashwrap demo

test: $(VENV)/.ready-dev lint
	$(BIN)/python -m pytest -q

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m mypy.stubtest cashwrap_native --allowlist tests/stubtest_allow.txt

SOURCES := pyproject.toml setup.py $(wildcard native/cashwrap_native/*.p*)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.ready: $(VENV)/bin/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info native/cashwrap_native/*.so
