# Every target sets up what it needs: a virtual environment with the locked packages.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: help demo test check slow golden lock format bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY) ## harvest the bundled samples and serve them on http://localhost:8000/
	$(BIN)/jointure demo

test: $(READY) ## the tests, without the slow ones
	$(BIN)/pytest -q -m "not slow"

slow: $(READY) ## the slow tests
	$(BIN)/pytest -q -m slow

check: $(READY) ## what CI runs: format, lint, types, contracts, tests, the wheel
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test
	$(MAKE) wheel

.PHONY: wheel
wheel: $(READY) ## build the wheel, and start the command from it elsewhere
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist . > /dev/null
	$(BIN)/check-wheel-contents dist
	rm -rf $(VENV)/wheel && $(PYTHON) -m venv $(VENV)/wheel
	$(VENV)/wheel/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(VENV)/wheel/bin/pip install --quiet --disable-pip-version-check --no-deps dist/*.whl
	cd / && "$(CURDIR)/$(VENV)/wheel/bin/jointure" portals --store "$(CURDIR)/$(VENV)/wheel/store"

golden: $(READY) ## write the expected descriptions anew
	$(BIN)/pytest -q tests/ingest/test_golden.py --update-golden

format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## the benchmarks: ratios against a peer in the same run
	$(BIN)/python bench/harvest.py
	$(BIN)/python bench/sparql.py

lock: $(READY) ## resolve the dependencies anew
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock

clean: ## take away what the targets made
	rm -rf $(VENV) .demo .bench dist
