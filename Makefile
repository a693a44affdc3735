# `make` alone lists the targets. Each target sets up what it needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp-$(shell cat requirements.txt requirements-dev.txt pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check format evaluate grafana faults faults-root soak small fuzz audit guide docs lock

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

check: setup ## format, lint, types, arrows, bill of materials
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m deploy.page --types
	@$(BIN)/python -m deploy.audit --bill-only

format: setup ## let ruff format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench-%: setup ## figures as JSON lines: bench-alerts, bench-analyse, bench-api, bench-columnstore, bench-detectors, bench-fuzz, bench-grafana, bench-ingest, bench-kpis, bench-load, bench-maintenance, bench-page, bench-start, bench-store, bench-year
	@$(BIN)/python -m bench.$*

bench-ingest: setup
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-bench.txt
	@$(BIN)/python -m bench.ingest

bench-fuzz: setup
	@$(BIN)/python -m pip install -q --require-hashes --upgrade --target $(VENV)/fuzz -r requirements-fuzz.txt
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python -m bench.fuzz $(OPTIONS)

evaluate: setup ## towns with known truth: error of each KPI, recall and false alarms of each fault
	@$(BIN)/python -m bench.evaluation $(if $(SEEDS),--seeds $(SEEDS))

grafana: setup ## every query of every dashboard over every range and zoom, dashboards in Grafana's own code
	@$(BIN)/python -m pytest -q -m grafana

faults: setup ## the whole chain while services are killed and connections cut: a million messages, sixty rounds; OPTIONS="--seed 2 --messages 50000"
	@$(BIN)/python -m pytest -q -m faults
	@$(BIN)/python -m tests.faults $(OPTIONS)

faults-root: setup ## as root: the same with a full disk, a slow disk and a host cut off from the network
	@$(BIN)/python -m tests.faults --root --messages 50000 --rounds 30 $(OPTIONS)

soak: setup ## the whole chain under a town of 5,000 devices, a day in 20 minutes: what should stay flat does; OPTIONS="--minutes 60"
	@$(BIN)/python -m bench.soak $(OPTIONS)

small: setup ## as root: a village of 500 devices on one core and 1 GB; memory, CPU seconds and disk a day
	@$(BIN)/python -m bench.soak.small $(OPTIONS)

fuzz: setup ## an hour of bytes through every reader, guided by coverage, then random requests through every route; MINUTES=60
	@$(BIN)/python -m pip install -q --require-hashes --upgrade --target $(VENV)/fuzz -r requirements-fuzz.txt
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python -m bench.fuzz.inputs $(if $(MINUTES),--minutes $(MINUTES))
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python -m bench.fuzz $(OPTIONS)

audit: setup ## bandit, known vulnerabilities of what is pinned, and the bill of materials; ADVISORIES=DIR where no index can be asked
	@$(BIN)/python -m pip install -q --require-hashes --upgrade --target $(VENV)/audit -r requirements-audit.txt
	@PYTHONPATH=$(VENV)/audit $(BIN)/python -m deploy.audit $(if $(ADVISORIES),--advisories $(ADVISORIES))

guide: setup ## the French guide for technicians with pictures from the demo town, as one HTML file in build/guide
	@$(BIN)/python -m tests.guide

docs: setup ## check that the docs name what exists and that their links hold
	@$(BIN)/python -m pytest -q tests/test_docs.py

LOCKS := requirements requirements-dev requirements-bench requirements-fuzz requirements-audit
lock: setup ## compile the hash-pinned requirement files again
	@for lock in $(LOCKS); do \
	    $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	        --strip-extras --allow-unsafe -o $$lock.txt $$lock.in || exit 1; \
	done
