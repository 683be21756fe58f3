# Everything a contributor or CI runs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help demo test check deployment build cluster cluster-down image e2e eval bench bench-http bench-scale bench-sizing demo-record clean

NAME ?= kubemend
KUBERNETES ?= 1.36.3
export NAME KUBERNETES CLUSTER

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.installed: package.json package-lock.json
	# Not `npm ci`: it refuses a lock file without the packages of platforms that a registry mirror may not carry.
	npm install --no-save --no-audit --no-fund
	@touch $@

demo: node_modules/.installed ## Diagnose the embedded snapshot of a broken cluster
	@npm run --silent start -- diagnose -A --demo; status=$$?; [ $$status -le 1 ]

test: node_modules/.installed ## Run the unit and integration tests with their coverage floor
	npm test

check: node_modules/.installed ## Generated files, types, lint, format, dead code
	npm run check

deployment: node_modules/.installed ## Check chart, kustomize and RBAC; needs no cluster
	npm run --silent deployment

build: node_modules/.installed ## Bundle the program into dist/
	npm run build

cluster: ## Start a real cluster (NAME=, KUBERNETES=1.36 or 1.34, CLUSTER=kind)
	tests/e2e/cluster/cluster.sh up

cluster-down: ## Stop that cluster and remove what it left
	tests/e2e/cluster/cluster.sh down

image: node_modules/.installed ## Build the container image, on stand-ins for its bases, for that cluster
	tests/e2e/image/image.sh build
	tests/e2e/image/image.sh push

e2e: build ## Run the end-to-end tests against that cluster
	npm run e2e

eval: node_modules/.installed ## Diagnose recorded cases and write docs/accuracy.md
	npm run --silent eval

bench: build ## Measure start, memory, size and speed
	npm run bench

bench-http: build ## Measure the service over HTTP, on a cluster of its own (SECONDS=180 of mixed load)
	node_modules/.bin/node bench/http/run.ts

bench-scale: build ## Measure diagnose -A on a cluster of its own (NODES=100, PODS=10000)
	node_modules/.bin/node bench/scale/run.ts

bench-sizing: build ## Measure the image in a pod on clusters of growing size (NODES=100, PODS=10000)
	node_modules/.bin/node bench/scale/sizing.ts

demo-record: build ## Record demo/shop.kubemend.gz anew on that cluster
	npm run --silent demo:record

clean: ## Remove what was built
	rm -rf dist build coverage node_modules/.installed
