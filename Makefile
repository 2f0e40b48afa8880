# make run     sets everything up, rings up a morning in a demo shop, and serves its register
# make demo    the morning alone; it ends by itself
# make test    sets everything up and runs every check: lint, types, stubs, layers, tests
# make faults  kills tills and cuts the power: docs/faults.md (FAULTS=--long for all of it)
# make simulate  lives through shop days, each seed another: docs/simulation.md (SEEDS=5000)
# make oracle  holds the promotion engine against its references, a million carts (ORACLE=--carts N)
# make bench   measures this machine, then runs the suites of benches/
# make docs    writes the generated pages of docs/
# make wheels  builds sdist and wheel, installs them into empty environments and uses them
#
# Needed on the machine: Python 3.11 or newer with its headers, and a C compiler.

VENV := .venv
BIN := $(VENV)/bin
NATIVE := $(wildcard native/cashwrap_native/*.pyx native/cashwrap_native/*.pxd)

ifndef PYTHON
PYTHON := $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$each && break; done)
endif

.PHONY: run demo test bench lint native faults simulate oracle docs wheels clean

run: demo
	@$(BIN)/cashwrap serve demo-shop --demo-drivers

demo: $(VENV)/.ready
	@$(BIN)/cashwrap demo

test: lint
	CASHWRAP_HYPOTHESIS=$${CASHWRAP_HYPOTHESIS:-ci} \
		$(BIN)/python -m pytest -q -n auto --dist worksteal --benchmark-disable

lint: native
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest cashwrap_native --mypy-config-file pyproject.toml \
		--allowlist tests/stubtest_allow.txt
	$(BIN)/lint-imports

bench: native
	@$(BIN)/cashwrap bench
	@$(BIN)/python -m pytest -q benches --benchmark-only

# Compiles what changed; the .so files stand beside their sources.
native: $(VENV)/.ready-dev
	$(BIN)/python setup.py -q build_ext --inplace

faults: native
	$(BIN)/python -m tests.faults $(FAULTS)

simulate: native
	$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),500) $(SIMULATION)

oracle: native
	$(BIN)/python tests/reference/promotions_compare.py --carts 1000000 --jobs 2 $(ORACLE)

docs: native
	PYTHONPATH=tests $(BIN)/python -m pages

wheels: $(VENV)/.ready-dev
	$(BIN)/python tests/packaging/check_wheels.py

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "cashwrap needs Python 3.11 or newer: install it, or name it \
	with make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.ready: $(BIN)/python pyproject.toml setup.py $(NATIVE)
	$(BIN)/python -m pip install --quiet --editable ".[api]"
	@touch $@

# pip knows --group since 25.1. One Cython for this build and for `native`, else both would compile.
$(VENV)/.ready-dev: $(BIN)/python pyproject.toml setup.py
	$(BIN)/python -m pip install --quiet --group dev
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable ".[api]"
	@touch $@ $(VENV)/.ready

clean:
	rm -rf $(VENV) build dist *.egg-info kernel/*.egg-info native/cashwrap_native/*.so
