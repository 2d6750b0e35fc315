# make run, make test: an environment in .venv with the locked packages, then the whole workflow or the tests.

PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
VENV := .venv
# Modules rather than commands: the first line of a command names the folder it was installed in, which may have moved.
RUN := $(VENV)/bin/python -m
PIP := $(RUN) pip --disable-pip-version-check --quiet
# Tests side by side; those of a file share what they run.
BESIDE := --numprocesses $(CORES) --dist loadfile --no-loadscope-reorder
SNAKEFILES := Snakefile $(wildcard workflow/rules/*.smk)

.PHONY: run acoustics layouts slurm cancel test test-slurm test-browser check lint hooks docs site lock bench overhead torture fuzz archive clean clean-results
.DELETE_ON_ERROR:

# make run VERBOSE=1: with the blocks of Snakemake for every job.
run: $(VENV)/run.stamp
	@$(RUN) snakemake --cores $(CORES) $(if $(VERBOSE),--printshellcmds)

# The environment with Snakemake's way to SLURM: snakemake --profile profiles/slurm
slurm: $(VENV)/slurm.stamp

# The environment with Praat, for pitch, harmonicity and formants: snakemake introspection
acoustics: $(VENV)/acoustics.stamp

# The environment with the libraries of the layouts tsne, umap, som and force: conditions.<name>.layout
layouts: $(VENV)/layouts.stamp

# After a kill of Snakemake: no job of this folder stays in SLURM's queue, and the next run may begin.
cancel:
	@PYTHONPATH=workflow/scripts $(RUN) preflight.leftovers
	@$(RUN) snakemake --unlock --quiet

test: $(VENV)/dev.stamp
	@$(RUN) pytest $(BESIDE)

# On a SLURM of one node that the tests start and stop: as root, with slurm-wlm and munge installed.
test-slurm: $(VENV)/dev.stamp $(VENV)/slurm.stamp
	@$(RUN) pytest tests/slurm

# Pages in headless Chromium (Debian's package chromium, or the program that CHROMIUM names), without a network.
test-browser: $(VENV)/dev.stamp
	@$(RUN) pytest tests/browser

# The inner loop, under a minute: style, types and the tests that run no workflow and train nothing.
check: lint
	@$(RUN) pytest $(BESIDE) --quiet -m "not slow"

lint: $(VENV)/dev.stamp
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy workflow/scripts
	@$(RUN) snakefmt --check $(SNAKEFILES)
	@$(RUN) snakemake --lint

# Git runs `make lint` before each commit and `make check` before each push.
hooks: $(VENV)/dev.stamp
	@$(RUN) pre_commit install

# The pages of docs/, README, CONTRIBUTING and CHANGELOG in site/; broken links fail (with --quiet they
# would not: mkdocs then sees no warning), and nothing is fetched.
docs: $(VENV)/dev.stamp
	@$(RUN) mkdocs build --strict
	@echo "open site/index.html"

# A static site in public/: the default run, its pages, report, explorer and film, and the pages of make docs.
site: run docs
	@$(VENV)/bin/python docs/site.py results site public

# Lists of all that the pins need, with the hashes of all files, for every platform and without an address. What is
# not pinned keeps its version; `make lock UPGRADE=--upgrade` takes the newest. `dev` comes first, the others agree with it.
lock: $(VENV)/lock.stamp
	@for group in install lock dev run acoustics layouts slurm; do \
	    $(RUN) uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-annotate --quiet $(UPGRADE) \
	        --custom-compile-command "make lock" --group pyproject.toml:$$group \
	        $$(case $$group in run | acoustics | layouts | slurm) echo "--constraint envs/requirements-dev.txt";; esac) \
	        --output-file envs/requirements-$$group.txt >/dev/null || exit 1; \
	done

# Ratios of speed, one per line, then what the jobs of the last run cost, where there was one.
bench: $(VENV)/dev.stamp
	@$(VENV)/bin/python tests/programs/bench.py results/benchmarks/bench.json
	@$(VENV)/bin/python tests/programs/costs.py results/benchmarks

# What Snakemake and the start of scripts cost beside the work of a whole run, and what plans cost.
overhead: run $(VENV)/dev.stamp
	@$(VENV)/bin/python tests/programs/overhead.py

# 30 kills of a run at random moments, each of which must leave no trace (9 min 53 s on two cores).
torture: $(VENV)/dev.stamp
	@$(VENV)/bin/python tests/programs/torture.py

# Files damaged on purpose: each is read or refused, with counts by kind of damage.
fuzz: $(VENV)/dev.stamp
	@$(VENV)/bin/python tests/programs/fuzz_textgrids.py
	@$(VENV)/bin/python tests/programs/fuzz_audio.py

archive: $(VENV)/run.stamp
	@$(RUN) snakemake archive --cores $(CORES)

# Results stay, and with them what Snakemake knows of their settings: without it a changed setting would go unnoticed.
clean:
	rm -rf $(VENV) site public .pytest_cache .mypy_cache .ruff_cache .snakemake/log .snakemake/scripts
	find workflow tests -name __pycache__ -prune -exec rm -rf {} +

clean-results:
	rm -rf results .snakemake

# The one pip for all, then the packages of a list: pip refuses a file whose hash is not in it.
$(VENV)/%.stamp: envs/requirements-%.txt envs/requirements-install.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing packages into $(VENV) (a few minutes the first time)"
	@$(PIP) install --require-hashes --requirement envs/requirements-install.txt
	@$(PIP) install --require-hashes --requirement $<
	@touch $@
