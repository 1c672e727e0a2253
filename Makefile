# "make demo" and "make test" are for everyone. "make help" lists all targets.

GO      ?= go
BIN     := bin
DEMO_SVG = PATH="$(CURDIR)/$(BIN):$$PATH" $(GO) run ./scripts/demosvg
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: help build build-relay demo demo-relay test check lint format-check tidy-check docs docs-zh docs-check deploy-check prose cross race node browser bench cover fuzz clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/sesctl
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/sesctl ./cmd/sesctl

build-relay: ## Build bin/sesctl-relay
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/sesctl-relay ./cmd/sesctl-relay

demo: build ## Run the main commands on the embedded emulator
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/demo.sh

demo-relay: build build-relay ## Send events from the emulator into NATS
	@$(GO) build -o $(BIN)/demo/ ./bench/natsd ./bench/relaydemo
	@PATH="$(CURDIR)/$(BIN):$(CURDIR)/$(BIN)/demo:$$PATH" sh scripts/demo-relay.sh

test: ## Run the tests: they need only Go, no account, no network
	$(GO) test ./...

check: format-check tidy-check lint prose cross docs-check deploy-check race node browser ## Run what CI runs besides the tests

format-check:
	@out="$$(gofmt -l cmd internal pkg bench tools)"; test -z "$$out" || { echo "not formatted (gofmt -w):"; echo "$$out"; exit 1; }

tidy-check:
	$(GO) mod tidy -diff
	cd tools && $(GO) mod tidy -diff

lint:
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod golangci-lint run ./...

cross: ## Build and vet for every platform
	@set -e; for p in $(PLATFORMS); do echo "vet $$p"; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet ./...; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -o /dev/null ./cmd/sesctl ./cmd/sesctl-relay; done

docs: build ## Generate docs/reference, the man pages and the recording of the demo
	$(GO) run ./internal/gendocs
	@$(DEMO_SVG) scripts/demo.sh docs/images/demo.svg

prose: ## Check the English of messages, docs and comments
	$(GO) run ./internal/prose

docs-zh: ## Mark the Chinese pages as up to date with the English ones
	$(GO) run ./internal/zhdocs -accept

docs-check: build
	$(GO) run ./internal/gendocs -check
	@$(DEMO_SVG) -check scripts/demo.sh docs/images/demo.svg

deploy-check: ## Check the files under deploy against the schemas of Kubernetes and compose
	cd tools && $(GO) test ./deploycheck

race: ## Run the tests with the race detector
	$(GO) test -race ./...

node: ## Run the official Node SDK against the emulator
	sh scripts/node-sdk.sh

browser: ## Run the tests of the web page in Chromium
	SESCTL_BROWSER=1 $(GO) test -count=1 -run '^TestPage' ./internal/emulator

bench: ## Measure sesctl; ONLY="resolve plan" makes only these measurements
	$(GO) run ./bench $(ONLY)

cover: ## Show the test coverage of each package
	$(GO) test -coverpkg=./... -coverprofile=$(BIN)/cover.out ./... >/dev/null
	$(GO) tool cover -func=$(BIN)/cover.out | tail -n 1

fuzz: ## Fuzz each parser for FUZZTIME (10s)
	sh scripts/fuzz.sh

clean: ## Remove what was built
	rm -rf $(BIN)
