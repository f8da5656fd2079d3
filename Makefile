# Commands for people; each works in a fresh clone. `make help` lists them.
HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-deep check services services-stop bench bench-s3 bench-search demo messages pins coverage

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

# The environment. A stamp per requirements file: nothing is installed twice, a changed pin is.
.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Dossier needs Python 3.11 or newer; this is %s. Name another one: make PYTHON=python3.12 …" % sys.version.split()[0])'
	@echo "Environment …"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: requirements.txt | .venv/created
	@echo "Packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/created
	@echo "Packages for development …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/run.stamp

run: .venv/run.stamp ## web and worker in the foreground, with demo content the first time (PORT, HOST)
	@$(BIN)/python deploy/catalogues.py compile
	@exec $(BIN)/python deploy/serve.py --host $(HOST) --port $(PORT) $(if $(PUBLIC_DEMO),--public-demo)

test: .venv/dev.stamp ## all tests, on SQLite and PostgreSQL, with real servers and a browser
	@$(BIN)/python deploy/catalogues.py compile
	@$(BIN)/python tests/run.py

test-deep: export DEEP = 1
test-deep: test ## the same in full: every sample whole, every test on both stacks (hours; before a release)

check: .venv/dev.stamp ## format, lint, types, layers, templates, migrations, catalogues, deployment, pins
	@$(BIN)/python deploy/checks/check.py

coverage: .venv/dev.stamp ## the unit tests on SQLite with branch coverage: 90 %, and the security modules whole
	@$(BIN)/python -m pytest tests -n 2 --ignore=tests/e2e --ignore=tests/a11y --cov --cov-report=term:skip-covered
	@$(BIN)/python deploy/checks/covered.py

services: ## PostgreSQL, Elasticsearch, S3, Redis for development; prints the variables to export
	@$(PYTHON) deploy/services/services.py start

services-stop: ## stops what `make services` started
	@$(PYTHON) deploy/services/services.py stop

bench: .venv/dev.stamp ## the benchmarks, each beside its floor or peer (ONLY=name)
	@$(BIN)/python -m bench.runner $(ONLY)

bench-s3: .venv/dev.stamp ## 2 GB up and down over S3, in a server of its own (BENCH_FILE_MB)
	@$(BIN)/python -m bench.over_s3

bench-search: .venv/dev.stamp ## the search of 100,000 publications on `make services` (BENCH_PUBLICATIONS)
	@eval "$$($(PYTHON) deploy/services/services.py env)" && $(BIN)/python -m bench.over_elasticsearch

demo: .venv/run.stamp ## demo content into an empty or demo database (FORCE=1 for any other)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo $(if $(FORCE),--force)

messages: .venv/dev.stamp ## brings the strings of the code into every catalogue (needs gettext)
	@$(BIN)/python deploy/catalogues.py update

pins: .venv/dev.stamp ## compiles requirements*.txt from pyproject.toml again (with the oldest Python: PYTHON)
	@$(BIN)/pip-compile --quiet --no-emit-find-links --no-emit-index-url --strip-extras --output-file=requirements.txt pyproject.toml
	@$(BIN)/pip-compile --quiet --extra=dev --no-emit-find-links --no-emit-index-url --strip-extras --output-file=requirements-dev.txt pyproject.toml
