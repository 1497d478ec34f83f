# rolecall. "make" lists the targets.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build test lint check conformance bench bench-accuracy proof train demo screenshots repro image

# Where the public occupation data for "make train" lies; see docs/model.md.
DATA ?= ../shared/data
# Labelled titles for "make bench-accuracy".
EVAL ?= ../shared/eval

help: #? list the targets
	@sed -n 's/^\([a-z-]*\):.*#? \(.*\)/\1: \2/p' $(MAKEFILE_LIST) | awk -F': ' '{printf "  %-15s %s\n", $$1, $$2}'

build: #? build the program into ./rolecall
	go build -trimpath -o rolecall .

test: #? run all tests, with the race detector (two long ones without it)
	go test -race -timeout 20m ./...
	go test -run 'TestADayOfPollingKeepsTheQuota|TestAFaultAtEachRequestOfARun' ./reconcile

lint: #? gofmt, go vet and staticcheck
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt -w these:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

check: build lint conformance test #? all that CI checks

conformance: build #? the vendors' own clients against the sandbox
	sandbox/conformance/run.sh ./rolecall

bench: #? benchmarks
	go test -run '^$$' -bench . -benchmem ./...

bench-accuracy: build #? accuracy of rolecall, fastText and scikit-learn on the same titles (EVAL=DIR)
	scripts/bench-accuracy.sh ./rolecall $(EVAL)

proof: #? run the tests that docs/RELIABILITY.md names and print its table anew
	scripts/proof.sh

train: #? train the title model from public occupation data (DATA=DIR), some minutes
	go run ./train -data $(DATA) -out embedding/titles.bin

demo: #? see the whole loop on this machine
	go run . demo

screenshots: build #? take the pictures in docs/img with a headless Chromium
	scripts/screenshots.sh ./rolecall docs/img

repro: #? build twice, in two folders, and compare
	scripts/repro.sh

image: #? build the container image
	docker build -t rolecall .
