# Every command of this repository. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test build bench bench-ingest bench-heatmap bench-reports bench-live accuracy assets lint unit browser faults test-model test-openapi test-client fuzz bless fmt clean

DEPS := node_modules/.installed
RIVALS := benches/rivals/node_modules/.installed
TRACKER := tracker-js/dist/heatline.js
DASHBOARD := dashboards/dist/index.html
TRACKER_SOURCES := $(shell find tracker-js -path '*/node_modules' -prune -o -path tracker-js/dist -prune -o -type f -print)
DASHBOARD_SOURCES := $(shell find dashboards -path '*/node_modules' -prune -o -path dashboards/dist -prune -o -type f -print)

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build what is missing and serve on http://127.0.0.1:7070 with the demo site
	exec ./target/release/heatline serve --demo

build: assets ## Build target/release/heatline with tracker and dashboards inside
	cargo build --release --locked

assets: $(TRACKER) $(DASHBOARD) ## Build tracker and dashboards

test: lint unit browser ## Everything that CI runs
	@echo "make test: all passed"

lint: assets ## Check format, lints and types
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	npm run --silent check -w heatline-tracker -w heatline-dashboards

unit: assets ## Unit, architecture, API and fault tests, with the real engine
	@scripts/ensure-nextest
	@scripts/ensure-faketime
	cargo nextest run --locked
	npm run --silent test -w heatline-tracker -w heatline-dashboards

# The binary is built as for the API tests: a plain build has other features of its dependencies and takes minutes more.
browser: assets ## Tests in real Chromium, with the real binary
	@scripts/ensure-chromium
	cargo test --locked --no-run --test api
	npm run --silent test:browser -w heatline-tracker
	npm run --silent test -w heatline-browser-tests

# One after the other, and with what they say while they run: an hour or so.
faults: assets ## Hundreds of rounds of the fault tests: kills, full disks, broken networks
	@scripts/ensure-nextest
	@scripts/ensure-faketime
	HEATLINE_TEST_FAULT_ROUNDS=$${HEATLINE_TEST_FAULT_ROUNDS:-200} \
		cargo nextest run --locked --profile faults --test faults --no-capture

test-model: assets ## Ten thousand random reports against a model that computes them from raw rows
	@scripts/ensure-nextest
	HEATLINE_TEST_MODEL_SITES=$${HEATLINE_TEST_MODEL_SITES:-50} HEATLINE_TEST_MODEL_QUERIES=$${HEATLINE_TEST_MODEL_QUERIES:-10000} \
		cargo nextest run --locked --profile faults --test api --no-capture -E 'test(of_the_model)'

test-openapi: assets ## Schemathesis asks a running service all that /api/openapi.json allows; ARGS='--include-tag Sites'
	cargo test --locked --no-run --test api
	@scripts/schemathesis $(ARGS)

test-client: assets ## A client of Plausible's APIs from PyPI, unchanged, asks our host; needs Python 3.12
	cargo test --locked --no-run --test api
	@scripts/plausible-client

fuzz: assets ## Fuzz what strangers and disks hand us; SECONDS=300 for each target
	@scripts/fuzz $(or $(SECONDS),300)

bench: build ## Micro benches and the load bench; writes a table
	@scripts/bench

bench-ingest: build ## The load bench alone; ARGS='--seconds 60' for the record
	cargo bench --locked --bench load -- $(ARGS)

bench-heatmap: build $(RIVALS) ## Heat maps beside other renderers, and from request to byte; ARGS='--only draw'
	cargo bench --locked --bench heatmap -- $(ARGS)

bench-reports: build ## Reports at size, beside plain SQL; a quarter of an hour. ARGS='--millions 10 --sites 10'
	cargo bench --locked --bench reports -- $(ARGS)

bench-live: build ## A million live visitors, and ten thousand open streams beside a bare endpoint; ARGS='--only streams'
	cargo bench --locked --bench live -- $(ARGS)

accuracy: assets ## Where clicks are drawn on real pages, beside the schemes of others; writes target/accuracy
	@scripts/ensure-chromium
	cargo test --locked --no-run --test api
	@scripts/accuracy $(ARGS)

bless: assets ## Accept changed golden pictures, snapshots and the API's description; look at them before you commit
	HEATLINE_BLESS=1 INSTA_UPDATE=always cargo nextest run --locked
	npm run --silent contract -w heatline-dashboards

fmt: ## Format the Rust code
	cargo fmt

clean: ## Remove what was built; data stays
	rm -rf target tracker-js/dist dashboards/dist

$(DEPS): package.json package-lock.json tracker-js/package.json dashboards/package.json tests/browser/package.json
	npm ci --no-audit --no-fund
	@touch $@

$(RIVALS): benches/rivals/package.json benches/rivals/package-lock.json benches/rivals/requirements.txt
	npm ci --no-audit --no-fund --ignore-scripts --prefix benches/rivals
	python3 -m venv target/rivals
	target/rivals/bin/pip install --quiet --requirement benches/rivals/requirements.txt
	@touch $@

$(TRACKER): $(DEPS) $(TRACKER_SOURCES)
	npm run --silent build -w heatline-tracker
	@touch $@

$(DASHBOARD): $(DEPS) $(DASHBOARD_SOURCES)
	npm run --silent build -w heatline-dashboards
	@touch $@
