# Two commands do all the set-up: `make demo` and `make test`. Each makes its own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
SWEEP ?= all

.PHONY: demo test lint bench mutate sweep format clean docs drills rights

demo: $(READY)
	$(BIN)/irkit world demo --workspace .demo

test: $(READY)
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(PYTEST)

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate irkit

sweep: $(READY)
	$(BIN)/irkit test --sweep $(SWEEP) playbooks

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m benchmarks $(BENCH)

mutate: $(READY)
	$(BIN)/python -m benchmarks.mutation $(MUTATE)

drills: $(READY)
	$(BIN)/python docs/explanation/drill_tables.py $(DRILLS)

rights: $(READY)
	$(BIN)/python docs/reference/rights_tables.py $(RIGHTS)

docs: $(READY)
	$(BIN)/python docs/reference/generate.py

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "irkit needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
