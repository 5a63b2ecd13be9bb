# Everything the project needs is installed here, into .venv; a machine has to have python3, with pip and
# venv, and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo office compiler test lint types imports messages-check unit bench soak messages docs clean

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(PIP) --upgrade pip

PLUGINS := $(wildcard plugins/*/pyproject.toml)

.venv/.run: .venv/bin/python pyproject.toml $(PLUGINS)
	$(PIP) -e '.[all]' $(foreach plugin,$(dir $(PLUGINS)),-e $(plugin))
	@touch $@

.venv/.dev: .venv/.run
	$(PIP) -e '.[dev]' -e 'plugins/dualcert-notice[pdf]'
	@touch $@

office:  ## What the tests open documents with, from Debian: LibreOffice, Chinese fonts, poppler
	@command -v soffice >/dev/null && command -v pdftotext >/dev/null && fc-list ':lang=zh-cn' family | grep -q 'Noto Serif CJK' || { \
	  apt-get -qq update && \
	  apt-get -qq install -y --no-install-recommends libreoffice-calc libreoffice-writer fonts-noto-cjk fontconfig poppler-utils >/dev/null; }

compiler:  ## What the tests build their fault injection with, from Debian: gcc
	@command -v gcc >/dev/null && echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1 || { \
	  apt-get -qq update && apt-get -qq install -y --no-install-recommends gcc libc6-dev >/dev/null; }

demo: .venv/.run  ## Show the main job end to end
	$(BIN)/dualcert demo

test: lint types imports messages-check unit  ## Everything that CI runs

lint: .venv/.dev  ## Style, without changing anything
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

types: .venv/.dev  ## Types, strict; and slips that two type checkers must report
	$(BIN)/mypy --no-error-summary
	$(BIN)/pyright --pythonpath $(BIN)/python

imports: .venv/.dev  ## The ranks of the house
	$(BIN)/lint-imports --no-logo

messages-check: .venv/.dev  ## The Chinese catalog is complete
	$(BIN)/python scripts/messages.py check

unit: .venv/.dev office compiler  ## The tests, on all cores, with a real PostgreSQL
	$(BIN)/pytest --numprocesses auto

bench: .venv/.dev  ## Speed as ratios within one run
	$(BIN)/python bench/run.py

soak: .venv/.dev compiler  ## The properties, damaged files and faults at every call and message: several hours
	HYPOTHESIS_PROFILE=soak $(BIN)/pytest tests/properties tests/roster/test_hostile.py
	$(BIN)/python tests/soak/fuzz_rosters.py
	$(BIN)/python tests/soak/faults.py

messages: .venv/.dev  ## Bring the catalog up to date with the source
	$(BIN)/python scripts/messages.py update

docs: .venv/.dev  ## Run every command that the docs show and write down what it prints
	$(BIN)/python scripts/shown.py --write
	$(BIN)/python scripts/tutorial.py --write

clean:  ## Remove what was made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
