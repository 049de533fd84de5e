# Adoport. `make help` lists the targets.

GO       ?= go
BIN      := $(CURDIR)/.bin
GOLANGCI := v2.15.0
FUZZTIME ?= 10s
SOAK     ?= 3m
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)

AZURITE  := $(BIN)/azurite
# How CI and developers install it; the lock file pins what, without registries.
NPM_CI   := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: help demo test lint fuzz soak bench build generate check azurite package e2e start

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## run the main job end to end on embedded stand-ins, no configuration needed
	@$(GO) run ./cmd/adoport demo

test: azurite ## pass all tests, with the race detector
	$(GO) vet ./...
	$(GO) test $(TESTFLAGS) -race -shuffle=on -timeout 20m ./...

azurite: ## install Azurite, the storage emulator that tests use, where there is Node
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(AZURITE)/installed; \
	else echo "there is no npm: tests of Azure Storage will be skipped"; fi

AZURITE_FILES := $(addprefix shared/simulator/azurite/,package.json package-lock.json start.js)

$(AZURITE)/installed: $(AZURITE_FILES)
	mkdir -p $(AZURITE)
	cp $(AZURITE_FILES) $(AZURITE)
	cd $(AZURITE) && $(NPM_CI)
	touch $@

build: ## build the binaries into dist/bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o dist/bin/ ./cmd/...

package: ## build dist/azure and dist/adoport-azure.zip for Azure Functions; MAPPING=file puts a mapping in
	$(if $(MAPPING),$(GO) run ./cmd/adoport mapping check $(MAPPING))
	CGO_ENABLED=0 GOOS=linux GOARCH=amd64 $(GO) build -trimpath -buildvcs=false -ldflags "$(LDFLAGS)" -o dist/handler ./cmd/handler
	$(GO) run ./infra/pack -handler dist/handler $(if $(MAPPING),-mapping $(MAPPING))

e2e: azurite ## run the packaged app end to end in the stand-in of the Functions host, with Azurite
	$(GO) test -count=1 -v -run '^Test' ./cmd/handler

start: package ## run the package in the real Functions host; needs Azure Functions Core Tools
	@command -v func >/dev/null || { \
		echo "Azure Functions Core Tools are not installed. Get them with"; \
		echo "  npm install --global azure-functions-core-tools@4"; \
		echo "or see Microsoft Learn, \"Develop Azure Functions locally using Core Tools\". They also need a storage emulator:"; \
		echo "  make azurite && (cd .bin/azurite && node start.js --skipApiVersionCheck)"; \
		exit 1; }
	@test -f local.settings.json || { echo "There is no local.settings.json: copy local.settings.sample.json and fill it in."; exit 1; }
	cp local.settings.json dist/azure/
	cd dist/azure && func start --script-root .

lint: $(BIN)/golangci-lint-$(GOLANGCI) ## run golangci-lint, pinned
	$< run ./...

# Installed by version into the checkout: in go.mod it would add 200 modules.
$(BIN)/golangci-lint-$(GOLANGCI):
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	mv $(BIN)/golangci-lint $@

fuzz: ## fuzz every parser for FUZZTIME (10s) each
	@$(GO) test -run '^$$' ./... >/dev/null
	@$(GO) list ./... | while read -r package; do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

soak: ## random stories of changes, crashes and backfills for SOAK (3m)
	SOAK=$(SOAK) $(GO) test -tags soak -run '^TestSoak$$' -count=1 -timeout 0 -v ./cmd/adoport

bench: ## measure speed, requests and memory against the budgets of the design
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./bench
	$(GO) test -run '^$$' -bench . -benchmem ./shared/...

generate: ## write the generated files again
	$(GO) generate ./...

check: lint test ## all that must pass before a commit
