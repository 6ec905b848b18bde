# Every task of the project; `make` or `make help` lists them.
# ARGS reaches the tool behind a task: make run ARGS="--port 9000", make test ARGS="-k stream".

.DEFAULT_GOAL := help
.PHONY: docs pictures types help run test check format lock build bench soak traces-bench clean

export UV_COMPILE_BYTECODE := 1
# Some machines set this for every shell; Filon would then compile itself at each start.
unexport PYTHONDONTWRITEBYTECODE

run: ## install what is missing, then start Filon
	@scripts/install run
	@exec .venv/bin/filon serve $(ARGS)

test: ## all checks and all tests, browser included
	@scripts/test $(ARGS)

check: ## formatting, lint, import contracts and types only
	@scripts/test --checks-only

format: ## put Python and the front end into their one format
	@scripts/install dev
	@.venv/bin/python hatch_build.py packages
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format
	@.venv/bin/python hatch_build.py npm run --silent format

lock: ## write requirements.lock and requirements-dev.lock (ARGS=--upgrade for newer versions)
	@scripts/lock $(ARGS)

types: ## make the browser's types from the server's API
	@env -u PYTHONDONTWRITEBYTECODE scripts/types

docs: ## docs/check, docs/providers and docs/differences.md, from the program's own data
	@scripts/docs

pictures: ## the README's pictures, from the last run of the browser tests
	@mkdir -p docs/images
	@cp test-results/chat-wide-light-en.png docs/images/chat.png
	@cp test-results/chat-inspector-wide-light-en.png docs/images/inspector.png

build: ## a wheel and an sdist in dist/
	@uv=$$(scripts/find-uv) && "$$uv" build --quiet --out-dir dist && ls dist

bench: ## measure how fast Filon is beside others (ARGS=--quick for two minutes)
	@exec benchmarks/run $(ARGS)

soak: ## ten minutes of load and faults, and a look at what is left (ARGS="--minutes 1")
	@exec benchmarks/run soak $(ARGS)

traces-bench: ## time the page of traces with a million of them (writes benchmarks/traces.md)
	@scripts/install run
	@exec .venv/bin/python -m benchmarks.traces $(ARGS)

clean: ## remove all that was installed or built here
	rm -rf .venv .tools dist frontend/node_modules tests/*/node_modules src/filon/server/static test-results \
	  .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "make %-8s %s\n", $$1, $$2}'
