# Everything that a person or CI does to this repository. Needs Go and make;
# `make test` installs the rest, pinned, into .bin.

BIN        := $(CURDIR)/.bin
KUSTOMIZE  := v5.8.2
GOVULN     := v1.8.0
FUZZTIME   ?= 30s
MESHES     ?= 5000
SECRETS    ?= 10000
CLUSTERS   ?= 50
GO         ?= go
ASSETS      = $(abspath $(or $(ISTHMUS_E2E_ASSETS),$(BIN)/e2e))
export PATH := $(BIN):$(PATH)

# The packages that start goroutines: -race over all of them costs minutes.
CONCURRENT := ./generators/render ./generators/tree

# `-type f`, because the folder named jsonnet matches *sonnet too.
JSONNET     = find jsonnet mesh -type f \( -name '*.jsonnet' -o -name '*.libsonnet' \)
SCRIPTS     = find .ci .github interop -type f \( -path '.ci/*' -o -name '*.sh' \)

# A package without the flag fails on -update, so only those with it are named.
GOLDEN      = grep -rlE --include='*_test.go' 'flag\.Bool(Var)?\(.*"update"' cmd generators | xargs -n 1 dirname | sort -u | sed 's|^|./|'
FUZZ        = grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd generators

.DEFAULT_GOAL := help
.PHONY: help build demo test check lint fmt golden drift clean-tree fuzz bench torture meshes secrets e2e image vuln upgrade tools clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Without cgo the binary is static: the container image holds nothing else.
build: ## build isthmus into .bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/isthmus ./cmd/isthmus

demo: build ## render the mesh of this repository; needs Go alone
	$(BIN)/isthmus render

test: tools ## run every test, those under the real kustomize included
	REQUIRE_TOOLS=1 $(GO) test ./...
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ]; then echo "$(GO) test -race $(CONCURRENT)"; $(GO) test -race $(CONCURRENT); \
	  else echo "no C compiler, which the race detector needs: races were not looked for"; fi
	cd interop && $(GO) test ./...
	cd interop/e2e && $(GO) test ./...
	cd interop/sealing && $(GO) test ./...
	cd interop/sops && $(GO) test ./...
	cd interop/vectors && $(GO) test ./...
	cd interop/istiod && REQUIRE_TOOLS=1 $(GO) test ./...

check: lint drift test ## what a pull request must pass; changes no file

drift: build ## compare the committed overlays with the mesh
	$(BIN)/isthmus check

lint: ## vet, format and lint Go, Jsonnet and shell; changes no file
	$(GO) vet ./...
	cd interop && $(GO) vet ./...
	cd interop/e2e && $(GO) vet ./...
	cd interop/sealing && $(GO) vet ./...
	cd interop/sops && $(GO) vet ./...
	cd interop/vectors && $(GO) vet ./...
	cd interop/istiod && $(GO) vet ./...
	@unformatted=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .); \
	  test -z "$$unformatted" || { echo "not gofmt-ed, run make fmt:"; echo "$$unformatted"; exit 1; }
	$(GO) tool staticcheck ./...
	$(JSONNET) -exec $(GO) tool jsonnetfmt --test -- {} +
	$(JSONNET) -exec $(GO) tool jsonnet-lint -J jsonnet -- {} +
	@if command -v shellcheck >/dev/null; then $(SCRIPTS) -exec shellcheck -x -P SCRIPTDIR {} +; \
	  else echo "shellcheck is not installed: shell scripts were not checked"; fi

fmt: ## format Go and Jsonnet
	"$$($(GO) env GOROOT)/bin/gofmt" -w .
	$(JSONNET) -exec $(GO) tool jsonnetfmt --in-place -- {} +

golden: tools build ## rewrite expected output and the overlays, then show what moved
	$(BIN)/isthmus render
	packages=$$($(GOLDEN)); test -z "$$packages" || $(GO) test $$packages -update
	git --no-pager diff --stat

clean-tree: ## fail where the working tree differs from the commit
	@changed=$$(git status --porcelain); test -z "$$changed" || { echo "$$changed"; git --no-pager diff; exit 1; }

# One run for each target, as -fuzz takes one at a time. Ten executions to
# minimise an input instead of a minute leave the time to find others.
fuzz: ## fuzz every target for FUZZTIME
	@set -e; $(FUZZ) | while IFS=: read -r file func; do \
	  $(GO) test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x </dev/null; \
	done

bench: ## run the benchmarks
	$(GO) test -bench . -benchmem -run '^$$' ./...

torture: ## kill and fail the writer at each of its file operations, for up to an hour
	ISTHMUS_TORTURE=1 $(GO) test ./generators/tree -count 1 -timeout 60m -v

# The short form of both tests is part of make test.
meshes: ## render MESHES random meshes, hold their clusters against each other and validate every object
	cd interop && ISTHMUS_MESHES=$(MESHES) $(GO) test -run '^TestRandomMeshes$$' -count 1 -timeout 60m -v .

# docs/threats.md has the numbers of both forms.
secrets: ## seal SECRETS Secrets for sealed-secrets, a fifth of them for sops, and a full mesh of CLUSTERS, for up to an hour
	cd interop/sealing && ISTHMUS_SECRETS=$(SECRETS) $(GO) test ./v036 ./v040 -run Opens -count 1 -timeout 60m -v
	cd interop/sops && ISTHMUS_SECRETS=$$(($(SECRETS) / 5)) $(GO) test -run '^TestOpens$$' -count 1 -timeout 60m -v .
	ISTHMUS_CLUSTERS=$(CLUSTERS) $(GO) test ./cmd/isthmus -run '^TestFullMesh$$' -count 1 -timeout 60m -v

e2e: tools ## apply every stage to real API servers, and take the way of the Secrets
	sh interop/e2e/assets.sh $(ASSETS)
	cd interop/e2e && ISTHMUS_E2E=1 ISTHMUS_E2E_ASSETS=$(ASSETS) $(GO) test -count 1 -timeout 30m ./...

# BuildKit wants a registry even for FROM scratch; the plain builder does not.
# Its context is a folder of two files, not the repository.
image: build ## build the container image isthmus:dev
	mkdir -p $(BIN)/image
	cp $(BIN)/isthmus cmd/isthmus/passwd $(BIN)/image/
	DOCKER_BUILDKIT=0 docker build -f cmd/isthmus/Dockerfile -t isthmus:dev $(BIN)/image

vuln: ## look for known vulnerabilities; needs the network
	$(GO) run golang.org/x/vuln/cmd/govulncheck@$(GOVULN) ./...

upgrade: ## take the newest release of every dependency
	$(GO) get -u ./... && $(GO) mod tidy

tools: $(BIN)/.kustomize-$(KUSTOMIZE) ## install what the tests need, pinned, into .bin

# The stamp carries the version, so that a new pin installs again.
$(BIN)/.kustomize-$(KUSTOMIZE):
	GOBIN=$(BIN) $(GO) install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE)
	touch $@

clean: ## remove what the targets above installed and built
	rm -rf $(BIN)
