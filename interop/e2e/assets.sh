#!/bin/sh
# Builds what the proofs start from Go modules alone into a folder: with cold
# caches about 3 GB, ten minutes for etcd and kube-apiserver and eight more for the
# others, on two busy cores. ISTHMUS_E2E_ASSETS then names the folder. A program
# that is there in the pinned version is left as it is.
set -eu
KUBERNETES=1.34.2
ETCD=v3.6.5
SEALED_SECRETS=v0.40.0

[ $# -eq 1 ] || { echo "usage: sh assets.sh <folder>" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=mod

# built <program> <version>: whether it is there, by the stamp beside it.
built() { [ -x "$folder/$1" ] && [ -e "$folder/.$1-$2" ]; }
stamp() { rm -f "$folder/.$1-"* && touch "$folder/.$1-$2"; }

# main <name> <package>...: a module whose only code is an import of the
# programs, which keeps its requirements.
main() {
	mkdir "$work/$1"
	cd "$work/$1"
	go mod init "example.com/$1"
	shift
	{
		printf '//go:build tools\n\npackage tools\n\n'
		printf 'import _ "%s"\n' "$@"
	} > tools.go
}

if ! built etcd $ETCD; then
	main etcd go.etcd.io/etcd/server/v3
	go get "go.etcd.io/etcd/server/v3@$ETCD"
	go build -ldflags='-s -w' -o "$folder/etcd" go.etcd.io/etcd/server/v3
	stamp etcd $ETCD
fi

# Kubernetes requires its own parts at v0.0.0 and replaces them by folders that
# its module does not have; each is a module of the same release.
set --
for program in kube-apiserver kube-controller-manager kubectl; do
	built $program $KUBERNETES || set -- "$@" $program
done
if [ $# -gt 0 ]; then
	main kubernetes k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager k8s.io/kubernetes/cmd/kubectl
	go mod edit -require "k8s.io/kubernetes@v$KUBERNETES"
	go mod download "k8s.io/kubernetes@v$KUBERNETES"
	gomod=$(go env GOMODCACHE)/cache/download/k8s.io/kubernetes/@v/v$KUBERNETES.mod
	awk '$2 == "=>" { print $1 }' "$gomod" | while read -r part; do
		go mod edit -replace "$part=$part@v0.${KUBERNETES#1.}"
	done
	for program; do
		# Without a version verify would hold v0.0.0 against that of mesh.yaml.
		go build -ldflags="-s -w -X k8s.io/component-base/version.gitVersion=v$KUBERNETES" -o "$folder/$program" "k8s.io/kubernetes/cmd/$program"
		stamp "$program" $KUBERNETES
	done
fi

# The module has had another path since this release, and is served by both; the
# checksum database knows the old one alone.
if ! built sealed-secrets-controller $SEALED_SECRETS; then
	main sealed-secrets github.com/bitnami/sealed-secrets/cmd/controller
	go mod edit -require "github.com/bitnami/sealed-secrets@$SEALED_SECRETS" -replace "github.com/bitnami/sealed-secrets=github.com/bitnami-labs/sealed-secrets@$SEALED_SECRETS"
	go build -ldflags="-s -w -X main.VERSION=$SEALED_SECRETS" -o "$folder/sealed-secrets-controller" github.com/bitnami/sealed-secrets/cmd/controller
	stamp sealed-secrets-controller $SEALED_SECRETS
fi
