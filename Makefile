# Deskside: `make run` shows it, `make test` proves it. Everything else is for those who change it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: check format types lock clean

$(VENV)/.ready: locks/all.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/all.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.ready
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --all-extras --output-file=locks/all.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --extra=applet --output-file=locks/applet.txt pyproject.toml

clean:
	rm -rf $(VENV) console/page console/ui/node_modules var

types: $(VENV)/.ready
	$(BIN)/python -m codec.typescript codec.messages:SessionMessage > console/ui/src/wire/messages.gen.ts
	$(BIN)/python -m codec.typescript console.page_messages:ToPage console.page_messages:FromPage > console/ui/src/wire/page.gen.ts
