# Two commands on a fresh machine: `make demo` and `make test`. They need Python 3.11 to 3.14 with pip, and make.
# PYTHON=/path/to/python chooses the interpreter of a new .venv.

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for p in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin

.PHONY: install same-python demo test test-py-feat lint types bench fuzz robustness clean

demo: install
	$(BIN)/motionsig demo

# One heap, as the worker processes have it.
test: install lint types
	MALLOC_ARENA_MAX=1 $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

# The face reader py-feat, with its own code: installs the extra into .venv, so that `make test` includes it too.
test-py-feat: .venv/installed-py-feat
	$(BIN)/pytest -n 0 tests/extract/test_pyfeat.py

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	@! grep -rnE '^[<>]{7} ' --include='*.py' --include='*.md' --include='*.html' --exclude-dir='.*' .

types: install
	$(BIN)/mypy

# Each prints what it measures as a ratio within one run; nothing here passes or fails.
bench: install
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# Looks for longer for files that a reader neither reads nor refuses; SECONDS=600 for ten minutes a reader.
SECONDS ?= 60
fuzz: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	$(BIN)/python fuzz/fuzz_readers.py $(SECONDS)

# Makes the tables of docs/measurements/robustness.md anew; takes somewhat longer than the demo.
robustness: install
	$(BIN)/python bench/stress_demo.py docs/measurements/robustness.md

install: .venv/installed

# An environment with the libraries of one version of Python and the interpreter of another one does not run.
same-python:
	@"$(PYTHON)" -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "motionsig needs Python 3.11, 3.12, 3.13 or 3.14: install one, or name it as in" \
			"make PYTHON=/path/to/python3.13" >&2; exit 1; }
	@test ! -e $(BIN)/python || test "$$("$(PYTHON)" -V)" = "$$($(BIN)/python -V)" || { \
		echo ".venv has $$($(BIN)/python -V), and $(PYTHON) is $$("$(PYTHON)" -V): run make clean before you" \
			"choose another interpreter, or leave PYTHON out" >&2; exit 1; }

.venv/installed: pyproject.toml | same-python
	@echo "Installing into .venv (about 1.5 GB, a minute or more) ..."
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/motionsig fetch-networks
	@touch $@

.venv/installed-py-feat: .venv/installed
	@echo "Installing py-feat and PyTorch into .venv (about 6 GB, a few minutes) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,py-feat]'
	@touch $@

clean:
	rm -rf .venv demo-output
