# make demo   installs, fits the sample corpora, opens the dashboard
# make test   installs what tests need and passes them
# make test-extras  tests the sentence-transformers embedder, with torch, in an environment of its own
# make screenshots   takes the README's pictures anew
# make lock   resolves the dependencies anew into requirements*.lock
# make check  ruff and mypy only
# make audit  asks an advisory source about every pinned package
# make benchmark  measures everything but the million and writes docs/benchmarks.md
# make benchmark-stock  only the comparison with stock BERTopic (SIZES=1000,10000 for smaller ones)
# make benchmark-million  one million papers: an hour, once

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STOCK := .venv-stock
EXTRAS := .venv-extras
AUDIT := .venv-audit
PIP_AUDIT ?= pip-audit==2.10.1
TORCH ?= torch==2.13.0
DEMO := .demo
DEMO_PORT ?= 8501
DEMO_FLAGS ?= --open

# The first Python between 3.11 and 3.13 that really starts; override with make PYTHON=...
PYTHON ?= $(shell for python in python3.12 python3.13 python3.11 python3 python; do \
	if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	then echo $$python; break; fi; done)

export TOPIC_EXPLORER_STORE ?= $(CURDIR)/$(DEMO)/store
export TOPIC_EXPLORER_CACHE ?= $(CURDIR)/$(DEMO)/cache

.PHONY: help install install-test demo test test-extras check audit format lock benchmark screenshots clean
.PHONY: benchmark-spine benchmark-stock benchmark-stability benchmark-planted benchmark-shuffled \
	benchmark-refits benchmark-million

help:
	@sed -n 's/^# make/make/p' Makefile

install: $(VENV)/installed
install-test: $(VENV)/installed-test

$(VENV)/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Topic Explorer needs Python 3.11, 3.12 or 3.13: install one, or run make PYTHON=/path/to/python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-test.lock
	@touch $@

$(DEMO)/reading-list: $(VENV)/installed samples/reading_list.jsonl
	@mkdir -p $(DEMO)
	$(BIN)/topic-explorer fit samples/reading_list.jsonl --corpus reading-list
	@touch $@

$(DEMO)/planted: $(VENV)/installed
	@mkdir -p $(DEMO)
	$(BIN)/topic-explorer sample --papers 3000 --topics 24 --seed 1 --output $(DEMO)/planted.jsonl
	$(BIN)/topic-explorer fit $(DEMO)/planted.jsonl --corpus planted --facet countries
	@touch $@

demo: $(DEMO)/planted $(DEMO)/reading-list
	$(BIN)/topic-explorer serve --corpus reading-list --port $(DEMO_PORT) $(DEMO_FLAGS)

screenshots: $(VENV)/installed-test $(DEMO)/planted $(DEMO)/reading-list
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.screenshots $(TOPIC_EXPLORER_STORE)

check: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: $(VENV)/installed-test check
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.postgres
	$(BIN)/python -m tests.deploy.nginx
	$(BIN)/python -m pytest -n 2 --dist loadscope

# torch is never in the locks: these tests and what they need stay apart.
$(EXTRAS)/installed: requirements.lock pyproject.toml
	test -x $(EXTRAS)/bin/python || $(PYTHON) -m venv $(EXTRAS)
	$(EXTRAS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(EXTRAS)/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH) --editable '.[sentence-transformers]' pytest pytest-timeout
	@touch $@

test-extras: $(EXTRAS)/installed
	$(EXTRAS)/bin/python -m pytest tests/extras

# In an environment of its own: what audits the locks is not in them. Status 3: no source answered, nothing is known.
$(AUDIT)/installed: Makefile
	test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_AUDIT)
	@touch $@

audit: $(AUDIT)/installed
	$(AUDIT)/bin/python -m tests.audit

# Best on a quiet machine, one after the other. See docs/benchmarks.md.
benchmark:
	$(MAKE) benchmark-spine
	$(MAKE) benchmark-stock
	$(MAKE) benchmark-stability
	$(MAKE) benchmark-planted
	$(MAKE) benchmark-shuffled
	$(MAKE) benchmark-refits

benchmark-spine: $(VENV)/installed-test
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m benchmarks.spine
	$(BIN)/python -m benchmarks.embedding
	$(BIN)/python -m benchmarks.trends
	$(BIN)/python -m benchmarks.clusters

# Stock BERTopic brings torch: an environment of its own, which nothing else uses.
$(STOCK)/installed: benchmarks/stock/requirements.txt
	test -x $(STOCK)/bin/python || $(PYTHON) -m venv $(STOCK)
	$(STOCK)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/stock/requirements.txt
	@touch $@

SIZES ?= 1000,10000,82613
SEEDS ?= 1,2,3,4,5

benchmark-stock: $(VENV)/installed-test $(STOCK)/installed
	$(BIN)/python -m benchmarks.against_stock --sizes $(SIZES)

benchmark-stability: $(VENV)/installed-test $(STOCK)/installed
	$(BIN)/python -m benchmarks.stability --seeds $(SEEDS)

benchmark-planted: $(VENV)/installed-test
	$(BIN)/python -m benchmarks.planted_sizes

benchmark-shuffled: $(VENV)/installed-test
	$(BIN)/python -m benchmarks.shuffled

benchmark-refits: $(VENV)/installed-test
	$(BIN)/python -m benchmarks.refits

benchmark-million: $(VENV)/installed-test
	$(BIN)/python -m benchmarks.million

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs uv on the PATH. The override keeps torch out: BERTopic works without sentence-transformers.
lock:
	uv pip compile --quiet pyproject.toml --override overrides.txt --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --output-file requirements.lock
	uv pip compile --quiet pyproject.toml --extra hosting --override overrides.txt --constraint requirements.lock --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --output-file requirements-hosting.lock
	uv pip compile --quiet pyproject.toml --extra hosting --extra test --override overrides.txt --constraint requirements-hosting.lock --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --output-file requirements-test.lock

clean:
	rm -rf $(VENV) $(STOCK) $(EXTRAS) $(AUDIT) $(DEMO) build .pytest_cache .mypy_cache .ruff_cache
