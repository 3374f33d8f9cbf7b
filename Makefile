# Two commands do everything on a fresh machine with Python 3.11, 3.12 or 3.13:
#   make compare    make the environment if missing, compare variants, say where
#                   the report lies
#   make test       make the environment if missing, run the whole test suite
# Others: check (format, lint, types, floors, docs), docs (write the generated pages),
# benchmark, clean. Say PYTHON=... to choose an interpreter, VENV=... a folder.

SHELL := /bin/sh
VENV ?= .venv
PYTHON ?=
BIN := $(VENV)/bin
SCENARIOS ?= reference committed full-plan
COMPARE ?=
PYTEST ?= -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help compare test check docs benchmark clean

help:
	@sed -n 's/^# \{0,1\}//; 1,6p' Makefile

compare: $(VENV)/.run
	$(BIN)/mediapark compare $(COMPARE) $(SCENARIOS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/.dev
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/build.py --check
	$(BIN)/python -m pytest -qq tests/test_docs*.py

docs: $(VENV)/.dev
	$(BIN)/python docs/build.py

benchmark: $(VENV)/.run
	$(BIN)/python -m benchmarks.month

# The environment: once to run, and on top of it what tests need. Each file stands for
# a finished installation and is older than a change of what it was made from.
$(VENV)/.run: pyproject.toml constraints.txt
	@python="$(PYTHON)"; \
	for one in $${python:-python3.11 python3.12 python3.13 python3 python}; do \
	  if "$$one" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    2>/dev/null; then found="$$one"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11, 3.12 or 3.13 found: install one, or say PYTHON=..." >&2; \
	  exit 1; \
	fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  echo "Making $(VENV) with $$("$$found" --version)"; \
	  "$$found" -m venv --clear $(VENV) >/dev/null 2>&1 \
	  || { "$$found" -m venv --clear --without-pip $(VENV) \
	       && "$$found" -m pip --python $(BIN)/python install --quiet pip; } \
	  || { echo "Could not make $(VENV): this Python has neither venv with pip, nor" \
	       "pip (on Debian and Ubuntu: apt install python3-venv)" >&2; \
	       rm -rf $(VENV); exit 1; }; \
	fi
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Mesa's own view asks for much that nothing else needs.
$(VENV)/.solara: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[solara]'
	@touch $@

clean:
	rm -rf $(VENV) .venv-second build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
