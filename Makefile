# `make` alone lists the targets. Each target sets up what it needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp-$(shell cat requirements.txt requirements-dev.txt pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check format evaluate grafana faults faults-root fuzz audit guide docs lock

help: ## list the targets
	@grep -hE '^[a-z][a-z%-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/%/*/; s/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## make the Python environment in .venv
$(STAMP):
	@sh deploy/setup.sh "$(PYTHON)" "$(VENV)"
	@$(BIN)/python -m deploy.page
	@rm -f $(VENV)/.stamp-* && touch $@

demo: setup ## everything on this machine: services, stream, ingest, analytics, API, page
	@$(BIN)/vigie demo

test: setup ## all tests, with real services
	@$(BIN)/python -m pytest -q -n 2 -m "not grafana"

test-fast: setup ## the tests that need no services
	@$(BIN)/python -m pytest -q -n 2 -m "not services and not browser and not grafana"

check: setup ## format, lint, types, arrows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m deploy.page --types

format: setup ## let ruff format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench-%: setup ## figures as JSON lines: bench-alerts, bench-analyse, bench-api, bench-columnstore, bench-detectors, bench-fuzz, bench-grafana, bench-ingest, bench-kpis, bench-load, bench-maintenance, bench-start, bench-store, bench-year
	@$(BIN)/python -m bench.$*

bench-ingest: setup
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-bench.txt
	@$(BIN)/python -m bench.ingest

bench-fuzz: setup
	@$(BIN)/python -m pip install -q -r requirements-fuzz.in
	@$(BIN)/python -m bench.fuzz

evaluate: setup ## towns with known truth: error of each KPI, recall and false alarms of each fault
	@$(BIN)/python -m bench.evaluation $(if $(SEEDS),--seeds $(SEEDS))

grafana: setup ## every query of every dashboard over every range and zoom, dashboards in Grafana's own code
	@$(BIN)/python -m pytest -q -m grafana

faults: setup ## the whole chain while services are killed and connections cut: a million messages, sixty rounds; OPTIONS="--seed 2 --messages 50000"
	@$(BIN)/python -m pytest -q -m faults
	@$(BIN)/python -m tests.faults $(OPTIONS)

faults-root: setup ## as root: the same with a full disk and a host cut off from the network
	@$(BIN)/python -m tests.faults --root --messages 50000 --rounds 30 $(OPTIONS)

fuzz: setup ## random bytes through every decoder, random requests through every route
	@$(BIN)/python -m pytest -q tests/sensors -k "random or bytes or crash"
	@$(BIN)/python -m pip install -q -r requirements-fuzz.in
	@$(BIN)/python -m bench.fuzz

audit: setup ## bandit, pip-audit, and the list of components as CycloneDX
	@$(BIN)/python -m pip install -q -r requirements-audit.in
	@$(BIN)/python -m deploy.audit

guide: setup ## the French guide for technicians with pictures from the demo town, as one HTML file in build/guide
	@$(BIN)/python -m tests.guide

docs: setup ## check that the docs name what exists and that their links hold
	@$(BIN)/python -m pytest -q tests/test_docs.py

lock: setup ## compile the hash-pinned requirement files again
	@$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe -o requirements.txt requirements.in
	@$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe -o requirements-dev.txt requirements-dev.in
	@$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe -o requirements-bench.txt requirements-bench.in
