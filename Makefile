# Needs Python >= 3.11 with pip and venv, and make. `make lock` alone needs uv.

PYTHON ?= python3
UV ?= uv
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --only-binary :all:
CODE = $(wildcard protocol coalchat tests benchmarks)

.PHONY: demo story test check proof bench lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/runtime.stamp
	$(BIN)/coalchat demo

story: $(VENV)/runtime.stamp
	$(BIN)/coalchat demo --headless --json

test: $(VENV)/dev.stamp
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include 'protocol/*' --fail-under 95
	$(BIN)/coverage report --fail-under 85

check: $(VENV)/dev.stamp
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	@long=$$(find $(CODE) -name '*.py' -exec wc -l {} + | awk '$$2 != "total" && $$1 > 400'); \
	if [ -n "$$long" ]; then echo "files over 400 lines, split them:"; echo "$$long"; exit 1; fi
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python -m protocol.vectors --check

proof: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m proof --hypothesis-profile proof --timeout 1800 --numprocesses $(WORKERS)

bench: $(VENV)/runtime.stamp
	$(BIN)/python -m benchmarks

# One environment for all targets, in any order: first what runs, then what tests on top.

$(VENV)/runtime.stamp: requirements.txt requirements-build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "coalchat needs Python 3.11 or newer: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) -r requirements.txt -r requirements-build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp requirements-dev.txt
	$(LOCKED) -r requirements-dev.txt
	@touch $@

# The locks carry hashes and no registry address. LOCK=--upgrade takes newer versions.
LOCK ?=
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes \
	--no-emit-index-url --no-header $(LOCK)

lock:
	$(COMPILE) pyproject.toml --all-extras --group dev --group build --output-file requirements-dev.txt
	$(COMPILE) pyproject.toml --all-extras --constraint requirements-dev.txt --output-file requirements.txt
	$(COMPILE) --group build --constraint requirements-dev.txt --output-file requirements-build.txt
	@! grep -nE '://|file:|--index|--find-links|(^|[ (])/' requirements*.txt

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache snapshot_report.html
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
