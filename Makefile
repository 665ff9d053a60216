# make run · make test · make check · make mutants · make bench · make package · make deploy STAGE=…
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAGE ?= dev
SHELL := /bin/sh

.PHONY: run test check mutants format bench vendor package account deploy undeploy clean python help

run: $(VENV)/local.done ## everything on this machine, no account
	@exec $(BIN)/python -m local

test: $(VENV)/dev.done .venv-ministack/done ## every test that can run here
	$(BIN)/python -m pytest $(or $(ARGS),-n 2 --dist worksteal --cov --cov-report=term:skip-covered)

check: $(VENV)/dev.done ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

mutants: $(VENV)/dev.done .venv-ministack/done ## break every promise once, and see that tests notice
	@$(BIN)/python -m tests.mutants $(ARGS)

format: $(VENV)/dev.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.done ## speed, as medians, on this machine
	$(BIN)/python -m bench $(ARGS)

vendor: ## the pages' one vendored file, made anew from its packages (needs Node)
	node scripts/vendor.mjs

package: $(VENV)/local.done ## build/deployment.zip and build/template.json
	@$(BIN)/python scripts/package.py --stage '$(STAGE)'

# An option counts only when it is given with the command, since many shells export an EMAIL; an empty one counts too.
given = $(if $(findstring command,$(origin $(1))),--$(2) '$($(1))')
DEPLOY_OPTIONS = $(if $(BUCKET),--bucket '$(BUCKET)') $(call given,EMAIL,email) $(call given,OPERATOR_EMAIL,operator-email) \
  $(call given,PUBLIC_URL,public-url) $(call given,DOMAIN,domain) $(call given,CERTIFICATE,certificate) $(call given,ZONE,zone) \
  $(call given,TABLE,table) $(call given,USERS,users) $(call given,AGENT,agent)

deploy: account package ## package, then put it on AWS; AGENT=… lets the first supervisor in
	@$(BIN)/python scripts/deploy.py --stage '$(STAGE)' $(DEPLOY_OPTIONS)

# Before a minute goes by with packaging.
account: $(VENV)/local.done
	@$(BIN)/python scripts/deploy.py --stage '$(STAGE)' $(DEPLOY_OPTIONS) --look

undeploy: $(VENV)/local.done ## take the stack away; the table with its data and the agents' accounts stay
	@$(BIN)/python scripts/deploy.py --stage '$(STAGE)' --remove

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

# Which Python makes the environments, and can it: one sentence for each thing that may be wrong.
python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "hitl needs Python 3.11 or newer, and '$(PYTHON)' is not one. Name one that is, for example: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python has no venv module. On Debian and Ubuntu: apt install python3-venv. Then run make again." >&2; exit 1; }

$(VENV)/bin/python: | python
	@$(PYTHON) -m venv $(VENV)

$(VENV)/local.done: requirements.txt requirements-local.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV) (once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-local.txt
	@touch $@

$(VENV)/dev.done: requirements.txt requirements-local.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing the tools into $(VENV) (once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/local.done

# An emulator of AWS whose pins clash with moto's: an environment of its own.
.venv-ministack/done: requirements-ministack.txt | python
	@echo "Installing MiniStack into .venv-ministack (once) ..."
	@$(PYTHON) -m venv .venv-ministack
	@.venv-ministack/bin/python -m pip install -qq --disable-pip-version-check -r requirements-ministack.txt
	@touch $@

clean: ## everything made here but the data in .hitl
	rm -rf $(VENV) .venv-ministack build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
