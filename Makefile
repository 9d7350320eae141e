# Everything a person does with this repository. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
SETUP := tools/bootstrap
export PRECEPTOR_CHROMIUM ?= $(shell for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	command -v $$name && exit; done; [ -x .venv/chromium/run ] && echo "$(CURDIR)/.venv/chromium/run")

.PHONY: help
help: ## List the commands
	@echo "make …"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "%-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: ## Open Preceptor with database, model and demo accounts [PORT=8080]
	@$(SETUP) run
	@exec $(BIN)/preceptor demo $(if $(PORT),--port $(PORT))

.PHONY: test
test: ## Run all tests, with all that they need [ARGS="tests/people -k …"]
	@$(SETUP) test
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: format-check lint types imports templates frontend-check ## Run every check, then the tests
	@$(MAKE) test

.PHONY: format
format: dev ## Bring the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: format-check
format-check: dev
	@$(BIN)/ruff format --check .

.PHONY: lint
lint: dev ## Look for mistakes
	@$(BIN)/ruff check .

.PHONY: types
types: dev ## Check the types
	@$(BIN)/mypy

.PHONY: imports
imports: dev ## Check the floor plan
	@$(BIN)/lint-imports

.PHONY: templates
templates: dev ## Check that every template parses and imports downwards
	@$(BIN)/python tools/check_templates.py

.PHONY: frontend-check
frontend-check: dev
	@$(SETUP) frontend-check

.PHONY: frontend
frontend: ## Build the pages' scripts and styles
	@$(SETUP) frontend

.PHONY: bench
bench: ## Measure speed against raw PostgreSQL [PART=loop|drafts|claim|memory|export]
	@$(SETUP) run
	@$(BIN)/python -m bench $(PART)

.PHONY: screenshots
screenshots: ## Take the README's pictures of a running demo
	@$(SETUP) test
	@$(BIN)/python tools/screenshots.py

.PHONY: messages
messages: dev ## Collect the texts to be translated and update the catalogues
	@$(BIN)/python tools/messages.py

.PHONY: model
model: ## Fetch the language model again, where it could not be had
	@$(SETUP) model

.PHONY: constraints
constraints: ## Write down the versions of the packages installed here
	@$(BIN)/python tools/constraints.py

.PHONY: clean
clean: ## Remove what was built, but no environment and no data
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache src/preceptor/static

.PHONY: dev
dev:
	@$(SETUP) dev
