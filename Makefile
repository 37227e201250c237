# Everything that sets up, runs or checks Ringfence. `make` alone lists the targets.

PYTHON ?= python3
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ROOMS := graph loaders detectors api
FINDING_ID := import json, sys; print(json.load(sys.stdin)[0]["id"])
BENCHES := $(filter-out tests/bench/bench_quality.py,$(sort $(wildcard tests/bench/bench_*.py)))

.DEFAULT_GOAL := help
.PHONY: help install demo screenshots test neo4j lint bench bench-quality soak lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## the environment in .venv, from requirements.lock

# The stamp is written last, so an interrupted installation is taken up again by the next `make`.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Ringfence needs Python 3.11 or newer and $(PYTHON) is not: say which one, as in make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# A store, keys and audit log of its own, made anew each time: a trial touches nothing of the user's. They are set in
# the script demo/ringfence alone, for its own command, so that no shell goes on with them once the demo is gone.
define DEMO_COMMAND
#!/bin/sh
# Ringfence on the store, keys and audit log of the demo, from whichever folder it is called.
demo=$$(cd "$$(dirname "$$0")" && pwd)
export RINGFENCE_STORE="sqlite:///$$demo/ringfence.db" RINGFENCE_KEY_FILE="$$demo/keys.json"
export RINGFENCE_AUDIT="$$demo/audit.db" RINGFENCE_ACCESS="$$demo/access.db"
exec "$(abspath $(BIN))/ringfence" "$$@"
endef
export DEMO_COMMAND

demo: $(INSTALLED) ## a book of 20,000 applicants, searched and served on this machine (DEMO_SERVE=0: files only)
	@rm -rf demo && mkdir demo && printf '%s\n' "$$DEMO_COMMAND" > demo/ringfence && chmod +x demo/ringfence
	demo/ringfence sample demo/book --applicants 20000 --seed 1
	demo/ringfence load demo/book
	demo/ringfence detect
	demo/ringfence findings --top 10
	@first=$$(demo/ringfence findings --kind fraud_ring --top 1 --format json | $(BIN)/python -c '$(FINDING_ID)') && \
		echo "demo/ringfence show $$first --html demo/evidence.html" && \
		demo/ringfence show "$$first" --html demo/evidence.html && \
		echo "The evidence for finding $$first is in demo/evidence.html: open it in a browser, no network needed."
ifneq ($(DEMO_SERVE),0)
	@key=$$(demo/ringfence access create demo --role admin --role investigator 2>/dev/null) && \
		echo "Open the address below in a browser and sign in with the key $$key" && \
		demo/ringfence serve || [ $$? -eq 130 ]
endif

screenshots: $(INSTALLED) ## the pictures of README and docs, of what `make demo DEMO_SERVE=0` made
	PYTHONPATH=tests $(BIN)/python tests/support/screenshots.py $(SHOTS)

test: $(INSTALLED) ## the whole test suite, save the long runs
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not soak" --durations=10

neo4j: $(INSTALLED) ## a Neo4j server to try things on, by Docker or Maven, until Ctrl-C
	@$(BIN)/python tests/support/neo4j_server.py

lint: $(INSTALLED) ## ruff, pyright, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright $(ROOMS)
	$(BIN)/python -m pytest tests/project/test_imports.py

bench: $(INSTALLED) ## the measurements of tests/bench, in name order
	@for script in $(BENCHES); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

bench-quality: $(INSTALLED) ## how good findings are, on synthetic books whose truth is known
	$(BIN)/python tests/bench/bench_quality.py --against tests/bench/quality.csv

# pytest ends with 5 where it collected nothing; that is no pass, and is said in words.
soak: $(INSTALLED) ## the long runs: kills, many seeds
	@$(BIN)/python -m pytest -m soak --durations=10 || { status=$$?; \
		[ $$status -ne 5 ] || echo "No test is marked soak: nothing was run." >&2; exit $$status; }

lock: $(INSTALLED) ## resolve requirements.lock anew from pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --all-extras \
		--all-build-deps --allow-unsafe --no-strip-extras --no-emit-index-url --no-emit-find-links \
		--output-file requirements.lock pyproject.toml

clean: ## remove all that these targets made, the environment included
	rm -rf $(VENV) .neo4j demo build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .coverage
	find $(ROOMS) tests -name __pycache__ -prune -exec rm -rf {} +
