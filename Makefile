# kube-wsgi: what there is to do here. `make` alone lists it.
# The work is in tools/: each script says what it does and can be called by hand.
.DEFAULT_GOAL := help
# Where `make cluster` keeps its files.
CLUSTER ?= target/cluster
# How long `make fuzz` gives each target.
SECONDS ?= 60
.PHONY: help ready setup build images run operator test lint format fuzz soak bench control-plane control-plane-down \
	cluster cluster-down clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; \
	  do printf '  make %-18s %s\n' "$$name" "$$what"; done

setup: ## Install what is missing: JDK 25, Maven, Python with libpython, Go (as root; else it says what)
	@tools/setup tests

ready:
	@tools/setup

build: ready ## Build the program that bin/kube-wsgi starts
	@tools/build

images: ready ## Build the container images, into target/images
	@tools/setup images
	@tools/images

run: ready ## Build and serve examples/quickstart on http://127.0.0.1:8000
	@exec bin/kube-wsgi serve examples/quickstart

operator: setup ## Build the operator, and run it for the cluster of KUBECONFIG
	@exec bin/kube-wsgi-operator

test: setup ## Run everything: lint, Java, Python on every CPython found, examples, whole system
	@tools/test

lint: ready ## Check form and likely mistakes of Java, Python and shell
	@tools/lint

format: ready ## Format Java and Python in place
	@tools/format

fuzz: setup ## Fuzz all that reads bytes of others, each for SECONDS; what it finds is kept for the tests
	@src/test/fuzz/run $(SECONDS)

soak: setup ## What may happen to a site, twenty times each, under a load (hours); writes docs/soak.md
	@tools/images
	@CI=true tools/mvn -q -pl src/test -am verify -Dtest=NothingIsLostTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dkube-wsgi.rounds=20 -Dkube-wsgi.report=$(CURDIR)/docs/soak.md

bench: build ## Measure beside mod_wsgi, uWSGI, gunicorn and others (root: installs what is missing)
	@bench/run

control-plane: setup ## Start a Kubernetes without nodes for trying things; prints how to reach it
	@src/test/cluster/control-plane start target/control-plane

control-plane-down: ## End it
	@src/test/cluster/control-plane stop target/control-plane

cluster: ## Start a Kubernetes on this machine with kube-wsgi and the quickstart in it (root); prints URLs
	@tools/setup cluster
	@tools/setup images
	@tools/cluster $(CLUSTER)

cluster-down: ## End it
	@src/test/cluster/cluster stop $(CLUSTER)

clean: control-plane-down cluster-down ## Remove everything that was built
	@rm -rf target */target src/test/target src/test/apiserver/target
