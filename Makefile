# Deskside: `make run` shows it (RELAY=HOST:PORT and CONSOLE=HOST:PORT choose where), `make test` proves it, `make wheel`
# and `make deb` pack it into dist/, `make help` the help program for customers. Everything else is for those who change it.
PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe
PART := $(LOCK) --constraint=locks/all.txt  # the same versions everywhere

.PHONY: run test wheel deb help perf check format types wasm vectors texts art requirements settings openapi shots lock clean \
	ready-to-run ready-to-test

run: ready-to-run
	@$(BIN)/python -m tests.rehearsal $(if $(RELAY),--relay $(RELAY)) $(if $(CONSOLE),--console $(CONSOLE)) $(if $(CUSTOMER),--customer $(CUSTOMER))

test: ready-to-test
	$(BIN)/python -m tests.everything

wheel:
	@$(PYTHON) tests/rehearsal/prepare.py wheel
	@$(BIN)/python -m tests.packaging.wheel dist

help:
	@$(PYTHON) tests/rehearsal/prepare.py wheel
	@$(BIN)/python -m tests.packaging.program dist

deb:
	@$(PYTHON) tests/rehearsal/prepare.py wheel
	@$(BIN)/python -m tests.packaging.deb dist

perf:
	@$(PYTHON) tests/rehearsal/prepare.py perf
	$(BIN)/python -m tests.perf $(ARGS)

check: ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check

format: ready-to-run
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npx biome check --write .

wasm: ready-to-run
	$(BIN)/python -m tests.wasm

types: ready-to-run
	$(BIN)/python -m tests.typescript

vectors: ready-to-run
	$(BIN)/python -m tests.vectors

texts: ready-to-run
	$(BIN)/python -m tests.catalogues

art: ready-to-run
	$(BIN)/python -m tests.art

requirements: ready-to-run
	$(BIN)/python -m tests.requirements

settings: ready-to-run
	$(BIN)/python -m relay.settings.reference > docs/settings.md
	$(BIN)/python -m relay.settings.console_settings > codec/wire/group_settings.new
	@mv codec/wire/group_settings.new codec/wire/group_settings.py
	$(BIN)/python -m relay.settings.customer_settings > codec/wire/customer_settings.new
	@mv codec/wire/customer_settings.new codec/wire/customer_settings.py

openapi: ready-to-run
	$(BIN)/python -m relay.api.document > docs/openapi.json

shots: ready-to-test
	$(BIN)/python -m tests.shots docs/shots

# Of --build-deps-for comes that pip-compile heeds the markers of our own dependencies, and setuptools is left out again.
lock: ready-to-run
	$(LOCK) --all-extras --build-deps-for=wheel --output-file=locks/all.txt pyproject.toml
	$(PART) --extra=relay --output-file=locks/relay.txt pyproject.toml
	$(PART) --extra=applet --build-deps-for=wheel --no-allow-unsafe --output-file=locks/applet.txt pyproject.toml
	$(PART) --extra=relay --extra=applet --extra=console --build-deps-for=wheel --output-file=locks/run.txt pyproject.toml
	$(BIN)/python -m tests.packaging.sizes

clean:
	rm -rf .venv build console/page/static node_modules dist relay/downloads relay/join console/customer_page/released.json var

ready-to-run:
	@$(PYTHON) tests/rehearsal/prepare.py run

ready-to-test:
	@$(PYTHON) tests/rehearsal/prepare.py test
