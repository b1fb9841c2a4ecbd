# SPDX-License-Identifier: Apache-2.0
# One command each. Every target makes its own set-up in .venv, when that is missing or a lock changed.
# Nothing is needed but make and Python 3.11 or later; say `make PYTHON=/path/to/python` to choose one.

.DELETE_ON_ERROR:
.PHONY: help setup demo test lint check bench torture mutants locks errors golden clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# Processes that tests start by the hundred find the product compiled already.
unexport PYTHONDONTWRITEBYTECODE
JOBS ?= 3
ARGS ?=

# The first of these that is a Python we can use.
FIND_PYTHON = for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done
PYTHON ?= $(shell $(FIND_PYTHON))

help:
	@echo 'make demo     three nodes, one agreement, the whole story (ARGS=--check: one line a step)'
	@echo 'make test     every test, with the coverage of the core'
	@echo 'make check    format, lint, types, imports, fast tests; under a minute'
	@echo 'make lint     the same without tests'
	@echo 'make bench    speeds beside their floors (ARGS=--write: into docs/performance.md)'
	@echo 'make torture  what takes too long for make test'
	@echo 'make mutants  mutants of the core by a seeded sample, and which live; an hour'
	@echo 'make golden   write the golden files, docs/errors.md and docs/articles.md again; review'
	@echo 'make locks    write the lock files again from pyproject.toml (needs uv)'
	@echo 'make clean    remove the set-up and all caches'

setup: $(READY)

# The package itself goes in without an index: its build tools are in the lock.
$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo 'comity needs Python 3.11 or later: none found.' \
		'hint: install python3.11, or say make PYTHON=/path/to/python' >&2; exit 2; }
	@echo 'set-up in $(VENV) (once; again when a lock changes)'
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'comity needs Python 3.11 or later: $(PYTHON) is older, or not there.' >&2; exit 2; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV) || { \
		echo 'hint: on Debian, apt-get install python3-venv' >&2; exit 2; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)
	@$(BIN)/comity demo $(ARGS)

# Hashes of str and bytes differ in each run on purpose: nothing may depend on them. Each file goes
# to one worker, so that what its tests share is made once; in the order of the folders, as the slow
# ones are mixed there: the longest files last would leave a core without work. What tests write
# goes with them: in memory, where 6 GB are free and programs may run, nothing waits for a disk.
test: $(READY)
	@memory=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 { print "/dev/shm" }'); \
	if grep -q '^[^ ]* /dev/shm [^ ]* [^ ]*noexec' /proc/mounts 2>/dev/null; then memory=; fi; \
	files=$$(mktemp -d "$${memory:-$${TMPDIR:-/tmp}}/comity-XXXXXX") || exit; \
	trap 'rm -rf "$$files"' EXIT INT TERM; \
	TMPDIR="$$files" $(BIN)/python -m pytest -n $(JOBS) --basetemp="$$files/tests" \
		--dist loadfile --no-loadscope-reorder --durations=25 \
		--cov --cov-config=coverage-core.ini --cov-report=term-missing:skip-covered $(ARGS)

lint: $(READY)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint
	$(BIN)/python -m pytest -n $(JOBS) -q -m 'not (slow or demo or torture)' \
		tests/unit tests/tidy $(ARGS)

bench: $(READY)
	@$(BIN)/python -m bench.run $(ARGS)

torture: $(READY)
	HYPOTHESIS_PROFILE=torture $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m torture --durations=15 $(ARGS)

mutants: $(READY)
	$(BIN)/python -m scripts.mutants $(ARGS)

golden: $(READY)
	$(BIN)/python -m scripts.error_codes --write
	$(BIN)/python -m scripts.articles --write
	$(BIN)/python -m scripts.gsomia_family --write
	$(BIN)/python -m pytest -q --regenerate tests/golden tests/unit tests/vectors $(ARGS)

UV ?= uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header pyproject.toml
locks:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build dist htmlcov mutants .coverage .coverage.* .pytest_cache .mypy_cache \
		.ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
