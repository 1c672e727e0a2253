# "make demo" and "make test" are for everyone. "make help" lists all targets.

GO      ?= go
BIN     := bin
COMMA   := ,
GORELEASER = $(GO) tool -modfile=tools/release/go.mod goreleaser
DEMO_SVG = PATH="$(CURDIR)/$(BIN):$$PATH" $(GO) run ./scripts/demosvg
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: help build build-relay demo demo-relay test check lint format-check tidy-check docs docs-zh docs-check deploy-check release snapshot release-check release-check-quick prose cross race node browser bench cover fuzz clean

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

check: format-check tidy-check lint prose cross docs-check deploy-check release-check-quick race node browser ## Run what CI runs besides the tests

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
	@$(DEMO_SVG) -lang zh-CN scripts/demo.sh docs/images/demo.zh-CN.svg

prose: ## Check the English of messages, docs and comments
	$(GO) run ./internal/prose

docs-zh: ## Mark the Chinese pages as up to date with the English ones
	$(GO) run ./internal/zhdocs -accept

docs-check: build
	$(GO) run ./internal/gendocs -check
	@$(DEMO_SVG) -check scripts/demo.sh docs/images/demo.svg
	@$(DEMO_SVG) -check -lang zh-CN scripts/demo.sh docs/images/demo.zh-CN.svg

deploy-check: ## Check the files under deploy against the schemas of Kubernetes and compose
	cd tools && $(GO) test ./deploycheck

# The times are the time of the commit, so that the same commit gives the same bytes. A tag
# that is not a version is not looked at.
RELEASE_ENV = RELEASE_TIME="$$(TZ=UTC0 git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)" \
	SOURCE_DATE_EPOCH="$$(git log -1 --format=%ct)" PLATFORMS="$(PLATFORMS)"
HEAD_TAG = $$(git describe --exact-match --match 'v[0-9]*.[0-9]*.[0-9]*')
VERSION_TAG = $$(git tag --merged HEAD --sort=-version:refname --list 'v*' | grep -E -m1 '^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$$' || echo v0.0.0)

release: ## Make the draft of a release for the tag that is checked out; FLAGS="--skip=..." leaves steps out
	@mkdir -p $(BIN)
	awk -v tag="$(HEAD_TAG)" -f scripts/release/notes.awk CHANGELOG.md >$(BIN)/notes.md
	$(RELEASE_ENV) GORELEASER_CURRENT_TAG="$(HEAD_TAG)" $(GORELEASER) release --clean --release-notes=$(BIN)/notes.md $(FLAGS)

snapshot: ## Build everything that a release has into dist, and publish nothing; ONLY=linux/amd64 builds for that platform
	rm -rf dist && mkdir -p $(BIN)
	@sh scripts/release/config.sh $(ONLY) >$(BIN)/goreleaser.yaml
	$(RELEASE_ENV) GORELEASER_CURRENT_TAG="$(VERSION_TAG)" IMAGE_CONTEXTS="$(CURDIR)/dist/images" \
		PATH="$(CURDIR)/scripts/release:$$PATH" $(GORELEASER) release --snapshot --config $(BIN)/goreleaser.yaml --skip=sign$(if $(ONLY),$(COMMA)homebrew$(COMMA)scoop)

release-check: snapshot ## Check the snapshot: install it into a clean root, build it again in another folder; with ONLY as above
	cd tools/release && ONLY="$(ONLY)" $(GO) test -count=1 -timeout 30m ./...

release-check-quick: ## Check the packages of this platform
	@$(MAKE) release-check ONLY="linux/$$($(GO) env GOARCH)"

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
	rm -rf $(BIN) dist
