# `make help` lists what there is to make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

export CGO_ENABLED := 0
BIN := bin
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
GO_SOURCES := $(shell find . -name '*.go' -not -path './ui/node_modules/*' -not -path './build/*' 2>/dev/null) go.mod go.sum

VERSION := $(shell cat VERSION)
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
BRANCH := $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null || echo unknown)
STAMP := monopod/internal/buildinfo
LDFLAGS := -s -w -X $(STAMP).version=$(VERSION) -X $(STAMP).revision=$(REVISION) -X $(STAMP).branch=$(BRANCH) -X $(STAMP).date=$(shell git log -1 --format=%cI 2>/dev/null)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build all and start Monopod: http://localhost:9090
	$(BIN)/monopod $(ARGS)

.PHONY: build
build: $(BIN)/monopod ## build the program with the UI inside: bin/monopod

$(BIN)/monopod: $(GO_SOURCES) ui/dist/index.html VERSION
	go build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/monopod

# Not npm ci: it refuses a lock file that lacks the optional packages of other
# platforms, and a registry that does not have those makes such a file.
ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	cd ui && npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	cd ui && npm run --silent build
	touch $@

.PHONY: test
test: build test-go test-databases test-crash test-ui test-browser ## install what the tests need, and run them all

.PHONY: test-go
# test/system runs the program that it builds, which the cache of results does not see.
test-go:
	go test -timeout 20m $$(go list ./... | grep -v -e '/test/system$$' -e '/test/databases$$')
	go test -timeout 10m -count=1 ./test/system

.PHONY: test-databases
# Real servers, each in a directory of its own.
test-databases:
	build/need.sh pg_createcluster=postgresql mariadbd=mariadb-server
	go test -timeout 10m -count=1 ./test/databases

# The loss of power is a part of test-go.
.PHONY: test-crash
test-crash: build
	go run ./test/crash -monopod $(BIN)/monopod -rounds 200 -within 80s

.PHONY: test-ui
test-ui: ui/node_modules/.package-lock.json
	cd ui && npm test --silent

.PHONY: test-browser
test-browser: build test/browser/node_modules/.package-lock.json
	build/need.sh chromium=chromium prometheus-node-exporter=prometheus-node-exporter
	cd test/browser && npm test --silent

test/browser/node_modules/.package-lock.json: test/browser/package.json test/browser/package-lock.json
	cd test/browser && npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: check
check: build check-go check-ui check-docs ## format, vet, lint, layers, types, size of the UI, generated references

.PHONY: check-go
check-go: $(BIN)/tools/staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not formatted, run gofmt -w:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet -stdmethods=false ./... # Seek of Prometheus's iterators is not io.Seeker's
	$(BIN)/tools/staticcheck ./...
	go test -run 'TestLayers' .

.PHONY: check-ui
check-ui: ui/dist/index.html test/browser/node_modules/.package-lock.json
	cd ui && npm run --silent check && npm run --silent size
	cd test/browser && npm run --silent check

.PHONY: check-docs
check-docs:
	go run ./tools/gendocs -check

.PHONY: docs
docs: ## write the generated references again
	go run ./tools/gendocs

$(BIN)/tools/%: build/tools/go.mod build/tools/go.sum
	cd build/tools && go build -o ../../$(BIN)/tools/ $$(go list -f '{{.ImportPath}}' tool | grep '/$*$$')

.PHONY: compat
compat: build $(BIN)/tools/prometheus $(BIN)/tools/promtool ## Prometheus and Monopod beside each other on the same targets: same series, same answers
	build/need.sh prometheus-node-exporter=prometheus-node-exporter
	go run ./test/compat -monopod $(BIN)/monopod -prometheus $(BIN)/tools/prometheus -promtool $(BIN)/tools/promtool
	go run ./test/remote -monopod $(BIN)/monopod -prometheus $(BIN)/tools/prometheus

# Other people's dashboards are not ours to keep here.
.PHONY: compat-dashboards
compat-dashboards: build test/browser/node_modules/.package-lock.json ## every dashboard of DASHBOARDS=folder:folder opens in Chromium, with data behind each panel
	build/need.sh chromium=chromium
	MONOPOD_DASHBOARDS=$(DASHBOARDS) go test -count 1 -run TestApply ./internal/dashboard
	go build -o $(BIN)/dashboard-targets ./test/dashboards
	cd test/browser && MONOPOD_DASHBOARDS=$(DASHBOARDS) npx playwright test -c corpus.config.ts

.PHONY: crash
crash: build ## kill -9 and loss of power, again and again (ROUNDS=10000 SEED=)
	go run ./test/crash -monopod $(BIN)/monopod -rounds $(or $(ROUNDS),10000) $(if $(SEED),-seed $(SEED))
	MONOPOD_ROUNDS=$(or $(ROUNDS),10000) MONOPOD_SEED=$(SEED) go test -count 1 -timeout 4h -v -run 'TestPowerLossLoop' ./internal/tsdb

CONTENDERS = -prometheus $(BIN)/tools/prometheus -victoriametrics $(BIN)/tools/victoria-metrics -monopod $(BIN)/monopod
RESULT = bench/results/$(shell date +%F)

.PHONY: fuzz
fuzz: ## every fuzz target, one after the other (FUZZTIME=10m FUZZ=pattern); summary in bin/fuzz.txt
	build/fuzz.sh $(or $(FUZZTIME),10m) $(BIN)/fuzz.txt $(FUZZ)

.PHONY: bench
bench: build $(BIN)/tools/prometheus $(BIN)/tools/victoria-metrics ## Prometheus, VictoriaMetrics and Monopod scrape the same fleet; one table (50 minutes, nothing else running)
	go run ./bench/compare $(CONTENDERS) -out $(RESULT).md $(ARGS)

.PHONY: bench-history
bench-history: build $(BIN)/tools/prometheus $(BIN)/tools/victoria-metrics ## a day of history in each: taking it, keeping it, querying it (25 minutes)
	go run ./bench/history $(CONTENDERS) -out $(RESULT)-history.md $(ARGS)

.PHONY: bench-million
bench-million: build ## a million active series every 10 s, in 600 MB, every scrape on time (31 minutes)
	go run ./bench/million -monopod $(BIN)/monopod -out $(RESULT)-million.md $(ARGS)

.PHONY: bench-dashboards
bench-dashboards: build test/browser/node_modules/.package-lock.json ## pages in Chromium on a day of history: bytes, painting, scrolling (3 minutes)
	test -e history-data/rows || go run ./bench/history $(CONTENDERS) -load -only rows
	go run ./bench/dashboards -monopod $(BIN)/monopod -out $(RESULT)-dashboards.md $(ARGS)

.PHONY: bench-micro
bench-micro: ## the micro-benchmarks of every stage
	go test -run '^$$' -bench . -benchmem $(or $(ARGS),./internal/...)

# Its zstd is C; everything else is built without.
$(BIN)/tools/victoria-metrics: bench/contenders/go.mod bench/contenders/go.sum
	cd bench/contenders && CGO_ENABLED=1 go build -o ../../$(BIN)/tools/ github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BIN) ui/node_modules test/browser/node_modules
	find ui/dist -mindepth 1 -not -name .keep -delete
