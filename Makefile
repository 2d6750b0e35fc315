# make run, make test: an environment in .venv with the pinned packages, then the whole workflow or the tests.

PYTHON ?= python3
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
SNAKEFILES := Snakefile $(wildcard workflow/rules/*.smk)

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: run test lint bench clean
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp
	@snakemake --cores $(CORES)

test: $(VENV)/dev.stamp
	@python -m pytest

lint: $(VENV)/dev.stamp
	@ruff check .
	@ruff format --check .
	@mypy workflow/scripts
	@snakefmt --check $(SNAKEFILES)

bench: run
	@python tests/benchmarks.py results/benchmarks

clean:
	rm -rf $(VENV) .snakemake .pytest_cache .mypy_cache .ruff_cache

# pip of Python 3.11 does not know dependency groups, so the environment gets a newer one first.
$(VENV)/%.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing packages into $(VENV) (a few minutes the first time)"
	@$(PIP) install "$$($(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["install"])')"
	@$(PIP) install --group $*
	@touch $@
