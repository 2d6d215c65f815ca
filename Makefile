# `make` lists what can be done. Everything runs in .venv, built from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
CORPUS ?=
OUT ?=
NAMES ?=
BASE ?= HEAD
quoted = '$(subst ','\'',$(1))'
option = $(if $($(2)),$(1) $(call quoted,$($(2))))
refused = $(if $(filter-out yes no,$(TEXTS)),$(error TEXTS=$(TEXTS) is neither yes nor no))
given = $(call option,--corpus,CORPUS) $(call option,--out,OUT) $(call option,--names,NAMES)

.DEFAULT_GOAL := help
.PHONY: help setup figures test lab check lock clean site review

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready  ## build the environment from the hashed lock file

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Vantage needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

figures: setup  ## run the notebooks that changed, redraw figures/  [CORPUS=path or fa-kes, OUT=path, NAMES='text=Story']
	@$(BIN)/python -m tools.run $(given)

site: setup  ## write the notebooks as pages that need no server: site/  [CORPUS= OUT= NAMES= TEXTS=no]
	@$(refused)$(BIN)/python -m tools.site $(given) $(if $(filter no,$(TEXTS)),--no-texts)

review: setup  ## what changed in figures, findings and notebooks: review/  [BASE=HEAD~1]
	@$(BIN)/python -m tools.review --base $(call quoted,$(BASE))

test: setup  ## package tests, every notebook re-executed and compared, house rules
	@$(BIN)/python -m pytest analysis tests notebooks --doctest-modules --nbval --nbval-current-env --nbval-cell-timeout=600 -n auto --dist loadfile -q

lab: setup  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

check: setup  ## lint, format, types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lock: setup  ## resolve pyproject.toml into requirements.lock and environment.yml again
	$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 \
	  --no-annotate --custom-compile-command "make lock" --upgrade --quiet -o requirements.lock
	$(BIN)/python -m tools.environment

clean:  ## remove the environment and everything derived
	rm -rf .venv .vantage out site review build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
