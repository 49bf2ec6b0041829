# make conformance   the sign-off profile against the embedded reference Data Provider
# make test          the project's own tests
# make detection     every flaw of the reference, and what catches it, into docs/detection.md
# make mutation      small changes of the judging rooms, and which of them no test notices
# make report        Allure's report of the newest run, or of RUN=folder, as one page (needs Node.js)
# make lint          ruff and mypy
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

MUTMUT := mutmut==3.8.1

.PHONY: conformance test detection mutation report lint lock clean

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $(READY)

conformance: $(READY)
	$(BIN)/pytest --profile reference

test: $(READY)
	$(BIN)/pytest tests -n auto --dist worksteal

detection: $(READY)
	$(BIN)/python -m tests.matrix docs/detection.md
	$(BIN)/python -m tests.causes docs/causes.md

mutation: $(READY)
	$(BIN)/python -m pip install --quiet $(MUTMUT)
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results

report: $(READY)
	$(BIN)/ofp-conformance report $(RUN)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist mutants .hypothesis .mypy_cache .pytest_cache .ruff_cache
