# Everything a newcomer needs. Each target installs what is missing first; see deploy/bootstrap.sh.
# ARGS is passed on, for example: make demo ARGS="--leads 60 --exit --json"
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint servers bench chaos eval train fuzz contracts lock

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: .venv with the locked packages, PostgreSQL, RabbitMQ and Dovecot.
	@PYTHON="$(PYTHON)" sh deploy/bootstrap.sh

demo: setup ## Run the whole system against a pretend internet and show the funnel live.
	@$(BIN)/cam demo $(ARGS)

# Most tests wait for a server, so three side by side keep two cores busy; a file's tests stay together.
test: setup ## Run every test, on real servers.
	@$(BIN)/pytest -n 3 --dist loadfile $(ARGS)

lint: setup ## Check style, types and the import contracts.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

servers: setup ## Start the private servers; eval "$(cam servers env)" points a shell at them.
	@$(BIN)/cam servers start $(ARGS)

bench: setup ## Measure latency and throughput against floors of the same run.
	@$(BIN)/python -m benchmarks $(ARGS)

chaos: setup ## Break the system on purpose, and look for what was lost or happened twice.
	@$(BIN)/python -m chaos $(ARGS)

eval: setup ## Measure how well mail is understood, on sample mail if it is there.
	@$(BIN)/python -m evaluation $(ARGS)

fuzz: setup ## Read and understand 100,000 damaged e-mails; none may raise, hang or take long.
	@$(BIN)/python -m evaluation.fuzzing $(ARGS)

contracts: setup ## Write the documents about events (docs/events) anew from the code.
	@$(BIN)/python -m shared.catalogue docs/events

train: setup ## Train the classifier's model again, after a change of its grammar or features.
	@$(BIN)/python -m training $(ARGS)

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --upgrade \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: setup ## Lock the newest packages that pyproject.toml allows, with their hashes.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@printf 'editables\n' | $(COMPILE) pyproject.toml --group dev - --output-file requirements.lock
	@$(COMPILE) pyproject.toml --constraints requirements.lock --output-file requirements-runtime.lock
