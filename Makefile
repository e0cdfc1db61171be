# The way in. Each target does its own set-up; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
# Another project's modules and interpreter settings stay out of this one's environments.
unexport PYTHONPATH PYTHONHOME
.DELETE_ON_ERROR:

installed = $(foreach name,$(1),.venv/$(name)/.installed)

# An environment whose Python is gone, as after an upgrade of the system's, is made anew.
$(foreach stamp,$(wildcard .venv/*/.installed),$(if $(realpath $(dir $(stamp))bin/python),,\
  $(shell rm -f $(stamp))))

# --- use it ---------------------------------------------------------------------------------------

.PHONY: run
run: $(call installed,local emulator main files) ## Run the application on this machine (LOCAL_PORT=8000)
	@exec .venv/local/bin/python -m local run

.PHONY: reset
reset: $(call installed,local) ## Forget the local data
	@.venv/local/bin/python -m local reset

.PHONY: token
token: $(call installed,local) ## Sign in and print an access token (EMAIL=, PASSWORD=)
	@.venv/local/bin/python -m local token

# --- check it -------------------------------------------------------------------------------------

# The longest first: they run side by side.
CHECKS := e2e fuzz services local faults hostile template infra types lint docs
# Parts of `services`, for whoever works on one.
PARTS := unit-main unit-files contract

.PHONY: test
test: $(call installed,dev sam checkov local emulator main files) ## Check everything, as CI does
	@scripts/test $(CHECKS)

.PHONY: $(addprefix test-,$(CHECKS) $(PARTS))
$(addprefix test-,$(CHECKS) $(PARTS)): test-%: $(call installed,dev sam checkov local emulator main files)
	@scripts/check $*

.PHONY: bench
bench: $(call installed,dev main emulator) ## Measure against the original and the floor (some minutes)
	@scripts/bench $(ROUNDS) $(SECONDS)

.PHONY: format
format: $(call installed,dev) ## Format the Python code
	.venv/dev/bin/ruff check --fix --quiet . ; .venv/dev/bin/ruff format --quiet .

# --- set it up ------------------------------------------------------------------------------------

.PHONY: lock
lock: $(call installed,uv) ## Lock all dependencies anew (UPGRADE=1 takes newer releases)
	scripts/lock $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## Remove the environments and caches (not the local data)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache

.venv/uv/.installed: requirements/uv.txt
	@scripts/environment uv $<

.venv/main/.installed .venv/files/.installed: .venv/%/.installed: services/%/requirements.txt | .venv/uv/.installed
	@scripts/environment $* $<

.venv/%/.installed: requirements/%.txt | .venv/uv/.installed
	@scripts/environment $* $<

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
