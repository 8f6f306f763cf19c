# One environment, .venv, made once and again when its inputs change.
# Needs Python 3.11 or later; another interpreter: make demo PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# Two processes; the tests of a file share what they set up.
TESTS := -n 2 --dist loadfile

.PHONY: demo test check fix audit sbom lock clean

demo: $(READY)  ## cluster the demo corpus and say where the results are
	$(BIN)/topicwire cluster seeds/ --topics seeds/topics.toml
	$(BIN)/topicwire map topicwire-map.png

test: $(READY)  ## run all tests
	$(BIN)/python -m pytest $(TESTS)

check: $(READY)  ## what CI runs: lint, format, types, then all tests, the architecture's among them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict embeddings topics topicwire.py tests/typed
	$(BIN)/python -m pytest $(TESTS)

fix: $(READY)  ## mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: .audit/ready  ## ask for known vulnerabilities of what is installed; needs the network
	.audit/bin/python -m benchmarks.supply

sbom: .audit/ready  ## write topicwire.sbom.json, the list of parts in CycloneDX form
	.audit/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml -o topicwire.sbom.json

lock: .audit/ready  ## make requirements.lock anew from pyproject.toml and constraints.txt
	{ sed '/^[^#]/,$$d' requirements.lock; .audit/bin/uv --quiet pip compile pyproject.toml \
	  -c constraints.txt --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header; } > requirements.lock.new
	mv requirements.lock.new requirements.lock

.audit/ready: Makefile
	$(PYTHON) -m venv .audit
	.audit/bin/python -m pip install --quiet cosmic-ray==8.7.0 cyclonedx-bom==7.5.0 \
	  pip-audit==2.10.1 uv==0.13.9
	@touch .audit/ready

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Topicwire needs Python 3.11 or later; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	@touch $(READY)

clean:  ## remove the environment and what the demo made
	rm -rf .venv .audit build ./*.egg-info topicwire.db topicwire.db-wal topicwire.db-shm topicwire.db.lock topicwire-map.png topicwire.sbom.json
