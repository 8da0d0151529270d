# `make run` serves the demo, `make test` runs every check and test, `make help` lists the rest.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check -qq install
FRONT_SOURCES := scripts/build-frontend.mjs $(shell find static/src 2>/dev/null)

.PHONY: help setup setup-dev run dev stop migrate test explore check lint format

help:
	@echo "make run      serve on http://127.0.0.1:8000 (PORT=… for another), with worker, beat and a demo city"
	@echo "make dev      the same with a server that reloads changed code"
	@echo "make stop     stop what runs, or what a killed run has left"
	@echo "make test     every check and every test"
	@echo "make explore  the property tests with other examples than those of make test"
	@echo "make check    the checks alone;  make lint  ruff alone;  make format  put the code into shape"
	@echo "make migrate  bring the database up to date"
	@echo "make setup    install what is missing (the others do it by themselves)"

setup: .venv/.installed static/dist/app.css

setup-dev: .venv/.installed-dev static/dist/app.css

run: setup
	@exec $(PYTHON) -m aixin.local run --with-parent

dev: setup
	@exec $(PYTHON) -m aixin.local run --with-parent --dev

stop: .venv/.installed
	@$(PYTHON) -m aixin.local stop

migrate: setup
	@$(PYTHON) manage.py migrate --no-input

# The checks first: they are quick, and the tests' own summary is to be the last thing printed.
test: check
	@echo "Browser and pooler: looking for Chromium and PgBouncer"
	@AIXIN_CHROMIUM=$$(scripts/browser.sh) && AIXIN_PGBOUNCER=$$(scripts/pgbouncer.sh) && \
	export AIXIN_CHROMIUM AIXIN_PGBOUNCER && \
	echo "Tests: pytest" && \
	exec $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

explore: setup-dev
	@echo "Properties: examples that nobody has tried"
	@exec $(PYTHON) -m pytest -n 2 --dist loadfile -m hypothesis --hypothesis-profile=explore

check: setup-dev lint
	@echo "Check: imports point one way"
	@said=$$(.venv/bin/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@echo "Check: types"
	@$(PYTHON) -m mypy
	@echo "Check: templates"
	@said=$$(.venv/bin/djlint --check --lint templates 2>&1) || { echo "$$said"; exit 1; }
	@echo "Check: migrations are complete"
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@echo "Check: production settings"
	@scripts/check-deploy.sh

lint: .venv/.installed-dev
	@echo "Check: code style"
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check || { echo "'make format' puts it into shape."; exit 1; }

format: .venv/.installed-dev
	@.venv/bin/ruff check --quiet --fix || true
	@.venv/bin/ruff format
	@.venv/bin/djlint --quiet --reformat templates || true

# What has been installed is remembered by empty files beside it.

$(PYTHON):
	@echo "Python: making .venv"
	@python=$$(scripts/find-python.sh) && "$$python" -m venv --clear .venv

.venv/.installed: requirements.txt | $(PYTHON)
	@echo "Python: installing packages"
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Python: installing development packages"
	@$(PIP) --requirement requirements.txt --requirement requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json
	@scripts/check-node.sh
	@echo "Front end: installing packages"
	@npm ci --include=dev --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

static/dist/app.css: node_modules/.installed $(FRONT_SOURCES)
	@scripts/check-node.sh
	@echo "Front end: building static/dist"
	@npm run --silent build
	@touch $@
