# What to do with W2Meet. Needs Python 3.11 or newer, as python3 or as PYTHON=...

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes
NONE := There is no $(PYTHON): W2Meet needs Python 3.11 or newer. Name one with make PYTHON=...
OLD := This Python is too old: W2Meet needs 3.11 or newer. Name one with make PYTHON=...
SERVICES := user_service availability_service suggestion_service
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: run test test-long test-nodes fuzz test-compose bench pictures lint schemas lock

run: .venv/run  ## the whole system, until Ctrl-C
	@exec $(BIN)/python -m compose.run

test: .venv/test  ## every test, on a Redis and ports of its own
	@exec $(BIN)/python -m tests

test-long: .venv/test  ## what takes longer: hostile calendars, readers that are killed, logins in a browser
	@$(BIN)/python -m tests user_service -m long
	@$(BIN)/python -m tests system -m long
	@$(BIN)/python -m tests browser -m long

test-nodes: .venv/test  ## a cluster, and a Redis under Sentinels, whose nodes die while they are written; takes some minutes
	@exec $(BIN)/python -m tests system -m nodes

fuzz: .venv/test  ## requests that Schemathesis makes of the schemas; with FUZZ_EXAMPLES=200 thousands, others each time
	@exec $(BIN)/python -m tests system -m fuzz

test-compose: .venv/test  ## the system in containers, where a container engine answers
	@exec $(BIN)/python -m tests system -m compose

bench: .venv/bench  ## how fast it is, measured alone; takes some minutes
	@exec $(BIN)/python -m tests.benchmarks --picture tests/pictures/benchmark.svg

pictures: .venv/test  ## the pictures of the README
	@exec $(BIN)/python -m tests.pictures

lint: .venv/test  ## style, types, import contracts, schemas
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@for service in $(SERVICES); do \
	  $(BIN)/python $$service/manage.py spectacular --validate --fail-on-warn --file /dev/null || exit 1; done

schemas: .venv/test  ## the OpenAPI documents with which the tests compare
	@for service in $(SERVICES); do $(BIN)/python $$service/manage.py spectacular --file tests/$$service/openapi.yml; done

lock: .venv/test  ## pins the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --group test --output-file test.lock
	$(COMPILE) --constraints test.lock --group run --output-file run.lock
	$(COMPILE) --constraints test.lock --group bench --output-file bench.lock
	@for service in $(SERVICES); do \
	  $(COMPILE) --constraints test.lock --group $${service%_service}-service \
	    --output-file $$service/requirements.lock || exit 1; done

.venv/run: run.lock
.venv/test: test.lock
.venv/bench: bench.lock
.venv/%: %.lock
	@command -v '$(PYTHON)' > /dev/null || { echo '$(NONE)' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(OLD)' >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@echo "Installing the $$(grep -c '==' $<) packages of $< into .venv, which may take a minute."
	@$(PIP) --requirement $<
	@touch $@
