# Every habit of the project. `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock
export ASSISTANT_HOME ?= .assistant

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format bench bench-ingest bench-sync bench-scale bench-crash bench-fuzz bench-citations bench-spam gate baseline screenshots documents lock clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/run: pyproject.toml requirements.lock
	@echo "Installing the pinned dependencies into $(VENV): a few minutes, the first time only."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/test: $(VENV)/run
	@echo "Installing what tests and benchmarks need."
	$(PIP) --editable '.[test,bench,docs]'
	@touch $@

run: $(VENV)/run ## Serve the chat at http://localhost:8000, with the sample documents if there are none
	@$(BIN)/assistant docs list --json | grep -q . || $(BIN)/assistant ingest examples/docs
	@$(BIN)/assistant chat

test: $(VENV)/test ## Run all tests, browser tests included
	@$(BIN)/python -m pytest

test-fast: $(VENV)/test ## Run the tests that need neither a browser nor more than ten seconds
	@$(BIN)/python -m pytest -m "not e2e and not slow"

check: $(VENV)/test ## Check formatting, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/test ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/test ## Measure the engine's overhead around the model, tracking included
	@$(BIN)/assistant eval overhead

$(VENV)/llamaindex/installed: evals/benchmarks/llamaindex_requirements.txt $(VENV)/test
	$(PYTHON) -m venv $(VENV)/llamaindex
	$(VENV)/llamaindex/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

bench-ingest: $(VENV)/test $(VENV)/llamaindex/installed ## Ingest DATA=FOLDER beside plain LangChain and LlamaIndex
	@LLAMA_INDEX_PYTHON=$(VENV)/llamaindex/bin/python $(BIN)/assistant eval ingest --data $(DATA)

bench-sync: $(VENV)/test ## Follow a folder of 10,000 files through changes
	@$(BIN)/assistant eval sync

bench-scale: $(VENV)/test ## Build, search and halve an index of a million passages
	@$(BIN)/assistant eval scale

bench-crash: $(VENV)/test ## Kill a hundred ingests and check what is left
	@$(BIN)/assistant eval crash

bench-fuzz: $(VENV)/test ## Ingest a thousand damaged files
	@$(BIN)/assistant eval fuzz

bench-citations: $(VENV)/test ## Follow random citations into the sample documents
	@$(BIN)/assistant eval citations

bench-spam: $(VENV)/test ## Train and compare spam classifiers on DATA=FILE: an hour and a half, resumable
	@$(BIN)/assistant eval spam --data $(DATA)
	@$(BIN)/assistant eval spam-speed --data $(DATA)

GOLDEN := --data evals/golden/examples.jsonl --docs examples/docs
BASELINE := evals/golden/examples_baseline.json

gate: $(VENV)/test ## Ask the golden questions about examples/docs; fails where answers are worse
	@$(BIN)/assistant eval gate $(GOLDEN) --baseline $(BASELINE)

baseline: $(VENV)/test ## Keep the answers to the golden questions as they are now
	@$(BIN)/assistant eval golden run $(GOLDEN) --save-baseline $(BASELINE)

router: $(VENV)/test ## Learn to route anew from the examples of the built-in plugins
	home=$$(mktemp -d) && ASSISTANT_HOME=$$home $(BIN)/assistant route hello && \
	install -m 644 $$home/router.npz assistant/routing/learned.npz && rm -r $$home

screenshots: $(VENV)/test ## Take the README's screenshots anew
	@$(BIN)/python -m tests.e2e.take_screenshots

documents: $(VENV)/test ## Make the sample PDFs and the Word file anew
	@$(BIN)/python examples/make_documents.py

lock: ## Pin what is installed in $(VENV) now
	@head -n 2 requirements.lock > $(VENV)/requirements.lock
	@$(BIN)/python -m pip freeze --exclude-editable | sed s/+cpu// >> $(VENV)/requirements.lock
	@mv $(VENV)/requirements.lock requirements.lock

clean: ## Remove the virtual environment and caches; the state folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
