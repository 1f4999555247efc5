# Every command of the project. `make` alone prints them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
DATA ?= var/demo
ONLY ?=
N ?=
SERVICE := .venv/bin/python
DEV := .venv-dev/bin/python
PIP := -m pip install --quiet --disable-pip-version-check
STREETWARDEN_CACHE ?= $(HOME)/.cache/streetwarden
READERS := $(STREETWARDEN_CACHE)/readers-venv
MOTO := $(STREETWARDEN_CACHE)/moto-venv
export CI := true
export YOLO_OFFLINE := true
export YOLO_AUTOINSTALL := false
export YOLO_CONFIG_DIR := $(STREETWARDEN_CACHE)/ultralytics
export PYTHONUNBUFFERED := 1
export PIP_NO_INPUT := 1

.PHONY: help setup run test check bench faults soak browser fmt train-tiny lock system

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready .venv-dev/.ready ## install the service and the development environment

.venv/.ready: requirements/service.txt requirements/faces.txt
	@echo "setup: installing the service into .venv (about 540 MB, under 90 seconds)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "setup: Python 3.11 or newer is needed"; exit 2; }
	@$(PYTHON) -m venv .venv
	@$(SERVICE) $(PIP) --require-hashes -r requirements/service.txt
	@$(SERVICE) $(PIP) --require-hashes --no-deps -r requirements/faces.txt
	@$(SERVICE) -m pip uninstall --quiet --disable-pip-version-check --yes setuptools  # Python 3.11 brings it, nothing asks for it
	@touch $@

.venv-dev/.ready: requirements/dev.txt requirements/cluster.txt requirements/faces.txt requirements/openvino.txt requirements/torch.txt
	@echo "setup: installing training and tests into .venv-dev (about 2.4 GB with a CPU build of torch, 1 to 5 minutes)"
	@$(PYTHON) -m venv .venv-dev
	@$(DEV) $(PIP) -r requirements/torch.txt
	@$(DEV) $(PIP) --require-hashes -r requirements/dev.txt -r requirements/cluster.txt
	@$(DEV) $(PIP) --require-hashes --no-deps -r requirements/faces.txt -r requirements/openvino.txt
	@touch $@

$(READERS)/.ready: requirements/readers.txt
	@echo "setup: installing other people's readers of data sets into the cache (about 490 MB, under a minute)"
	@$(PYTHON) -m venv $(READERS)
	@$(READERS)/bin/python $(PIP) --require-hashes -r requirements/readers.txt
	@touch $@

$(MOTO)/.ready: requirements/moto.txt
	@echo "setup: installing a server that speaks S3 for tests into the cache (about 140 MB, under a minute)"
	@$(PYTHON) -m venv $(MOTO)
	@$(MOTO)/bin/python $(PIP) --require-hashes -r requirements/moto.txt
	@touch $@

run: .venv/.ready ## start the service with its demo city on PORT (8000), data in DATA (var/demo)
	@echo "run: the first start migrates and fills the demo city (about a minute), later ones take seconds; Ctrl-C ends it"
	@exec $(SERVICE) -m service run --data $(DATA) --port $(PORT) --demo

system:
	@./tests/system_packages.sh

test: system setup $(READERS)/.ready $(MOTO)/.ready ## install what the tests need, then check and test everything (about 30 minutes on 2 cores)
	@echo "test: checks first (under 90 seconds), then every test, the browser and small fault runs included"
	@$(MAKE) --no-print-directory check
	@$(DEV) -m pytest tests --ignore=tests/test_house_rules.py -ra --durations=15

check: .venv-dev/.ready ## format, lint, types, the arrow between packages, doctests, house rules (under 90 seconds)
	@$(DEV) -m ruff format --check .
	@$(DEV) -m ruff check .
	@$(DEV) -m mypy
	@.venv-dev/bin/lint-imports --no-cache
	@$(DEV) -m pytest detector datasets training service benchmarks tests/test_house_rules.py

browser: system setup ## only the tests that drive a browser
	@$(DEV) -m pytest tests/browser -ra

bench: system setup ## measure against the references: build/bench.json (ONLY=F1 for one)
	@$(DEV) -m benchmarks $(if $(ONLY),--only $(ONLY))

faults: system setup $(MOTO)/.ready ## break it on purpose: build/faults.json (ONLY=P1 for one, N kills)
	@$(DEV) -m tests.faults $(if $(ONLY),--only $(ONLY)) $(if $(N),--n $(N))

soak: system setup ## the long run: memory over N minutes (30) of work without a pause, drawn as build/soak.svg
	@$(DEV) -m tests.faults --only K5 --n $(or $(N),30)

fmt: .venv-dev/.ready ## format and mend what can be mended
	@$(DEV) -m ruff check --fix .
	@$(DEV) -m ruff format .

train-tiny: .venv-dev/.ready ## train for two minutes on drawn pictures; fails below a mean AP50 of 0.60
	@$(DEV) -m training prove training/recipes/tiny.toml --least 0.60

lock: ## write the hashed requirements anew (needs uv)
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/service.in -o requirements/service.txt
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements/service.txt --override requirements/without-torch.txt requirements/dev.in -o requirements/dev.txt
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/readers.in -o requirements/readers.txt
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/moto.in -o requirements/moto.txt
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements/dev.txt requirements/cluster.in -o requirements/cluster.txt
	uv pip compile -q --python-version 3.11 --generate-hashes --no-deps --no-emit-index-url --no-header --no-annotate requirements/faces.in -o requirements/faces.txt
	uv pip compile -q --python-version 3.11 --generate-hashes --no-deps --no-emit-index-url --no-header --no-annotate requirements/openvino.in -o requirements/openvino.txt
	uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --override requirements/without-telemetry.txt requirements/quantise.in -o requirements/quantise.txt
