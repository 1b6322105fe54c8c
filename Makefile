# Watchbell: `make help` lists what can be asked for.
# On a fresh machine each target first makes what it needs: .venv from uv.lock, and uv itself where it is missing.

VENV := .venv/bin
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

EXTRAS := --extra desk --extra postgres

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.demo ## Run the whole loop on the bundled data and serve the desk (ARGS="--no-serve --json" and the like)
	@$(VENV)/watchbell demo $(ARGS)

test: .venv/.dev system ## Everything that CI checks: lint, types, import contracts, all tests
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-logo
	@$(VENV)/pytest $(ARGS)

lint: .venv/.dev ## Lint and check the import contracts
	@$(VENV)/ruff check
	@$(VENV)/lint-imports --no-logo

format: .venv/.dev ## Format the code, and fix what the linter can
	@$(VENV)/ruff check --fix
	@$(VENV)/ruff format

types: .venv/.dev ## Check the types
	@$(VENV)/mypy

docs: .venv/.dev ## Write docs/reference anew from the code
	@$(VENV)/python scripts/generate_reference.py

bench: .venv/.dev peers ## Measure the claims: every script in benchmarks/ that begins with one
	@for script in $$(grep -l '^"""Claim' benchmarks/*.py); do echo "== $$script"; $(VENV)/python "$$script" || exit 1; done

PEERS := .venv-peers/bin/compute_networks .venv-peers-medallion/bin/medallion .venv-peers-opentaxii/bin/opentaxii-run-dev

peers: $(PEERS) ## Install the tools that the benchmarks compare with, in .venv-peers and its siblings

assets: ## Fetch the desk's scripts again from the pinned npm packages (needs npm)
	@sh assets/vendor.sh

scenario: .venv/.demo ## Make the demo's made-up scenario again
	@$(VENV)/python scripts/make_scenario.py src/watchbell/desk/demo_data/scenario

picture: .venv/.dev ## Take the README's picture again, from a fresh demo (needs Chromium)
	@rm -rf .cache/picture
	@$(VENV)/watchbell demo --no-serve --workspace .cache/picture
	@$(VENV)/python scripts/make_picture.py .cache/picture docs/images/network.png

lock: ## Bring uv.lock in line with pyproject.toml
	@scripts/uv lock

clean: ## Remove what was made here, the environment too
	rm -rf .venv $(wildcard .venv-peers*) .cache dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/.state

system: # Chromium, PostgreSQL and Java for the tests, where they can be had
	@scripts/system-packages

# --inexact: a developer's environment keeps its tools when the demo is run in it.
.venv/.demo: uv.lock pyproject.toml
	@scripts/uv sync --locked --compile-bytecode --no-dev --inexact $(EXTRAS)
	@$(VENV)/python -m compileall -q src
	@touch $@

.venv/.dev: uv.lock pyproject.toml
	@scripts/uv sync --locked --compile-bytecode $(EXTRAS) --extra spark
	@$(VENV)/python -m compileall -q src
	@touch $@ .venv/.demo

# They need releases of numpy and others that Watchbell does not, so they live in an environment of their own.
.venv-peers/bin/compute_networks:
	@scripts/uv venv --quiet --clear .venv-peers
	@scripts/uv pip install --quiet --python .venv-peers/bin/python coordination-network-toolkit==1.5.2

.venv-peers-medallion/bin/medallion:
	@scripts/uv venv --quiet --clear .venv-peers-medallion
	@scripts/uv pip install --quiet --python .venv-peers-medallion/bin/python medallion==3.0.0

.venv-peers-opentaxii/bin/opentaxii-run-dev:
	@scripts/uv venv --quiet --clear .venv-peers-opentaxii
	@scripts/uv pip install --quiet --python .venv-peers-opentaxii/bin/python opentaxii==0.9.3

.PHONY: help demo test lint format types docs bench scenario picture lock clean system assets peers
