# Deskside: `make run` shows it, `make test` proves it. Everything else is for those who change it.
PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe

.PHONY: run test perf check format types texts art requirements settings openapi shots lock clean ready-to-run ready-to-test

run: ready-to-run
	@$(BIN)/python -m tests.rehearsal

# Most of a test's time is waiting for browsers and programs, so there are more workers than cores. A file stays on one worker:
# what its tests share is started once.
test: ready-to-test
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --durations 20

perf:
	@$(PYTHON) tests/rehearsal/prepare.py perf
	$(BIN)/python -m tests.perf $(ARGS)

check: ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix console/ui run --silent check

format: ready-to-run
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd console/ui && npx biome check --write .

types: ready-to-run
	$(BIN)/python -m codec.typescript codec.messages:SessionMessage > console/ui/src/wire/messages.gen.ts
	$(BIN)/python -m codec.typescript console.page_messages:ToPage console.page_messages:FromPage > console/ui/src/wire/page.gen.ts

texts: ready-to-run
	$(BIN)/python -m tests.catalogues

art: ready-to-run
	$(BIN)/python -m tests.art

requirements: ready-to-run
	$(BIN)/python -m tests.requirements

settings: ready-to-run
	$(BIN)/python -m relay.settings.reference > docs/settings.md

openapi: ready-to-run
	$(BIN)/python -m relay.calls > docs/openapi.json

shots: ready-to-test
	$(BIN)/python -m tests.shots docs/shots

lock: ready-to-run
	$(LOCK) --all-extras --output-file=locks/all.txt pyproject.toml
	$(LOCK) --extra=applet --output-file=locks/applet.txt pyproject.toml

clean:
	rm -rf .venv console/page console/ui/node_modules var

ready-to-run:
	@$(PYTHON) tests/rehearsal/prepare.py run

ready-to-test:
	@$(PYTHON) tests/rehearsal/prepare.py test
