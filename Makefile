# `make` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup mock run test check bench live samples screenshots clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with everything the studio and its tests need

$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed (the libraries have no builds for others): make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	# PaddleOCR brings the OpenCV that needs libGL; the same version without it goes over it.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps $$(grep '^opencv-python-headless==' requirements.txt)
	touch $(STAMP)

run: setup ## Start the studio (http://localhost:8501)
	$(BIN)/streamlit run app.py --server.address=localhost

test: setup ## Set up and run every test, with lint and types
	@sh tests/system_packages.sh
	@$(MAKE) --no-print-directory mock
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -ra -n 2 --dist loadfile -m "not browser"
	$(BIN)/python -m pytest -ra -n 2 --dist loadfile -m browser

mock: ## Install the server that plays the providers of models in tests
	@sh tests/llm/install_mock.sh

check: setup ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup ## Measure speed, as ratios side by side in one run
	$(BIN)/python -m benchmarks

live: setup ## Ask the real providers whose keys are here one tiny question each (paid; the cost is shown first)
	$(BIN)/python -m core live

samples: setup ## Make the sample documents anew
	$(BIN)/python -m samples

screenshots: setup ## Take the README's screenshots anew
	$(BIN)/python docs/make_screenshots.py

clean: ## Remove .venv and caches (never the data folder)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results tests/llm/node_modules
