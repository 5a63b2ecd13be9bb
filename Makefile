# Everything the project needs is installed here, into .venv; a machine has to have python3, with pip and
# venv, and make.

PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
unexport PYTHONDONTWRITEBYTECODE
# Containers set it. The tests start hundreds of processes, and each would compile the source anew; those that are confined
# write nothing themselves, so the source is compiled before the tests.

.PHONY: help demo office compiler browser test check lint types looks-at-once imports messages-check domain unit coverage bench \
  soak papers messages docs reference lock locked screenshots refusals-check audit sbom mutants clean

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

.venv/.begun:
	$(PYTHON) -m venv .venv
	$(PIP) --upgrade pip hatchling editables
	@touch $@

PLUGINS := $(sort $(wildcard plugins/*/pyproject.toml))

EDITABLE := $(PIP) --no-build-isolation
# Built with the hatchling that is here: an environment for each package, to build it in, takes seconds. What development
# needs is compiled afterwards, on all cores, which pip does not do; what is no Python but a template is passed over.

.venv/.run: .venv/.begun pyproject.toml $(PLUGINS)
	$(EDITABLE) -e '.[all]' $(foreach plugin,$(dir $(PLUGINS)),-e $(plugin))
	@$(EDITABLE) --only-binary pysqlite3 -e '.[sqlite]' 2>/dev/null || echo 'There is no wheel of pysqlite3 for this machine: stores use the SQLite of Python.'
	@touch $@

.venv/.dev: .venv/.begun pyproject.toml $(PLUGINS)
	$(EDITABLE) --no-compile -e '.[dev]' $(foreach plugin,$(patsubst %/,%,$(dir $(PLUGINS))),-e '$(plugin)$(EXTRAS_$(notdir $(plugin)))')
	-@$(BIN)/python -m compileall -q -j 0 -x '/tests?/' .venv >/dev/null
	@touch .venv/.run $@

EXTRAS_dualcert-notice := [pdf]

LOCK := requirements-dev.lock

lock: .venv/.begun  ## Write down, with hashes, the newest versions of all that development needs
	$(PIP) uv
	printf -- '-e .[dev]\n-e plugins/dualcert-notice[pdf]\n$(foreach plugin,$(dir $(PLUGINS)),-e $(plugin)\n)' | \
	  $(BIN)/uv pip compile - --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' --output-file $(LOCK) \
	  --no-emit-package dualcert $(foreach plugin,$(dir $(PLUGINS)),--no-emit-package $(notdir $(plugin:/=))) >/dev/null

locked: .venv/.begun  ## Install just the versions that were written down, by their hashes
	$(PIP) --require-hashes -r $(LOCK)
	$(PIP) --no-deps --no-build-isolation -e . $(foreach plugin,$(dir $(PLUGINS)),-e $(plugin))
	@touch .venv/.run .venv/.dev

TOOLS := .venv/tools
.venv/.tools:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/$(notdir $(BIN))/python -m pip --disable-pip-version-check install --quiet pip-audit cyclonedx-bom
	@touch $@

IGNORED :=
# Ids of vulnerabilities that do not reach us, each with its reason in SECURITY.md.

audit: .venv/.tools  ## Whether a vulnerability is known in any of the versions that were written down
	@$(TOOLS)/$(notdir $(BIN))/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
	  $(foreach id,$(IGNORED),--ignore-vuln $(id)) --requirement $(LOCK) || { \
	  echo 'make audit: not passed. Where a vulnerability is named, raise the version (make lock locked test). Where no release mends it,' \
	  'do without the library, or name the id in IGNORED of the Makefile and say in SECURITY.md why it does not reach us.' \
	  'Where a version could not be audited, it is not known whether it has one: PyPI has to answer.' >&2; exit 1; }

SHIPPED := .venv/shipped
sbom: .venv/.tools  ## Write dist/dualcert.cdx.json: what an installation consists of, with licences (CycloneDX)
	@mkdir -p dist && rm -rf $(SHIPPED) && $(PYTHON) -m venv --without-pip $(SHIPPED)
	@sed 's/ *\\$$//; /^ *--hash/d' $(LOCK) > $(SHIPPED)/versions.txt
	@$(TOOLS)/$(notdir $(BIN))/python -m pip --disable-pip-version-check --python $(SHIPPED)/$(notdir $(BIN))/python install --quiet \
	  --constraint $(SHIPPED)/versions.txt '.[all]' $(dir $(PLUGINS)) './plugins/dualcert-notice[pdf]'
	$(TOOLS)/$(notdir $(BIN))/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
	  --output-file dist/dualcert.cdx.json $(SHIPPED)

office:  ## What the tests open documents with, from Debian: LibreOffice, Chinese fonts, poppler
	@command -v soffice >/dev/null && command -v pdftotext >/dev/null && fc-list ':lang=zh-cn' family | grep -q 'Noto Serif CJK' || { \
	  apt-get -qq update && \
	  apt-get -qq install -y --no-install-recommends libreoffice-calc libreoffice-writer fonts-noto-cjk fontconfig poppler-utils >/dev/null; }

compiler:  ## What the tests build their fault injection with, from Debian: gcc
	@command -v gcc >/dev/null && echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1 || { \
	  apt-get -qq update && apt-get -qq install -y --no-install-recommends gcc libc6-dev >/dev/null; }

browser:  ## What the tests open pages with, from Debian: chromium, Chinese fonts, poppler
	@command -v chromium >/dev/null && command -v pdftotext >/dev/null && fc-list ':lang=zh-cn' family | grep -q 'Noto S.* CJK' || { \
	  apt-get -qq update && \
	  apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk fontconfig poppler-utils >/dev/null; }

demo: .venv/.run  ## Show the main job end to end
	$(BIN)/dualcert demo

test: lint office compiler browser  ## Everything that CI runs; what only looks at the source is done beside the tests
	@$(MAKE) --no-print-directory --jobs 2 looks-at-once unit

check: lint types imports messages-check refusals-check domain  ## Within a minute, on every system: all but the longer tests

lint: .venv/.dev  ## Style, without changing anything
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/codespell

types: .venv/.dev  ## Types, strict; and slips that two type checkers must report
	$(BIN)/mypy --no-error-summary
	$(BIN)/pyright --pythonpath $(BIN)/python

looks-at-once: .venv/.dev
	@said=$$($(MAKE) --no-print-directory types imports messages-check refusals-check 2>&1); status=$$?; echo "$$said"; exit $$status

imports: .venv/.dev  ## The ranks of the house
	$(BIN)/lint-imports --no-logo

messages-check: .venv/.dev  ## The Chinese catalog is complete
	$(BIN)/python scripts/messages.py check

refusals-check: .venv/.dev  ## The documented codes are those of the classes
	$(BIN)/python scripts/refusals.py

domain: .venv/.dev  ## The tests of the rules alone
	$(BIN)/pytest tests/domain tests/values tests/rules

unit: .venv/.dev office compiler browser  ## The tests, on all cores (one more at a time, since some wait), with a real PostgreSQL
	@$(BIN)/python -m compileall -q src plugins/*/src
	$(IN_MEMORY); \
	$(BIN)/pytest --numprocesses $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)') --dist loadfile --no-loadscope-reorder && \
	rm -rf "$$memory"

# Sets TMPDIR to a folder in memory, where the system has 4 GB there and runs programs from it: on a disk the tests wait for
# thousands of fsyncs. After tests that failed the folder is kept.
IN_MEMORY = memory=$$(mktemp -d /dev/shm/dualcert-XXXXXX 2>/dev/null) && chmod 755 "$$memory" && \
  cp /bin/sh "$$memory" && "$$memory/sh" -c : && test "$$(df --output=avail -m /dev/shm | tail -1)" -ge 4096 && \
  export TMPDIR="$$memory"

COVERED := domain policy projections store
COVERING := test_checks.py test_bad_inputs.py test_agreement.py test_people.py test_doctor.py domain values rules projections store contracts \
  properties/test_books.py properties/test_laws.py properties/test_figures_by_day.py properties/test_named.py properties/test_both_clocks.py \
  properties/test_kept_figures.py test_figures_file.py \
  integrity/test_postgres_too.py roster/test_undo.py cli/test_asking.py cli/test_streams.py \
  reporting/test_planning.py reporting/test_sending.py reporting/test_quarantine.py reporting/test_restoring.py
FLOOR_domain := 100
FLOOR_policy := 100
FLOOR_projections := 100
FLOOR_store := 100

coverage: .venv/.dev  ## How much of the core its own tests pass through, and that it does not get less
	$(BIN)/coverage erase
	HYPOTHESIS_PROFILE=alike $(BIN)/coverage run -m pytest --numprocesses auto --dist worksteal \
	  $(addprefix tests/,$(COVERING))
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	@$(foreach room,$(COVERED),printf '$(room), at least $(FLOOR_$(room)) %%: ' && $(BIN)/coverage report --format=total \
	  --include='*/dualcert/$(room)/*,*/dualcert/$(room).py' --fail-under=$(FLOOR_$(room)) &&) true

mutants: .venv/.dev  ## Whether the tests find changes of the timeline, duties and gates, one at a time: some minutes; SAMPLE=50 for some
	$(BIN)/python scripts/mutants.py $(if $(SAMPLE),--sample $(SAMPLE))

bench: .venv/.dev  ## Speed as ratios within one run, with other libraries beside it
	$(PIP) -e '.[peers]'
	$(BIN)/python bench/run.py

soak: .venv/.dev compiler  ## The properties, damaged files and faults at every call and message: several hours
	HYPOTHESIS_PROFILE=soak $(BIN)/pytest tests/properties tests/integrity tests/rules/test_every_day.py tests/store/test_slow_writers.py tests/roster/test_hostile.py tests/test_forks.py \
	  tests/reporting/test_backup.py tests/reporting/test_silence.py tests/reporting/test_restoring.py tests/reporting/test_secrecy.py \
	  tests/reporting/test_webhook_crashes.py plugins/dualcert-email/tests/test_email_crashes.py plugins/dualcert-email/tests/test_email_digest.py plugins/dualcert-notice/tests/test_notice_hostile.py
	$(BIN)/python tests/soak/fuzz_rosters.py
	$(BIN)/python tests/soak/faults.py

papers: .venv/.dev office  ## Every paper of the Shanxi year as pictures to look at, in build/papers
	$(BIN)/python scripts/papers.py

messages: .venv/.dev  ## Bring the catalog up to date with the source
	$(BIN)/python scripts/messages.py update

docs: .venv/.dev reference  ## Run every command that the docs show and write down what it prints; and the reference
	$(BIN)/python scripts/refusals.py --write
	$(BIN)/python scripts/shown.py --write
	$(BIN)/python scripts/tutorial.py --write

reference: .venv/.dev  ## The reference of the public API, from its docstrings, in build/reference
	$(BIN)/python scripts/reference.py

screenshots: .venv/.dev browser  ## Take the pictures of the documents anew
	$(BIN)/python scripts/screenshot.py

clean:  ## Remove what was made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
